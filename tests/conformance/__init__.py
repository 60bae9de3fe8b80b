"""Faults on purpose: what the harness makes of adapters that misbehave."""
