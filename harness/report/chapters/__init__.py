"""Chapters of a report, each a function from material to a section."""
