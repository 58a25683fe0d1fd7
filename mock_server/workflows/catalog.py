"""Workflow files: found, checked, and read again when they change."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from mock_server.documents.places import place_and_reason
from mock_server.documents.reading import line_of, read_document
from mock_server.documents.shipped import fixtures_folder
from mock_server.errors import DocumentInvalid, WorkflowNotFound
from mock_server.moments import seconds
from mock_server.workflows import script as model
from mock_server.workflows.script import Script, Step
from mock_server.workflows.template import NAMES, unknown_names

_log = logging.getLogger("mock_server")

# Answers where there is no file; `latest` is the one version known not to exist (observed).
ECHO = Script(
    turns=[
        model.ScriptedTurn(when=model.When(action=""), reply=[Step(message="Action {{action.type}}")]),
        model.ScriptedTurn(when=model.When(tool=""), reply=[Step(message="{{tool}} gave {{output}}")]),
        model.ScriptedTurn(when=model.When(answers={}), reply=[Step(message="Thanks for the answers.")]),
    ],
    default=[Step(message="{{text}}")],
)


ANY = "*"  # the id under which a script is added that answers where there is no other


class WorkflowInvalid(DocumentInvalid):
    """A workflow that can't be used."""

    code = "invalid_workflow"


class WorkflowFile(Struct, frozen=True, kw_only=True):
    """A file as it was last read.

    stamp: its time and size then.
    script: the last good one; None if there never was one.
    error: why the file can't be used as it is.
    """

    path: Path
    stamp: tuple[int, int]
    script: Script | None
    error: DocumentInvalid | None = None

    @property
    def id(self) -> str | None:
        """The workflow's; None if there is no script."""
        return None if self.script is None else self.script.id or self.path.stem


class Catalog:
    """The workflows there are: the shipped ones and those of further folders, the last folder winning."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        """Raises DocumentInvalid for a folder that is none or holds a faulty file."""
        self._folders = [fixtures_folder() / "workflows", *folders]
        self._read: dict[Path, WorkflowFile] = {}
        self._added: dict[str, Script] = {}
        for folder in self._folders[1:]:
            if not folder.is_dir():
                raise WorkflowInvalid("is not a folder", source=str(folder))
        if len(self._folders) > 1:  # the shipped ones are tested, and read when first asked for
            self.files(keep_going=False)

    def __contains__(self, workflow_id: object) -> bool:
        return isinstance(workflow_id, str) and self._find(workflow_id) is not None

    def add(self, workflow_id: str, script: Script) -> None:
        """Let a script answer for this id, whatever file there is, until it is removed."""
        self._added[workflow_id] = script

    def remove(self, workflow_id: str) -> None:
        """Take away a script that was added. Raises WorkflowNotFound."""
        if workflow_id not in self._added:
            raise WorkflowNotFound(workflow_id, hint="Only workflows that were added here can be removed.")
        del self._added[workflow_id]

    def list(self) -> dict[str, tuple[Script, WorkflowFile | None]]:
        """Every workflow by id, and its file; None for one that was added."""
        known: dict[str, tuple[Script, WorkflowFile | None]] = {}
        for file in self.files():
            if file.id is not None and file.script is not None:
                known[file.id] = (file.script, file)
        return known | {workflow_id: (script, None) for workflow_id, script in self._added.items()}

    def get(self, workflow_id: str) -> Script:
        """The workflow of this id as its file is now; without a file, the echo."""
        return self._find(workflow_id) or ECHO

    def has_version(self, workflow_id: str, version: str | None) -> bool:
        """Whether a version exists. None is the newest, which there is unless a file says that there are none.

        Without a file every version but `latest` exists (inferred).
        """
        versions = self.get(workflow_id).versions
        if version is None:
            return versions is UNSET or bool(versions)
        return version != "latest" if versions is UNSET else version in versions

    def files(self, *, keep_going: bool = True) -> Sequence[WorkflowFile]:
        """Every file as it is now, in the order in which a later one of an id wins.

        A file that went bad is complained of once, and its last good script goes on; without `keep_going`
        DocumentInvalid is raised.
        """
        files = [file for path in self._paths() if (file := self._file(path, keep_going=keep_going)) is not None]
        self._read = {file.path: file for file in files}  # what is gone is forgotten
        return files

    def _find(self, workflow_id: str) -> Script | None:
        if workflow_id in self._added:
            return self._added[workflow_id]
        found = [file.script for file in self.files() if file.id == workflow_id]
        return found[-1] if found else self._added.get(ANY)

    def _paths(self) -> Iterator[Path]:
        for folder in self._folders:
            if folder.is_dir():  # it may be gone by now
                yield from sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})

    def _file(self, path: Path, *, keep_going: bool) -> WorkflowFile | None:
        try:
            stat = path.stat()
        except OSError:
            return None
        stamp, known = (stat.st_mtime_ns, stat.st_size), self._read.get(path)
        if known is not None and known.stamp == stamp:
            return known
        try:
            return WorkflowFile(path=path, stamp=stamp, script=_script_as_of(path, stamp))
        except DocumentInvalid as error:
            if not keep_going:
                raise
            last = None if known is None else known.script
            _log.error("%s; %s", error, "no workflow comes of it" if last is None else "the workflow goes on as it was")
            return WorkflowFile(path=path, stamp=stamp, script=last, error=error)


@lru_cache(maxsize=256)
def _script_as_of(path: Path, stamp: tuple[int, int]) -> Script:  # noqa: ARG001 - a file that changed is read again
    """The same for every catalog of a process: a test's emulator need not read what that of the last test has read."""
    return read_script(path)


def read_script(path: Path) -> Script:
    """A workflow file. Raises DocumentInvalid with file, line, place and reason."""
    document = read_document(path)
    try:
        return _parsed(document)
    except _Fault as fault:
        line = line_of(path, fault.place)
        raise WorkflowInvalid(fault.reason, source=str(path), line=line, place=fault.place) from None


def parse_script(document: Any, *, source: str) -> Script:
    """A workflow that comes without a file. Raises WorkflowInvalid with place and reason."""
    try:
        return _parsed(document)
    except _Fault as fault:
        raise WorkflowInvalid(fault.reason, source=source, place=fault.place) from None


def schema() -> bytes:
    """The JSON Schema of a workflow file, for editors."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Script)), indent=2) + b"\n"


def _parsed(document: Any) -> Script:
    try:
        script = _converted(document)
        _check(script)
        _check_templates(document, "")
    except RecursionError:
        raise _Fault("", "is nested too deeply") from None
    return script


def _converted(document: Any) -> Script:
    try:
        script = msgspec.convert(document, Script)
        msgspec.json.encode(script)  # as it will be shown, and its parts sent
    except msgspec.ValidationError as error:
        place, reason = place_and_reason(error)
        raise _Fault(place, _with_near_miss(reason)) from None
    except (TypeError, ValueError, OverflowError) as error:
        raise _Fault("", f"holds what is no JSON: {error}") from None
    return script


class _Fault(Exception):
    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


def _check(script: Script) -> None:
    _check_durations(script.stream, "stream")
    for at, turn in enumerate(script.turns):
        _check_steps(turn.reply, f"turns[{at}].reply")
        if isinstance(turn.when.text, model.TextMatch) and turn.when.text.regex:
            try:
                re.compile(turn.when.text.regex)
            except (re.error, OverflowError, RecursionError) as error:
                raise _Fault(f"turns[{at}].when.text.regex", f"is no regular expression: {error}") from None
    _check_steps(script.default or [], "default")


def _check_steps(steps: list[Step], place: str) -> None:
    for at, step in enumerate(steps):
        here = f"{place}[{at}]"
        kinds = step.kinds()
        if len(kinds) != 1:
            raise _Fault(here, f"a step has exactly one key, this one has {', '.join(kinds) or 'none'}")
        if isinstance(step.message, model.Message) and (step.message.text is UNSET) == (step.message.chunks is UNSET):
            raise _Fault(f"{here}.message", "a message has either 'text' or 'chunks'")
        if step.update_widget:
            _check_update(step.update_widget, f"{here}.update_widget")
        _check_durations(step, here)


def _check_update(update: model.WidgetUpdate, place: str) -> None:
    given = (update.root is not UNSET, update.component is not UNSET, update.text is not UNSET)
    if sum(given) != 1 or (update.component_id is UNSET) != (update.root is not UNSET):
        raise _Fault(place, "an update has 'root', or 'component_id' with 'component' or 'text'")


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


def _check_templates(value: Any, place: str) -> None:
    match value:
        case str() if "{{" in value:
            try:
                unknown = list(unknown_names(value))
            except ValueError as error:
                raise _Fault(place, str(error)) from None
            if unknown:
                raise _Fault(place, f"nothing is named '{unknown[0]}'; there are {', '.join(NAMES)}")
        case list():
            for index, entry in enumerate(value):
                _check_templates(entry, f"{place}[{index}]")
        case dict():
            for key, entry in value.items():
                _check_templates(entry, f"{place}.{key}" if place else str(key))


def _with_near_miss(reason: str) -> str:
    import difflib  # noqa: PLC0415 - for faulty files only

    unknown = re.search(r"unknown field '(.+)'", reason)
    known = {name for part in vars(model).values() for name in getattr(part, "__struct_fields__", ())}
    close = difflib.get_close_matches(unknown[1], sorted(known), n=1) if unknown else []
    return f"{reason}; did you mean '{close[0]}'?" if close else reason
