"""The emulator is found at `localhost`, whatever that means to a client."""

import json
import socket
import urllib.request

import pytest
from support.emulator import make_app

from mock_server.server.listener import PortTaken, listen
from mock_server.server.thread import ServerThread


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@needs_ipv6
def test_it_listens_on_both_loopback_addresses() -> None:
    with ServerThread(make_app()) as server:
        port = server.origin.rpartition(":")[2]
        assert server.origin == f"http://127.0.0.1:{port}"
        for host in ("127.0.0.1", "[::1]", "localhost"):
            with urllib.request.urlopen(f"http://{host}:{port}/_mock/health") as answer:
                assert json.load(answer)["status"] == "ok"


@needs_ipv6
def test_somebody_elses_server_on_the_other_address_is_left_alone() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        listeners = listen("127.0.0.1", other.getsockname()[1])
        assert [each.family for each in listeners] == [socket.AF_INET]
        listeners[0].close()


def test_another_host_is_that_host_alone() -> None:
    (listener,) = listen("0.0.0.0", 0)
    listener.close()


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortTaken, match="choose another with --host"):
        listen("127.0.0.1", other.getsockname()[1])
