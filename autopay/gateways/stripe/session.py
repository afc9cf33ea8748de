"""The connections of the Stripe gateway: key, address, time-outs, pool."""

import ipaddress
import os
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from ...const.engine import GATEWAY_THREADS
from ..base import Credentials
from ..pace import note_overrun

# Sends requests elsewhere than to Stripe, for a demo or a test. Unset means Stripe.
API_BASE_VARIABLE = "AUTOPAY_STRIPE_API_BASE"

CONNECT_TIMEOUT = 5  # seconds
TOO_MANY = 429  # the status of a request that came too fast
READ_TIMEOUT = 25  # seconds without a byte; Odoo ends a worker after 120
# Repeats of what Stripe refused before it looked at it, because it came too fast
# (https://docs.stripe.com/rate-limits): at once, after 1 and after 2 seconds.
TOO_FAST = urllib3.Retry(
    total=None,
    connect=0,
    read=False,
    other=0,
    status=3,
    status_forcelist=(TOO_MANY,),
    allowed_methods=None,
    backoff_factor=0.5,
    raise_on_status=False,
    respect_retry_after_header=False,
)
POOL_SIZE = GATEWAY_THREADS  # connections kept open: one for each thread of a run

# Failures that come before any byte of the request is sent.
_BEFORE_SENDING = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
)


def api_base() -> str:
    """Return the address that replaces Stripe's, empty when none is set.

    :raise ValueError: when it is neither https nor an address of this machine
    """
    address = os.environ.get(API_BASE_VARIABLE, "").strip().rstrip("/")
    if not address:
        return ""
    parts = urlsplit(address)
    local = parts.scheme == "http" and _is_loopback(parts.hostname)
    if not parts.hostname or not (local or parts.scheme == "https"):
        raise ValueError(
            f"{API_BASE_VARIABLE} must be an https address; plain http is accepted for "
            "this machine only (127.0.0.1, ::1, localhost)."
        )
    return address


def is_safe(url: str) -> bool:
    """Say whether customers may be sent to a page: https, or the stand-in's own."""
    parts, stand_in = urlsplit(url), urlsplit(api_base())
    if parts.scheme == "https" and parts.hostname:
        return True
    own = (parts.scheme, parts.netloc) == (stand_in.scheme, stand_in.netloc)
    return bool(parts.netloc) and own


def configuration_issue(credentials: Credentials) -> str:
    """Return why no request can succeed, or an empty string.

    :return: ``missing_key``, ``not_a_secret_key``, ``wrong_mode`` or ``wrong_address``
    """
    key = (credentials.secret_key or "").strip()
    other_mode = "_test_" if credentials.livemode else "_live_"
    if not key:
        return "missing_key"
    if not key.startswith(("sk_", "rk_")):
        return "not_a_secret_key"
    if key[2:].startswith(other_mode):
        return "wrong_mode"
    try:
        api_base()
    except ValueError:
        return "wrong_address"
    return ""


def new_session(address: str) -> requests.Session:
    """Return the one session all threads of a client share.

    The proxy for the address is taken from the environment once, and not searched for
    at each request; a .netrc file is not read at all: it could replace our key.

    Its pool is made for threads. Cookies are refused: they would be the only state that
    one thread's request leaves behind for another's. Redirects are refused: a charge is
    never sent to a second address.
    """
    session = requests.Session()
    session.trust_env = False
    session.proxies.update(requests.utils.get_environ_proxies(address))
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(max_retries=TOO_FAST, pool_maxsize=POOL_SIZE))
    return session


def never_connected(cause: BaseException | None) -> bool:
    """Say whether a request failed before anything was sent (refused, DNS, TLS)."""
    if isinstance(cause, _BEFORE_SENDING):
        return True
    reason = cause.args[0] if cause and cause.args else None
    # Our adapter repeats no lost answer: only failures to connect come in this.
    return isinstance(reason, urllib3.exceptions.MaxRetryError)


class _Adapter(HTTPAdapter):
    """Connections with our time-outs.

    They are set here and not on the session, because Odoo's test framework compares the
    session's time-out with a number, and two of them are no number.
    """

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = (CONNECT_TIMEOUT, READ_TIMEOUT)
        response = super().send(request, *args, **kwargs)
        if _was_too_fast(response):
            note_overrun()
        return response


def _was_too_fast(response: requests.Response) -> bool:
    """Say whether a request was refused as one too many, also if a repeat was not."""
    retries = getattr(response.raw, "retries", None)
    history = retries.history if retries else ()
    return response.status_code == TOO_MANY or any(
        each.status == TOO_MANY for each in history
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
