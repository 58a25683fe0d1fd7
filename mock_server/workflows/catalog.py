"""Workflow files: found, checked, and read again when they change."""

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from mock_server.documents import line_of, read_document
from mock_server.errors import DocumentInvalid, MockServerError, WorkflowNotFound
from mock_server.fixtures import fixtures_folder
from mock_server.moments import seconds
from mock_server.workflows import script as model
from mock_server.workflows.script import Script, Step
from mock_server.workflows.template import NAMES, unknown_names

_log = logging.getLogger("mock_server")

# Answers where there is no file; `latest` is the one version known not to exist (observed).
ECHO = Script(
    turns=[
        model.Turn(when=model.When(action=""), reply=[Step(message="Action {{action.type}}")]),
        model.Turn(when=model.When(tool=""), reply=[Step(message="{{tool}} gave {{output}}")]),
        model.Turn(when=model.When(answers={}), reply=[Step(message="Thanks for the answers.")]),
    ],
    default=[Step(message="{{text}}")],
)


ANY = "*"  # the id under which a script is added that answers where there is no other


class WorkflowInvalid(DocumentInvalid):
    """A workflow that can't be used."""

    code = "invalid_workflow"


class Catalog:
    """The workflows there are: the shipped ones and those of further folders, the last folder winning."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        """Raises DocumentInvalid for a folder that is none or holds a faulty file."""
        self._folders = [fixtures_folder() / "workflows", *folders]
        self._read: dict[Path, tuple[tuple[int, int], Script]] = {}
        self._added: dict[str, Script] = {}
        for folder in self._folders[1:]:
            if not folder.is_dir():
                raise WorkflowInvalid("is not a folder", source=str(folder))
        if len(self._folders) > 1:  # the shipped ones are tested, and read when first asked for
            for path in self._paths():
                self._script(path, keep_going=False)

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

    def list(self) -> dict[str, tuple[Script, bool]]:
        """Every workflow by id, and whether it was added instead of read from a file."""
        of_files = {path: self._script(path, keep_going=True) for path in self._paths()}
        known = {script.id or path.stem: (script, False) for path, script in of_files.items() if script is not None}
        return known | {workflow_id: (script, True) for workflow_id, script in self._added.items()}

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

    def _find(self, workflow_id: str) -> Script | None:
        if workflow_id in self._added:
            return self._added[workflow_id]
        found = self._added.get(ANY)
        for path in self._paths():
            script = self._script(path, keep_going=True)
            if script is not None and (script.id or path.stem) == workflow_id:
                found = script
        return found

    def _paths(self) -> Iterator[Path]:
        for folder in self._folders:
            yield from sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})

    def _script(self, path: Path, *, keep_going: bool) -> Script | None:
        """A file's script; a file that went bad is complained of once, and its last good script goes on."""
        try:
            stat = path.stat()
        except OSError:
            return None
        stamp, script = self._read.get(path, (None, None))
        if stamp == (stat.st_mtime_ns, stat.st_size):
            return script
        try:
            script = read_script(path)
        except MockServerError as error:
            if not keep_going:
                raise
            _log.error("%s; the workflow goes on as it was", error)
        if script is not None:
            self._read[path] = ((stat.st_mtime_ns, stat.st_size), script)
        return script


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
        script = msgspec.convert(document, Script)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        raise _Fault(place.rstrip("`").lstrip("."), _with_near_miss(reason.replace("`", "'"))) from None
    _check(script)
    _check_templates(document, "")
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
            except re.error as error:
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
