"""Workloads as MLRun project workflows."""
