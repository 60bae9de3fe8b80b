"""Gathering of a report's input data, read once and checked."""
