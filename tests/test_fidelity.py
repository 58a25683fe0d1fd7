"""The manual's table of behaviours is what the emulator reports of itself."""

from click.testing import CliRunner
from support.emulator import make_app
from support.manual import page

from mock_server.cli import cli
from mock_server.server.thread import ServerThread


def test_the_manual_has_the_table_of_ctl_fidelity() -> None:
    with ServerThread(make_app()) as server:
        shown = CliRunner().invoke(cli, ["ctl", "fidelity", "--url", server.origin])
    assert shown.exit_code == 0, shown.output
    assert shown.output in page("fidelity"), "paste the output of `chatkit-mock ctl fidelity` into docs/fidelity.md"
