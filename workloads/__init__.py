"""Workloads: pipelines of plain annotated functions, independent of every framework."""
