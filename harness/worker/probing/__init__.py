"""Probe process: ``python -m harness.worker.probing FOLDER`` in a framework's environment.

Starts what the mode needs, and runs each probe's hook in a forked process of its own, whose end
it watches, and which it kills where that is what the probe is about. Standard library only.
"""
