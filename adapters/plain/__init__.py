"""Adapter of plain Python, the baseline."""
