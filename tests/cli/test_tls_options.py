"""`chatkit-mock serve --tls`, run as a user runs it."""

import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import trustme
from openai import OpenAI
from support.commands import COMMAND, PLAIN, said, serving
from support.emulator import HEADERS, MINIMAL, socket_client
from support.talk import Talk

from mock_server.clock import stopwatch

ANY = ("--tls-port", "0")


class Both:
    """A server that answers http and https."""

    def __init__(self, process: subprocess.Popen[str], plain: str, ca: Path) -> None:
        self.process, self.ca = process, ca
        self.plain = plain.removesuffix("/v1")
        self.banner = ""
        assert process.stdout
        while "Ctrl-C" not in self.banner:
            self.banner += process.stdout.readline()
        found = re.search(r"https://\S+", self.banner)
        assert found
        self.secure = found[0]

    def place(self) -> tuple[str, int]:
        host, _, port = self.secure.removeprefix("https://").rpartition(":")
        return host.strip("[]"), int(port)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and what was logged."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=10)
        return self.process.returncode, errors


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    return tmp_path / "ready"


@contextmanager
def both(ready: Path, *arguments: str, **environment: str) -> Iterator[Both]:
    """A server with --tls, any free ports, and a file for its authority."""
    ca = ready.with_name("ca.pem")
    options = ("--tls", *ANY, "--tls-ca-file", str(ca), *arguments)
    with serving(ready, *options, **environment) as process:
        yield Both(process, ready.read_text(), ca)


def test_both_ports_answer_and_share_what_is_true(ready: Path) -> None:
    with both(ready, "--load", "demo") as server:
        assert ready.read_text().startswith("http://127.0.0.1:")
        with (
            httpx2.Client(verify=server.trust()) as http,
            OpenAI(base_url=f"{server.secure}/v1", api_key="sk-test", http_client=http) as secure,
            OpenAI(base_url=f"{server.plain}/v1", api_key="sk-test") as plain,
        ):
            session = secure.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
            assert plain.beta.chatkit.sessions.cancel(session.id).status == "cancelled"
            assert secure.beta.chatkit.threads.retrieve("cthr_demo").user == "ada"


def test_a_conversation_goes_on_at_the_other_port(ready: Path) -> None:
    with (
        both(ready) as server,
        socket_client(server.plain, headers=HEADERS) as plain,
        httpx2.Client(base_url=server.secure, headers=HEADERS, verify=server.trust()) as secure,
    ):
        talk = Talk(plain, plain.post("/v1/chatkit/sessions", json=MINIMAL).json()["client_secret"])
        talk.say("Hello")
        talk.client = secure
        talk.say("And again")
        items = talk.json("threads.get_by_id", thread_id=talk.thread_id)["items"]["data"]
        assert [item["type"] for item in items] == ["user_message", "assistant_message"] * 2


def test_any_client_can_be_told_whom_to_trust(ready: Path) -> None:
    script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1] + '/health').status)"
    with both(ready) as server:
        command = [sys.executable, "-c", script, server.secure]
        trusting = subprocess.run(
            command, env={**PLAIN, "SSL_CERT_FILE": str(server.ca)}, capture_output=True, text=True, check=False
        )
        doubting = subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=False)
    assert (trusting.stdout, trusting.stderr) == ("200\n", "")
    assert "CERTIFICATE_VERIFY_FAILED" in doubting.stderr


def test_the_banner_says_what_to_start_a_browser_with(ready: Path) -> None:
    with both(ready) as server:
        host, port = server.place()
        assert f"export OPENAI_BASE_URL={server.plain}/v1\n" in server.banner
        rules = f'--host-resolver-rules="MAP cdn.platform.openai.com {host}:{port}" --ignore-certificate-errors\n'
        assert rules in server.banner
        assert max(map(len, server.banner.splitlines())) <= 120


def test_without_tls_nothing_is_said_or_imported_for_it(ready: Path) -> None:
    with serving(ready, PYTHONPROFILEIMPORTTIME="1") as process:
        process.send_signal(signal.SIGTERM)
        banner, imports = process.communicate(timeout=10)
    assert "https" not in banner
    assert "mock_server.server.process" in imports
    assert not re.search(r"trustme|cryptography|mock_server\.testing\.tls", imports)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_at_once(ready: Path, number: signal.Signals) -> None:
    with both(ready) as server:
        host, port = server.place()
        with (
            socket.create_connection((host, port)) as silent,
            socket.create_connection((host, port)) as connection,
            server.trust().wrap_socket(connection, server_hostname="localhost") as unfinished,
        ):
            unfinished.sendall(b"POST /v1/chatkit/sessions HTTP/1.1\r\n")
            began = stopwatch()
            assert server.end(number) == (0, "")
            assert stopwatch() - began < 4
            assert silent.fileno() >= 0
    assert not ready.exists()
    assert not server.ca.exists()
    for origin in (server.plain, server.secure):
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{origin}/health")


def test_what_is_no_tls_is_not_worth_a_line(ready: Path) -> None:
    with both(ready) as server:
        for sent in (b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n", b"\0" * 999, b"\x16\x03\x01", b""):
            with socket.create_connection(server.place(), timeout=10) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
        assert server.end() == (0, "")


def test_every_flag_is_also_a_variable(ready: Path) -> None:
    ca = ready.with_name("ca.pem")
    variables = {"CHATKIT_MOCK_TLS": "1", "CHATKIT_MOCK_TLS_PORT": "0", "CHATKIT_MOCK_TLS_CA_FILE": str(ca)}
    with serving(ready, **variables) as process:
        server = Both(process, ready.read_text(), ca)
        assert httpx2.get(f"{server.secure}/health", verify=server.trust()).status_code == 200


@pytest.mark.parametrize("port", [("--tls", "--tls-port", "0"), ("--tls-port", "0")])
def test_is_quiet_when_it_is_asked_to_be(ready: Path, port: tuple[str, ...]) -> None:
    with serving(ready, "--quiet", *port) as process:
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10) == ("", "")


def test_is_reached_by_the_names_it_was_started_with(ready: Path) -> None:
    with both(ready, "--host", "::1", "--allow-host", "chatkit.test") as server:
        assert server.secure.startswith("https://[::1]:")
        for name in ("chatkit.test", "::1", "localhost"):
            with (
                socket.create_connection(server.place(), timeout=10) as connection,
                server.trust().wrap_socket(connection, server_hostname=name),
            ):
                pass


# A certificate of one's own.


@pytest.fixture
def own(tmp_path: Path) -> tuple[str, ...]:
    """Options for a good certificate, whose authority is in `ca.pem`."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    return ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))


def test_a_certificate_of_ones_own_needs_no_further_flag(ready: Path, own: tuple[str, ...]) -> None:
    with serving(ready, *own, *ANY) as process:
        server = Both(process, ready.read_text(), ready.with_name("ca.pem"))
        assert httpx2.get(f"{server.secure}/health", verify=server.trust()).status_code == 200
        assert server.end()[0] == 0
    assert server.ca.exists()


# What can't be done.


def without_trustme(*arguments: str) -> tuple[int, str]:
    """What is said where the extra is not installed."""
    script = "import sys; sys.modules['trustme'] = None; from mock_server.cli import main; main()"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


def test_without_the_extra_the_way_out_is_named() -> None:
    code, error = without_trustme("serve", "--port", "0", "--tls", *ANY)
    assert code == 2
    assert error == (
        "chatkit-mock: --tls generates a certificate with trustme, which is not installed: "
        "pip install 'chatkit-mock-server[tls]', or provide a certificate with --tls-cert and --tls-key.\n"
    )


def test_without_the_extra_a_certificate_of_ones_own_will_do(ready: Path, own: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that it ends, after the certificate was taken
        port = str(taken.getsockname()[1])
        assert "address already in use" in without_trustme("serve", "--port", "0", *own, "--tls-port", port)[1]


def test_a_taken_port_is_one_sentence_that_names_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments in (("--port", "0", "--tls", "--tls-port", port), ("--tls", "--port", port, "--tls-port", "0")):
            code, error = said("serve", *arguments)
            assert code == 2
            assert error.startswith(f"chatkit-mock: can't listen on 127.0.0.1 port {port}: address already in use;")
            assert ("--tls-port" in error) == (arguments[-1] == port)
            assert error.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--tls-cert cert.pem", "--tls-cert and --tls-key go together"),
        ("--tls-key key.pem", "--tls-cert and --tls-key go together"),
        ("--tls --tls-key key.pem", "--tls-cert and --tls-key go together"),
        (
            "--tls-cert cert.pem --tls-key key.pem --tls-ca-file made.pem",
            "--tls-ca-file is for a generated certificate",
        ),
        ("--tls-cert missing --tls-key key.pem", "can't read missing: no such file or directory"),
        ("--tls-cert cert.pem --tls-key missing", "can't read missing: no such file or directory"),
        ("--tls-cert . --tls-key key.pem", "File '.' is a directory"),
        ("--tls-cert cert.pem --tls-key .", "File '.' is a directory"),
        ("--tls-cert key.pem --tls-key cert.pem", "key.pem contains no certificate in PEM"),
        ("--tls-cert cert.pem --tls-key cert.pem", "cert.pem contains no private key in PEM"),
        ("--tls-cert ca.pem --tls-key key.pem", "key.pem is not the key of ca.pem"),
        ("--tls --tls-port 70000", "70000 is not in the range"),
        ("--tls --tls-ca-file .", "is a directory"),
        ("--tls --tls-port 0 --tls-ca-file nowhere/ca.pem", "can't write nowhere/ca.pem: no such file or directory"),
        ("--tls --allow-host chat_kit", "can't generate a certificate for chat_kit"),
    ],
)
def test_a_bad_command_line_is_one_sentence_and_code_2(
    tmp_path: Path, own: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, arguments: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, error = said("serve", "--port", "0", *arguments.split())
    assert code == 2
    assert words in error
    assert error.startswith("chatkit-mock: ")
    assert error.count("\n") == 1


def test_run_has_no_tls() -> None:
    done = subprocess.run([*COMMAND, "run", "--help"], capture_output=True, text=True, check=True)
    assert "--tls" not in done.stdout
