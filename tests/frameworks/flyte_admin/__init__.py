"""Stand-in for Flyte's control plane that speaks its admin service's gRPC, on this machine.

Run ``python -m tests.frameworks.flyte_admin FOLDER`` in Flyte's environment. It keeps registered
entities in memory and really executes workflows: each node's container command in a process of its
own, with only an image's environment, so that the code has to come from the upload. It refuses the
names, versions and unknown references that real Flyte refuses.
"""
