"""Probe campaigns: which probes to ask, one trial of them, and verdicts from what was recorded."""
