"""Live sources: what `fetch:` entries of sources.yaml ask of the network, and how politely."""
