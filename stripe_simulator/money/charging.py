"""Charges a payment method for an intent, in the way in which the method behaves."""

from __future__ import annotations

from ..memory.behaviours import (
    AUTHENTICATION_ON_SESSION,
    AUTHENTICATION_REQUIRED,
    DECLINE,
    PROCESSING,
    SUCCESS,
)
from ..memory.objects import PaymentIntent, PaymentMethod
from ..rules.endpoint import Call
from . import cards, debits
from .attempts import Attempt, Session

_KINDS = {
    SUCCESS: cards.succeed,
    DECLINE: cards.decline,
    AUTHENTICATION_REQUIRED: cards.authenticate,
    AUTHENTICATION_ON_SESSION: cards.authenticate_on_session,
    PROCESSING: debits.submit,
}


def confirm(
    call: Call, intent: PaymentIntent, method: PaymentMethod, session: Session
) -> None:
    """Charge the method for the intent, as it behaves.

    Raises the 402 of a decline; the intent and its charge then say so too.
    """
    method.tries += 1
    behaviour = method.behaviour.for_try(method.tries)
    intent.payment_method = method.id
    intent.confirms += 1
    intent.next_action = None
    attempt = Attempt(
        call.sim, call.book, intent, method, session, call.idempotency_key
    )
    _KINDS[behaviour.kind](attempt, behaviour)
