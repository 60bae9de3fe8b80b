"""Workloads as Prefect flows."""
