"""Probe process: ``python -m harness.worker.probing FOLDER`` in a framework's environment.

It starts the mode's services and runs each probe's hook in a forked process of its own. It watches
that process to its end, and kills it if the probe asks for that. Standard library only.
"""
