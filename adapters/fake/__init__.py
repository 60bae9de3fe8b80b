"""Adapter of a fake framework with known costs."""
