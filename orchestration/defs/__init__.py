"""Dagster wiring: a file for each stage, and for what stages share (specs, lineage, resources, the
schedule). What a stage does is in warehouse/, sources/ and quality/; here it only becomes assets,
checks, a job, a schedule and sensors."""
