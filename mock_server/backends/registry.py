"""Which backend answers for which workflow."""

import inspect
import re
from collections.abc import Callable, Container, Iterable
from typing import Any

from mock_server.backends import split_spec
from mock_server.backends.backend import Backend, Call
from mock_server.backends.endpoints.header_templates import HeaderTemplates
from mock_server.backends.factory import FactoryBackend
from mock_server.backends.loading import BackendOptions, Found, find, imported, is_application, is_server, takes
from mock_server.backends.owners import OwnersByProject
from mock_server.backends.thread import BackendThread, LoopFactory
from mock_server.clock import Clock
from mock_server.errors import BackendNotFound, BackendUnusable
from mock_server.freezers import ServersTime
from mock_server.wire.control.backends import Kind

_ID = re.compile(r"[\w.-]+")  # of a workflow


class Backends:
    """The servers of the user's own, by workflow id; the one without an id answers for workflows without a file.

    owners: who owns which of their threads.
    """

    def __init__(self, specs: Iterable[Any], options: BackendOptions, *, loop_factory: LoopFactory) -> None:
        """Find and import every server. Raises BackendUnusable."""
        self._options, self._loop_factory = options, loop_factory
        self._by_workflow: dict[str | None, Any] = {}
        self._time = ServersTime()
        self.owners = OwnersByProject()
        self._told: dict[str | None, tuple[Kind, str]] = {}
        HeaderTemplates(options.headers)  # also where no server takes them, a wrong one is told
        self.shared: list[str] = []  # of servers that are no functions, so that all projects share them
        for spec in specs:
            workflow_id = split_spec(spec)[0]
            if workflow_id in self._by_workflow:
                place = "without a workflow id" if workflow_id is None else f"for {workflow_id}"
                raise BackendUnusable(_name_of(spec), f"there is another server {place}; name one for each")
            self.add(spec)

    def add(self, spec: Any) -> None:
        """Add a server, in place of another one for the same workflow. Raises BackendUnusable."""
        workflow_id, target = split_spec(spec)
        if workflow_id is not None and not (_ID.fullmatch(workflow_id) and target):
            raise BackendUnusable(spec, "write the workflow's id, '=' and the server: wf_x=module:server")
        found = find(target, self._options)
        self._put(workflow_id, self._backend(found, _name_of(target)), (found.kind, _name_of(target)))

    def add_url(self, url: str, *, workflow_id: str | None = None, headers: Iterable[str] = ()) -> None:
        """Add a server at a URL, with headers besides those of all. Raises BackendUnusable."""
        self._put(workflow_id, self._backend(Found("url", url), url, headers), ("url", url))

    def _put(self, workflow_id: str | None, backend: Any, told: tuple[Kind, str]) -> None:
        replaced = self._by_workflow.get(workflow_id)
        self._by_workflow[workflow_id], self._told[workflow_id] = backend, told
        if replaced is not None:
            replaced.stop()

    def remove(self, workflow_id: str | None) -> None:
        """End the server for a workflow, and let scripts answer again. Raises BackendNotFound."""
        if workflow_id not in self._by_workflow:
            raise BackendNotFound("" if workflow_id is None else workflow_id)
        del self._told[workflow_id]
        self._by_workflow.pop(workflow_id).stop()

    def listed(self) -> list[tuple[str | None, Kind, str]]:
        """Return for each server its workflow id, its kind (server, factory, app or url), and its name."""
        return [(workflow_id, *told) for workflow_id, told in self._told.items()]

    def __bool__(self) -> bool:
        return bool(self._by_workflow)

    def __contains__(self, workflow_id: object) -> bool:
        return workflow_id in self._by_workflow or None in self._by_workflow

    @property
    def answers_for_all(self) -> bool:
        """Whether one of the servers answers for every workflow without a script of the user's own."""
        return None in self._by_workflow

    def with_scripts(self, scripted: Container[str] | None) -> Container[str]:
        """Return the ids of workflows for which a server or a script answers."""
        return _Answered(self, scripted or ())

    def for_workflow(self, workflow_id: str | None, *, scripted: Container[str]) -> Backend | None:
        """Return the server for a workflow, or None where a script answers; without an id, that of custom mode."""
        own: Backend | None = self._by_workflow.get(workflow_id)
        if own is not None or (workflow_id is not None and workflow_id in scripted):
            return own
        default: Backend | None = self._by_workflow.get(None)
        return default

    def notes(self) -> list[str]:
        """Return sentences about the servers, for whoever starts the emulator."""
        return [
            f"all projects share {name}, and a reset leaves it as it is; name a function that makes a server instead, "
            "such as its class, and each project has one of its own."
            for name in self.shared
        ]

    def show_time(self, clock: Clock) -> None:
        """Let the server that is about to be called see this clock's time."""
        self._time.enter(clock)

    def let_go_of_time(self) -> None:
        """Show the servers this process's own time, until the next call."""
        self._time.let_go()

    def all(self) -> tuple[Backend, ...]:
        """Return every server."""
        return tuple(self._by_workflow.values())

    def workflow_of(self, backend: Backend) -> str | None:
        """Return the workflow id that a server is for; None for the one that answers for all others."""
        return next((name for name, each in self._by_workflow.items() if each is backend), None)

    def stop(self) -> None:
        """End every server's thread."""
        self.let_go_of_time()
        for backend in self._by_workflow.values():
            backend.stop()

    def _backend(self, found: Found, name: str, headers: Iterable[str] = ()) -> Any:
        thread = BackendThread(self._loop_factory)
        if found.kind == "url":
            from mock_server.backends.endpoints.url import UrlBackend  # noqa: PLC0415 - starting fast

            return UrlBackend(name, HeaderTemplates([*self._options.headers, *headers]))
        if found.kind == "app":
            return self._application(found.target, thread)
        if found.kind == "server":
            self.shared.append(name)
            return self._server(lambda _: found.target, thread)
        make = _maker(found.target, name)
        self._hook()  # so that a wrong one is told at once
        return FactoryBackend(make, thread, lambda made, call: self._adopted(made, call, make, thread, name))

    def _application(self, app: Any, thread: BackendThread) -> Any:
        from mock_server.backends.endpoints.asgi_app import AsgiBackend  # noqa: PLC0415 - starting fast

        return AsgiBackend(app, thread, path=self._options.path, headers=HeaderTemplates(self._options.headers))

    def _server(self, make: Callable[[Call], Any], thread: BackendThread) -> Any:
        from mock_server.backends.chatkit.server import ChatKitServerBackend  # noqa: PLC0415 - starting fast

        return ChatKitServerBackend(make, thread, context_of=self._hook())

    def _adopted(self, made: Any, call: Call, make: Callable[[Call], Any], thread: BackendThread, name: str) -> Any:
        """Return the backend for what a function has made."""
        if is_application(made):
            return self._application(made, thread)
        if not is_server(made):
            raise BackendUnusable(name, f"it returned {type(made).__name__}, no ChatKitServer and no ASGI application")
        backend = self._server(make, thread)
        backend.keep(made, call)
        return backend

    def _hook(self) -> Callable[..., Any] | None:
        given = self._options.context
        hook = imported(given, self._options.app_dir) if isinstance(given, str) else given
        if hook is not None and not takes(hook, 2):
            raise BackendUnusable(_name_of(given), "this is no function that takes a request and a session")
        return hook


class _Answered:
    def __init__(self, *known: Container[object]) -> None:
        self._known = known

    def __contains__(self, workflow_id: object) -> bool:
        return any(workflow_id in each for each in self._known)


def _name_of(target: Any) -> str:
    return target if isinstance(target, str) else getattr(target, "__qualname__", type(target).__qualname__)


def _maker(function: Callable[..., Any], name: str) -> Callable[[Call], Any]:
    """Return how to call a function that makes a server; a parameter `store` without a default gets the emulator's.

    Raises BackendUnusable for one that can't be called.
    """
    if inspect.iscoroutinefunction(function):
        raise BackendUnusable(name, "an async function can't make a server; write a plain one")
    if inspect.isabstract(function):
        missing = ", ".join(sorted(getattr(function, "__abstractmethods__", ())))
        raise BackendUnusable(name, f"this class is abstract: it lacks {missing}")
    needed = [each.name for each in _parameters(function) if _is_needed(each)]
    unknown = [each for each in needed if each != "store"]
    if unknown:
        told = f"it needs {', '.join(unknown)}, which nobody passes; name a function that takes nothing, or only store"
        raise BackendUnusable(name, told)
    return lambda call: function(**({"store": _store_for(call)} if needed else {}))


def _parameters(function: Callable[..., Any]) -> Iterable[inspect.Parameter]:
    try:
        return inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # it does not say what it takes
        return ()


def _is_needed(parameter: inspect.Parameter) -> bool:
    is_one = parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
    return is_one and parameter.default is parameter.empty


def _store_for(call: Call) -> Any:
    from mock_server.backends.chatkit.emulator_store import EmulatorStore  # noqa: PLC0415 - starting fast

    return EmulatorStore(call.caller.project)
