"""What the tests' own environment has: the official SDK, and the HTTP library that it is built on."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from typing import Any

_SDK = "openai>=2.2"  # the first with client.beta.chatkit


class LibraryMissing(ImportError):
    """A library that a client is made of is not installed, or is too old."""


def require_chatkit() -> None:
    """Raise LibraryMissing unless there is an official SDK that knows ChatKit."""
    __tracebackhide__ = True
    try:
        found = version("openai")
    except PackageNotFoundError:
        raise LibraryMissing(f"the official SDK is not installed: pip install '{_SDK}'") from None
    if not _knows_chatkit():
        raise LibraryMissing(f"openai {found} has no client.beta.chatkit: pip install --upgrade '{_SDK}'")


def _knows_chatkit() -> bool:
    try:
        return find_spec("openai.resources.beta.chatkit") is not None
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("openai."):
            return False  # it does not even have what that would be in
        raise


def http_library() -> Any:
    """Return the module of the SDK's HTTP library; without an SDK, httpx2, else httpx. Raises LibraryMissing."""
    __tracebackhide__ = True
    for name in _preferred():
        if find_spec(name) is not None:
            return import_module(name)
    raise LibraryMissing("HTTP clients need httpx2 or httpx, and neither is installed: pip install httpx2")


def _preferred() -> list[str]:
    try:
        needed = requires("openai") or []
    except PackageNotFoundError:
        return ["httpx2", "httpx"]
    built_on_httpx2 = any(each.startswith("httpx2") and "extra ==" not in each for each in needed)
    return ["httpx2", "httpx"] if built_on_httpx2 else ["httpx", "httpx2"]
