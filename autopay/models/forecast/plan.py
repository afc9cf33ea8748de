"""The state of a forecast while it goes through the days, as plain values."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from odoo import models

from ..decision.facts import Decision


@dataclass(frozen=True, slots=True)
class ForecastCharge:
    """One charge that would be made."""

    day: datetime.date
    decision: Decision


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One coming charge as it is kept.

    :param certainty: a key of ``const.forecast.CERTAINTIES``
    :param move: the invoice, or the draft from which it is made
    :param token: the method that pays
    :param amount: in the invoice's currency (major units)
    """

    day: datetime.date
    certainty: str
    move: models.Model
    token: models.Model
    amount: float


@dataclass(slots=True)
class Forecast:
    """The plan of one company's charges, from today to the last day.

    :param agenda: {day: ids of the invoices to decide on that day}
    :param charges: the :class:`ForecastCharge` in their order
    :param blocked: {move: Decision} of what is not charged, or of what is left
    :param paid_ids: ids of the invoices of which nothing is left to charge
    :param reached: the day up to which decisions were made
    :param credited: {credit: {move id: amount}} applied to invoices before they are
        charged
    :param spent: {(year, month): {(payer id, token id, currency): amount}} planned
    :param limited_ids: ids of the invoices that a limit has divided or put off
    :param limited_months: (year, month, payer id, token id) in which one did
    """

    today: datetime.date
    last: datetime.date
    agenda: dict = field(default_factory=lambda: defaultdict(set))
    charges: list = field(default_factory=list)
    blocked: dict = field(default_factory=dict)
    spent: dict = field(default_factory=lambda: defaultdict(Counter))
    paid_ids: set = field(default_factory=set)
    credited: dict = field(default_factory=dict)
    limited_ids: set = field(default_factory=set)
    limited_months: set = field(default_factory=set)
    reached: datetime.date = field(init=False)

    def __post_init__(self):
        """Begin before today: today itself is to come."""
        self.reached = self.today - datetime.timedelta(days=1)

    def note_day(self, day, move_ids):
        """Have invoices decided on a day, when it is one of those to come."""
        if day and self.reached < day <= self.last:
            self.agenda[day].update(move_ids)

    def take_day(self):
        """Return (the next day, its ids); None and nothing at the end."""
        if not self.agenda:
            return None, ()
        self.reached = day = min(self.agenda)
        return day, self.agenda.pop(day) - self.paid_ids

    def get_spent(self, day):
        """Return {(payer id, token id, currency): amount} planned in the month."""
        return self.spent[day.year, day.month]

    def note_charge(self, day, decision):
        """Take in that an invoice is charged on a day."""
        self.charges.append(ForecastCharge(day, decision))
        self.blocked.pop(decision.move, None)
        if not decision.next_date:
            self.paid_ids.add(decision.move.id)
        move = decision.move
        key = (move.commercial_partner_id.id, decision.token.id, move.currency_id)
        self.get_spent(day)[key] += decision.amount

    def note_limit(self, day, decision):
        """Take in that a limit has divided an invoice, or put it off, on a day."""
        self.limited_ids.add(decision.move.id)
        self.limited_months.add(_get_month_key(day, decision))

    def is_limited(self, charge):
        """Return whether a limit has a say in a charge.

        A limit per month has none where all that the month is to bring stays below it.

        :param charge: a :class:`ForecastCharge`
        """
        decision = charge.decision
        if decision.move.id in self.limited_ids:
            return True
        key = _get_month_key(charge.day, decision)
        return decision.counts and key in self.limited_months


def _get_month_key(day, decision):
    payer_id = decision.move.commercial_partner_id.id
    return day.year, day.month, payer_id, decision.token.id
