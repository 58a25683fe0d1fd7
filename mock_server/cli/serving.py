"""`chatkit-mock serve` and `run`, and the options that they share."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mock_server.cli.banner import is_loopback, show_banner
from mock_server.cli.commands import Command
from mock_server.cli.state import kept_state
from mock_server.config import BETA, IMAGES_AND_PDF, PORT, Settings, exported_variables
from mock_server.errors import MockServerError, SettingUnusable

if TYPE_CHECKING:
    from mock_server.app import MockServer
    from mock_server.documents.seeds import LoadedSeed
    from mock_server.server.process import Https

_OPTIONS = {  # by setting
    "allow_hosts": "--allow-host",
    "file_types": "--file-type",
    "api_key": "--api-key",
    "control_key": "--control-key",
}
F = TypeVar("F", bound=Callable[..., Any])
TLS_PORT = 4443
_STANDARD_ERROR = 2
ENVIRONMENT = {"auto_envvar_prefix": "CHATKIT_MOCK", "help_option_names": ["-h", "--help"]}


def _server_options(command: F) -> F:
    """Add the options of every command that starts an emulator."""
    options = [
        click.option("--seed", help="Make ids and secrets the same in every run with this seed."),
        click.option(
            "--load",
            multiple=True,
            metavar="FILE",
            help="Start with the contents of a YAML or JSON seed file, or a shipped seed such as 'demo'. Repeatable.",
        ),
        click.option(
            "--workflows",
            multiple=True,
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="FOLDER",
            help="A folder of workflow files, which are reloaded when they change. Repeatable.",
        ),
        click.option(
            "--faults",
            multiple=True,
            metavar="FILE",
            help="Start with the faults in a file, or with a shipped set such as 'flaky'. Repeatable.",
        ),
        click.option(
            "--journal-entries",
            type=click.IntRange(0),
            default=Settings().journal_entries,
            show_default=True,
            help="How many of the newest requests each project's journal keeps.",
        ),
        click.option(
            "--require-workflow",
            is_flag=True,
            help="Respond with 404 for a workflow id that has no file and that no seed names.",
        ),
        click.option(
            "--custom-mode",
            is_flag=True,
            help="Accept conversations without a client secret, like a self-hosted ChatKit server.",
        ),
        click.option(
            "--custom-user",
            default="user",
            show_default=True,
            help="In custom mode, the user of requests without an X-Mock-User header.",
        ),
        click.option(
            "--custom-workflow", default="wf_echo", show_default=True, help="In custom mode, the workflow that replies."
        ),
        click.option(
            "--file-type",
            multiple=True,
            metavar="TYPE",
            help="A MIME type that uploads may have, '*/*' for any; images and PDF by default. Repeatable.",
        ),
        click.option("--api-key", metavar="KEY", help="Accept only this API key."),
        click.option(
            "--project", default="default", show_default=True, help="The project for requests that do not name one."
        ),
        click.option(
            "--beta-header",
            type=click.Choice(["required", "optional"]),
            default="required",
            show_default=True,
            help=f"Whether REST requests need 'OpenAI-Beta: {BETA}', as with the real API.",
        ),
        click.option(
            "--allow-host",
            multiple=True,
            metavar="NAME",
            help="A host name through which /_mock may be reached, besides localhost and IP addresses. Repeatable.",
        ),
        click.option(
            "--control-key",
            metavar="KEY",
            help="Ask for this key at /_mock and on the dashboard, where others can reach the emulator.",
        ),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="How requests and failures are logged on standard error.",
        ),
    ]
    return _with(options, command)


def _tls_options(command: F) -> F:
    """Add the options of `serve` for https; any of them enables it."""
    file = click.Path(dir_okay=False, path_type=Path)
    options = [
        click.option(
            "--tls", is_flag=True, help="Also serve https, on a separate port; every other --tls option implies this."
        ),
        click.option(
            "--tls-port",
            type=click.IntRange(0, 65535),
            help=f"The port for https, {TLS_PORT} by default; 0 for any free one.",
        ),
        click.option(
            "--tls-cert",
            type=file,
            metavar="FILE",
            help="The certificate with its chain, in PEM; by default, a new one is generated at each start.",
        ),
        click.option("--tls-key", type=file, metavar="FILE", help="The certificate's private key, in PEM."),
        click.option(
            "--tls-ca-file",
            type=file,
            metavar="FILE",
            help="Write the CA certificate for a generated certificate, in PEM, to this file; it is removed at exit.",
        ),
    ]
    return _with(options, command)


def _with(options: Sequence[Callable[[F], F]], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command


@click.command(cls=Command, context_settings=ENVIRONMENT)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port; 0 for any free one.",
)
@_tls_options
@_server_options
@click.option("--quiet", is_flag=True, help="Print no banner and log no requests.")
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the base URL to this file once the emulator is ready; the file is removed at exit.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Restore the state from this file, if it exists, and keep it there: while running and at exit.",
)
def serve(
    *, host: str, port: int, quiet: bool, ready_file: Path | None, state: Path | None, log_format: str, **options: Any
) -> None:
    """Run the emulator until Ctrl-C.

    Each option can also be set as an environment variable, such as CHATKIT_MOCK_PORT.
    """
    from mock_server.server.process import serve_in_foreground  # noqa: PLC0415 - keeps the start fast

    _refuse_one_file_for_two(
        {"--state": state, "--ready-file": ready_file}
        | {f"--{name.replace('_', '-')}": options[name] for name in ("tls_cert", "tls_key", "tls_ca_file")}
    )
    _configure_logging(log_format, quiet=quiet)
    tls = {name: options.pop(name) for name in list(options) if name.startswith("tls")}
    https = _https([host, *options["allow_host"]], **tls)
    settings, app = _build(log_requests=not quiet, **options)
    try:
        with kept_state(state, app) as served:
            serve_in_foreground(
                served,
                host=host,
                port=port,
                https=https,
                ready_file=ready_file,
                saver=app.saver,
                banner=None
                if quiet
                else lambda urls: show_banner(
                    *urls,
                    variables=_variables(urls[0], settings),
                    control_key=settings.control_key,
                    is_open=not is_loopback(host),
                ),
            )
    except (OSError, MockServerError) as error:
        raise click.ClickException(str(error)) from None


@click.command(cls=Command, context_settings={**ENVIRONMENT, "allow_interspersed_args": False})
@_server_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND [ARGUMENT ...]")
def run(*, command: tuple[str, ...], log_format: str, **options: Any) -> None:
    """Run COMMAND with its own emulator, on a free port, and return its exit code.

    The command finds the emulator through OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_PROJECT_ID, CHATKIT_API_BASE and
    CHATKIT_MOCK_URL.
    """
    from mock_server.server.command import run_command  # noqa: PLC0415 - keeps the start fast

    _configure_logging(log_format, quiet=True)
    settings, app = _build(log_requests=False, **options)
    try:
        code = run_command(command, app, variables=lambda origin: _variables(origin, settings))
    except OSError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)


def _build(
    *,
    load: tuple[str, ...],
    workflows: tuple[Path, ...],
    allow_host: tuple[str, ...],
    file_type: tuple[str, ...],
    faults: tuple[str, ...],
    log_requests: bool,
    **options: Any,
) -> tuple[Settings, "MockServer"]:
    from mock_server.app import MockServer  # noqa: PLC0415 - keeps the start fast
    from mock_server.disk.temporary_folder import remove_remains  # noqa: PLC0415
    from mock_server.documents.fault_sets import load_faults  # noqa: PLC0415
    from mock_server.server import collector  # noqa: PLC0415
    from mock_server.state.projects import Projects  # noqa: PLC0415

    settings = Settings(allow_hosts=allow_host, file_types=file_type or IMAGES_AND_PDF, **options)
    try:
        settings.check()
        catalog = None
        if workflows or settings.require_workflow:
            from mock_server.workflows.catalog import Catalog  # noqa: PLC0415 - keeps the start fast

            catalog = Catalog(workflows)
        projects = Projects(
            settings, base=_seeds(load), scripted=catalog or (), faults=load_faults(faults) if faults else ()
        )
        app = MockServer(projects, workflows=catalog, log_requests=log_requests)
    except SettingUnusable as error:
        raise click.ClickException(f"{_OPTIONS.get(error.setting, error.setting)}: {error.reason}") from None
    except MockServerError as error:
        raise click.ClickException(str(error)) from None
    remove_remains()
    collector.start()
    return settings, app


def _refuse_one_file_for_two(files: dict[str, Path | None]) -> None:
    options: dict[str, str] = {}
    for option, path in files.items():
        if path is not None:
            other = options.setdefault(_whole_path(path), option)
            if other != option and {other, option} != {"--tls-cert", "--tls-key"}:  # which PEM may hold together
                raise click.UsageError(f"{other} and {option} name the same file, {path}; give each a file of its own")


def _whole_path(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except FileNotFoundError:
        reason = f"can't find {path}: the working directory has been removed"
        raise click.ClickException(f"{reason}; change to one that exists, or give the whole path") from None


def _https(
    names: list[str],
    *,
    tls: bool,
    tls_port: int | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    tls_ca_file: Path | None,
) -> "Https | None":
    """Return how to serve https, or None if no option asks for it; a generated certificate includes `names`."""
    if not tls and (tls_port, tls_cert, tls_key, tls_ca_file) == (None,) * 4:
        return None
    from mock_server.clock import world_time  # noqa: PLC0415 - keeps the start fast
    from mock_server.server.process import Https  # noqa: PLC0415
    from mock_server.server.tls import certificate_of, made_certificate  # noqa: PLC0415

    port = TLS_PORT if tls_port is None else tls_port
    try:
        if tls_cert is None and tls_key is None:
            made = made_certificate(now=world_time(), names=names)
            return Https(port=port, certificate=made, authority_file=tls_ca_file)
        if tls_cert is None or tls_key is None:
            raise click.UsageError("--tls-cert and --tls-key go together: give both, or neither")
        if tls_ca_file is not None:
            raise click.UsageError("--tls-ca-file is for a generated certificate: leave out --tls-cert and --tls-key")
        return Https(port=port, certificate=certificate_of(tls_cert, tls_key))
    except MockServerError as error:
        raise click.ClickException(str(error)) from None


def _seeds(names: tuple[str, ...]) -> "list[LoadedSeed]":
    if not names:
        return []
    from mock_server.documents.seeds import load_seeds  # noqa: PLC0415 - keeps the start fast

    return load_seeds(names)


def _variables(origin: str, settings: Settings) -> dict[str, str]:
    key = settings.api_key or f"sk-mock-{settings.project}"
    own = {} if settings.control_key is None else {"CHATKIT_MOCK_CONTROL_KEY": settings.control_key}
    return exported_variables(origin, base_url=f"{origin}/v1", api_key=key, project=settings.project) | own


def _configure_logging(log_format: str, *, quiet: bool) -> None:
    import logging  # noqa: PLC0415 - keeps the start fast

    from mock_server.server.logs import JsonFormatter, PatientHandler  # noqa: PLC0415 - keeps the start fast

    if sys.stderr is None:  # it is closed, and its number may be that of a socket by now
        return
    handler = PatientHandler(_STANDARD_ERROR)
    handler.setFormatter(JsonFormatter() if log_format == "json" else logging.Formatter("%(message)s"))
    logger = logging.getLogger("mock_server")
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
