"""The words of the command line: help, suggestions, and refusals of one sentence."""

import re
import socket
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result
from support.commands import said
from support.emulator import make_app

from mock_server.cli import cli
from mock_server.server.thread import ServerThread


@pytest.fixture
def server() -> Iterator[ServerThread]:
    with ServerThread(make_app()) as running:
        yield running


def ran(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="chatkit-mock", env=environment)


def commands(command: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command and group, with the words that reach it."""
    yield names, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            each = command.get_command(click.Context(command), name)
            assert each is not None
            yield from commands(each, *names, name)


EVERY = list(commands(cli))
GROUPS = [names for names, command in EVERY if isinstance(command, click.Group)]


@pytest.mark.parametrize("names", GROUPS, ids=" ".join)
def test_a_group_on_its_own_prints_its_help(names: tuple[str, ...]) -> None:
    alone = ran(*names)
    assert (alone.exit_code, alone.output) == (0, ran(*names, "--help").output)
    assert alone.stdout.startswith("Usage: chatkit-mock")


def test_the_command_on_its_own_exits_with_0_and_no_error() -> None:
    assert said() == (0, "")


@pytest.mark.parametrize("names", [names for names, _ in EVERY], ids=" ".join)
def test_every_command_explains_itself_in_whole_sentences(names: tuple[str, ...]) -> None:
    short = ran(*names, "-h")
    assert short.exit_code == 0
    assert short.output == ran(*names, "--help").output
    assert re.search(r"\w\.\.\.(\s|$)", short.output.partition("\n")[2]) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("srve", "No such command 'srve'; did you mean 'serve'?"),
        ("reprot", "No such command 'reprot'; did you mean 'report'?"),
        ("ctl clock shft 1m", "No such command 'shft'; did you mean 'shift'?"),
        ("ctl falut list", "No such command 'falut'; did you mean 'fault'?"),
        ("xyz", "No such command 'xyz'; the commands are serve, run, check, ctl, report."),
        ("serve --prot 1", "No such option '--prot'; did you mean '--port'?"),
        ("ctl --ulr http://x sessions", "No such option '--ulr'; did you mean '--url'?"),
        ("ctl fault add --opeartion x", "No such option '--opeartion'; did you mean '--operation'?"),
        ("serve --nonsense", "No such option '--nonsense'."),
        ("ctl reset --only stat", "Invalid value for '--only': 'stat' is not one of"),
    ],
)
def test_a_misspelt_word_gets_the_nearest_one(line: str, words: str) -> None:
    code, error = said(*line.split())
    assert code == 2
    assert error.startswith(f"chatkit-mock: {words}")
    assert re.search(r"[.?]\n$", error)
    assert "?." not in error
    assert ".." not in error


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["serve", "--load", ""], "'--load'"),
        (["serve", "--port", ""], "'--port'"),
        (["run", "--workflows", "", "--", "true"], "'--workflows'"),
        (["ctl", "reset", "--only", ""], "'--only'"),
        (["ctl", "--url", "", "sessions"], "'--url'"),
        (["ctl", "session", ""], "'ID'"),
        (["ctl", "clock", "shift", ""], "'BY'"),
        (["check", ""], "'FILES'"),
    ],
)
def test_an_empty_value_is_called_empty(arguments: list[str], name: str) -> None:
    code, error = said(*arguments)
    assert code == 2
    assert error == f"chatkit-mock: An empty value was given for {name}; leave it out, or give one.\n"


def test_an_empty_command_is_called_empty() -> None:
    assert said("run", "--", "")[1].startswith("chatkit-mock: can't run an empty command: ")
    assert said("ctl", "")[1].startswith("chatkit-mock: No such command as an empty one; the commands are cancel, ")


def test_the_place_may_stand_before_or_after_the_command(server: ServerThread) -> None:
    url = server.origin
    lines = [
        ["ctl", "--url", url, "--project", "gw1", "--json", "clock", "show"],
        ["ctl", "clock", "--url", url, "--project", "gw1", "show", "--json"],
        ["ctl", "clock", "show", "--url", url, "--project", "gw1", "--json"],
        ["ctl", "--url", "http://127.0.0.1:1", "clock", "show", "--url", url, "--project", "gw1", "--json"],
    ]
    for line in lines:
        shown = ran(*line, CHATKIT_MOCK_URL="http://127.0.0.1:2", CHATKIT_MOCK_PROJECT="other")
        assert '"project": "gw1"' in shown.output, line


def test_a_url_may_leave_out_what_goes_without_saying(server: ServerThread) -> None:
    port = server.origin.rpartition(":")[2]
    for url in (f"localhost:{port}", f"127.0.0.1:{port}", f":{port}", port, f"http://localhost:{port}/v1/"):
        assert ran("ctl", "projects", "--url", url).exit_code == 0, url
        assert ran("ctl", "projects", CHATKIT_MOCK_URL=url).exit_code == 0, url


@pytest.mark.slow
@pytest.mark.parametrize("url", ["ftp://x", "http://", "localhost:x", "a b", "http://x:99999", "x?y", "user@x", ":"])
def test_a_url_that_is_none_is_refused_in_a_sentence(url: str) -> None:
    for command in ("sessions", "wait"):
        assert said("ctl", command, "--url", url) == (
            2,
            f"chatkit-mock: '{url}' is not the URL of an emulator; write one such as http://127.0.0.1:4114.\n",
        )


def test_a_server_of_another_kind_is_told_from_an_emulator() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        from threading import Thread  # noqa: PLC0415

        def serve() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = Thread(target=serve)
        thread.start()
        code, error = said("ctl", "projects", "--url", f":{other.getsockname()[1]}")
        thread.join()
    assert code == 2
    assert error.startswith("chatkit-mock: no emulator responds at ")
    assert error.count("\n") == 1
