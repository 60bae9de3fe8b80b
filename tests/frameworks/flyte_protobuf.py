"""Protobuf that the adapter registers with Flyte for a workload, parsed back.

``python -m tests.frameworks.flyte_protobuf FILE...`` in Flyte's environment: for each workload's
JSON it prints a line with nodes, edges and outputs as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

from flyteidl.admin import workflow_pb2
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable

from adapters.contract import Context
from adapters.flyte import adapter
from harness.services import Services
from workloads.dag import Workload

from .flyte_admin.pods import upstreams


def registered(workload: Workload) -> dict[str, Any]:
    """Return nodes and outputs of the workload as encoded for registration."""
    nowhere = Path("nowhere")
    ctx = Context("endpoint", 1, nowhere, "r1", "", "", Services(nowhere, nowhere))
    flow, _ = adapter.build(workload, ctx)
    images = ImageConfig(Image("default", "image", "1"))
    settings = SerializationSettings(images, project="p", domain="d", version="1")
    sent = get_serializable(OrderedDict(), settings, flow).to_flyte_idl().SerializeToString()
    template = workflow_pb2.WorkflowSpec.FromString(sent).template
    nodes = {}
    for node in template.nodes:
        inputs = {each.var: each.binding for each in node.inputs}
        named = inputs["upstreams"].collection.bindings
        nodes[node.id] = {
            "task": node.task_node.reference_id.name,
            "call": json.loads(inputs["call"].scalar.primitive.string_value),
            "upstreams": [each.scalar.primitive.string_value for each in named],
            "edges": sorted(upstreams(node)),
        }
    outputs = {each.var: each.binding.promise.node_id for each in template.outputs}
    return {"nodes": nodes, "outputs": outputs}


if __name__ == "__main__":
    for file in sys.argv[1:]:
        print(json.dumps(registered(Workload.from_json(json.loads(Path(file).read_bytes())))))
