"""Terminal output: documents, runs and timelines in 80 columns."""
