"""The sockets that a server listens on."""

import contextlib
import socket
import sys

_LOOPBACK, _LOOPBACK_6 = "127.0.0.1", "::1"


class PortTaken(OSError):
    """A host and port that can't be listened on."""


def listen(host: str, port: int, *, option: str = "--port") -> list[socket.socket]:
    """Return sockets bound to host and port; port 0 is any free one. Raises PortTaken, which names the `option`.

    The first is the one asked for. With 127.0.0.1 there is a second one at ::1, if that port is free: many clients take
    `localhost` for ::1 first.
    """
    listeners = [_listener(host, port, option=option)]
    if host == _LOOPBACK and socket.has_ipv6:
        with contextlib.suppress(OSError):
            listeners.append(_listener(_LOOPBACK_6, listeners[0].getsockname()[1], option=option))
    return listeners


def _listener(host: str, port: int, *, option: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's algorithm only for sockets with an explicit protocol; with it, responses take 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # where the option would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise PortTaken(
            f"can't listen on {host} port {port}: {reason}; "
            f"choose another with --host and {option} (0 is any free port)"
        ) from None
    listener.settimeout(0)
    return listener
