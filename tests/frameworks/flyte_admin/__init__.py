"""A stand-in for Flyte's control plane that speaks its admin service's gRPC, on this machine.

``python -m tests.frameworks.flyte_admin FOLDER`` in Flyte's environment. It keeps what is
registered in memory, and really executes it: each node's container command in a process of its own,
which has an image's environment and no more, so that the code has to come from where it was
uploaded. What real Flyte refuses (names, versions, unknown references) it refuses too.
"""
