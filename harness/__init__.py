"""The harness: makes environments, runs trials, verifies and measures them, reports."""

__version__ = "0.2.0"
