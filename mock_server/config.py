"""The emulator's settings, and the defaults and limits of the API."""

import re
from typing import Literal

from msgspec import Struct

from mock_server.errors import RealKeyRefused, SettingUnusable

# Defaults and limits of a ChatKit session, each with its source.
EXPIRES_AFTER_SECONDS = 600  # documented default and maximum; observed
MAX_REQUESTS_PER_1_MINUTE = 10  # documented; observed
MAX_FILES = 10  # documented; observed
MAX_FILE_SIZE_MB = 512  # documented default and maximum; observed
PAGE_LIMIT = 20  # documented
PAGE_LIMIT_MAX = 100  # documented

CONVERSATION_BYTES = 10 * 1024 * 1024  # inferred: the length of the longest texts elsewhere on the platform
PORT = 4114  # the default port of `chatkit-mock serve` (ours)
BETA = "chatkit_beta=v1"  # the required value of the OpenAI-Beta header (specified)
IMAGES_AND_PDF = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")  # observed
# What SDKs also read and send: with an emulator's URL, a real account's would reach the emulator and its journal.
ACCOUNT_VARIABLES = ("OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_CUSTOM_HEADERS")
PROJECT_NAME = "[A-Za-z0-9._-]{1,64}"  # a regular expression
INVALID_KEY = "sk-invalid"  # a magic value (ours): always rejected
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_MIME_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")
_KEY = re.compile(r"[!-~]+")  # what a header can carry
_REAL_KEY = re.compile(r"sk-(proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,}")


class Settings(Struct, frozen=True, kw_only=True):
    """Settings of a running emulator. Most are also options of `chatkit-mock serve` and `CHATKIT_MOCK_*` variables.

    seed: makes ids and secrets the same in every run; None makes them random.
    project: the project for requests that do not name one.
    api_key: the only API key accepted; None accepts any.
    beta_header: whether a request without `OpenAI-Beta: chatkit_beta=v1` is rejected, as by the real API.
    require_workflow: whether a workflow id that has no file and that no seed names is a 404, as in the real API.
    control_key: what `/_mock` asks for, and `/health` and `/metrics` for the names of projects; None asks for nothing.
    allow_hosts: host names through which `/_mock` may be reached, besides loopback names and IP addresses.
    custom_mode: whether the conversation works without a client secret, as with a self-hosted ChatKit server.
    custom_user: the user in custom mode for requests without an `X-Mock-User` header.
    custom_workflow: the workflow that replies in custom mode.
    file_types: the MIME types that uploads may have; the default is observed, `*/*` allows any.
    journal_entries, journal_bytes: how many requests, and how many bytes of them, each project's journal keeps.
    max_body_bytes: the largest JSON body accepted. 32 MiB is inferred: a body may contain a documented
        10,485,760-character state variable.
    """

    seed: str | None = None
    project: str = "default"
    api_key: str | None = None
    beta_header: Literal["required", "optional"] = "required"
    require_workflow: bool = False
    control_key: str | None = None
    allow_hosts: tuple[str, ...] = ()
    custom_mode: bool = False
    custom_user: str = "user"
    custom_workflow: str = "wf_echo"
    file_types: tuple[str, ...] = IMAGES_AND_PDF
    journal_entries: int = 1000
    journal_bytes: int = 32 * 1024 * 1024
    max_body_bytes: int = 32 * 1024 * 1024

    def check(self) -> None:
        """Raise SettingUnusable for a value that nothing would ever match, and RealKeyRefused."""
        for host in self.allow_hosts:
            if not _HOST.fullmatch(host):
                raise SettingUnusable("allow_hosts", f"'{host}' is not a host name; write only that, such as mock.test")
        for kind in self.file_types:
            if kind != "*/*" and not _MIME_TYPE.fullmatch(kind):
                raise SettingUnusable("file_types", f"'{kind}' is not a MIME type; write one such as text/csv, or */*")
        for name in ("journal_entries", "journal_bytes", "max_body_bytes"):
            if getattr(self, name) < 1:
                raise SettingUnusable(name, f"{getattr(self, name)} is too few; write 1 or more")
        self._check_keys()

    def _check_keys(self) -> None:
        for name in ("api_key", "control_key"):
            key: str | None = getattr(self, name)
            if key is not None and _REAL_KEY.fullmatch(key):  # it must not leak
                raise RealKeyRefused(name, "this looks like a real OpenAI key; use a made-up one, such as sk-test")
            if key is not None and not _KEY.fullmatch(key):
                raise SettingUnusable(name, "no client could use this key; use one such as sk-test")
        if self.api_key is not None and (self.api_key.startswith("ek_") or self.api_key == INVALID_KEY):
            raise SettingUnusable("api_key", "no client could use this key; use one such as sk-test")


def exported_variables(origin: str, *, base_url: str, api_key: str, project: str) -> dict[str, str]:
    """Return the environment variables that point SDKs, apps and our own tools to a running emulator."""
    return {
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": api_key,
        "OPENAI_PROJECT_ID": project,
        "CHATKIT_API_BASE": base_url.removesuffix("/v1"),
        "CHATKIT_MOCK_URL": origin,
    }
