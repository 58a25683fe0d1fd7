"""Clients in other languages, each with the defaults of its own HTTP library, run by `chatkit-mock run -- ...`.

Each creates a session, uploads a file in one step and in two, sends it with a message, reads the stream, and is refused
what is wrong. It prints what it received, one line for each step.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from support.commands import COMMAND, PLAIN

pytestmark = pytest.mark.exhaustive

HERE = Path(__file__).parent
CLIENTS = {
    "curl": ["sh", "curl/client.sh"],
    "node": ["node", "node/client.mjs"],
    "ruby": ["ruby", "ruby/client.rb"],
    "perl": ["perl", "perl/client.pl"],
    "lwp": ["perl", "perl/lwp.pl"],
    "go": ["go", "run", "go/client.go"],
    "java": ["java", "java/Client.java"],
}
REQUIRED = {"curl": ["curl"], "java": ["javac"]}  # besides the command itself
RECEIVED = """\
session active
direct 2000008
large File is larger than this session's limit of 2 MB.
unknown invalid_api_key
phases 2000008
reply Hello from {name}
error Missing required parameter: 'user'.
status 401
"""


def command_of(name: str) -> list[str]:
    """The command of a client; one that can't run here is skipped."""
    command = CLIENTS[name]
    for program in (command[0], *REQUIRED.get(name, [])):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here")
    if (
        name == "lwp"
        and subprocess.run(["perl", "-MLWP::UserAgent", "-e1"], capture_output=True, check=False).returncode
    ):
        pytest.skip("libwww-perl is not installed here")
    return command


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_with_its_defaults(name: str, tmp_path: Path) -> None:
    command = command_of(name)
    done = subprocess.run(
        [*COMMAND, "run", "--", *command],
        cwd=HERE,
        env={**PLAIN, "GO111MODULE": "off"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, RECEIVED.format(name=name)), done.stderr
