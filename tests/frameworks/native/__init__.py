"""Pipelines as each framework's own tutorial would write them; nothing of ours but the body."""
