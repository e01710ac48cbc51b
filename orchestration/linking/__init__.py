"""Which official post speaks of which event: by text, with a probability and evidence."""
