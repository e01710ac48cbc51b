"""Figures that articles report about official microblogs: text in, candidates out, no I/O."""
