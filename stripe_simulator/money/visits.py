"""A deed of a visitor on the hosted pages: one button, one deed.

There are three pages: the one of a Checkout Session (``pay``), the one of the bank that
asks its customer (``3ds``), and the one on which a small deposit is verified
(``deposits``).  A person presses a button; a test says beforehand which one.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

from ..memory.errors import StripeError
from ..memory.objects import CheckoutSession, PaymentIntent, SetupIntent
from ..memory.simulator import Simulator
from ..memory.store import Book
from ..memory.ways import (
    BACK,
    EXCEED,
    FAIL,
    LEAVE,
    MISMATCH,
    PASS,
    VERIFY,
    WAYS,
    Way,
)
from ..shapes.method_shape import made_from
from . import cards, deposits, setups

PAY, THREE_D_SECURE, DEPOSITS = "pay", "3ds", "deposits"
KINDS = {PAY: "checkout_sessions", THREE_D_SECURE: "setup_intents"}
KINDS[DEPOSITS] = "setup_intents"
# How a visitor of the page agrees to a mandate.
_ACCEPTED = {
    "type": "online",
    "online": {"ip_address": "127.0.0.1", "user_agent": "hosted page"},
}
_PATH = re.compile(r"/c/(\w+)/(\w+)")


def read_address(address: str) -> tuple[str, str]:
    """Return the kind of page and the id; raise ``LookupError`` for another one."""
    match = _PATH.fullmatch(urlsplit(address).path)
    if not match or match[1] not in KINDS:
        raise LookupError(f"There is no page {address}.")
    return match[1], match[2]


def buttons(sim: Simulator, kind: str, object_id: str) -> dict[str, str]:
    """Return the deeds that a page offers, with the words on their buttons; none when
    its time is over.  Raise ``LookupError`` when there is no such page."""
    if kind not in KINDS:
        raise LookupError(f"There is no page {kind}.")
    _book, item = find(sim, kind, object_id)
    return _BUTTONS[kind](item)


def find(sim: Simulator, kind: str, object_id: str) -> tuple:
    """Return the book and the object that a page is about.  A bank asks about charges
    as well.  Raise ``LookupError`` when there is none."""
    is_charge = kind == THREE_D_SECURE and object_id.startswith("pi_")
    return sim.find("payment_intents" if is_charge else KINDS[kind], object_id)


def _pay_buttons(session: CheckoutSession) -> dict[str, str]:
    if session.status != "open":
        return {}
    shown = {name: way.label for name, way in WAYS.items() if _is_offered(session, way)}
    if session.fields.get("cancel_url"):
        shown[BACK] = "Go back without saving anything"
    return {**shown, LEAVE: "Close the window"}


def _is_offered(session: CheckoutSession, way: Way) -> bool:
    options = session.fields.get("payment_method_options") or {}
    bank = options.get("us_bank_account") or {}
    at_once = bank.get("verification_method") == "instant"
    return way.method.type in session.types and not (
        at_once and way.verifies_by_deposits
    )


def _bank_buttons(intent: SetupIntent | PaymentIntent) -> dict[str, str]:
    if not _get_bank(intent).is_asked_for(intent):
        return {}
    return {
        PASS: "It is me: confirm",
        FAIL: "Fail: the bank does not believe me",
        LEAVE: "Close the window",
    }


def _deposit_buttons(intent: SetupIntent) -> dict[str, str]:
    if not setups.is_deposit_awaited(intent):
        return {}
    return {
        VERIFY: f"Enter the right code ({deposits.RIGHT_CODE})",
        MISMATCH: "Enter a wrong code",
        EXCEED: "Enter wrong codes until it is too late",
        LEAVE: "Close the window",
    }


_BUTTONS = {
    PAY: _pay_buttons,
    THREE_D_SECURE: _bank_buttons,
    DEPOSITS: _deposit_buttons,
}


def press(sim: Simulator, kind: str, object_id: str, deed: str) -> str:
    """Do what a button says; return where the visitor is sent, empty when he left.

    Raises ``ValueError`` with a sentence when the page has no such button.
    """
    offered = buttons(sim, kind, object_id)
    if deed not in offered:
        known = ", ".join(offered) or "nothing: its time is over"
        raise ValueError(f"The page {kind} does not offer '{deed}' but {known}.")
    if deed == LEAVE:
        return ""
    book, item = find(sim, kind, object_id)
    return _PRESS[kind](sim, book, item, deed)


def _press_pay(sim: Simulator, book: Book, session: CheckoutSession, deed: str) -> str:
    if deed == BACK:
        return session.fields["cancel_url"]
    intent = book.setup_intents.get(session.setup_intent)
    way = WAYS[deed]
    method = made_from(
        book, sim.clock.now(), way.method, billing=_billing(book, session)
    )
    intent.acceptance = _ACCEPTED
    back = session.origin + session.path
    try:
        setups.confirm(sim, book, intent, method, (back, session.origin))
    except StripeError:
        # The page says what the bank said, and another method can be tried.
        return session.path
    if setups.is_asked_for(intent):
        return f"/c/{THREE_D_SECURE}/{intent.id}"
    return _complete(sim, book, session)


def _billing(book: Book, session: CheckoutSession) -> dict:
    customer = book.customers.get(session.customer or "")
    fields = customer.fields if customer else {}
    email = fields.get("email") or session.fields.get("customer_email")
    return {"name": fields.get("name") or "Visitor", "email": email}


def _complete(sim: Simulator, book: Book, session: CheckoutSession) -> str:
    session.status = "complete"
    sim.tell(book, "checkout.session.completed", session)
    return session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id)


def _get_bank(intent: SetupIntent | PaymentIntent):
    return cards if isinstance(intent, PaymentIntent) else setups


def _press_bank(
    sim: Simulator, book: Book, intent: SetupIntent | PaymentIntent, deed: str
) -> str:
    # A charge of another origin has sent nobody here who could go back.
    action = intent.next_action.get("redirect_to_url") or {}
    _get_bank(intent).finish_authentication(sim, book, intent, passed=deed == PASS)
    session = book.checkout_sessions.get(getattr(intent, "session", None) or "")
    if session is None:
        back = action.get("return_url")
        return _with_outcome(back, intent) if back else ""
    return _complete(sim, book, session) if deed == PASS else session.path


def _with_outcome(back: str, intent: SetupIntent | PaymentIntent) -> str:
    is_charge = isinstance(intent, PaymentIntent)
    said = {
        "payment_intent" if is_charge else "setup_intent": intent.id,
        "redirect_status": "succeeded" if intent.status == "succeeded" else "failed",
    }
    return f"{back}{'&' if '?' in back else '?'}{urlencode(said)}"


def _press_deposits(sim: Simulator, book: Book, intent: SetupIntent, deed: str) -> str:
    counts = deposits.answer(sim, book, intent, _CODES[deed])
    return f"/c/{DEPOSITS}/{intent.id}{'' if counts else '?wrong=1'}"


_CODES = {
    VERIFY: deposits.RIGHT_CODE,
    MISMATCH: deposits.WRONG_CODE,
    EXCEED: deposits.LAST_CODE,
}
_PRESS = {
    PAY: _press_pay,
    THREE_D_SECURE: _press_bank,
    DEPOSITS: _press_deposits,
}


# === THE END OF A SESSION === #


def expire_later(sim: Simulator, book: Book, session: CheckoutSession) -> None:
    """Let the session end by itself when its time has come."""

    def end() -> None:
        if session.status == "open":
            expire(sim, book, session)

    sim.clock.after(session.expires_at - session.created, end)


def expire(sim: Simulator, book: Book, session: CheckoutSession) -> None:
    """End an open session; its setup intent ends with it."""
    intent = book.setup_intents.get(session.setup_intent)
    session.status = "expired"
    intent.status, intent.next_action = "canceled", None
    intent.cancellation_reason = "abandoned"
    sim.tell(book, "setup_intent.canceled", intent)
    sim.tell(book, "checkout.session.expired", session)
