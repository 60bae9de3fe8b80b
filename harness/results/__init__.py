"""Runs on disk: files, archives, journals, integrity checks and a cache."""
