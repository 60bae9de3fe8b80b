"""From what a run recorded to figures: seconds, bytes and ratios, each with its interval."""
