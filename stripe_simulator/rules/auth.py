"""API keys: who is calling, in which mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..memory.errors import StripeError

DEFAULT_ACCOUNT = "acct_simulator"

_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_]+")
_ACCOUNT = re.compile(r"_(acct_[A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose data a key opens.  A key that contains ``_acct_NAME`` opens those of the
    account ``acct_NAME``, any other those of the default account.

    A restricted key (``rk_``) that contains ``_readonly`` may change nothing, one that
    contains ``_without_refunds`` must not touch ``/v1/refunds``, and so on.
    """

    account: str
    livemode: bool
    restricted: str | None = None

    def check(self, method: str, path: str) -> None:
        """Raise the 403 of a request that the key has no permission for."""
        if self.restricted is None:
            return
        resource = path.split("/")[2]
        changes = method != "GET"
        if f"_without_{resource}" in self.restricted:
            raise _no_permission(self.restricted, resource, changes)
        if changes and "_readonly" in self.restricted:
            raise _no_permission(self.restricted, resource, changes)


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
    return Caller(account, match[2] == "live", key if match[1] == "rk" else None)


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


def _no_permission(key: str, resource: str, changes: bool) -> StripeError:
    right = f"{resource}_{'write' if changes else 'read'}"
    return StripeError(
        403,
        f"The provided key '{mask(key)}' does not have the required permissions for "
        f"this endpoint. Having the 'rak_{right}' permission would allow this request "
        "to continue.",
    )


def _refusal(message: str, code: str | None = None) -> StripeError:
    return StripeError(401, message, code=code)
