"""`/_mock/backends`: the servers of the user's own that answer in conversations, for the whole emulator."""

import asyncio
from functools import partial
from typing import cast

from msgspec import UNSET

from mock_server.backends.loading import BackendOptions
from mock_server.backends.registry import Backends
from mock_server.control.guard import same_machine
from mock_server.errors import BackendNotFound, BackendUnusable, ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource
from mock_server.wire.control.backends import BackendList, BackendParams, BackendQuery, BackendState
from mock_server.wording import sentence


def resources() -> list[Resource]:
    """Return the resource of backends, which belong to the whole server."""
    of_server = partial(Operation, guard=same_machine, response=BackendList)
    return [
        Resource(
            "/_mock/backends",
            {
                "GET": of_server(
                    name="backends.list",
                    summary="List the servers of your own that answer in conversations.",
                    handler=list_backends,
                    failures=(403,),
                ),
                "POST": of_server(
                    name="backends.add",
                    summary="Let a server at a URL answer, in place of another one for the same workflow.",
                    handler=add,
                    body=BackendParams,
                    failures=(400, 403, 413),
                ),
                "DELETE": of_server(
                    name="backends.remove",
                    summary="Remove one server, or all of them; scripts answer again.",
                    handler=remove,
                    query=BackendQuery,
                    refuses_body=True,
                    failures=(400, 403, 404),
                ),
            },
        )
    ]


def list_backends(context: RequestContext) -> BackendList:
    """List every server of the user's own."""
    known = [] if context.backends is None else context.backends.listed()
    return BackendList(backends=[BackendState(workflow=each[0], kind=each[1], target=each[2]) for each in known])


async def add(context: RequestContext, params: BackendParams) -> BackendList:
    """Let a server at a URL answer from now on. Raises ControlRefused."""
    if context.backends is None:  # a URL needs neither a thread nor options
        context.scope["app"].backends = Backends((), BackendOptions(), loop_factory=asyncio.new_event_loop)
    workflow = None if params.workflow is UNSET else params.workflow
    try:
        adding = partial(cast("Backends", context.backends).add_url, workflow_id=workflow, headers=params.headers)
        await asyncio.to_thread(adding, params.url)  # the one that it replaces may take its time to end
    except BackendUnusable as error:
        param = "headers" if error.spec.startswith("header ") else "url"
        raise ControlRefused(sentence(str(error)), code="backend_unusable", param=param) from None
    return list_backends(context)


async def remove(context: RequestContext, query: BackendQuery) -> BackendList:
    """Remove one workflow's server, or all. Raises BackendNotFound."""
    known = [workflow for workflow, _, _ in context.backends.listed()] if context.backends is not None else []
    if query.workflow is not UNSET and query.workflow not in known:
        raise BackendNotFound(query.workflow)
    for workflow in known if query.workflow is UNSET else [query.workflow]:
        await asyncio.to_thread(cast("Backends", context.backends).remove, workflow)
    return list_backends(context)
