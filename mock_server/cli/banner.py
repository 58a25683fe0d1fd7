"""What `chatkit-mock serve` prints when it is ready."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import quote

import click

_OPEN = (
    "chatkit-mock: other machines can reach this emulator, and with it everything at /_mock, secrets included; "
    "--control-key KEY keeps them out of that."
)


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a server at this host name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def show_banner(
    origin: str,
    secure: str | None = None,
    *,
    variables: Mapping[str, str],
    control_key: str | None = None,
    is_open: bool = False,
    notes: Sequence[str] = (),
) -> None:
    """Print the addresses, and the variables to export. Raises OSError with a sentence.

    `notes` are sentences about what was started; `is_open` says that other machines can reach the emulator.
    """
    try:
        click.echo(_banner(origin, secure, variables=variables, control_key=control_key))
        for note in notes:
            click.echo(f"chatkit-mock: {note}", err=True)
        if is_open and control_key is None:
            click.echo(_OPEN, err=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OSError(f"can't write to standard output: {reason}; --quiet prints nothing") from None


def _banner(origin: str, secure: str | None, *, variables: Mapping[str, str], control_key: str | None) -> str:
    way_in = "" if control_key is None else f"?control_key={quote(control_key, safe='')}"
    lines = [
        f"chatkit-mock serves the ChatKit API at {click.style(f'{origin}/v1', bold=True)}\n",
        *(f"  export {name}={value}" for name, value in variables.items()),
        f"\n  {origin}/demo   a demo chat",
        f"  {origin}/{way_in}       the dashboard",
        f"  {origin}/docs   the API reference\n",
    ]
    if secure is not None:
        place = secure.removeprefix("https://")
        lines += [
            f"  {secure}   the same over https; with these flags, Chrome uses it in place of OpenAI's CDN:",
            f'  --host-resolver-rules="MAP cdn.platform.openai.com {place}" --ignore-certificate-errors\n',
        ]
    return "\n".join([*lines, "Press Ctrl-C to stop."])
