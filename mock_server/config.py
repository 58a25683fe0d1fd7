"""What the server is told at its start, and the defaults the API documents."""

import re
from typing import Literal

from msgspec import Struct

from mock_server.errors import RealKeyRefused

# Documented defaults and bounds of a ChatKit session, and where each is known from.
EXPIRES_AFTER_SECONDS = 600  # documented default and maximum; observed
MAX_REQUESTS_PER_1_MINUTE = 10  # documented; observed
MAX_FILES = 10  # documented; observed
MAX_FILE_SIZE_MB = 512  # documented default and maximum; observed
PAGE_LIMIT = 20  # documented
PAGE_LIMIT_MAX = 100  # documented

PORT = 4114  # where `chatkit-mock serve` listens (ours)
BETA = "chatkit_beta=v1"  # what the header OpenAI-Beta has to say (specified)
IMAGES_AND_PDF = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")  # observed
PROJECT_NAME = "[A-Za-z0-9._-]{1,64}"  # a pattern
_REAL_KEY = re.compile(r"sk-(proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,}")


class Settings(Struct, frozen=True, kw_only=True):
    """Settings of one running server; each is a flag and a `CHATKIT_MOCK_*` variable of `chatkit-mock serve`.

    seed: makes ids and secrets repeat; None draws them anew.
    project: the project of a request that names none.
    api_key: the only API key let in; None lets in any.
    beta_header: whether a request without `OpenAI-Beta: chatkit_beta=v1` is refused, as the real API does.
    require_workflow: whether a workflow id that nothing has named is a 404, as the real API does.
    allow_hosts: host names besides loopback ones and addresses that may call `/_mock`.
    custom_mode: whether the conversation answers without a client secret, as a server of one's own does.
    custom_user: whose threads those are that a request in custom mode names no user for.
    custom_workflow: what answers in custom mode.
    file_types: the MIME types uploads may have; the default is observed, `*/*` is any.
    journal_entries, journal_bytes: how much of the newest requests each project remembers.
    max_body_bytes: the largest JSON body read. 32 MiB, inferred: it has to hold a documented
        10,485,760-character state variable.
    """

    seed: str | None = None
    project: str = "default"
    api_key: str | None = None
    beta_header: Literal["required", "optional"] = "required"
    require_workflow: bool = False
    allow_hosts: tuple[str, ...] = ()
    custom_mode: bool = False
    custom_user: str = "user"
    custom_workflow: str = "wf_echo"
    file_types: tuple[str, ...] = IMAGES_AND_PDF
    journal_entries: int = 1000
    journal_bytes: int = 32 * 1024 * 1024
    max_body_bytes: int = 32 * 1024 * 1024

    def refuse_real_key(self) -> None:
        """Raise RealKeyRefused when the only key to let in looks like one that costs money when it leaks."""
        if self.api_key and _REAL_KEY.fullmatch(self.api_key):
            raise RealKeyRefused("--api-key looks like a real OpenAI key; use a made-up one, such as sk-test")


def exported_variables(origin: str, *, base_url: str, api_key: str, project: str) -> dict[str, str]:
    """Return the environment by which SDKs, apps and our own tools find a running emulator."""
    return {
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": api_key,
        "OPENAI_PROJECT_ID": project,
        "CHATKIT_API_BASE": base_url.removesuffix("/v1"),
        "CHATKIT_MOCK_URL": origin,
    }
