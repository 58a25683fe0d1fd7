"""All projects of one server."""

import re
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

from mock_server.config import PROJECT_NAME, Settings
from mock_server.errors import ControlRefused, ProjectInvalid, ProjectNotFound, ProjectsFull
from mock_server.slices import Work
from mock_server.state.feed import Listener
from mock_server.state.project import Loadable, Project
from mock_server.state.sessions import Session

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultParams

MOST = 1000  # projects of one server
_CANDIDATES = 32
_NAME = re.compile(PROJECT_NAME)


class Projects:
    """All projects of one server and their client secrets.

    Any name can be asked for. A project counts, is listed and stays once a request has changed something in it; until
    then it is a candidate, and the latest ones are remembered with their journals.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        base: Sequence[Loadable] = (),
        scripted: Container[str] = (),
        faults: "Sequence[FaultParams]" = (),
    ) -> None:
        """`scripted` holds the ids of workflows with a file; every project starts with `base` and `faults`.

        Raises ProjectInvalid for the default project's name, SeedInvalid for a base that can't be loaded.
        """
        self.settings = settings
        self._base, self._scripted, self._faults = base, scripted, faults
        self._secrets: dict[str, Session] = {}
        self._by_name: dict[str, Project] = {}
        self._candidates: dict[str, Project] = {}
        self.restores = 0  # how many snapshots brought client secrets along
        self._listeners: list[Listener] = []
        self.default = self.get(settings.project)
        self.keep(self.default)

    def get(self, name: str) -> Project:
        """Return the project with this name, which may be a new candidate. Raises ProjectInvalid, ProjectsFull."""
        return self._by_name.get(name) or self._candidates.get(name) or self._new(name)

    def keep(self, project: Project) -> None:
        """Let a candidate count as a project from now on."""
        if self._candidates.pop(project.name, None) is not None:
            self._by_name[project.name] = project
            project.is_kept = True

    def delete(self, name: str) -> None:
        """Delete a project with everything in it. Raises ProjectNotFound, and ControlRefused for the default one."""
        if name not in self._by_name:
            raise ProjectNotFound(name, hint=f"The projects are {', '.join(self.names()[:20])}.")
        if name == self.default.name:
            raise ControlRefused("The default project can't be deleted; reset it instead.", code="default_project")
        project = self._by_name.pop(name)
        project.discard()
        project.feed.publish("deleted")

    def _new(self, name: str) -> Project:
        if not _NAME.fullmatch(name):
            raise ProjectInvalid(name)
        if len(self._by_name) >= MOST:
            raise ProjectsFull(MOST)
        if len(self._candidates) >= _CANDIDATES:
            self._candidates.pop(next(iter(self._candidates))).discard()
        project = self._candidates[name] = Project(
            name,
            settings=self.settings,
            base=self._base,
            secrets=self._secrets,
            scripted=self._scripted,
            faults=self._faults,
            listeners=self._listeners,
        )
        return project

    def join(self, listener: Listener) -> None:
        """Start publishing to a listener, also from future projects."""
        self._listeners = [*self._listeners, listener]
        for project in [*self, *self._candidates.values()]:
            project.join(listener)

    def leave(self, listener: Listener) -> None:
        """Stop publishing to a listener."""
        self._listeners = [each for each in self._listeners if each is not listener]
        for project in [*self, *self._candidates.values()]:
            project.leave(listener)

    def publishing_expiries(self) -> Work[None]:
        """Publish, in steps, which sessions of any project have expired since the last call."""
        for project in self:
            yield from project.publishing_expiries()

    def session_of(self, client_secret: str) -> Session | None:
        """Return the session of a client secret, or None."""
        return self._secrets.get(client_secret)

    def __iter__(self) -> Iterator[Project]:
        """Iterate over the projects, in the order in which they came to count."""
        return iter(list(self._by_name.values()))

    def names(self) -> list[str]:
        """Return the names of the projects, sorted."""
        return sorted(self._by_name)
