"""What `chatkit-mock serve` prints when it is ready."""

from collections.abc import Mapping

import click


def show_banner(origin: str, secure: str | None = None, *, variables: Mapping[str, str]) -> None:
    """Print the addresses, and the variables to export. Raises OSError with a sentence."""
    try:
        click.echo(_banner(origin, secure, variables=variables))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OSError(f"can't write to standard output: {reason}; --quiet prints nothing") from None


def _banner(origin: str, secure: str | None, *, variables: Mapping[str, str]) -> str:
    lines = [
        f"chatkit-mock serves the ChatKit API at {click.style(f'{origin}/v1', bold=True)}\n",
        *(f"  export {name}={value}" for name, value in variables.items()),
        f"\n  {origin}/demo   a demo chat",
        f"  {origin}/       the dashboard",
        f"  {origin}/docs   the API reference\n",
    ]
    if secure is not None:
        place = secure.removeprefix("https://")
        lines += [
            f"  {secure}   the same over https; with these flags, Chrome uses it in place of OpenAI's CDN:",
            f'  --host-resolver-rules="MAP cdn.platform.openai.com {place}" --ignore-certificate-errors\n',
        ]
    return "\n".join([*lines, "Press Ctrl-C to stop."])
