"""Finds and checks workflow files, and reads them again when they change."""

import asyncio
import logging
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from mock_server.documents.places import place_and_reason
from mock_server.documents.reading import Document, read_document
from mock_server.documents.representable import unusable_part
from mock_server.documents.shipped import fixtures_folder
from mock_server.errors import ControlRefused, DocumentInvalid, WorkflowNotFound
from mock_server.moments import seconds
from mock_server.slices import Work, at_once
from mock_server.wording import sentence
from mock_server.workflows import script as model
from mock_server.workflows.folder import WorkflowFolder
from mock_server.workflows.regexes import check_regex
from mock_server.workflows.script import Script, Step
from mock_server.workflows.template import check_template

_log = logging.getLogger("mock_server")

# Replies for every id that has no file.
ECHO = Script(
    turns=[
        model.ScriptedTurn(when=model.When(action=""), reply=[Step(message="Action {{action.type}}")]),
        model.ScriptedTurn(when=model.When(tool=""), reply=[Step(message="{{tool}} returned {{output}}")]),
        model.ScriptedTurn(when=model.When(answers={}), reply=[Step(message="Thanks for the answers.")]),
    ],
    default=[Step(message="{{text}}")],
)


MOST = 1000  # workflows that are added
ANY = "*"  # the id of an added script that replies for every id without a script of its own
MOST_KIB = 256  # of a file: messages wait for the reading of one that has changed
_Stamp = tuple[int, int]  # a file's modification time in nanoseconds and its size in bytes


class WorkflowInvalid(DocumentInvalid):
    """A workflow that can't be used."""

    code = "invalid_workflow"


class WorkflowFile(Struct, frozen=True, kw_only=True):
    """A workflow file as it was last read.

    stamp: its stamp at that time.
    script: the last valid one; None if there never was one.
    id: the workflow's; None if there is no script.
    error: why the file can't be used as it is now, if so.
    """

    path: Path
    stamp: _Stamp
    script: Script | None
    id: str | None
    error: DocumentInvalid | None = None


class Catalog:
    """All workflows: the shipped ones and those of further folders, of which the last one wins.

    It knows files as they were when `look` was last called.
    """

    def __init__(self, folders: Iterable[Path] = (), *, with_shipped: bool = True) -> None:
        """Read the files in `folders`. Raises DocumentInvalid for a missing folder and for an invalid file."""
        paths, self._has_shipped = list(folders), with_shipped
        self._folders = [WorkflowFolder(path) for path in paths]
        self._read: dict[str, WorkflowFile] = {}
        self._added: dict[str, Script] = {}
        self._lock = Lock()
        self._under_way: Future[None] | None = None
        for folder in paths:
            if not folder.is_dir():
                raise WorkflowInvalid("is not a folder", source=str(folder))
            try:
                any(folder.iterdir())
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise WorkflowInvalid(f"can't be read: {reason}", source=str(folder)) from None
        self._read_files(self._stamps(), keep_going=False)

    async def look(self) -> None:
        """Read what has changed in the folders, in a thread: it may take long.

        A file that has become invalid is logged once, and its last valid script stays in use.
        """
        under_way = self._under_way
        if under_way is not None:  # it may have begun before the last change
            await asyncio.wrap_future(under_way)
        stamps = self._stamps()  # every turn comes here
        if stamps.keys() != self._read.keys() or any(self._read[at].stamp != stamps[at] for at in stamps):
            await asyncio.wrap_future(self._reading())

    def __contains__(self, workflow_id: object) -> bool:
        return isinstance(workflow_id, str) and self._find(workflow_id) is not None

    def add(self, workflow_id: str, script: Script) -> None:
        """Let a script reply for this id, in place of a file, until it is removed. Raises ControlRefused."""
        if len(self._added) >= MOST and workflow_id not in self._added:
            raise ControlRefused(
                f"There are {MOST:,} added workflows, which is the most; remove one with DELETE /_mock/workflows/ID.",
                code="too_many_workflows",
            )
        self._added[workflow_id] = script

    def remove(self, workflow_id: str) -> None:
        """Remove a script that was added. Raises WorkflowNotFound."""
        if workflow_id not in self._added:
            raise WorkflowNotFound(workflow_id, hint="Only a workflow that was added here can be removed.")
        del self._added[workflow_id]

    def clear(self) -> None:
        """Remove every script that was added."""
        self._added.clear()

    def list(self) -> dict[str, tuple[Script, WorkflowFile | None]]:
        """Return every workflow by id, with its file, or None for one that was added."""
        known: dict[str, tuple[Script, WorkflowFile | None]] = {}
        for file in self.files():
            if file.id is not None and file.script is not None:
                known[file.id] = (file.script, file)
        return known | {workflow_id: (script, None) for workflow_id, script in self._added.items()}

    def get(self, workflow_id: str) -> Script:
        """Return the workflow with this id, or the echo if there is none."""
        return self._find(workflow_id) or ECHO

    def files(self) -> Sequence[WorkflowFile]:
        """Return every file; of several with the same id, the last one wins."""
        return [*self._shipped, *self._read.values()]

    def _find(self, workflow_id: str) -> Script | None:
        if workflow_id in self._added:
            return self._added[workflow_id]
        found = [file.script for file in self.files() if file.id == workflow_id]
        return found[-1] if found else self._added.get(ANY)

    @cached_property
    def _shipped(self) -> Sequence[WorkflowFile]:
        """The shipped files, which nobody changes. They are read on first use."""
        if not self._has_shipped:
            return []
        files = WorkflowFolder(fixtures_folder() / "workflows").files()
        return [self._file(at, stamp, keep_going=False) for at, stamp in _stamps(files).items()]

    def _reading(self) -> "Future[None]":
        """Return what is done when the files have been read, in a thread for which the process does not wait."""
        with self._lock:
            under_way = self._under_way
            if under_way is None:
                self._under_way = under_way = Future()
                under_way.set_running_or_notify_cancel()  # from now on, nobody who waits can cancel it
                Thread(target=self._look, args=[under_way], name="chatkit-mock-workflows", daemon=True).start()
            return under_way

    def _look(self, under_way: "Future[None]") -> None:
        try:
            self._read_files(self._stamps(), keep_going=True)
        finally:
            self._under_way = None
            under_way.set_result(None)

    def _stamps(self) -> dict[str, _Stamp]:
        return _stamps(chain.from_iterable(folder.files() for folder in self._folders))

    def _read_files(self, stamps: dict[str, _Stamp], *, keep_going: bool) -> None:
        """Read the files that have changed, and forget those that are gone."""
        self._read = {at: self._file(at, stamp, keep_going=keep_going) for at, stamp in stamps.items()}

    def _file(self, at: str, stamp: _Stamp, *, keep_going: bool) -> WorkflowFile:
        known = self._read.get(at)
        if known is not None and known.stamp == stamp:
            return known
        path = Path(at)
        try:
            script = _script_as_of(path, stamp)
            return WorkflowFile(path=path, stamp=stamp, script=script, id=script.id or path.stem)
        except DocumentInvalid as error:
            if not keep_going:
                raise
            last = WorkflowFile(path=path, stamp=stamp, script=None, id=None) if known is None else known
            effect = "The file is ignored." if last.script is None else "Its last valid version stays in use."
            _log.error("%s %s", sentence(str(error)), effect)
            return structs.replace(last, stamp=stamp, error=error)


def _stamps(files: Iterable[str]) -> dict[str, _Stamp]:
    """Return the stamps of those files that are there."""
    stamps: dict[str, _Stamp] = {}
    for at in files:
        with suppress(OSError):
            stat = os.stat(at)  # noqa: PTH116 - a Path takes several times as long
            stamps[at] = (stat.st_mtime_ns, stat.st_size)
    return stamps


def has_version(script: Script, version: str | None) -> bool:
    """Return whether a version exists. None is the newest, which exists unless a file lists no version at all.

    Without a file, every version exists (inferred) but `latest` (observed).
    """
    versions = script.versions
    if version is None:
        return versions is UNSET or bool(versions)
    return version != "latest" if versions is UNSET else version in versions


@lru_cache(maxsize=256)
def _script_as_of(path: Path, stamp: _Stamp) -> Script:  # noqa: ARG001 - part of the cache's key
    """Read a file once per process: the emulators of later tests share it."""
    return read_script(path)


def read_script(path: Path) -> Script:
    """Read a workflow file. Raises DocumentInvalid with file, line, place and reason."""
    with suppress(OSError, ValueError):  # which are for the reader to explain
        _refuse_large(path.stat().st_size, str(path))
    return script_of(read_document(path))


def script_of(document: Document) -> Script:
    """Return the workflow in a document. Raises WorkflowInvalid with file, line, place and reason."""
    _refuse_large(len(document.text.encode()), document.source)
    try:
        return at_once(_parsing(document.value))
    except _Fault as fault:
        raise document.invalid(fault.reason, place=fault.place, kind=WorkflowInvalid) from None


def parsing(document: Any, *, source: str) -> Work[Script]:
    """Convert a workflow that does not come from a file. Raises WorkflowInvalid with place and reason."""
    try:
        return (yield from _parsing(document))
    except _Fault as fault:
        raise WorkflowInvalid(fault.reason, source=source, place=fault.place) from None


def _refuse_large(size: int, source: str) -> None:
    if size > MOST_KIB * 1024:
        raise WorkflowInvalid(
            f"is too large: a workflow may have {MOST_KIB} KiB; put images and other large contents behind a URL",
            source=source,
        )


def schema() -> bytes:
    """Return the JSON Schema of workflow files, for editors."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Script)), indent=2) + b"\n"


def _parsing(document: Any) -> Work[Script]:
    if unusable := unusable_part(document):  # it will be shown as JSON, and its parts sent
        raise _Fault(*unusable)
    yield
    try:
        script = msgspec.convert(document, Script)
    except msgspec.ValidationError as error:
        raise _Fault(*place_and_reason(error, Script, document)) from None
    yield
    yield from _checking(script)
    yield from _checking_templates(document, "")
    return script


class _Fault(Exception):
    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


def _checking(script: Script) -> Work[None]:
    _check_durations(script.stream, "stream")
    for at, turn in enumerate(script.turns):
        yield from _checking_steps(turn.reply, f"turns[{at}].reply")
        if isinstance(turn.when.text, model.TextMatch) and turn.when.text.regex:
            try:
                check_regex(turn.when.text.regex)
            except ValueError as error:
                raise _Fault(f"turns[{at}].when.text.regex", str(error)) from None
        yield
    yield from _checking_steps(script.default or [], "default")


def _checking_steps(steps: list[Step], place: str) -> Work[None]:
    for at, step in enumerate(steps):
        here = f"{place}[{at}]"
        kinds = step.kinds()
        if len(kinds) != 1:
            raise _Fault(here, f"a step must have exactly one key; this one has {', '.join(kinds) or 'none'}")
        if isinstance(step.message, model.Message) and (step.message.text is UNSET) == (step.message.chunks is UNSET):
            raise _Fault(f"{here}.message", "a message must have either 'text' or 'chunks'")
        if step.update_widget:
            _check_update(step.update_widget, f"{here}.update_widget")
        _check_durations(step, here)
        yield


def _check_update(update: model.WidgetUpdate, place: str) -> None:
    given = (update.root is not UNSET, update.component is not UNSET, update.text is not UNSET)
    if sum(given) != 1 or (update.component_id is UNSET) != (update.root is not UNSET):
        raise _Fault(place, "an update must have 'root', or 'component_id' with 'component' or 'text'")


def _check_durations(part: Any, place: str) -> None:
    if not isinstance(part, Struct):
        return
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name in {"every", "pause"} and not isinstance(value, UnsetType):
            try:
                seconds(value)
            except ValueError as error:
                raise _Fault(f"{place}.{name}", str(error)) from None
        elif isinstance(value, Struct):
            _check_durations(value, f"{place}.{name}")


def _checking_templates(value: Any, place: str) -> Work[None]:
    match value:
        case str() if "{{" in value:
            try:
                check_template(value)
            except ValueError as error:
                raise _Fault(place, str(error)) from None
        case list():
            for index, entry in enumerate(value):
                yield from _checking_templates(entry, f"{place}[{index}]")
        case dict():
            for key, entry in value.items():
                yield from _checking_templates(entry, f"{place}.{key}" if place else str(key))
    yield
