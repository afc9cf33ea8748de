"""A stand-in for Stripe's API, for the demonstration and for tests.

It is a process of its own (``python -m stripe_simulator``), listens on a loopback
address only and is spoken to over HTTP alone: by the ``stripe`` SDK under ``/v1/`` and
by tests under ``/_admin/`` (see ``admin_client.AdminClient``).  It answers in the shape
of the API version that the installed SDK speaks.

What it can do
    Customers, payment methods, payment intents and their charges; declines, off-session
    authentication, bank debits that settle later; setup intents and mandates; refunds,
    never of more than was paid; disputes, inquiries, early fraud warnings, and bank
    debits that come back after they had succeeded (``AdminClient.return_debit``); cards
    that the bank replaces, methods and customers removed by hand.

    Checkout Sessions that save a method (``mode=setup``), whose page it serves itself
    (``/c/pay/...``), with the page of the bank that asks its customer and that of the
    small deposit by which a bank account is verified: buttons for people, and for
    tests the deeds of the next visitor (``admin_client_visits``).

    Every change makes an event, which is sent, signed, to the webhook endpoints that
    want it, and again by the virtual clock when it was not taken.  Deliveries can be
    held, released in any order and number, dropped and replayed
    (``admin_client_webhooks``).  They go to loopback addresses only.

    Idempotency keys; restricted keys (``auth.Caller``); a virtual clock; faults and
    latency on request; an append-only ledger of every movement of money, with totals:
    what was ``charged`` less ``refunded`` and ``disputed`` is what the account has.
    Parameters are checked against the SDK's own types, so that a request which Stripe
    would refuse is refused here.

What it cannot do
    Captures, refunds of debits that are still under way, evidence in disputes, fees and
    balance transactions of their own, Checkout Sessions that take money, Stripe
    Connect.  Reviews and changes of the account happen only as events that a test asks
    for (``AdminClient.send_event``).  Of older API versions only the lists of charges
    and refunds inside other objects are known.  A parameter that Stripe knows and that
    has no effect here is refused with a sentence, never ignored in silence; options by
    type of method (``payment_method_options``) are kept and shown only.

    Cards that Stripe refuses to save (its declining test cards) can be attached here,
    so that a saved card can have every behaviour, and a bank account that was attached
    without a setup intent is debited without a mandate.  State lives in memory:
    stopping the process forgets everything but the ledger file.
"""
