"""Finds the servers of the user's own that `--backend` names."""

import importlib
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from mock_server.backends import PATH
from mock_server.errors import BackendUnusable
from mock_server.wire.control.backends import Kind
from mock_server.wording import did_you_mean, sentence

_NAME = re.compile(r"\w+(\.\w+)*:\w+(\.\w+)*")
_FORMS = "write module:server, module:app or a URL such as http://127.0.0.1:8000/chatkit"
_INSTALL = "install the package openai-chatkit: pip install 'chatkit-mock-server[backend]'"


class BackendOptions(Struct, frozen=True, kw_only=True):
    """What is common to all backends of an emulator.

    context: a function `module:name` that makes a server's context; path: of the endpoint in an application.
    headers: header lines for applications and URLs, which may hold templates such as `{{user}}`.
    app_dir: the folder in which modules are looked for first; by default the current one.
    """

    context: str | Callable[..., Any] | None = None
    path: str = PATH
    headers: tuple[str, ...] = ()
    app_dir: Path | None = None


class Found(Struct, frozen=True):
    """What a name stands for: a `ChatKitServer`, a function that makes one, an ASGI application, or a URL."""

    kind: Kind
    target: Any


def find(target: Any, options: BackendOptions) -> Found:
    """Return what a backend's name, or an object, stands for. Raises BackendUnusable."""
    if isinstance(target, str) and target.startswith(("http://", "https://")):
        return Found("url", target)
    name = target if isinstance(target, str) else repr(target)
    made = imported(target, options.app_dir) if isinstance(target, str) else target
    if not callable(made) and not is_server(made):
        told = f"this is no ChatKitServer, no ASGI application, and no function that makes one; {_FORMS}"
        raise BackendUnusable(name, told)
    return Found("server" if is_server(made) else "app" if is_application(made) else "factory", made)


def imported(name: str, app_dir: Path | None = None) -> Any:
    """Return what `module:attribute` names. Raises BackendUnusable."""
    if not _NAME.fullmatch(name):
        raise BackendUnusable(name, _FORMS)
    module_name, _, attribute = name.partition(":")
    folder = Path.cwd() if app_dir is None else app_dir.resolve()
    if str(folder) not in sys.path:  # and it stays there, for what is imported later
        sys.path.insert(0, str(folder))
    found: Any = _module(name, module_name, folder)
    for part in attribute.split("."):
        if not hasattr(found, part):
            near = did_you_mean(part, vars(found)) if hasattr(found, "__dict__") else ""
            raise BackendUnusable(name, f"{module_name} has no {part!r}{near}")
        found = getattr(found, part)
    return found


def _module(name: str, module: str, folder: Path) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = str(error.name)
        if module == missing or module.startswith(f"{missing}."):
            reason = f"there is no module {missing!r} in {folder}; --app-dir (app_dir in Python) names the folder"
        elif missing.partition(".")[0] in {"chatkit", "agents"}:
            reason = f"it needs {missing!r}; {_INSTALL}"
        else:
            reason = f"it needs {missing!r}, which is not installed here"
        raise BackendUnusable(name, reason) from None
    except (Exception, SystemExit) as error:
        raise BackendUnusable(name, sentence(f"importing it raised {type(error).__name__}: {error}")) from error


def is_server(made: Any) -> bool:
    """Return whether something answers as a `ChatKitServer` does."""
    return not inspect.isclass(made) and callable(getattr(made, "process", None)) and hasattr(made, "respond")


def is_application(made: Any) -> bool:
    """Return whether something takes a scope and two functions, as ASGI applications do."""
    if not callable(made) or inspect.isclass(made):
        return False
    return takes(made, 3) and (inspect.iscoroutinefunction(made) or not takes(made, 0))


def takes(function: Any, count: int) -> bool:
    """Return whether something can be called with so many arguments, as far as it says what it takes."""
    try:
        inspect.signature(function).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True
