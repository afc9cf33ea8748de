"""The traces of Odoo's own token payment, in the words of the engine.

Any provider but Stripe is charged by ``payment.transaction._charge_with_token``. Odoo
turns a lost connection into the state "error", like a decline, and lets other
exceptions escape: whoever makes the call has to tell both apart and pass it on here.
"""

from .base import DECLINED, PENDING, SUCCEEDED, UNKNOWN, ChargeOutcome

# State of the transaction after the call: what it came to, its code, its decline class.
STATES: dict[str, tuple[str, str, str]] = {
    "done": (SUCCEEDED, "", ""),
    "pending": (PENDING, "", ""),
    "cancel": (DECLINED, "canceled", "later"),
    "error": (DECLINED, "refused", "later"),
    # Money is reserved on the card but not taken: the provider captures by hand. That
    # is neither a payment nor a decline, and only staff can say which it will be.
    "authorized": (UNKNOWN, "requires_capture", ""),
    # The provider never answered: the request may still have been carried out.
    "draft": (UNKNOWN, "no_answer", ""),
}


def outcome_of(
    state: str,
    state_message: str = "",
    provider_reference: str = "",
    connection_failed: bool = False,
    raised: bool = False,
) -> ChargeOutcome:
    """Return what a token payment came to.

    :param state: state of the ``payment.transaction`` after the call
    :param state_message: its message, for staff
    :param provider_reference: the provider's id, when Odoo stored one
    :param connection_failed: whether the connection broke during the call
    :param raised: whether an exception escaped the call
    """
    kind, code, decline_class = _read(state, connection_failed, raised)
    return ChargeOutcome(
        kind=kind,
        object_ref=provider_reference or "",
        code=code,
        decline_class=decline_class,
        message=state_message or "",
        response={"state": state, "code": code} if code else {"state": state},
    )


def _read(state: str, connection_failed: bool, raised: bool) -> tuple[str, str, str]:
    if raised:
        return (UNKNOWN, "internal_error", "")
    if connection_failed and state != "done":
        return (UNKNOWN, "connection_interrupted", "")
    return STATES.get(state, (UNKNOWN, "unknown_status", ""))
