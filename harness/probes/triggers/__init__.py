"""Triggers: schedules, events, backfills, approvals and cancellation of runs."""
