"""`chatkit-mock serve` and `run`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli.backend_options import backends_of
from mock_server.cli.banner import is_loopback, show_banner
from mock_server.cli.commands import Command
from mock_server.cli.server_options import TLS_PORT, server_options, tls_options
from mock_server.cli.state import kept_state
from mock_server.config import IMAGES_AND_PDF, PORT, Settings, exported_variables
from mock_server.errors import MockServerError, SettingUnusable

if TYPE_CHECKING:
    from mock_server.app import MockServer
    from mock_server.backends.registry import Backends
    from mock_server.documents.seeds import LoadedSeed
    from mock_server.server.process import Https
    from mock_server.wire.control.faults import FaultParams
    from mock_server.workflows.catalog import Catalog

_OPTIONS = {  # by setting
    "allow_hosts": "--allow-host",
    "file_types": "--file-type",
    "api_key": "--api-key",
    "control_key": "--control-key",
}
_STANDARD_ERROR = 2
ENVIRONMENT = {"auto_envvar_prefix": "CHATKIT_MOCK", "help_option_names": ["-h", "--help"]}


@click.command(cls=Command, context_settings=ENVIRONMENT)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port; 0 for any free one.",
)
@tls_options
@server_options
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
                    notes=() if app.backends is None else app.backends.notes(),
                ),
            )
    except (OSError, MockServerError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        app.stop_backends()


@click.command(cls=Command, context_settings={**ENVIRONMENT, "allow_interspersed_args": False})
@server_options
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
    finally:
        app.stop_backends()
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
    from mock_server.server import collector  # noqa: PLC0415
    from mock_server.state.projects import Projects  # noqa: PLC0415

    own = {name: options.pop(name) for name in list(options) if name.startswith("backend") or name == "app_dir"}
    if own["backend"]:
        options["custom_mode"] = True  # a page of one's own server has no secret to send
    settings = Settings(allow_hosts=allow_host, file_types=file_type or IMAGES_AND_PDF, **options)
    try:
        settings.check()
        backends = backends_of(**own)
        catalog = _catalog(workflows, backends, settings)
        known = catalog or () if backends is None else backends.with_scripts(catalog)
        projects = Projects(settings, base=_seeds(load), scripted=known, faults=_faults(faults))
        app = MockServer(projects, workflows=catalog, log_requests=log_requests)
        app.backends = backends
    except SettingUnusable as error:
        raise click.ClickException(f"{_OPTIONS.get(error.setting, error.setting)}: {error.reason}") from None
    except MockServerError as error:
        raise click.ClickException(str(error)) from None
    remove_remains()
    collector.start()
    return settings, app


def _catalog(folders: tuple[Path, ...], backends: "Backends | None", settings: Settings) -> "Catalog | None":
    """Return the workflows, or None for the shipped ones, which are read on first use."""
    if not folders and backends is None and not settings.require_workflow:
        return None
    from mock_server.workflows.catalog import Catalog  # noqa: PLC0415 - keeps the start fast

    return Catalog(folders, with_shipped=backends is None or not backends.answers_for_all)


def _faults(names: tuple[str, ...]) -> "Sequence[FaultParams]":
    if not names:
        return ()
    from mock_server.documents.fault_sets import load_faults  # noqa: PLC0415 - keeps the start fast

    return load_faults(names)


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
    logger.propagate = False  # a server of the user's own may configure the root logger, which would tell all again
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
