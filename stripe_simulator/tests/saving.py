"""Helpers of the tests that save a method on the hosted page."""

import http.client
from urllib.parse import urlencode, urlsplit

BACK = "http://127.0.0.1:1/back?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://127.0.0.1:1/cancel"


def params(customer, **more):
    """Return what it takes to open a session."""
    return {
        "mode": "setup",
        "currency": "usd",
        "customer": customer,
        "success_url": BACK,
        "cancel_url": CANCEL,
        **more,
    }


def open_session(api, customer, options=None, **more):
    """Open a session; return it."""
    return api.checkout.sessions.create(params(customer, **more), options)


def read(api, session, *more):
    """Return the session with its setup intent."""
    expand = ["setup_intent", *(f"setup_intent.{name}" for name in more)]
    return api.checkout.sessions.retrieve(session.id, {"expand": expand})


def request(method, url, **form):
    """Send one request as a browser; return status, headers and text."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(form) if form else None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), text
