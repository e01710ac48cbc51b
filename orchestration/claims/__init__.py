"""Figures that articles report about official accounts: text in, candidates out, no I/O."""

RULE_VERSION = 12
"""Every change of a rule of this folder is a new version: articles are read again under it."""
