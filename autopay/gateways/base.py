"""The language of the engine and a gateway: plain, frozen values.

A gateway talks to one payment provider. It is plain Python without ORM, safe to call
from many threads at once, and never raises: whatever happens on the wire comes back as
a :class:`ChargeOutcome`. Amounts are integers in minor currency units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

# Results of a call.
PREPARED = "prepared"  # the provider's object exists, no money has been asked for
REFUSED = "refused"  # definite: no object was made, no money can move
SUCCEEDED = "succeeded"  # definite: the money was taken
PENDING = "pending"  # definite: under way (bank debit), settles or fails later
DECLINED = "declined"  # definite: the provider said no
ACTION_REQUIRED = "action_required"  # definite: the customer must authenticate
CANCELED = "canceled"  # definite: the object is closed and can never be charged
ABSENT = "absent"  # the provider was asked and has no such object
FOUND = "found"  # definite: the object is there
GONE = "gone"  # definite: it was taken away from us and can never be used again
UNKNOWN = "unknown"  # anything else: perhaps charged, perhaps not

# States of a visit on which a customer saves a payment method.
SETUP_OPEN = "open"  # the page is there; perhaps a first try was declined
SETUP_DONE = "done"  # definite: the method is saved and can be charged
SETUP_WAITING = "waiting"  # the customer is done, his bank is not (small deposits)
SETUP_FAILED = "failed"  # definite: nothing was saved, and the page is over
SETUP_EXPIRED = "expired"  # definite: the page was closed before anything was saved

# Why a provider should not be called again in this run; empty when it may.
STOP_CREDENTIALS = "credentials"  # wrong key, wrong account, wrong mode, forbidden
STOP_UNREACHABLE = "unreachable"  # no connection
STOP_RATE_LIMIT = "rate_limit"  # too many requests

# Why there is no answer, when the gateway itself has failed.
RAISED = "internal_error"


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach one provider account.

    :param provider_id: id of the ``payment.provider``
    :param secret_key: the provider's secret key; never shown in a repr
    :param livemode: whether objects must be live (True) or test objects (False)
    :param requests_per_second: what was agreed with the provider; 0: what it allows
        everybody
    """

    provider_id: int
    secret_key: str = field(repr=False)
    livemode: bool
    requests_per_second: int = 0


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """The charge that is wanted, before any request is written down.

    :param reference: the transaction's reference (Odoo finds it by this text)
    :param amount_minor: exact amount in minor units of ``currency``
    :param currency: ISO code, lower case
    :param customer_ref: the provider's customer id
    :param method_ref: the provider's payment method id
    :param method_type: the provider's type of method: card, us_bank_account, sepa_debit
    :param mandate_ref: the provider's mandate id, or empty
    :param metadata: short texts kept by the provider with the object
    """

    reference: str
    amount_minor: int
    currency: str
    customer_ref: str
    method_ref: str
    method_type: str
    mandate_ref: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One attempt as it was committed: every repeat sends exactly these requests.

    :param attempt_id: id of the ``autopay.attempt``
    :param amount_minor: expected amount in minor units
    :param currency: ISO code, lower case
    :param customer_ref: the provider's customer id
    :param metadata_tag: value of metadata ``autopay_tx``; finds the object in a list
    :param prepare_params: body of the request that makes the provider's object
    :param charge_params: body of the request that moves the money
    :param prepare_key: idempotency key of the first
    :param charge_key: idempotency key of the second
    :param reserved_at: when the attempt was committed, in unix seconds
    :param object_ref: the provider's object, empty until it is known
    """

    attempt_id: int
    amount_minor: int
    currency: str
    customer_ref: str
    metadata_tag: str
    prepare_params: Mapping[str, Any]
    charge_params: Mapping[str, Any]
    prepare_key: str
    charge_key: str
    reserved_at: int
    object_ref: str = ""


@dataclass(frozen=True, slots=True)
class ChargeOutcome:
    """The provider's answer, in our words.

    :param kind: one of the constants above
    :param object_ref: the provider's object (payment intent), when known
    :param charge_ref: the provider's charge, when known
    :param amount_minor: the amount the provider reports, in minor units
    :param decline_class: a class of ``const.DECLINE_CLASSES`` for answers that are a no
    :param code: the most exact code given (decline code before error code)
    :param network_code: the card network's or bank's own code
    :param advice_code: what the network advises (do_not_try_again ...)
    :param message: the provider's sentence, for staff only
    :param stop_reason: one of the STOP constants, or empty
    :param mismatch: True when the answer is not what was asked for (amount, currency,
        mode): money may have moved, a person must look
    :param retry_limit: how often a network lets a debt be tried again; None: no rule
    :param wait_hours: hours a network wants us to wait before the next try
    :param action_url: the bank's page to which the customer may be sent, of answers of
        :class:`Confirmations`; its address was checked
    :param is_confirmable: whether the customer may confirm it by a new request, of the
        same answers
    :param response: a small JSON-able extract of the answer without secrets
    """

    kind: str
    object_ref: str = ""
    charge_ref: str = ""
    amount_minor: int | None = None
    decline_class: str = ""
    code: str = ""
    network_code: str = ""
    advice_code: str = ""
    message: str = ""
    stop_reason: str = ""
    mismatch: bool = False
    retry_limit: int | None = None
    wait_hours: int = 0
    action_url: str = ""
    is_confirmable: bool = False
    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    """The customer that is wanted at the provider, to keep payment methods with.

    :param key: idempotency key of the request; another order needs another one
    :param name: the customer's name, as people read it at the provider
    :param email: where the provider sends what the law wants (mandates), or empty
    :param metadata: short texts kept by the provider
    """

    key: str
    name: str
    email: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomerAnswer:
    """The customer that was made at the provider, or why there is none.

    :param kind: PREPARED, REFUSED (definite) or UNKNOWN (ask again with the same key)
    :param ref: the provider's customer id
    :param code: the most exact code of a refusal
    :param param: the parameter that was refused
    :param message: the provider's sentence, for staff only
    :param stop_reason: one of the STOP constants, or empty
    """

    kind: str
    ref: str = ""
    code: str = ""
    param: str = ""
    message: str = ""
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class SetupOrder:
    """The page that is wanted, on which a customer saves a payment method.

    Every repeat with the same key has to send the same order: it is to be committed
    before the first request.

    :param reference: the validation transaction's reference, at most 200 characters
    :param key: idempotency key of the request
    :param customer_ref: the provider's customer id
    :param currency: ISO code; it decides which bank debits the page offers
    :param success_url: where the customer returns to; Stripe puts the session's id in
        the place of ``{CHECKOUT_SESSION_ID}``
    :param cancel_url: where the page's "back" leads, empty for no such link
    :param method_types: the provider's types of method; empty: all of the currency
    :param metadata: short texts kept by the provider with the page and what it saves
    :param text: shown beside the button, at most 1200 characters
    :param display_name: the company's name as the page shows it
    :param locale: language of the page, empty for that of the browser
    :param expires_at: unix seconds, half an hour to a day ahead; None: in a day
    """

    reference: str
    key: str
    customer_ref: str
    currency: str
    success_url: str
    cancel_url: str = ""
    method_types: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    display_name: str = ""
    locale: str = ""
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class SetupSession:
    """The page that was made, or why there is none.

    :param kind: PREPARED, REFUSED (definite: there is no page) or UNKNOWN (perhaps
        there is one: ask again with the same key)
    :param ref: the provider's id of the session
    :param url: the page, as the provider said first: a repeat of the request says it
        again although the page may be over
    :param expires_at: unix seconds; None when it is not known
    :param code: the most exact code of a refusal
    :param param: the parameter that was refused: ``customer`` when he is gone
    :param message: the provider's sentence, for staff only
    :param stop_reason: one of the STOP constants, or empty
    :param mismatch: True when the answer is not what was asked for
    """

    kind: str
    ref: str = ""
    url: str = ""
    expires_at: int | None = None
    code: str = ""
    param: str = ""
    message: str = ""
    stop_reason: str = ""
    mismatch: bool = False


@dataclass(frozen=True, slots=True)
class SetupOutcome:
    """The outcome of a visit.

    :param state: one of the SETUP constants, ABSENT or UNKNOWN
    :param ref: the provider's id of the session
    :param reference: the reference that the session carries
    :param metadata: the short texts that it carries
    :param customer_ref: the provider's customer id
    :param setup_ref: the provider's id of what saves the method (setup intent)
    :param method_ref: the saved method; while WAITING the one that is being verified
    :param method_type: the provider's type of method
    :param mandate_ref: the provider's mandate id, empty for cards
    :param fingerprint: the same for the same card or account, within one account
    :param expiry_date: last day on which the card is valid; None: it does not expire
    :param label: the card's brand or the bank's name, as far as the provider says it
    :param last4: its last digits
    :param verify_url: where the customer verifies his account, while WAITING
    :param reason: code of the latest refusal, also while OPEN, or why it is UNKNOWN
    :param message: the provider's sentence about it, made for the customer
    :param stop_reason: one of the STOP constants, or empty
    :param mismatch: True when the answer is not consistent: a person must look
    :param intent: the provider's object without its secret, for Odoo's own processing
    """

    state: str
    ref: str = ""
    reference: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    customer_ref: str = ""
    setup_ref: str = ""
    method_ref: str = ""
    method_type: str = ""
    mandate_ref: str = ""
    fingerprint: str = ""
    expiry_date: date | None = None
    label: str = ""
    last4: str = ""
    verify_url: str = ""
    reason: str = ""
    message: str = ""
    stop_reason: str = ""
    mismatch: bool = False
    intent: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Setups(Protocol):
    """A payment provider that has a page on which customers save payment methods."""

    def create_customer(self, order: CustomerOrder) -> CustomerAnswer:
        """Make a customer, once for each key."""

    def create_session(self, order: SetupOrder) -> SetupSession:
        """Make the page, once for each key."""

    def read_session(self, ref: str) -> SetupOutcome:
        """Ask what became of a visit; changes nothing."""

    def expire_session(self, ref: str) -> SetupOutcome:
        """Close the page; return the truth when it can no longer be closed."""


class Gateway(Protocol):
    """A payment provider that can be asked what became of a charge.

    :param requests_per_second: requests that the account takes at most; 0: no limit
    """

    requests_per_second: int

    def build_requests(
        self, order: ChargeOrder
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the JSON-able bodies of the preparing and the charging request."""

    def prepare(self, request: ChargeRequest) -> ChargeOutcome:
        """Make the provider's object without moving money.

        :return: PREPARED, REFUSED or UNKNOWN
        """

    def charge(self, request: ChargeRequest) -> ChargeOutcome:
        """Send the only request that moves money.

        :return: SUCCEEDED, PENDING, DECLINED, ACTION_REQUIRED or UNKNOWN
        """

    def read(self, request: ChargeRequest) -> ChargeOutcome:
        """Ask what became of the object; moves nothing.

        :return: PREPARED when the charging request never arrived, ABSENT when there is
            no such object, else as :meth:`charge` or CANCELED
        """

    def withdraw(self, request: ChargeRequest) -> ChargeOutcome:
        """Close the object so that it can never be charged.

        :return: CANCELED, ABSENT, the truth when it can no longer be closed
            (SUCCEEDED, PENDING ...), or UNKNOWN
        """


class Confirmations(Protocol):
    """A payment provider whose charge can be finished while its customer is there.

    It is the same object, of which a bank wants its holder to say that it is he.
    """

    def build_confirmation(
        self, request: ChargeRequest, return_url: str
    ) -> dict[str, Any]:
        """Return the JSON-able body of the request that confirms the object.

        :param return_url: where the bank sends the customer back to
        """

    def read(self, request: ChargeRequest) -> ChargeOutcome:
        """Ask as :meth:`Gateway.read` does, and whether the customer can go on."""

    def charge(self, request: ChargeRequest) -> ChargeOutcome:
        """Confirm the object with the customer there.

        :param request: the attempt's, with body and key of this confirmation
        """
