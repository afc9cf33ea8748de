"""Helpers that the tests share."""

import stripe

CARDS_ONLY = {"enabled": True, "allow_redirects": "never"}
OFF_SESSION = {"off_session": True}


def connect(url, key="sk_test_x", **options):
    """Return the SDK's services for a key; the SDK does not retry by itself."""
    client = stripe.StripeClient(key, base_addresses={"api": url}, **options)
    return client.v1


def intent_params(customer, method=None, amount=1000, currency="usd", **more):
    """Return what it takes to create an intent, ``amount`` in minor units."""
    params = {
        "amount": amount,
        "currency": currency,
        "customer": customer,
        "automatic_payment_methods": CARDS_ONLY,
        **more,
    }
    if method:
        params["payment_method"] = method
    return params


def create(api, customer, method=None, options=None, **more):
    """Create an intent without confirming it."""
    return api.payment_intents.create(intent_params(customer, method, **more), options)


def charge(api, customer, method, key=None, **more):
    """Create an intent and confirm it off session; return it as confirmed."""
    intent = create(api, customer, method, **more)
    options = {"idempotency_key": key} if key else None
    return api.payment_intents.confirm(intent.id, OFF_SESSION, options)


def attach(api, customer, test_id):
    """Save one of Stripe's test methods with the customer; return its id."""
    return api.payment_methods.attach(test_id, {"customer": customer}).id


def totals(admin, currency="usd"):
    """Return the ledger's totals of a currency in minor units."""
    nothing = {"charged": 0, "pending": 0, "failed": 0}
    return admin.ledger()["totals"].get(currency, nothing)


def kinds(admin):
    """Return the kinds of the ledger's entries, in order."""
    return [entry["kind"] for entry in admin.ledger()["entries"]]


def listen(api, receiver, *types, **more):
    """Register the receiver for some types of event, or for all."""
    params = {"url": receiver.url, "enabled_events": list(types or ("*",)), **more}
    return api.webhook_endpoints.create(params)
