"""Adapter of Kubeflow Pipelines: workloads as pipelines of lightweight components."""
