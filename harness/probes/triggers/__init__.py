"""Triggers: what starts, holds and ends a run."""
