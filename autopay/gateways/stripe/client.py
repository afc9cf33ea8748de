"""The wire to Stripe: one SDK client for each account, and one way to ask it."""

import hashlib
import logging
import os
from collections.abc import Callable
from typing import Any

import stripe

from ..base import Credentials
from . import session
from .answer import INTERRUPTED, NEVER_CONNECTED, UNREADABLE, Answer, answer_of_error

# The SDK would otherwise send a machine id, and print request bodies at level DEBUG.
stripe.enable_telemetry = False
stripe.log = None
logging.getLogger("stripe").setLevel(logging.WARNING)

# A client of a key that was changed since would keep its connections open for ever.
CLIENTS_KEPT = 64
_clients: dict[tuple[int, str, str], stripe.StripeClient] = {}
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    # A child process must not write into its parent's open connections.
    os.register_at_fork(after_in_child=_clients.clear)


def get_client(credentials: Credentials) -> stripe.StripeClient:
    """Return the client of an account; all threads share it.

    :raise ValueError: when the key is missing or the address is not acceptable
    """
    if not (credentials.secret_key or "").strip():
        raise ValueError("The Stripe provider has no secret key.")
    address = session.api_base() or stripe.DEFAULT_API_BASE
    key_hash = hashlib.sha256(credentials.secret_key.encode()).hexdigest()
    cached = (credentials.provider_id, key_hash, address)
    # Taken out and put back behind the others: a client in use is not the oldest. Two
    # threads may both make one: setdefault lets one of them win, without a lock.
    known = _clients.pop(cached, None) or _new_client(credentials.secret_key, address)
    client = _clients.setdefault(cached, known)
    _forget_oldest_clients()
    return client


def _forget_oldest_clients():
    """Drop what is above the limit; requests under way end in peace."""
    for oldest in list(_clients)[:-CLIENTS_KEPT]:
        _clients.pop(oldest, None)


def _new_client(secret_key: str, address: str) -> stripe.StripeClient:
    http_client = stripe.RequestsClient(
        session=session.new_session(address),
        timeout=session.READ_TIMEOUT,
    )
    return stripe.StripeClient(
        secret_key, base_addresses={"api": address}, http_client=http_client
    )


def ask(call: Callable[[], Any]) -> Answer:
    """Send one request and return what came back, as plain values."""
    try:
        body = call()
    except stripe.APIConnectionError as error:
        cause = error.__cause__ or error
        return Answer(fault=_fault(error), detail=type(cause).__name__)
    except stripe.StripeError as error:
        detail = type(error).__name__
        return answer_of_error(
            error.json_body, error.http_status, error.request_id, detail
        )
    request_id = body.last_response.request_id if body.last_response else ""
    return Answer(body=body.to_dict(), status=200, request_id=request_id or "")


def _fault(error: stripe.APIConnectionError) -> str:
    if session.never_connected(error.__cause__):
        return NEVER_CONNECTED
    # The SDK does not repeat a request whose answer had begun to arrive.
    broken = not error.should_retry
    return UNREADABLE if broken else INTERRUPTED


def get_options(retries: int, key: str = "") -> stripe.RequestOptions:
    """Return the options of one request: the SDK's own repeats, idempotency key."""
    options: stripe.RequestOptions = {"max_network_retries": retries}
    if key:
        options["idempotency_key"] = key
    return options
