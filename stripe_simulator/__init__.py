"""A stand-in for Stripe's API, for the demonstration and for tests.

It is a process of its own (``python -m stripe_simulator``), listens on a loopback
address only and is spoken to over HTTP alone: by the ``stripe`` SDK under ``/v1/`` and
by tests under ``/_admin/`` (see ``admin_client.AdminClient``).  It answers in the shape
of the API version that the installed SDK speaks.

What it can do
    Customers, payment methods, payment intents and their charges; declines, off-session
    authentication, bank debits that settle later; idempotency keys; a virtual clock;
    faults and latency on request; an append-only ledger of every movement of money.
    Parameters are checked against the SDK's own types, so that a request which Stripe
    would refuse is refused here.

What it cannot do
    Setup intents, captures, refunds, disputes, mandate objects, events and webhooks.  A
    parameter that Stripe knows and that has no effect here is refused with a sentence,
    never ignored in silence.  Cards that Stripe refuses to save (its declining test
    cards) can be saved here, so that a saved card can have every behaviour.  State
    lives in memory: stopping the process forgets everything but the ledger file.
"""
