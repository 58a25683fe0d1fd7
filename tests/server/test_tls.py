"""https: a certificate that clients can verify, the same answers as without it, and nothing that breaks it."""

import contextlib
import json
import logging
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from openai import OpenAI
from support.emulator import HEADERS, MINIMAL, make_app
from support.talk import Talk, kinds, text_of

from mock_server.clock import stopwatch, world_time
from mock_server.errors import CertificateUnusable
from mock_server.server.loop import SteadyLoop
from mock_server.server.thread import ServerThread
from mock_server.server.tls import Certificate, certificate_of, made_certificate

DAY = 24 * 3600


def loops() -> list[Any]:
    found: list[Any] = [pytest.param(SteadyLoop, id="asyncio")]
    if sys.platform != "win32":  # where there is no uvloop
        import uvloop  # noqa: PLC0415

        found.append(pytest.param(uvloop.new_event_loop, id="uvloop"))
    return found


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return made_certificate(now=world_time())


@pytest.fixture(scope="module")
def trust(certificate: Certificate) -> ssl.SSLContext:
    """What a client verifies with: our authority alone, as strictly as Python can."""
    assert certificate.authority
    context = ssl.create_default_context(cadata=certificate.authority.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.fixture(params=loops())
def server(request: pytest.FixtureRequest, certificate: Certificate) -> Iterator[ServerThread]:
    with ServerThread(make_app(random="7"), make_loop=request.param, tls=certificate.context) as running:
        yield running


@pytest.fixture
def web(server: ServerThread, trust: ssl.SSLContext) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.origin, headers=HEADERS, verify=trust, timeout=10) as client:
        yield client


def begin(web: httpx2.Client) -> Talk:
    """The conversation of a new session."""
    return Talk(web, web.post("/v1/chatkit/sessions", json=MINIMAL).json()["client_secret"])


def raw(server: ServerThread) -> socket.socket:
    """A connection without TLS."""
    host, _, port = server.origin.removeprefix("https://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def drained(connection: socket.socket) -> bytes:
    """All that comes until the connection ends, well or badly."""
    received = b""
    with contextlib.suppress(OSError):
        while piece := connection.recv(65536):
            received += piece
    return received


@contextmanager
def encrypted(server: ServerThread, trust: ssl.SSLContext, name: str = "localhost") -> Iterator[ssl.SSLSocket]:
    """A connection to the server by one of its names."""
    with raw(server) as connection, trust.wrap_socket(connection, server_hostname=name) as wrapped:
        yield wrapped


# What clients see.


def test_the_official_client_verifies_it(server: ServerThread, trust: ssl.SSLContext) -> None:
    assert server.origin.startswith("https://127.0.0.1:")
    with (
        httpx2.Client(verify=trust) as http,
        OpenAI(base_url=f"{server.origin}/v1", api_key="sk-test", http_client=http, max_retries=0) as client,
    ):
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert client.beta.chatkit.sessions.cancel(session.id).status == "cancelled"


def test_a_conversation_streams(web: httpx2.Client) -> None:
    talk = begin(web)
    assert kinds(talk.say("Hello"))[0] == "thread.created"
    assert text_of(talk.say("Once more")) == "Once more"


def test_an_event_arrives_before_the_next_one_is_there(web: httpx2.Client) -> None:
    talk = begin(web)
    web.post("/_mock/workflows", json={"id": "wf_1", "default": [{"message": "first"}, {"pause": "30s"}]})
    body = {"type": "threads.create", "params": {"input": message("Hi")}}
    headers = {"authorization": f"Bearer {talk.secret}"}
    began = stopwatch()
    with web.stream("POST", "/v1/chatkit/conversation", json=body, headers=headers) as stream:
        said = next(line for line in stream.iter_lines() if '"assistant_message"' in line)
    assert "data: {" in said
    assert stopwatch() - began < 10


def message(text: str) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def test_large_bodies_are_whole(web: httpx2.Client) -> None:
    uploads = {"file_upload": {"enabled": True}}
    session = web.post("/v1/chatkit/sessions", json={**MINIMAL, "chatkit_configuration": uploads}).json()
    content = bytes(range(256)) * 20_000
    headers = {"authorization": f"Bearer {session['client_secret']}"}
    file = web.post("/v1/chatkit/files", files={"file": ("a.png", content, "image/png")}, headers=headers).json()
    assert file["preview_url"].startswith("https://127.0.0.1:")
    assert web.get(file["preview_url"]).content == content


def test_requests_in_one_packet_are_answered_in_order(server: ServerThread, trust: ssl.SSLContext) -> None:
    with encrypted(server, trust) as connection:
        requests = [b"GET %b HTTP/1.1\r\nhost: localhost\r\n\r\n" % path for path in (b"/health", b"/1", b"/2")]
        connection.sendall(b"".join(requests))
        received = b""
        while received.count(b"HTTP/1.1 ") < 3 or b"GET /2" not in received:
            received += connection.recv(65536)
    assert received.index(b"200 OK") < received.index(b"GET /1") < received.index(b"GET /2")


def test_it_keeps_from_browsers_what_they_would_obey(web: httpx2.Client) -> None:
    answer = web.post("/v1/chatkit/sessions", json=MINIMAL)
    assert answer.headers["server"] == "cloudflare"
    assert not {"strict-transport-security", "alt-svc"} & set(answer.headers)


@pytest.mark.parametrize("events", [1, 3, 5])
def test_a_cut_stream_has_all_that_came_before(web: httpx2.Client, events: int) -> None:
    talk = begin(web)
    web.post("/_mock/faults", json={"match": {"operation": "conversation"}, "do": {"cut": events}})
    arrived: list[dict[str, Any]] = []
    body = {"type": "threads.create", "params": {"input": message("Hi")}}
    headers = {"authorization": f"Bearer {talk.secret}"}
    with web.stream("POST", "/v1/chatkit/conversation", json=body, headers=headers) as stream:
        lines = filter(None, stream.iter_lines())
        with pytest.raises(httpx2.TransportError):
            arrived.extend(map(json.loads, (line.removeprefix("data: ") for line in lines)))
    assert len(arrived) == events


def test_a_dropped_call_has_no_answer(web: httpx2.Client) -> None:
    web.post("/_mock/faults", json={"do": {"drop": True}})
    with pytest.raises(httpx2.TransportError):
        web.post("/v1/chatkit/sessions", json=MINIMAL)


# The certificate that is made.


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "cdn.platform.openai.com", "api.openai.com"])
def test_the_certificate_is_good_for(server: ServerThread, trust: ssl.SSLContext, name: str) -> None:
    with encrypted(server, trust, name) as connection:
        assert connection.version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize("name", ["example.com", "platform.openai.com", "127.0.0.2"])
def test_the_certificate_is_not_good_for(server: ServerThread, trust: ssl.SSLContext, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"), encrypted(server, trust, name):
        pass


def test_the_certificate_is_good_for_further_names() -> None:
    names = ["chatkit.test", "10.0.0.7", "fd00::7", "localhost", "", "chatkit.test"]
    certificate = made_certificate(now=world_time(), names=names)
    assert certificate.authority
    trust = ssl.create_default_context(cadata=certificate.authority.decode())
    with ServerThread(make_app(), tls=certificate.context) as server:
        for name in ("chatkit.test", "10.0.0.7", "fd00::7", "localhost"):
            with encrypted(server, trust, name):
                pass


@pytest.mark.parametrize("name", ["chat_kit", "a" * 64, "a..b", "two words"])
def test_a_name_that_no_certificate_can_have_is_named(name: str) -> None:
    with pytest.raises(
        CertificateUnusable, match=f"can't generate a certificate for {name}: .*--tls-cert and --tls-key"
    ):
        made_certificate(now=world_time(), names=[name])


def test_the_certificate_is_valid_from_a_day_ago_for_a_year(server: ServerThread, trust: ssl.SSLContext) -> None:
    with encrypted(server, trust) as connection:
        shown = connection.getpeercert()
    assert shown
    begins, ends = (ssl.cert_time_to_seconds(str(shown[each])) for each in ("notBefore", "notAfter"))
    assert world_time() - begins == pytest.approx(DAY, abs=600)
    assert ends - world_time() == pytest.approx(365 * DAY, abs=600)


def test_another_authority_is_not_trusted(server: ServerThread) -> None:
    other = made_certificate(now=world_time()).authority
    assert other
    trust = ssl.create_default_context(cadata=other.decode())
    with pytest.raises(ssl.SSLCertVerificationError), encrypted(server, trust):
        pass


def test_no_private_key_stays_behind(tmp_path: Path) -> None:
    script = (
        "from mock_server.server.tls import made_certificate\n"
        "print(made_certificate(now=1_800_000_000).authority.decode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert "PRIVATE" not in done.stdout
    assert list(tmp_path.iterdir()) == []


# Certificates of one's own.


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good pair and much else."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    ours, other = authority.issue_cert("localhost"), authority.issue_cert("localhost")
    rsa = authority.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    certificate, key = ours.cert_chain_pems[0].bytes(), ours.private_key_pem.bytes()
    loaded = load_pem_private_key(key, None)
    damaged = {
        name: b"\n".join(pem.splitlines()[:2] + pem.splitlines()[3:]) for name, pem in (("c", certificate), ("k", key))
    }
    contents = {
        "authority.pem": authority.cert_pem.bytes(),
        "cert.pem": certificate,
        "key.pem": key,
        "both.pem": key + certificate,
        "other-key.pem": other.private_key_pem.bytes(),
        "rsa-key.pem": rsa.private_key_pem.bytes(),
        "locked-key.pem": loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
        "damaged-cert.pem": damaged["c"],
        "damaged-key.pem": damaged["k"],
        "cert.der": ssl.PEM_cert_to_DER_cert(certificate.decode()),
        "empty": b"",
        "noise": bytes(range(256)),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    return folder


@pytest.mark.parametrize(("cert", "key"), [("cert.pem", "key.pem"), ("both.pem", "both.pem")])
def test_serves_with_the_files_given(files: Path, cert: str, key: str) -> None:
    certificate = certificate_of(files / cert, files / key)
    assert certificate.authority is None
    trust = ssl.create_default_context(cafile=files / "authority.pem")
    with ServerThread(make_app(), tls=certificate.context) as server, encrypted(server, trust):
        pass


@pytest.mark.parametrize(
    ("cert", "key", "said"),
    [
        ("cert.pem", "other-key.pem", "other-key.pem is not the key of .*cert.pem"),
        ("cert.pem", "rsa-key.pem", "rsa-key.pem is not the key of .*cert.pem"),
        ("cert.pem", "locked-key.pem", "locked-key.pem is protected by a passphrase; .*openssl pkey"),
        ("cert.pem", "damaged-key.pem", "damaged-key.pem contains no private key in PEM"),
        ("cert.pem", "cert.pem", "cert.pem contains no private key in PEM"),
        ("cert.pem", "empty", "empty contains no private key in PEM"),
        ("cert.pem", "noise", "noise contains no private key in PEM"),
        ("cert.pem", "missing", "can't read .*missing: no such file"),
        ("cert.pem", "folder", "can't read .*folder: is a directory"),
        ("damaged-cert.pem", "key.pem", "damaged-cert.pem contains no certificate in PEM"),
        ("key.pem", "cert.pem", "key.pem contains no certificate in PEM"),
        ("cert.der", "key.pem", "cert.der contains no certificate in PEM"),
        ("empty", "key.pem", "empty contains no certificate in PEM"),
        ("noise", "key.pem", "noise contains no certificate in PEM"),
        ("missing", "key.pem", "can't read .*missing: no such file"),
        ("folder", "key.pem", "can't read .*folder: is a directory"),
    ],
)
def test_files_that_do_not_do_are_named_with_the_reason(files: Path, cert: str, key: str, said: str) -> None:
    with pytest.raises(CertificateUnusable, match=said):
        certificate_of(files / cert, files / key)


def test_a_key_too_weak_for_tls_is_refused(tmp_path: Path) -> None:
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:512", "-subj", "/CN=localhost"]
    try:
        subprocess.run(
            [*command, "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs an openssl that makes weak keys")
    with pytest.raises(CertificateUnusable, match=r"can't use .*cert with .*key: ee key too small"):
        certificate_of(tmp_path / "cert", tmp_path / "key")


# What is no TLS.


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"POST /v1/chatkit/sessions HTTP/1.1\r\ncontent-length: 10000000\r\n\r\n" + b"x" * 500_000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 600,
        b"\x80\x2e\x01\x00\x02" + b"\0" * 50,
        b"\0" * 70_000,
        b"\x16\x03\x01",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"",
    ],
    ids=["http", "a large body", "a strange hello", "SSL 2", "zeros", "half a hello", "an alert", "nothing"],
)
def test_what_is_no_tls_is_dropped_and_forgotten(
    server: ServerThread, web: httpx2.Client, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    for linger in (False, True):
        with raw(server) as connection:
            if linger:  # the end is a reset
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            with contextlib.suppress(OSError):  # it may have hung up
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            assert b"HTTP/1.1 2" not in drained(connection)
    assert web.get("/health").status_code == 200
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_noise_within_tls_is_no_more_than_bad_http(
    server: ServerThread, web: httpx2.Client, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    with encrypted(server, trust) as connection:
        connection.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    with encrypted(server, trust) as connection:
        socket.socket.send(connection, b"no record of TLS")
        assert drained(connection) == b""
    assert web.get("/health").status_code == 200
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_a_client_that_is_too_old_is_refused(server: ServerThread, web: httpx2.Client) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError), encrypted(server, old):  # noqa: PT011 - each OpenSSL has words of its own
        pass
    assert web.get("/health").status_code == 200


def test_a_handshake_that_hangs_does_not_keep_it_from_ending(
    certificate: Certificate, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    with ServerThread(make_app(), tls=certificate.context) as server:
        connections = [raw(server) for _ in range(3)]
        connections[0].sendall(b"\x16\x03\x01")
        with encrypted(server, trust) as connection:  # it was accepted after the others
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        began = stopwatch()
    assert stopwatch() - began < 10
    for each in connections:
        each.close()
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
