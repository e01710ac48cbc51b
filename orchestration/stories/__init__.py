"""Which articles tell one story: near-duplicate texts within days. Frames in, frames out."""
