"""Adapter of Apache Beam: workloads as pipelines of one-element collections."""
