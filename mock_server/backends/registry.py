"""Which backend answers for which workflow."""

import inspect
from collections.abc import Callable, Container, Iterable
from typing import Any

from mock_server.backends import split_spec
from mock_server.backends.backend import Backend, Call
from mock_server.backends.loading import BackendOptions, Found, find, imported
from mock_server.backends.owners import OwnersByProject
from mock_server.backends.thread import BackendThread, LoopFactory
from mock_server.clock import Clock
from mock_server.errors import BackendUnusable
from mock_server.freezers import ServersTime


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
        self.shared: list[str] = []  # of servers that are no functions, so that all projects share them
        for spec in specs:
            self.add(spec)

    def add(self, spec: Any) -> None:
        """Add a server, in place of another one for the same workflow. Raises BackendUnusable."""
        workflow_id, target = split_spec(spec)
        backend = self._backend(find(target, self._options), target)
        replaced = self._by_workflow.get(workflow_id)
        self._by_workflow[workflow_id] = backend
        if replaced is not None:
            replaced.stop()

    def __bool__(self) -> bool:
        return bool(self._by_workflow)

    def __contains__(self, workflow_id: object) -> bool:
        return workflow_id in self._by_workflow or None in self._by_workflow

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

    def _backend(self, found: Found, target: Any) -> Any:
        thread = BackendThread(self._loop_factory)
        if found.kind in {"server", "factory"}:
            from mock_server.backends.chatkit_server import ChatKitServerBackend  # noqa: PLC0415 - starting fast

            if found.kind == "server":
                self.shared.append(str(target))
            return ChatKitServerBackend(_maker(found, str(target)), thread, context_of=self._hook())
        raise BackendUnusable(str(target), "this form is not supported yet")

    def _hook(self) -> Callable[..., Any] | None:
        given = self._options.context
        hook = imported(given, self._options.app_dir) if isinstance(given, str) else given
        if hook is not None and not callable(hook):
            raise BackendUnusable(str(given), "this is no function; it has to take a request and a session")
        return hook


def _maker(found: Found, name: str) -> Callable[[Call], Any]:
    if found.kind == "server":
        return lambda _: found.target
    accepted = inspect.signature(found.target).parameters

    def make(call: Call) -> Any:
        server = found.target(**({"store": _store_for(call)} if "store" in accepted else {}))
        if not callable(getattr(server, "process", None)):
            raise BackendUnusable(name, f"it returned {type(server).__name__}, which is no ChatKitServer")
        return server

    return make


def _store_for(call: Call) -> Any:
    from mock_server.backends.emulator_store import EmulatorStore  # noqa: PLC0415 - starting fast

    return EmulatorStore(call.caller.project)
