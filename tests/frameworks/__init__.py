"""The real frameworks, in their own environments."""
