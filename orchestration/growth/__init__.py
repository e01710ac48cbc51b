"""What is computed from the growth marts and is no SQL: curves of diffusion."""
