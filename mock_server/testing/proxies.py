"""Past proxies: one that is set for the machine can't reach an emulator on it."""

from typing import Any


def past_proxies(url: str) -> dict[str, Any]:
    """The arguments of an httpx client that goes straight to `url`.

    Over plain http it reads no certificate authorities, which would take 20 ms for each client.
    """
    return {"trust_env": False, "verify": url.startswith("https:")}
