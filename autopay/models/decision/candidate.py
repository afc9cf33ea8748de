"""The parts of a judgement about a payment method, as plain values."""

import datetime
from dataclasses import dataclass, field

from odoo import models


@dataclass(slots=True)
class Candidate:
    """A method that is to pay for a customer, whatever the invoice.

    :param payer: the customer, a commercial entity, perhaps as a form edits it
    :param token: the ``payment.token``; empty when there is none
    :param authorization: the latest consent of the one to the other; empty without
    :param values: what the words about the judgement mention
    :param day: the date to judge for; that of the facts when nothing is said
    """

    payer: models.Model
    token: models.Model
    authorization: models.Model
    values: dict = field(default_factory=dict)
    day: datetime.date | None = None

    @property
    def customer(self):
        """The contact whose policy counts."""
        return self.payer


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """The facts looked up once for methods that are judged in one company.

    :param refused: {token id: date} of the last refusal for good
    :param exhausted: ids of the methods that were declined too often
    """

    company: models.Model
    today: datetime.date | None = None
    refused: dict = field(default_factory=dict)
    exhausted: set = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """The facts about mails before charges, looked up once for a set of invoices.

    :param today: the company's day as it is, whatever day is decided for
    :param days: {token id: days before a charge on which its customer is told}
    :param told: {move id: list of ``Told``, in the order in which they were noted}
    :param is_gate: whether nothing is charged of which its customer was not told
    """

    today: datetime.date
    days: dict
    told: dict
    is_gate: bool
