"""Coverage-guided fuzzing with atheris: one small module a target, `make fuzz` runs them.

A target has `SEEDS` (inputs to begin with), `MAXIMUM_BYTES` and `check(data)`, which raises when
something happens that must not. tests/unit/test_fuzz_targets.py runs every target over its
seeds, so that none decays between two campaigns.
"""

TARGETS = (
    "json_lines", "strict_json", "delimited", "html", "rss", "compressed", "zip_archive",
    "counts", "times", "ids",
)  # fmt: skip
