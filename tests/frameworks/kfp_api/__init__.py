"""Stand-in for Kubeflow Pipelines' API service, on this machine.

Run ``python -m tests.frameworks.kfp_api FOLDER`` in kfp's environment. It parses the pipeline that
a run submits and really executes it: each task's container command in a process of its own, with
the executor input that kfp's launcher would give. Its answers have the fields that the service's
have: no error of a failed task, and a driver and a pod beside each task.
"""
