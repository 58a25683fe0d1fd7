"""What a request from the journal needs to get the same response again: sessions, scripts, settings and faults."""

from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from mock_server.config import BETA, Settings
from mock_server.inspection.replay.python import Expression, brief, calling
from mock_server.masking import hidden, hidden_value
from mock_server.patterns import is_named
from mock_server.state.journal import Entry
from mock_server.state.project import Project
from mock_server.wire.control.faults import FaultAction
from mock_server.workflows.catalog import Catalog

SECRET = Expression('f"Bearer {session.client_secret}"')
USER, WORKFLOW = "ada", "wf_echo"  # if the journal does not know them
DISABLED = "chatkit.file_upload_disabled"
_SLOW = {"delay", "bandwidth"}  # left out, so that a test need not wait


class Scene(Struct):
    """A request from the journal, and what a fresh emulator needs to give it the same response.

    body: JSON, with expressions in place of ids that can't be known beforehand; None if there was none.
    settings: those of the emulator that differ from the defaults and matter here.
    before: the lines that set things up; uploads: those that need the HTTP client; later: those that clean up.
    argument: replaces the last part of the path.
    has_session, has_file: whether a session is created, and whether a file is sent.
    """

    entry: Entry
    project: Project
    catalog: Catalog
    options: Settings
    body: Any
    settings: dict[str, Any] = {}
    before: list[str] = []
    uploads: list[str] = []
    later: list[str] = []
    argument: Expression | None = None
    has_session: bool = False
    has_file: bool = False

    @property
    def operation(self) -> str:
        """The operation; empty if the request reached none."""
        return self.entry.operation or ""

    @property
    def user(self) -> str:
        """The user, as far as known."""
        return hidden(self.entry.user or "") or USER

    @property
    def answer_code(self) -> str | None:
        """The error code in the response, if any."""
        try:
            code = msgspec.json.decode(self.entry.response_body)["error"]["code"]
        except (msgspec.DecodeError, LookupError, TypeError):
            return None
        return code if isinstance(code, str) else None

    @property
    def is_natural(self) -> bool:
        """Whether no fault rule was applied, so that the request gets the same response wherever it is sent."""
        return self.entry.fault is None or self.entry.fault in {self.entry.workflow, "sk-invalid"}

    @property
    def bearer(self) -> str:
        """The key or secret that was sent; empty if there was none."""
        given = next((value for name, value in self.entry.headers if name == b"authorization"), b"")
        scheme, _, key = given.decode("latin-1").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""


def choose_settings(scene: Scene) -> None:
    entry, options = scene.entry, scene.options
    beta = any(name == b"openai-beta" and BETA.encode() in value for name, value in entry.headers)
    talks = scene.operation.startswith(("conversation", "files", "domain_keys"))
    if talks and not scene.bearer and options.custom_mode:
        scene.settings["custom_mode"] = True
        for name in ("custom_user", "custom_workflow"):
            if getattr(options, name) != getattr(Settings(), name):
                scene.settings[name] = getattr(options, name)
    if options.beta_header == "optional" and not beta:
        scene.settings["beta_header"] = "optional"
    if options.require_workflow and entry.status == 404 and scene.operation == "sessions.create":
        scene.settings["require_workflow"] = True
    if talks and options.file_types != Settings().file_types:
        scene.settings["file_types"] = list(options.file_types)


# Sessions and scripts.


def create_session(scene: Scene, extra: dict[str, Any]) -> None:
    """Create a session of the same user and workflow, with those settings of the old one that affect its responses."""
    scene.has_session = True
    of_workflow: dict[str, Any] = {"id": hidden(scene.entry.workflow or "") or WORKFLOW}
    user = scene.user
    kept = scene.project.sessions
    if scene.entry.session is not None and scene.entry.session in kept:
        session = kept.get(scene.entry.session)
        user, of_workflow["id"] = hidden(session.user), hidden(session.workflow_id)
        if session.workflow_version is not None:
            of_workflow["version"] = session.workflow_version
        if session.state_variables:
            of_workflow["state_variables"] = hidden_value(session.state_variables)
        if not session.titling:
            off = {"automatic_thread_titling": {"enabled": False}}
            extra = {"chatkit_configuration": {**extra.get("chatkit_configuration", {}), **off}}
    create = "session = client.beta.chatkit.sessions.create"
    scene.before += [
        "with chatkit_mock.openai() as client:",
        "    " + calling(create, user=user, workflow=of_workflow, **extra, indent=8),
    ]
    ended = {"client_secret_expired": "expire", "client_secret_cancelled": "cancel"}
    if scene.answer_code in ended and scene.entry.fault is None:
        scene.before.append(f"chatkit_mock.sessions.{ended[scene.answer_code]}(session.id)")


def add_script(scene: Scene) -> None:
    """Add the script that replied, unless it is one that every emulator has."""
    custom = scene.options.custom_workflow if scene.entry.session is None else ""
    workflow = scene.entry.workflow or custom
    script = scene.catalog.get(workflow)
    if workflow and script != _shipped().get(workflow):
        shown = {key: value for key, value in brief(script).items() if key != "id"}
        scene.before.append(calling("chatkit_mock.workflows.add", workflow, shown, indent=4))
        scene.later.append(calling("chatkit_mock.workflows.remove", workflow))


@cache
def _shipped() -> Catalog:
    return Catalog()


# Faults.


def add_fault(scene: Scene) -> None:
    """Add the fault that was applied, unless it applies by itself; also add one for an error with no other cause."""
    entry = scene.entry
    if not scene.is_natural:
        do = _rule(scene) or _same_effect(entry)
    elif scene.operation and (entry.status >= 500 or entry.status == 429) and entry.fault is None:
        do = {"error": entry.status}
    elif scene.operation.startswith("files.") and entry.status == 400 and scene.answer_code != DISABLED:
        scene.before.append("# The journal does not keep what was sent here.")
        do = {"error": entry.status}
    else:
        return
    do = {name: value for name, value in do.items() if name not in _SLOW}
    if do:
        scene.before.append(calling("chatkit_mock.faults.add", operation=scene.operation, **do, indent=4))


def _rule(scene: Scene) -> dict[str, Any]:
    for rule in scene.project.faults.rules:
        of_this = rule.match.operation is UNSET or is_named(scene.operation, rule.match.operation)
        if rule.name == scene.entry.fault and of_this:
            return _said(rule.do)
    return {}


def _said(do: FaultAction) -> dict[str, Any]:
    said: dict[str, Any] = brief(do)
    return said


def _same_effect(entry: Entry) -> dict[str, Any]:
    """Return what a rule that no longer exists may have done."""
    if entry.outcome == "dropped" and (events := entry.events) is not None:
        return {"cut": len(events)}
    if entry.outcome == "dropped":
        return {"truncated": 0} if entry.status else {"drop": True}
    return {"error": entry.status} if entry.status >= 400 else {}


def decoded(frame: bytes) -> dict[str, Any]:
    """Return an event of a stream; empty for one that a fault has broken."""
    try:
        event = msgspec.json.decode(frame.removeprefix(b"data: "))
    except msgspec.DecodeError:
        return {}
    return event if isinstance(event, dict) else {}
