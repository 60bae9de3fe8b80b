"""The adapter of a fake framework, whose costs are known."""
