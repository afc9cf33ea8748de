"""The code of a small deposit, by which a bank account is verified.

Source: docs.stripe.com/payments/ach-direct-debit/set-up-payment, test micro-deposits.
"""

from __future__ import annotations

from ..memory.behaviours import DECLINE, Behaviour
from ..memory.objects import SetupIntent
from ..memory.simulator import Simulator
from ..memory.store import Book
from . import setups

RIGHT_CODE, LAST_CODE, LATE_CODE = "SM11AA", "SM33CC", "SM44DD"
WRONG_CODE = "SM00XX"
# Amounts that stand for the codes, in minor units.
AMOUNTS = {(32, 45): RIGHT_CODE, (10, 11): LAST_CODE, (40, 41): LATE_CODE}

_TOO_OFTEN = Behaviour(
    kind=DECLINE,
    code="payment_method_microdeposit_verification_attempts_exceeded",
    message="Wrong codes were entered too often to verify the bank account.",
)
_ENDS = {LAST_CODE: _TOO_OFTEN, LATE_CODE: setups.DEPOSIT_TIMEOUT}


def answer(sim: Simulator, book: Book, intent: SetupIntent, code: str) -> bool:
    """Take the code that the customer read on his statement; return whether it counts:
    the account is verified, or can no longer be.

    Raises ``ValueError`` when the intent waits for none.
    """
    if not setups.is_deposit_awaited(intent):
        raise ValueError(f"The setup intent {intent.id} waits for no deposit.")
    if code == RIGHT_CODE:
        setups.succeed(sim, book, intent)
        return True
    if code in _ENDS:
        setups.fail(sim, book, intent, _ENDS[code])
        return True
    return False
