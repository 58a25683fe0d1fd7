"""A server on a bare socket, which sends what a test tells it to: also what is no HTTP."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import trustme


@contextmanager
def plain_server(
    serve: Callable[[socket.socket], None], *, certificate: trustme.LeafCert | None = None
) -> Iterator[str]:
    """Its URL; each connection is handled in a thread, and closed afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate is not None:
        certificate.configure_cert(context)

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            serve(connection if certificate is None else context.wrap_socket(connection, server_side=True))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
