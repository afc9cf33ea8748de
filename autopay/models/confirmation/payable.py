"""Failed invoices as the holder of a link sees them, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from odoo import models


@dataclass(frozen=True, slots=True)
class PayPage:
    """The page that a link was made for.

    :param payer: the customer, a commercial entity
    :param moves: the invoices that the link names, as far as they are still the payer's
    :param valid_until: in UTC
    :param may_save: whether its holder may save another method without logging in
    """

    payer: models.Model
    company: models.Model
    moves: models.Model
    valid_until: datetime
    may_save: bool


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice on the page.

    :param state: *due*, *confirm*, *held*, *paid* or *closed*
    :param words: why the last charge failed, or what becomes of the invoice
    :param confirm_path: where the customer confirms what holds it, perhaps ""
    """

    move: models.Model
    state: str
    words: str
    confirm_path: str = ""
