"""Readers: how records are found in bytes. What the records mean is a format's business."""
