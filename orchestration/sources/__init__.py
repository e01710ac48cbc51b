"""The outside world: inbox and archive, what `sources.yaml` and reviewers declare, what a file is,
how it is read (`readers/`), what its fields are called (`formats/`) and live sources (`live/`)."""
