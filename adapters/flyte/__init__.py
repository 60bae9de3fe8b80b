"""Adapter of Flyte: workloads as flytekit workflows."""
