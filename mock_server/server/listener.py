"""A bound socket, or a sentence about why there is none."""

import socket
import sys


class PortTaken(OSError):
    """Nothing can listen at this host and port."""


def listen(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """A socket bound to host and port, 0 for any free one. Raises PortTaken, which says what option to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off for sockets that name their protocol only; with it each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # where it would let two servers share the port
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
