"""Errors in the shape of Stripe's API."""

from __future__ import annotations

INVALID = "invalid_request_error"
DOC_URL = "https://stripe.com/docs/error-codes/"
LOG_URL = "https://dashboard.stripe.com/logs/"


class StripeError(Exception):
    """An answer other than 200.

    ``executed`` says whether the endpoint had begun to work when the error arose: only
    then is the answer kept for the idempotency key.
    """

    def __init__(self, status: int, message: str, **options):
        """Options: ``type``, ``code``, ``param``, ``executed``, ``should_retry`` and
        ``extra`` with more fields of the body."""
        super().__init__(message)
        self.status = status
        self.executed: bool = options.pop("executed", False)
        self.should_retry: bool | None = options.pop("should_retry", None)
        extra = options.pop("extra", None) or {}
        self.fields = {"message": message, "type": INVALID, **options, **extra}

    def body(self, request_id: str) -> dict:
        """Return the JSON body; absent facts are left out, as Stripe does."""
        fields = {key: value for key, value in self.fields.items() if value is not None}
        if "code" in fields:
            fields["doc_url"] = DOC_URL + fields["code"].replace("_", "-")
        fields["request_log_url"] = LOG_URL + request_id
        return {"error": fields}


def invalid(message: str, param: str | None = None, code: str | None = None, **more):
    """Return a 400 for a request that was refused before anything was done."""
    return StripeError(400, message, param=param, code=code, **more)


def missing_object(label: str, object_id: str, param: str, *, in_path: bool, hint=""):
    """Return ``resource_missing``: 404 for an id in the path, 400 for a parameter."""
    return StripeError(
        404 if in_path else 400,
        f"No such {label}: '{object_id}'{hint}",
        code="resource_missing",
        param=param,
    )


def unexpected_state(message: str, intent: dict):
    """Return the refusal of an intent that is in the wrong state for the request."""
    return StripeError(
        400,
        message,
        code="payment_intent_unexpected_state",
        executed=True,
        should_retry=False,
        extra={"payment_intent": intent},
    )


def lock_timeout(object_id: str):
    """Return the 429 for an object that another request is working on."""
    return StripeError(
        429,
        f"This object ({object_id}) cannot be accessed right now because another API "
        "request is currently accessing it.",
        code="lock_timeout",
        should_retry=True,
    )


def rate_limited():
    """Return the 429 of the rate limiter."""
    return StripeError(429, "Request rate limit exceeded.", code="rate_limit")


def key_in_use(key: str | None):
    """Return the 409 for a key whose first request is still being worked on."""
    return StripeError(
        409,
        f"There is currently another in-progress request using this Idempotent Key "
        f"({key}). Please try again later.",
        code="idempotency_key_in_use",
        should_retry=True,
    )


def server_error():
    """Return the 500 that says nothing about what was done."""
    return StripeError(
        500, "An unknown error occurred.", type="api_error", executed=True
    )
