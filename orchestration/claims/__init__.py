"""Figures that articles report about official accounts: text in, candidates out, no I/O."""
