"""The README's table of behaviours is what the server says of itself."""

from pathlib import Path

from click.testing import CliRunner
from support.emulator import make_app

from mock_server.cli import cli
from mock_server.testing.server import ServerThread

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_readme_has_the_table_of_ctl_fidelity() -> None:
    with ServerThread(make_app()) as server:
        shown = CliRunner().invoke(cli, ["ctl", "fidelity", "--url", server.origin])
    assert shown.exit_code == 0, shown.output
    assert shown.output in README, "paste the output of `chatkit-mock ctl fidelity` into the README"
