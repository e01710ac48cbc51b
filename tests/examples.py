"""How many examples hypothesis draws where one is dear; everywhere else it draws a hundred."""

from hypothesis import settings

DEAR = settings(max_examples=30)
"""An example takes a tenth of a second and more, and a counterexample is a short text."""
