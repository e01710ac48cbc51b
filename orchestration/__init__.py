"""The observatory: extract, clean, load, model, audit, publish."""

import os

# Polars works on batches of some ten thousand rows here: sharing them costs more CPU than it saves.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
