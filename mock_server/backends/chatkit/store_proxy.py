"""Stands in front of the Store of a server of the user's own, and watches its calls."""

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self

from mock_server.backends.backend import Call
from mock_server.backends.chatkit.current import current_call
from mock_server.backends.chatkit.store_calls import FAULTY, METHODS, begin, end
from mock_server.backends.chatkit.store_faults import strike

_INNER = "_chatkit_mock_inner"
_NOT_PASSED_ON = {*dir(object), "__class_getitem__", "__getattr__", "__del__"}
_UNWATCHED = "store-unwatched"  # the note of a server whose Store can't be replaced


def watch_stores(server: Any, call: Call) -> None:
    """Put a proxy in front of a server's Store and AttachmentStore, and note their calls in the request's entry.

    A Store that can't be replaced, such as a property, is left alone, which a note in the journal says.
    """
    watched = [_is_watched_at(server, name, call) for name in ("store", "attachment_store")]
    if any(watched) and call.entry.calls is None:
        call.entry.calls = []


def _is_watched_at(server: Any, name: str, call: Call) -> bool:
    """Return whether there is a proxy at an attribute of a server, which is put there if it can be."""
    fixed = inspect.getattr_static(type(server), name, None)
    if isinstance(fixed, property) and fixed.fset is None:
        call.entry.note(_UNWATCHED, name)
        return False
    store = getattr(server, name, None)
    if store is None or is_watched(store):
        return store is not None
    try:
        setattr(server, name, proxy_of(store))
    except (AttributeError, TypeError, ValueError):
        call.entry.note(_UNWATCHED, name)
        return False
    return True


def is_watched(store: Any) -> bool:
    """Return whether this is a proxy."""
    return issubclass(type(store), StoreProxy)


def proxy_of(store: Any) -> Any:
    """Return a proxy, which behaves as the Store does, and passes for one of its class."""
    proxy = object.__new__(_proxies_of(type(store)))
    object.__setattr__(proxy, _INNER, store)
    return proxy


class StoreProxy:
    """Passes everything on to a Store. The known methods are noted in the journal, and faults may strike there."""

    __slots__ = ("__weakref__", "_chatkit_mock_inner")

    def __getattr__(self, name: str) -> Any:
        inner = _inner_of(self)
        attribute = getattr(inner, name)
        if name not in METHODS or not callable(attribute):
            return attribute
        return _awaited(inner, name, attribute) if name in FAULTY else _at_once(inner, name, attribute)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_inner_of(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_inner_of(self), name)

    def __dir__(self) -> list[str]:
        return dir(_inner_of(self))

    def __repr__(self) -> str:
        return repr(_inner_of(self))

    def __str__(self) -> str:
        return str(_inner_of(self))

    def __eq__(self, other: object) -> bool:
        return bool(_inner_of(self) == (_inner_of(other) if is_watched(other) else other))

    def __hash__(self) -> int:
        return hash(_inner_of(self))

    def __reduce_ex__(self, protocol: Any) -> Any:  # for copies, which are not watched
        return _inner_of(self).__reduce_ex__(protocol)


def _inner_of(proxy: Any) -> Any:
    return object.__getattribute__(proxy, _INNER)


def _proxies_of(kind: type[Any]) -> type[StoreProxy]:
    """Return the proxies of a class: Python looks for special methods such as `__aenter__` only at the class."""
    special = [name for name in dir(kind) if name.startswith("__") and name.endswith("__")]
    body: dict[str, Any] = {
        name: _passing_on(name)
        for name in special
        if name not in _NOT_PASSED_ON and callable(getattr(kind, name, None))
    }
    body |= {"__slots__": (), "__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (StoreProxy,), {**body, "__class__": property(lambda _: kind)})


def _passing_on(name: str) -> Callable[..., Any]:
    def special(self: Any, *given: Any, **named: Any) -> Any:
        return getattr(_inner_of(self), name)(*given, **named)

    return special


class _Running:
    """A call that is under way, as a context manager; calls that it makes of the same Store are parts of it.

    asking: the operation for which it is made; None if nobody notes the call.
    """

    def __init__(self, inner: Any, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.inner, self.outer = inner, _running.get()
        self.asking = None if self._is_part() else current_call.get()
        self.is_over, self._result = False, None
        if self.asking is not None:
            self._made = begin(self.asking.entry, name, given, named)

    def _is_part(self) -> bool:
        outer = self.outer
        while outer is not None and (outer.inner is not self.inner or outer.is_over):
            outer = outer.outer
        return outer is not None

    def returning(self, result: Any) -> Any:
        """Keep what the call returns, and return it."""
        self._result = result
        return result

    def __enter__(self) -> Self:
        _running.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over = True  # what it has started may go on, and is no part of it any more
        _running.set(self.outer)
        if self.asking is not None:
            end(self._made, self.asking.entry, result=self._result, error=error)


_running: ContextVar[_Running | None] = ContextVar("chatkit_mock_store_call", default=None)


def _at_once(inner: Any, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*given: Any, **named: Any) -> Any:
        with _Running(inner, name, given, named) as running:
            return running.returning(method(*given, **named))

    return call


def _awaited(inner: Any, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    async def call(*given: Any, **named: Any) -> Any:
        with _Running(inner, name, given, named) as running:
            if running.asking is not None:
                await strike(name, running.asking)
            return running.returning(await method(*given, **named))

    return call
