"""Figures of a run, worked out from its journals: seconds, bytes, ratios, with intervals."""
