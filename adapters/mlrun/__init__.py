"""Adapter of MLRun: workloads as project workflows."""
