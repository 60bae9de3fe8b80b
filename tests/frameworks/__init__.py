"""Tests of the real frameworks, in their own environments."""
