"""Charges at Stripe that their customers finish: the same PaymentIntent, on-session.

The intent was refused off-session because the bank wants its holder to say that it is
he. It is confirmed once more with a place to come back to, and without ``off_session``:
Stripe then answers with the bank's page. There is never a second intent.
https://docs.stripe.com/payments/save-and-reuse
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import base
from ..base import ChargeOutcome, ChargeRequest
from .answer import Answer, as_dict, as_text
from .gateway import StripeGateway
from .outcomes import refused
from .session import is_safe

# Statuses of an intent that takes a confirmation. One that waits for the bank's page
# is confirmed on that page.
CONFIRMABLE = ("requires_payment_method", "requires_confirmation")
REDIRECT = "redirect_to_url"


class StripeConfirmations(StripeGateway):
    """One Stripe account. See :class:`base.Confirmations` for what is promised."""

    def build_confirmation(
        self, request: ChargeRequest, return_url: str
    ) -> dict[str, Any]:
        """Return the body that confirms the intent with the method it was made for."""
        confirm: dict[str, Any] = {
            "payment_method": request.prepare_params["payment_method"],
            "return_url": return_url,
            "setup_future_usage": "off_session",
            "expand": ["latest_charge"],
        }
        if mandate := request.charge_params.get("mandate"):
            confirm["mandate"] = mandate
        return confirm

    def _outcome(
        self,
        request: ChargeRequest,
        answer: Answer,
        intent: Mapping[str, Any] | None = None,
    ) -> ChargeOutcome:
        """Override to say how the customer can go on."""
        intent = answer.body if intent is None else intent
        outcome = super()._outcome(request, answer, intent)
        if outcome.kind not in (base.ACTION_REQUIRED, base.DECLINED, base.PREPARED):
            return outcome
        url = _get_page(intent)
        asks_in_another_way = intent.get("status") == "requires_action" and not url
        return replace(
            outcome,
            action_url=url,
            is_confirmable=intent.get("status") in CONFIRMABLE or asks_in_another_way,
        )

    def _check_refusal(self, request: ChargeRequest, answer: Answer) -> ChargeOutcome:
        """Override: what the last try has left on the intent is no answer to this one.

        A method that is gone cannot be confirmed however often it is tried.
        """
        truth = super()._check_refusal(request, answer)
        unexpected = answer.error.get("code") == "payment_intent_unexpected_state"
        if truth.is_confirmable and not unexpected:
            return refused(base.DECLINED, answer)
        return truth


def _get_page(intent: Mapping[str, Any]) -> str:
    """Return the bank's page that an intent names; empty when it has none to go to."""
    action = as_dict(intent.get("next_action"))
    url = as_text(as_dict(action.get(REDIRECT)).get("url"))
    return url if is_safe(url) else ""
