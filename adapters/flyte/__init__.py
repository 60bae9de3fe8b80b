"""Workloads as flytekit workflows."""
