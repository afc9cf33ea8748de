"""Webhook endpoints: addresses that want to hear of events."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..memory.errors import invalid
from ..memory.ids import new_id
from ..memory.objects import WebhookEndpoint
from ..memory.store import Book
from ..rules.addresses import is_loopback
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from .lists import page

MAX_ENDPOINTS = 16
_AS_KEPT = (
    *("api_version", "created", "description", "enabled_events", "metadata"),
    *("status", "url"),
)


def render(book: Book, endpoint: WebhookEndpoint) -> dict:
    """Return the endpoint in Stripe's shape, without its secret."""
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        **{name: getattr(endpoint, name) for name in _AS_KEPT},
        "application": None,
        "livemode": book.livemode,
    }


def new_secret() -> str:
    """Return a new signing secret."""
    return new_id("whsec", 32)


def create(call: Call) -> dict:
    """POST /v1/webhook_endpoints: the only answer that shows the secret."""
    params = call.params
    _check(call)
    if len(call.book.webhook_endpoints) >= MAX_ENDPOINTS:
        raise invalid(
            f"You have reached the maximum of {MAX_ENDPOINTS} {call.book.mode} webhook "
            "endpoints."
        )
    endpoint = WebhookEndpoint(
        id=new_id("we"),
        created=call.now,
        url=params["url"],
        enabled_events=params["enabled_events"],
        secrets=[(new_secret(), None)],
        api_version=params.get("api_version"),
        description=params.get("description") or None,
        metadata=merge({}, params.get("metadata")),
    )
    call.book.webhook_endpoints.add(endpoint)
    return {**render(call.book, endpoint), "secret": endpoint.secrets[0][0]}


def _check(call: Call) -> None:
    params = call.params
    if "url" in params and not _is_allowed(params["url"], call.book.livemode):
        raise invalid(
            "Invalid URL: it must begin with https://, or, in test mode, be an address "
            "of this machine that begins with http://.",
            "url",
            "url_invalid",
        )
    wanted = params.get("enabled_events")
    if wanted == [] or (wanted and "*" in wanted and len(wanted) > 1):
        raise invalid(
            "`enabled_events` names some types of event, or is ['*'] and no more.",
            "enabled_events",
        )


def _is_allowed(url: str, livemode: bool) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme == "http" and not livemode:
        return is_loopback(parts.hostname)
    return parts.scheme == "https" and bool(parts.hostname)


def retrieve(call: Call, endpoint_id: str) -> dict:
    """GET /v1/webhook_endpoints/{id}"""
    return render(call.book, _existing(call, endpoint_id))


def update(call: Call, endpoint_id: str) -> dict:
    """POST /v1/webhook_endpoints/{id}"""
    endpoint = _existing(call, endpoint_id)
    _check(call)
    params = call.params
    endpoint.metadata = merge(endpoint.metadata, params.get("metadata"))
    endpoint.url = params.get("url", endpoint.url)
    endpoint.enabled_events = params.get("enabled_events", endpoint.enabled_events)
    if "description" in params:
        endpoint.description = params["description"] or None
    if "disabled" in params:
        endpoint.status = "disabled" if params["disabled"] else "enabled"
    return render(call.book, endpoint)


def delete(call: Call, endpoint_id: str) -> dict:
    """DELETE /v1/webhook_endpoints/{id}"""
    endpoint = _existing(call, endpoint_id)
    endpoint.status = "disabled"
    call.book.webhook_endpoints.remove(endpoint)
    return {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}


def list_(call: Call) -> dict:
    """GET /v1/webhook_endpoints"""
    return page(call, "webhook_endpoints", _PATH, render)


def _existing(call: Call, endpoint_id: str) -> WebhookEndpoint:
    return call.need("webhook_endpoints", endpoint_id, "id", in_path=True)


_PATH = "/v1/webhook_endpoints"
_KIND = "webhook_endpoint"
_ONE = f"{_PATH}/{{}}"
_SHARED = "description enabled_events metadata url "
ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        create,
        "WebhookEndpointCreateParams",
        _KIND,
        names(_SHARED + "api_version"),
    ),
    Endpoint(
        "GET", _PATH, list_, "WebhookEndpointListParams", _KIND, PAGING, many=True
    ),
    Endpoint("GET", _ONE, retrieve, "WebhookEndpointRetrieveParams", _KIND),
    Endpoint(
        "POST",
        _ONE,
        update,
        "WebhookEndpointUpdateParams",
        _KIND,
        names(_SHARED + "disabled"),
    ),
    Endpoint("DELETE", _ONE, delete, "WebhookEndpointDeleteParams", _KIND),
)
