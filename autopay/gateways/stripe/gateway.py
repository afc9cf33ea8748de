"""Charges through Stripe: the Gateway protocol on the SDK.

Two requests make a charge. The first creates an unconfirmed PaymentIntent, which moves
no money and may be lost without harm; the second confirms it, and is the only one that
can charge. Once the id of the intent is known, every doubt is settled by reading it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import base
from ..base import ChargeOrder, ChargeOutcome, ChargeRequest, Credentials
from .answer import Answer, canonical, extract
from .client import ask, get_client, get_options
from .outcomes import (
    METADATA_TAG,
    absent,
    is_foreign,
    is_page,
    is_refusal,
    never_raises,
    only,
    outcome_of_intent,
    refused,
    tagged,
    unknown,
    unknown_after_repeat,
)
from .session import api_base

if TYPE_CHECKING:
    from stripe.params import (
        PaymentIntentConfirmParams,
        PaymentIntentCreateParams,
        PaymentIntentListParams,
    )

# Repeats by the SDK itself, with the same idempotency key.
CHARGE_RETRIES = 0  # never hide a lost answer to the request that moves money
OTHER_RETRIES = 1
PAGE_SIZE = 100
MAX_PAGES = 50
CLOCK_SKEW = 600  # seconds our clock may be ahead of Stripe's

CHARGE_KINDS = (base.SUCCEEDED, base.PENDING, base.DECLINED, base.ACTION_REQUIRED)
WITHDRAW_KINDS = (base.CANCELED, base.ABSENT, base.SUCCEEDED, base.PENDING)
OPEN_KINDS = (base.PREPARED, base.DECLINED, base.ACTION_REQUIRED)
# Requests that Stripe takes from one account in any second, all together, unless more
# was agreed (https://docs.stripe.com/rate-limits). Some kinds of requests may have a
# lower limit: Stripe says so by refusing them, and the pace is slowed.
LIVE_RATE = 100
TEST_RATE = 25
# Codes behind which Stripe also hides its own blocks.
GENERIC_DECLINES = ("generic_decline", "card_declined", "do_not_honor")


class StripeGateway:
    """One Stripe account. See :class:`base.Gateway` for what each method promises."""

    def __init__(self, credentials: Credentials) -> None:
        """Connect to nothing yet.

        :raise ValueError: when the key is missing or the address is not acceptable
        """
        self._livemode = credentials.livemode
        usual = LIVE_RATE if credentials.livemode or api_base() else TEST_RATE
        self.requests_per_second = credentials.requests_per_second or usual
        self._intents = get_client(credentials).v1.payment_intents

    def build_requests(
        self, order: ChargeOrder
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the bodies that create and confirm a PaymentIntent.

        The payment method is named in the first only: after a decline Stripe takes it
        off the intent, so a confirmation that arrives late finds nothing to charge.
        """
        create: PaymentIntentCreateParams = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "customer": order.customer_ref,
            "payment_method": order.method_ref,
            "allowed_payment_method_types": [order.method_type],
            "description": order.reference,
            "metadata": {
                METADATA_TAG: order.reference,
                **order.metadata,
            },
            "capture_method": "automatic",
            "confirm": False,
        }
        confirm: PaymentIntentConfirmParams = {
            "off_session": True,
            "expand": ["latest_charge"],
        }
        if order.mandate_ref:
            confirm["mandate"] = order.mandate_ref
        return {**create}, {**confirm}

    @never_raises
    def prepare(self, request: ChargeRequest) -> ChargeOutcome:
        """Create the PaymentIntent without confirming it."""
        params: Any = canonical(request.prepare_params)
        options = get_options(OTHER_RETRIES, request.prepare_key)
        answer = ask(lambda: self._intents.create(params, options))
        if answer.body:
            return only((base.PREPARED,), self._outcome(request, answer))
        if is_refusal(answer, statuses=(400, 401, 402, 403, 404)):
            return refused(base.REFUSED, answer)
        return unknown_after_repeat(answer)

    @never_raises
    def charge(self, request: ChargeRequest) -> ChargeOutcome:
        """Confirm the PaymentIntent, off-session, once."""
        if not request.object_ref:
            raise ValueError("There is no PaymentIntent to confirm.")
        params: Any = canonical(request.charge_params)
        options = get_options(CHARGE_RETRIES, request.charge_key)
        intent_id = request.object_ref
        answer = ask(lambda: self._intents.confirm(intent_id, params, options))
        return only(CHARGE_KINDS, self._charge_outcome(request, answer))

    @never_raises
    def read(self, request: ChargeRequest) -> ChargeOutcome:
        """Ask Stripe what became of the PaymentIntent."""
        return self._retrieve(request) if request.object_ref else self._find(request)

    @never_raises
    def withdraw(self, request: ChargeRequest) -> ChargeOutcome:
        """Cancel the PaymentIntent.

        No idempotency key of our own: cancelling twice changes nothing, while a stored
        answer (a 500, say) would be replayed for a day.
        """
        if not request.object_ref:
            found = self._find(request)
            if found.kind not in OPEN_KINDS:
                return only(WITHDRAW_KINDS, found)
            request = replace(request, object_ref=found.object_ref)
        options = get_options(OTHER_RETRIES)
        reason: Any = {"cancellation_reason": "abandoned"}
        answer = ask(lambda: self._intents.cancel(request.object_ref, reason, options))
        return only(WITHDRAW_KINDS, self._withdraw_outcome(request, answer))

    # === PRIVATE: WHAT AN ANSWER COMES TO === #

    def _outcome(
        self,
        request: ChargeRequest,
        answer: Answer,
        intent: Mapping[str, Any] | None = None,
    ) -> ChargeOutcome:
        intent = answer.body if intent is None else intent
        return outcome_of_intent(request, self._livemode, answer, intent)

    def _charge_outcome(self, request: ChargeRequest, answer: Answer) -> ChargeOutcome:
        if answer.body:
            return self._outcome(request, answer)
        if answer.status == 402 and answer.failed_intent:
            return self._decline(request, answer)
        if is_refusal(answer, statuses=(400, 402, 404)) and not is_foreign(answer):
            return self._check_refusal(request, answer)
        return unknown(answer)

    def _decline(self, request: ChargeRequest, answer: Answer) -> ChargeOutcome:
        outcome = self._outcome(request, answer, answer.failed_intent)
        if outcome.kind != base.DECLINED or outcome.code not in GENERIC_DECLINES:
            return outcome
        intent = self._with_charge(request, answer.failed_intent)
        return self._outcome(request, answer, intent)

    def _with_charge(
        self, request: ChargeRequest, intent: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the intent with its charge, which alone shows a block by Stripe."""
        if not isinstance(intent.get("latest_charge"), str):
            return intent
        charge = self._ask_intent(request).body.get("latest_charge")
        return {**intent, "latest_charge": charge or intent["latest_charge"]}

    def _check_refusal(self, request: ChargeRequest, answer: Answer) -> ChargeOutcome:
        """Read the intent before a refused confirmation is taken for a decline."""
        truth = self.read(request)
        unexpected = answer.error.get("code") == "payment_intent_unexpected_state"
        if truth.kind == base.PREPARED and not unexpected:
            return refused(base.DECLINED, answer)
        refusal = extract(answer, {})
        return replace(truth, response={**refusal, **truth.response})

    def _withdraw_outcome(
        self, request: ChargeRequest, answer: Answer
    ) -> ChargeOutcome:
        if answer.body:
            return self._outcome(request, answer)
        if is_refusal(answer, statuses=(400,)):
            return self.read(request)
        return unknown_after_repeat(answer)

    # === PRIVATE: READING === #

    def _ask_intent(self, request: ChargeRequest) -> Answer:
        params: Any = {"expand": ["latest_charge"]}
        options = get_options(OTHER_RETRIES)
        intent_id = request.object_ref
        return ask(lambda: self._intents.retrieve(intent_id, params, options))

    def _retrieve(self, request: ChargeRequest) -> ChargeOutcome:
        answer = self._ask_intent(request)
        if answer.body:
            return self._outcome(request, answer)
        return unknown_after_repeat(answer)

    def _find(self, request: ChargeRequest) -> ChargeOutcome:
        """Look for the intent by its tags: absent only when the list was complete.

        Lists are up to date at once, unlike Stripe's search. There is no upper end to
        the time: a repeated preparation may have made the intent hours later.
        """
        params: PaymentIntentListParams = {
            "customer": request.customer_ref,
            "created": {"gte": request.reserved_at - CLOCK_SKEW},
            "limit": PAGE_SIZE,
            "expand": ["data.latest_charge"],
        }
        answer = Answer()
        for _page in range(MAX_PAGES):
            answer = self._ask_page(params)
            if not is_page(answer):
                return unknown_after_repeat(answer)
            found = tagged(answer, request.prepare_params["metadata"])
            if found:
                return self._outcome(request, answer, found)
            if not answer.body["has_more"]:
                return absent(answer)
            params["starting_after"] = answer.body["data"][-1]["id"]
        return unknown(answer, code="incomplete_list")

    def _ask_page(self, params: "PaymentIntentListParams") -> Answer:
        return ask(lambda: self._intents.list(params, get_options(OTHER_RETRIES)))
