"""Adapter of MLflow: workloads as a run with a nested run for each step."""
