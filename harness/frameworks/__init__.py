"""Frameworks: adapters, versions, interpreters and environments."""
