"""Interfaces: what stands between a framework and its users, and the world."""
