"""Events that follow by themselves when some payment methods have been charged."""

from __future__ import annotations

from ..memory.behaviours import SETTLE_AFTER, Behaviour
from ..memory.ids import new_id
from ..memory.objects import Charge, FraudWarning
from ..memory.simulator import Simulator
from ..memory.store import Book
from . import disputing


def follow(sim: Simulator, book: Book, charge: Charge, behaviour: Behaviour) -> None:
    """Dispute the charge that succeeded, or warn of it, if the method does that."""
    if behaviour.fraud_warning:
        warn(sim, book, charge, behaviour.fraud_warning)
    if not behaviour.dispute:
        return
    if charge.method_type in SETTLE_AFTER:
        code = behaviour.network_decline_code
        disputing.return_debit(sim, book, charge, behaviour.dispute, code)
    else:
        facts = {"inquiry": behaviour.inquiry}
        disputing.open_(sim, book, charge, behaviour.dispute, **facts)


def warn(sim: Simulator, book: Book, charge: Charge, fraud_type: str) -> FraudWarning:
    """Return the bank's new warning that the charge was fraud."""
    warning = FraudWarning(
        id=new_id("issfr"),
        created=sim.clock.now(),
        charge=charge.id,
        payment_intent=charge.payment_intent,
        fraud_type=fraud_type,
    )
    book.fraud_warnings.add(warning)
    sim.tell(book, "radar.early_fraud_warning.created", warning)
    return warning
