"""The baseline: plain Python."""
