"""What the observatory costs, as ratios against a named rival in one run."""
