"""Certificates for https: generated for one run, or the user's own."""

import datetime as dt
import ssl
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from mock_server.clock import Real
from mock_server.errors import CertificateUnusable

NAMES = ("localhost", "127.0.0.1", "::1", "cdn.platform.openai.com", "api.openai.com")
_BEFORE = dt.timedelta(days=1)  # for clients whose clock is behind
_AFTER = dt.timedelta(days=365)  # an emulator may run for months; some clients reject a much longer validity
_OWNER = "chatkit-mock-server"
_MISMATCHES = {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"}  # OpenSSL's names


class Certificate(Struct, frozen=True, kw_only=True):
    """A server's TLS context and, if it was generated, the authority that clients verify it with, in PEM."""

    context: ssl.SSLContext
    authority: bytes | None = None


def made_certificate(*, now: float, names: Iterable[str] = ()) -> Certificate:
    """Return a certificate for NAMES and further ones, signed by an authority whose key is discarded at once.

    `now` is in unix seconds. Raises CertificateUnusable without trustme, for a name that can't be in a certificate, or
    without a temporary folder.
    """
    try:
        import trustme  # noqa: PLC0415 - optional dependency
    except ImportError:
        raise CertificateUnusable(
            "--tls generates a certificate with trustme, which is not installed: "
            "pip install 'chatkit-mock-server[tls]', or provide a certificate with --tls-cert and --tls-key"
        ) from None
    today = Real.datetime.fromtimestamp(now, dt.UTC)
    named = tuple(dict.fromkeys(filter(None, [*NAMES, *names])))
    authority = trustme.CA(organization_name=_OWNER)
    try:
        leaf = authority.issue_cert(
            *named, organization_name=_OWNER, not_before=today - _BEFORE, not_after=today + _AFTER
        )
    except ValueError as error:
        further = ", ".join(named[len(NAMES) :])
        raise CertificateUnusable(
            f"can't generate a certificate for {further}: {error}; provide one with --tls-cert and --tls-key"
        ) from None
    context = _context()
    try:
        leaf.configure_cert(context)
    except OSError as error:  # OpenSSL reads files only
        reason = (error.strerror or str(error)).lower()
        raise CertificateUnusable(
            f"can't hand the generated certificate over in a temporary file: {reason}; "
            "set TMPDIR to a folder that can be written to, or provide a certificate with --tls-cert and --tls-key"
        ) from None
    return Certificate(context=context, authority=authority.cert_pem.bytes())


def certificate_of(certificate: Path, key: Path) -> Certificate:
    """Return the user's own certificate, in PEM with its chain. Raises CertificateUnusable, which names the file."""

    def passphrase() -> str:  # otherwise OpenSSL would ask for it on the terminal
        raise CertificateUnusable(
            f"{key} is protected by a passphrase; remove it with: openssl pkey -in {key} -out FILE"
        )

    context = _context()
    try:
        context.load_cert_chain(certificate, key, password=passphrase)
    except OSError as error:
        raise CertificateUnusable(_trouble(certificate, key, error)) from None
    return Certificate(context=context)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)


def _trouble(certificate: Path, key: Path, error: OSError) -> str:
    """Return what is wrong with the two files, since OpenSSL does not say which one it means."""
    for file in (certificate, key):
        try:
            file.open("rb").close()
        except OSError as unreadable:
            return f"can't read {file}: {(unreadable.strerror or str(unreadable)).lower()}"
    try:
        _context().load_verify_locations(certificate)
    except OSError:
        return f"{certificate} contains no certificate in PEM, the format that begins '-----BEGIN CERTIFICATE-----'"
    reason = getattr(error, "reason", None)
    if reason in _MISMATCHES:
        return f"{key} is not the key of {certificate}; use a certificate and its own key"
    if reason:
        return f"can't use {certificate} with {key}: {reason.replace('_', ' ').lower()}"
    return f"{key} contains no private key in PEM, the format that begins '-----BEGIN PRIVATE KEY-----'"
