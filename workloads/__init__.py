"""Workloads: pipelines as plain annotated functions, wired once, known to no framework."""
