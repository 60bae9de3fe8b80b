"""Limits: how far a framework goes, and how it fails beyond."""
