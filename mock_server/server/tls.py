"""Certificates to serve https with: made for one run, or somebody's own."""

import datetime as dt
import ssl
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from mock_server.clock import Real
from mock_server.errors import CertificateUnusable

NAMES = ("localhost", "127.0.0.1", "::1", "cdn.platform.openai.com", "api.openai.com")
_BEFORE = dt.timedelta(days=1)  # for clients whose clock is behind
_AFTER = dt.timedelta(days=365)  # a server may run for months; some clients refuse what is valid for much longer
_OWNER = "chatkit-mock-server"
_MISMATCHES = {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"}  # as OpenSSL says it


class Certificate(Struct, frozen=True, kw_only=True):
    """What a server shows, and the authority that clients verify it with, in PEM, if that was made here too."""

    context: ssl.SSLContext
    authority: bytes | None = None


def made_certificate(*, now: float, names: Iterable[str] = ()) -> Certificate:
    """A certificate for NAMES and further ones, signed by an authority whose key is forgotten at once.

    Raises CertificateUnusable without trustme, or for a name that no certificate can have.
    """
    try:
        import trustme  # noqa: PLC0415 - it is optional
    except ImportError:
        raise CertificateUnusable(
            "--tls makes a certificate with trustme, which is not installed: pip install 'chatkit-mock-server[tls]', "
            "or give a certificate with --tls-cert and --tls-key"
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
            f"no certificate can be made for {further}: {error}; give one with --tls-cert and --tls-key"
        ) from None
    context = _context()
    leaf.configure_cert(context)
    return Certificate(context=context, authority=authority.cert_pem.bytes())


def certificate_of(certificate: Path, key: Path) -> Certificate:
    """Somebody's own, in PEM, with its chain. Raises CertificateUnusable with the file and the reason."""

    def passphrase() -> str:  # or OpenSSL would ask the terminal for it
        raise CertificateUnusable(f"{key} wants a passphrase; write it without one: openssl pkey -in {key} -out FILE")

    context = _context()
    try:
        context.load_cert_chain(certificate, key, password=passphrase)
    except OSError as error:
        raise CertificateUnusable(_trouble(certificate, key, error)) from None
    return Certificate(context=context)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)


def _trouble(certificate: Path, key: Path, error: OSError) -> str:
    """What is wrong with two files, for OpenSSL does not say which it means."""
    for file in (certificate, key):
        try:
            file.open("rb").close()
        except OSError as unreadable:
            return f"can't read {file}: {(unreadable.strerror or str(unreadable)).lower()}"
    try:
        _context().load_verify_locations(certificate)
    except OSError:
        return f"{certificate} holds no certificate in PEM, the form that begins with '-----BEGIN CERTIFICATE-----'"
    reason = getattr(error, "reason", None)
    if reason in _MISMATCHES:
        return f"{key} is not the key of {certificate}; give the two that were made together"
    if reason:
        return f"can't use {certificate} with {key}: {reason.replace('_', ' ').lower()}"
    return f"{key} holds no private key in PEM, the form that begins with '-----BEGIN PRIVATE KEY-----'"
