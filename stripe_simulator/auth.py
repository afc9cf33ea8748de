"""API keys: who is calling, in which mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import StripeError

DEFAULT_ACCOUNT = "acct_simulator"

_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_]+")
_ACCOUNT = re.compile(r"_(acct_[A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose data a key opens.  A key that contains ``_acct_NAME`` opens those of the
    account ``acct_NAME``, any other those of the default account."""

    account: str
    livemode: bool


def authenticate(headers: Mapping[str, str]) -> Caller:
    """Return the caller; raise 401 or 403 in Stripe's shape."""
    key = _bearer(headers.get("Authorization", ""))
    if key.startswith("pk_"):
        raise _refusal(
            "This API call cannot be made with a publishable API key. Please use a "
            "secret API key.",
            "secret_key_required",
        )
    match = _KEY.fullmatch(key)
    if not match or "_invalid" in key:
        raise _refusal(f"Invalid API Key provided: {mask(key)}")
    if "_forbidden" in key:
        raise StripeError(
            403,
            f"The provided key '{mask(key)}' does not have the required permissions "
            "for this endpoint.",
        )
    account = _account(key, headers.get("Stripe-Account"))
    return Caller(account, match[2] == "live")


def _bearer(header: str) -> str:
    scheme, _space, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _refusal(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth."
        )
    return key.strip()


def _account(key: str, header: str | None) -> str:
    match = _ACCOUNT.search(key)
    own = match[1] if match else DEFAULT_ACCOUNT
    if header and header != own:
        raise StripeError(
            403,
            f"The provided key '{mask(key)}' does not have access to account "
            f"'{header}' (or that account does not exist).",
            code="account_invalid",
        )
    return own


def mask(key: str) -> str:
    """Return a key that cannot be used but can be told from others."""
    if len(key) < 12:
        return "*" * len(key)
    return f"{key[:7]}{'*' * 8}{key[-4:]}"


def _refusal(message: str, code: str | None = None) -> StripeError:
    return StripeError(401, message, code=code)
