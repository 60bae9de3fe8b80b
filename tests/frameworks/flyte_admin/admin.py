"""Services of Flyte's admin API, as far as FlyteRemote calls them to run a workflow."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

import grpc
from flyteidl.admin import (
    execution_pb2,
    launch_plan_pb2,
    node_execution_pb2,
    project_pb2,
    task_pb2,
    workflow_pb2,
)
from flyteidl.core import compiler_pb2, identifier_pb2, literals_pb2
from flyteidl.core import execution_pb2 as core_pb2
from flyteidl.service import (
    admin_pb2_grpc,
    auth_pb2,
    auth_pb2_grpc,
    dataproxy_pb2,
    dataproxy_pb2_grpc,
)

from .guard import HEADER
from .pods import Execution, Pods, upstreams
from .web import CLIENT, Web

PROJECT, DOMAIN = "flytesnacks", "development"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # a pod's name is made of it
_PAGE = 3  # small, so that a client that reads only the first page fails


class Admin(admin_pb2_grpc.AdminServiceServicer):
    """The registry and the executions."""

    def __init__(self, pods: Pods) -> None:
        self._pods = pods
        self._specs: dict[bytes, Any] = {}
        self._executions: dict[str, Execution] = {}

    def ListProjects(self, request: Any, context: Any) -> Any:
        domains = [project_pb2.Domain(id=DOMAIN, name=DOMAIN)]
        known = project_pb2.Project(id=PROJECT, name=PROJECT, domains=domains)
        return project_pb2.Projects(projects=[known])

    def CreateTask(self, request: Any, context: Any) -> Any:
        self._register(request, context)
        return task_pb2.TaskCreateResponse()

    def CreateWorkflow(self, request: Any, context: Any) -> Any:
        self._check(request.spec.template.nodes, context)
        self._register(request, context)
        return workflow_pb2.WorkflowCreateResponse()

    def CreateLaunchPlan(self, request: Any, context: Any) -> Any:
        self._known(request.spec.workflow_id, context)
        self._register(request, context)
        return launch_plan_pb2.LaunchPlanCreateResponse()

    def GetWorkflow(self, request: Any, context: Any) -> Any:
        template = self._known(request.id, context).template
        closure = compiler_pb2.CompiledWorkflowClosure(
            primary=compiler_pb2.CompiledWorkflow(template=template),
            tasks=[
                compiler_pb2.CompiledTask(template=each)
                for each in self._tasks_of(template, context).values()
            ],
        )
        return workflow_pb2.Workflow(
            id=request.id, closure=workflow_pb2.WorkflowClosure(compiled_workflow=closure)
        )

    def GetLaunchPlan(self, request: Any, context: Any) -> Any:
        return launch_plan_pb2.LaunchPlan(id=request.id, spec=self._known(request.id, context))

    def CreateExecution(self, request: Any, context: Any) -> Any:
        plan = self._known(request.spec.launch_plan, context)
        template = self._known(plan.workflow_id, context).template
        tasks = self._tasks_of(template, context)
        name = request.name or f"f{secrets.token_hex(9)}"
        self._executions[name] = Execution(name, request.spec, template, tasks)
        self._executions[name].start(self._pods)
        return execution_pb2.ExecutionCreateResponse(id=_execution_id(name))

    def GetExecution(self, request: Any, context: Any) -> Any:
        found = self._executions[request.id.name]
        phase = found.phase  # read once: it changes while we answer
        closure = execution_pb2.ExecutionClosure(phase=phase)
        if phase in (core_pb2.WorkflowExecution.FAILED, core_pb2.WorkflowExecution.ABORTED):
            closure.error.CopyFrom(core_pb2.ExecutionError(message=found.error))
        return execution_pb2.Execution(id=request.id, spec=found.spec, closure=closure)

    def GetExecutionData(self, request: Any, context: Any) -> Any:
        outputs = literals_pb2.LiteralMap(literals=self._executions[request.id.name].outputs)
        return execution_pb2.WorkflowExecutionGetDataResponse(full_outputs=outputs)

    def ListNodeExecutions(self, request: Any, context: Any) -> Any:
        execution = request.workflow_execution_id
        begin = int(request.token or 0)
        phases = [*self._executions[execution.name].nodes.items()]
        page = phases[begin : begin + min(request.limit, _PAGE)]
        end = begin + len(page)
        return node_execution_pb2.NodeExecutionList(
            node_executions=[
                node_execution_pb2.NodeExecution(
                    id=identifier_pb2.NodeExecutionIdentifier(node_id=name, execution_id=execution),
                    closure=node_execution_pb2.NodeExecutionClosure(phase=phase),
                )
                for name, phase in page
            ],
            token=str(end) if end < len(phases) else "",
        )

    def TerminateExecution(self, request: Any, context: Any) -> Any:
        self._executions[request.id.name].abort(request.cause)
        self._pods.note_abortion(request.cause)
        return execution_pb2.ExecutionTerminateResponse()

    def _register(self, request: Any, context: Any) -> None:
        key = request.id.SerializeToString()
        if (request.id.project, request.id.domain) != (PROJECT, DOMAIN):
            where = f"project [{request.id.project}] and domain [{request.id.domain}]"
            context.abort(grpc.StatusCode.NOT_FOUND, f"failed to validate that {where} exist")
        if key in self._specs:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, f"{request.id.name} already exists")
        self._specs[key] = request.spec

    def _known(self, identifier: Any, context: Any) -> Any:
        found = self._specs.get(identifier.SerializeToString())
        if found is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"missing entity {identifier.name}")
        return found

    def _tasks_of(self, template: Any, context: Any) -> Mapping[bytes, Any]:
        """Return the task templates that a workflow's nodes name, by their identifiers."""
        named = [node.task_node.reference_id for node in template.nodes]
        return {each.SerializeToString(): self._known(each, context).template for each in named}

    def _check(self, nodes: Any, context: Any) -> None:
        """Refuse nodes that Flyte's compiler would refuse."""
        names = {node.id for node in nodes}
        bad = [node.id for node in nodes if not _LABEL.fullmatch(node.id)]
        lost = [up for node in nodes for up in upstreams(node) if up not in names]
        if bad or lost or len(names) < len(nodes):
            message = (
                f"failed to compile workflow: ids {bad}, unknown upstreams {lost}, or duplicates"
            )
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
        for node in nodes:
            self._known(node.task_node.reference_id, context)


class Uploads(dataproxy_pb2_grpc.DataProxyServiceServicer):
    """Signed URLs for uploads."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def CreateUploadLocation(self, request: Any, context: Any) -> Any:
        return dataproxy_pb2.CreateUploadLocationResponse(
            signed_url=f"{self._web.url}/{request.filename}",
            native_url=str(self._web.folder / request.filename),
        )


class Identity(auth_pb2_grpc.AuthMetadataServiceServicer):
    """Addresses at which clients get tokens."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def GetOAuth2Metadata(self, request: Any, context: Any) -> Any:
        return auth_pb2.OAuth2MetadataResponse(token_endpoint=f"{self._web.url}/token")

    def GetPublicClientConfig(self, request: Any, context: Any) -> Any:
        return auth_pb2.PublicClientAuthConfigResponse(
            client_id=CLIENT, authorization_metadata_key=HEADER
        )


def _execution_id(name: str) -> Any:
    return identifier_pb2.WorkflowExecutionIdentifier(project=PROJECT, domain=DOMAIN, name=name)
