"""Stripe's webhooks: what is genuine, what an event names, and endpoints at Stripe."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import stripe

from ..base import Credentials
from ..reports import EndpointReport, EventFacts
from .answer import Answer, as_dict, as_text, mask
from .client import ask, get_client, get_options
from .outcomes import METADATA_TAG

TOLERANCE = 300  # seconds a message may be older or newer than our clock
SCHEME = b"v1"
RETRIES = 1  # repeats by the SDK itself
MOST_ENDPOINTS = 100  # of one list; Stripe allows an account 16

# The fields that keep the id of each kind of object.
REF_FIELDS = {
    "payment_intent": "intent_ref",
    "charge": "charge_ref",
    "refund": "refund_ref",
    "dispute": "dispute_ref",
    "payment_method": "method_ref",
    "mandate": "mandate_ref",
    "customer": "customer_ref",
    "checkout.session": "session_ref",
    "setup_intent": "setup_ref",
}
_STAMP = re.compile(rb"[0-9]{1,12}")
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_LONGEST = 500  # characters Stripe allows in a value of metadata

# Problems by HTTP status; a message of Stripe goes with them.
_PROBLEMS = {401: "credentials", 403: "forbidden", 404: "absent", 400: "refused"}


# === WHAT ARRIVES === #


def is_genuine(payload: bytes, header: str, secrets: Iterable[str], now: float) -> bool:
    """Return whether Stripe signed a message, not long ago.

    Each signature is compared with each secret, in constant time: a message carries
    several signatures while a secret is rolled.

    :param payload: the body, byte for byte
    :param header: value of ``Stripe-Signature``
    :param secrets: what the endpoint's messages are signed with; empty ones never match
    :param now: unix seconds by our clock
    """
    stamp, given = _read_header(header)
    if not stamp or abs(now - int(stamp)) > TOLERANCE:
        return False
    signed = stamp + b"." + payload
    expected = [_sign(signed, secret) for secret in secrets if secret.strip()]
    # Every pair is compared, whichever matches.
    return sum(hmac.compare_digest(one, two) for one in expected for two in given) > 0


def _read_header(header: str) -> tuple[bytes, list[bytes]]:
    """Return the time as it stands there, empty when it is none, and signatures."""
    fields = header.encode(errors="replace").split(b",")
    stamps = _values_of(b"t", fields)
    clear = len(stamps) == 1 and _STAMP.fullmatch(stamps[0])
    return stamps[0] if clear else b"", _values_of(SCHEME, fields)


def _values_of(key: bytes, fields: Iterable[bytes]) -> list[bytes]:
    parts = [part.strip().partition(b"=") for part in fields]
    return [value for name, _sign, value in parts if name == key]


def _sign(signed: bytes, secret: str) -> bytes:
    digest = hmac.new(secret.strip().encode(), signed, hashlib.sha256)
    return digest.hexdigest().encode()


def parse_event(payload: bytes) -> EventFacts | None:
    """Return the facts of a message, None when it is not an event."""
    try:
        body = as_dict(json.loads(payload))
    except (ValueError, RecursionError):
        return None
    return _facts_of(body) if _is_event(body) else None


def _is_event(body: Mapping[str, Any]) -> bool:
    created = body.get("created")
    return (
        body.get("object") == "event"
        and _as_id(body.get("id")).startswith("evt_")
        and 0 < len(as_text(body.get("type"))) <= 100
        # A time that a database can hold; True is an int as well.
        and type(created) is int
        and 0 < created < 2**32
        and isinstance(body.get("livemode"), bool)
        and bool(as_dict(as_dict(body.get("data")).get("object")))
    )


def _facts_of(body: Mapping[str, Any]) -> EventFacts:
    subject = body["data"]["object"]
    metadata = as_dict(subject.get("metadata"))
    request = as_dict(body.get("request"))
    return EventFacts(
        ref=body["id"],
        type=body["type"],
        created_at=body["created"],
        livemode=body["livemode"],
        account=as_text(body.get("account")),
        refs=_refs_of(subject),
        tag=_as_line(metadata.get(METADATA_TAG)),
        database=_as_line(metadata.get("autopay_database")),
        request_key=_as_line(request.get("idempotency_key")),
    )


def _refs_of(subject: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of an object and of those it names, expanded or not."""
    found = {kind: subject.get(kind) for kind in REF_FIELDS}
    found["charge"] = found["charge"] or subject.get("latest_charge")
    if as_text(subject.get("object")) in REF_FIELDS:
        found[subject["object"]] = subject
    refs = {
        REF_FIELDS[kind]: _as_id(as_text(value) or as_dict(value).get("id"))
        for kind, value in found.items()
    }
    return {name: ref for name, ref in refs.items() if ref}


def _as_line(value: Any) -> str:
    text = as_text(value)
    return text if text.isprintable() and len(text) <= _LONGEST else ""


def _as_id(value: Any) -> str:
    text = as_text(value)
    return text if _ID.fullmatch(text) else ""


# === ENDPOINTS AT STRIPE === #


class StripeWebhooks:
    """The webhook endpoints of one Stripe account; nothing here raises for Stripe."""

    def __init__(self, credentials: Credentials) -> None:
        """Connect to nothing yet.

        :raise ValueError: when the key is missing or the address is not acceptable
        """
        self._v1 = get_client(credentials).v1
        self._endpoints = self._v1.webhook_endpoints

    def create_endpoint(
        self, url: str, types: Iterable[str], name: str
    ) -> EndpointReport:
        """Create an endpoint for events of these types, in the SDK's own version.

        :param url: where Stripe sends them
        :param name: what people read in Stripe's dashboard
        """
        params: Any = {
            "url": url,
            "enabled_events": sorted(types),
            "api_version": stripe.api_version,
            "description": name,
        }
        return _report(ask(lambda: self._endpoints.create(params, _options())))

    def find_endpoints(self, url: str) -> EndpointReport:
        """Return the endpoints that send to this address."""
        params: Any = {"limit": MOST_ENDPOINTS}
        answer = ask(lambda: self._endpoints.list(params, _options()))
        rows = [as_dict(row) for row in answer.body.get("data") or []]
        refs = [as_text(row.get("id")) for row in rows if row.get("url") == url]
        report = _report(answer)
        return EndpointReport(refs=refs, problem=report.problem, message=report.message)

    def remove_endpoint(self, ref: str) -> EndpointReport:
        """Delete an endpoint; one that is gone already is no problem."""
        report = _report(ask(lambda: self._endpoints.delete(ref, {}, _options())))
        return EndpointReport(ref=ref) if report.problem == "absent" else report

    def read_account(self) -> str:
        """Return the id of the account, empty when the key may not read it."""
        answer = ask(lambda: self._v1.accounts.retrieve_current(None, _options()))
        return as_text(answer.body.get("id"))


def _options() -> stripe.RequestOptions:
    return get_options(RETRIES)


def _report(answer: Answer) -> EndpointReport:
    if answer.body:
        return EndpointReport(
            ref=as_text(answer.body.get("id")),
            secret=as_text(answer.body.get("secret")),
        )
    problem = _PROBLEMS.get(answer.status, "unreachable")
    return EndpointReport(
        problem=problem, message=mask(as_text(answer.error.get("message")))
    )
