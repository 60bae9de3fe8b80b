"""Adapter of TFX: workloads as pipelines of custom components."""
