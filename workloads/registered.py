"""Built-in workloads, by the name that ``--workload`` takes."""

from __future__ import annotations

#: name -> ``module:function`` of its builder.
REGISTERED = {
    "churn": "workloads.churn:churn",
    "chain": "workloads.patterns:chain",
    "fan-out": "workloads.patterns:fan_out",
    "fan-in": "workloads.patterns:fan_in",
    "diamond": "workloads.patterns:diamond",
    "tree": "workloads.patterns:tree",
    "layered": "workloads.patterns:layered",
}
