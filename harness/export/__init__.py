"""A workload as a project of its own in a framework's idiom, which needs nothing of ours."""
