"""The memory of the simulator.  Money is in minor units, times in seconds.

The objects hold facts only and are small: thousands of them must fit in memory.  Their
shape in the API is made by the modules in ``resources``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .behaviours import Behaviour


@dataclass(slots=True, eq=False)
class Customer:
    """A customer; ``fields`` holds what the API only stores and gives back."""

    id: str
    created: int
    fields: dict
    metadata: dict
    deleted: bool = False
    seq: int = 0


@dataclass(slots=True, eq=False)
class PaymentMethod:
    """A saved card or bank account.

    ``details`` is replaced and never changed in place, because charges keep a
    reference to it as it was.  ``spent``: used without a customer, or detached.
    """

    id: str
    created: int
    type: str
    details: dict
    billing_details: dict
    metadata: dict
    behaviour: Behaviour
    customer: str | None = None
    tries: int = 0
    spent: bool = False
    seq: int = 0


@dataclass(slots=True, eq=False)
class PaymentIntent:
    """An intent to take ``amount`` once."""

    id: str
    created: int
    amount: int
    currency: str
    customer: str | None = None
    payment_method: str | None = None
    status: str = "requires_payment_method"
    description: str | None = None
    metadata: dict = field(default_factory=dict)
    capture_method: str = "automatic_async"
    confirmation_method: str = "automatic"
    automatic: dict | None = None
    allowed_types: list[str] | None = None
    excluded_types: list[str] | None = None
    setup_future_usage: str | None = None
    receipt_email: str | None = None
    shipping: dict | None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    latest_charge: str | None = None
    amount_received: int = 0
    amount_capturable: int = 0
    last_payment_error: dict | None = None
    next_action: dict | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None
    mandate: str | None = None
    payment_method_options: dict = field(default_factory=dict)
    confirms: int = 0
    seq: int = 0


@dataclass(slots=True, eq=False)
class Charge:
    """One attempt to take money with one payment method."""

    id: str
    created: int
    amount: int
    currency: str
    payment_intent: str
    customer: str | None
    payment_method: str
    method_type: str
    method_details: dict
    billing_details: dict
    status: str
    captured: bool
    outcome: dict | None
    metadata: dict
    description: str | None
    mandate: str | None
    statement_descriptor_suffix: str | None
    receipt_email: str | None
    failure_code: str | None = None
    failure_message: str | None = None
    idempotency_key: str | None = None
    amount_refunded: int = 0
    disputed: bool = False
    seq: int = 0


@dataclass(slots=True, eq=False)
class Refund:
    """Money of a charge on its way back to the customer."""

    id: str
    created: int
    charge: str
    payment_intent: str
    payment_method: str
    method_type: str
    amount: int
    currency: str
    status: str
    reason: str | None
    metadata: dict
    pending_reason: str | None = None
    failure_reason: str | None = None
    seq: int = 0


@dataclass(slots=True, eq=False)
class Dispute:
    """A charge that the customer, or his bank, wants back.

    ``withdrawn`` and ``reinstated`` are the times at which the money that was
    ``taken`` left the account and came back to it.
    """

    id: str
    created: int
    charge: str
    payment_intent: str
    method_type: str
    brand: str | None
    amount: int
    currency: str
    status: str
    reason: str
    inquiry: bool
    taken: int = 0
    network_code: str | None = None
    due_by: int | None = None
    withdrawn: int | None = None
    reinstated: int | None = None
    metadata: dict = field(default_factory=dict)
    seq: int = 0


@dataclass(slots=True, eq=False)
class FraudWarning:
    """A bank's early word that a charge was fraud."""

    id: str
    created: int
    charge: str
    payment_intent: str
    fraud_type: str
    actionable: bool = True
    seq: int = 0


@dataclass(slots=True, eq=False)
class SetupIntent:
    """An intent to save a payment method for later."""

    id: str
    created: int
    usage: str
    customer: str | None = None
    payment_method: str | None = None
    status: str = "requires_payment_method"
    description: str | None = None
    metadata: dict = field(default_factory=dict)
    automatic: dict | None = None
    allowed_types: list[str] | None = None
    excluded_types: list[str] | None = None
    last_setup_error: dict | None = None
    next_action: dict | None = None
    mandate: str | None = None
    acceptance: dict | None = None
    payment_method_options: dict = field(default_factory=dict)
    session: str | None = None
    tries: int = 0
    cancellation_reason: str | None = None
    seq: int = 0


@dataclass(slots=True, eq=False)
class CheckoutSession:
    """A visit to the hosted page on which a customer saves a payment method.

    ``origin`` is the address of the simulator as the one who made it knows it;
    ``fields`` holds what the API only stores, shows and gives back.
    """

    id: str
    created: int
    expires_at: int
    origin: str
    success_url: str
    types: list[str]
    customer: str | None = None
    setup_intent: str | None = None
    fields: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    status: str = "open"
    seq: int = 0

    @property
    def path(self) -> str:
        """The path on which the simulator serves the page."""
        return f"/c/pay/{self.id}"


@dataclass(slots=True, eq=False)
class Mandate:
    """The customer's leave to debit a bank account; ``single`` holds the amount and
    the currency of one that was given for one payment."""

    id: str
    created: int
    payment_method: str
    method_type: str
    acceptance: dict
    status: str = "active"
    single: dict | None = None
    seq: int = 0


@dataclass(slots=True, eq=False)
class Event:
    """An event in the life of an object.

    ``item`` is the object as it was then; nobody changes it.  ``pending`` counts the
    deliveries that were not yet taken.
    """

    id: str
    created: int
    type: str
    item: object
    before: dict | None
    request_id: str | None
    idempotency_key: str | None
    pending: int = 0
    seq: int = 0


@dataclass(slots=True, eq=False)
class WebhookEndpoint:
    """An address that wants events; ``secrets`` pairs each with the time at which it
    ends, or ``None``, the newest first."""

    id: str
    created: int
    url: str
    enabled_events: list[str]
    secrets: list[tuple[str, int | None]]
    api_version: str | None = None
    description: str | None = None
    metadata: dict = field(default_factory=dict)
    status: str = "enabled"
    seq: int = 0
