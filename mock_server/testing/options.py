"""What an emulator is started with in a test, checked before it starts."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import msgspec

from mock_server.config import Settings
from mock_server.documents.places import place_and_reason
from mock_server.documents.seeds import LoadedSeed, load_seeds, parse_seed
from mock_server.wording import refuse_unknown

if TYPE_CHECKING:
    from mock_server.backends.registry import Backends

__tracebackhide__ = True  # pytest shows the line of the test
Name = str | Path  # of a file, or of something shipped
Document = Mapping[str, Any]

_KNOWN = tuple(name for name in Settings.__struct_fields__ if name != "control_key")  # a test's emulator is its own
OWN = (
    "load",
    "workflows",
    "faults",
    "port",
    "socket",
    "backend",
    "backend_context",
    "backend_path",
    "backend_headers",
    "app_dir",
)  # the options that are not settings
MARKER = ("now", "strict", *OWN, *_KNOWN)  # the arguments of the pytest marker
_TUPLES = ("allow_hosts", "file_types")  # a string is one entry


class SettingOptions(TypedDict, total=False):
    """The fields of `mock_server.config.Settings`."""

    seed: str | None
    project: str
    api_key: str | None
    beta_header: Literal["required", "optional"]
    require_workflow: bool
    allow_hosts: str | Iterable[str]
    custom_mode: bool
    custom_user: str
    custom_workflow: str
    file_types: str | Iterable[str]
    journal_entries: int
    journal_bytes: int
    max_body_bytes: int


def settings_of(options: Mapping[str, Any]) -> Settings:
    """Return the settings.

    Raises TypeError for an unknown one or a value of another type, SettingUnusable for one that can't work.
    """
    refuse_unknown(options, (*_KNOWN, *OWN))
    alone = {name: (value,) for name, value in options.items() if name in _TUPLES and isinstance(value, str)}
    try:
        settings = msgspec.convert({**options, **alone}, Settings)
    except msgspec.ValidationError as error:
        place, reason = place_and_reason(error, Settings)
        raise TypeError(f"{place}: {reason}") from None
    settings.check()
    return settings


def seeds_of(given: Name | Document | Iterable[Name | Document]) -> list[LoadedSeed]:
    """Return seeds: each is a shipped name, a file or a document. Raises DocumentInvalid, TypeError."""
    found: list[LoadedSeed] = []
    for each in _several("load", given, (str, Path, Mapping)):
        if isinstance(each, Mapping):
            found.append(LoadedSeed(seed=parse_seed(each, source="load"), source="load"))
        else:
            found += load_seeds([str(each)])
    return found


def names_of(option: str, given: Name | Iterable[Name]) -> list[str]:
    """Return the names of files or of what is shipped, of which one may stand alone. Raises TypeError."""
    return [str(each) for each in _several(option, given, (str, Path))]


def backends_of(
    given: Any,
    *,
    context: str | Callable[..., Any] | None,
    path: str,
    headers: str | Iterable[str],
    app_dir: Name | None,
) -> "Backends | None":
    """Return the servers of the user's own, of which one may stand alone; None if there are none.

    Raises TypeError, BackendUnusable.
    """
    specs = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if not specs:
        return None
    from mock_server.backends.loading import BackendOptions  # noqa: PLC0415 - only for servers of the user's own
    from mock_server.backends.registry import Backends  # noqa: PLC0415 - the same
    from mock_server.server.loop import loop_factory  # noqa: PLC0415 - the same

    if not isinstance(path, str):
        raise TypeError(f"backend_path: a path such as /chatkit was expected, not {path!r}")
    lines = tuple(_several("backend_headers", headers, (str,)))
    folder = None if app_dir is None else Path(*_several("app_dir", app_dir, (str, Path)))
    wanted = BackendOptions(context=context, path=path, headers=lines, app_dir=folder)
    return Backends(specs, wanted, loop_factory=loop_factory())


def _several(option: str, given: Any, kinds: tuple[type, ...]) -> list[Any]:
    if isinstance(given, (*kinds, Mapping)) or not isinstance(given, Iterable):
        given = [given]
    listed = list(given)
    for each in listed:
        if not isinstance(each, kinds):
            wanted = "a name, a path or a document" if Mapping in kinds else "a name or a path"
            raise TypeError(f"{option}: {wanted} was expected, not {each!r}")
    return listed
