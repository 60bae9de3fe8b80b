"""Machine learning: what is kept of experiments and models."""
