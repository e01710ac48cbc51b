"""Dagster wiring, one file a stage. What a stage does is in warehouse/, sources/ and quality/;
here it only becomes assets, checks, a job, a schedule and sensors."""
