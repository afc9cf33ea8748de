"""Money that is open in a customer's favour, as a plain value."""

from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True, slots=True)
class Credit:
    """One payment, credit note or other entry that pays nothing yet.

    :param key: "model,id" of what is open: the journal item, or the payment or draft
        credit note without one; people's words about it are kept under it
    :param document: the ``account.move`` or ``account.payment`` that people know
    :param amount: what of it is open, in its own currency (major units)
    :param line: the journal item that can be applied to the invoice; empty when none
    :param is_plain: whether it may be applied without asking anybody
    """

    key: str
    document: models.Model
    currency: models.Model
    amount: float
    line: models.Model
    is_plain: bool
