"""Adapter of Prefect: workloads as flows."""
