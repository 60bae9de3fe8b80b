"""Faults: what is left of a run when something is killed in its middle."""
