"""Frameworks: which adapters, versions, interpreters and environments there are."""
