"""The parts of a decision about an invoice, as plain values."""

import datetime
from dataclasses import dataclass, field, replace

from odoo import models

from ...schedules.announcements import Announcement
from ...schedules.parts import Due
from ...words.invoices.blockers import get_blocker_words, get_charge_words
from ...words.invoices.deadlines import get_attempt_until_words, get_payment_words
from ...words.invoices.parts import get_parts_words
from ..configuration.choice import Choice
from .candidate import NoticeFacts
from .discount import NO_DISCOUNT, Discount


@dataclass(frozen=True, slots=True)
class TrialConsent:
    """A consent to decide with as if it were recorded.

    It comes in the context, under ``TRIAL_CONSENT``: no browser can send an instance.

    :param authorization: the ``autopay.authorization``, not saved
    :param is_default: whether its method becomes the customer's Autopay Token
    :param policy: a key of ``const.POLICIES`` that the customer gets, or False
    """

    authorization: models.Model
    is_default: bool = False
    policy: str | bool = False

    @property
    def payer(self):
        """The customer who consents."""
        return self.authorization.partner_id._origin

    @property
    def token(self):
        """The method that may be charged."""
        return self.authorization.token_id._origin

    @property
    def company(self):
        """The company that may charge it."""
        return self.authorization.company_id._origin


TRIAL_CONSENT = "autopay_trial_consent"


def get_trial_consent(env, company):
    """Return the :class:`TrialConsent` that is tried out in a company, or None."""
    trial = env.context.get(TRIAL_CONSENT)
    fits = isinstance(trial, TrialConsent) and trial.company == company
    return trial if fits else None


@dataclass(frozen=True, slots=True)
class Question:
    """A question about invoices, see ``autopay.decision._decide``.

    :param planned: {(payer id, token id, currency): amount} that a forecast has charged
        before in the same month
    :param credited: {credit: {move id: amount}} that a forecast has applied before
    :param final: whether nothing can be applied any more before the charge
    :param as_if_on: whether companies that are switched off count as switched on
    :param days: {move id: the day for which it is judged}
    """

    mode: str = "scheduled"
    tokens: dict | None = None
    today: datetime.date | None = None
    trial: models.Model | None = None
    planned: dict | None = None
    credited: dict | None = None
    final: bool = False
    as_if_on: bool = False
    days: dict | None = None

    def get_dated(self, moves, today):
        """Return the question with the days for which these invoices are judged.

        What waits for its day is judged for that day. What a person charges now, and
        what is looked at for the last time before its charge, is judged for today.

        :param date today: the date to decide for
        """
        ahead = self.mode == "scheduled"
        days = {
            move.id: move._get_autopay_judged_day(today) if ahead else today
            for move in moves
        }
        return replace(self, today=today, days=days)


@dataclass(slots=True)
class Decision:
    """Whether one invoice would be charged now, with what, or why not.

    :param amount: what would be charged, in the invoice's currency (major units)
    :param due: what is due, in the same; more than the amount under a cap. Of an
        invoice that is payable in parts: what the charge at hand is to take
    :param blocker: the code of a ``Blocker``; False when it would be charged
    :param values: what the words about the blocker mention
    :param date: from when the blocker could be gone, when that can be said
    :param counts: whether the charge counts for a limit per month
    :param rest_date: when the rest is charged of what a cap has divided
    :param discount: the ``Discount`` that makes the amount pay the whole invoice
    :param room: what one charge may take at most, with other invoices of the customer;
        None when there is no limit, or nobody has asked
    :param combines: whether other invoices of the customer may be charged along
    :param together: what one charge takes for several invoices, as a forecast says;
        zero when it is charged alone
    :param today: the date that was decided for
    :param day: the day for which invoice and method are judged: that of the charge
    :param trial: the configuration that was decided with as if it were saved
    :param waiting: the attempt, or the other payment, that is waited for
    :param share: the ``Due``: the charge at hand and the one after it; None where
        nothing is said of the amount
    :param credits: [(``Credit``, amount)] that are applied before the charge
    :param notice: the ``Announcement``: how the customer is told of it before; None
        where customers are not told, or nobody has asked
    """

    move: models.Model
    choice: Choice
    authorization: models.Model
    due: float = 0.0
    amount: float = 0.0
    blocker: str | bool = False
    values: dict = field(default_factory=dict)
    date: datetime.date | None = None
    counts: bool = False
    rest_date: datetime.date | bool = False
    discount: Discount = NO_DISCOUNT
    room: float | None = None
    combines: bool = False
    together: float = 0.0
    today: datetime.date | None = None
    day: datetime.date | None = None
    trial: models.Model | None = None
    waiting: models.Model | None = None
    share: Due | None = None
    credits: list = field(default_factory=list)
    notice: Announcement | None = None

    @property
    def move_id(self):
        """The id under which the invoice is saved, also while a form edits it."""
        return self.move._origin.id

    @property
    def next_date(self):
        """When something of the invoice is charged again; False when nothing is left.

        The rest after a cap comes before the next part: it is older.
        """
        return self.rest_date or (self.share and self.share.next_day) or False

    @property
    def customer(self):
        """The contact whose policy counts."""
        return self.move.partner_id

    @property
    def payer(self):
        """The customer who pays, a commercial entity."""
        return self.move.commercial_partner_id

    @property
    def token(self):
        """The method that pays."""
        return self.choice.token

    @property
    def configuration(self):
        """The configuration under which it pays; empty without one."""
        return self.choice.configuration

    def get_until_words(self, env):
        """Return until when the blocker may last and who is called then, or nothing."""
        if not self.waiting:
            return ""
        if self.waiting._name == "autopay.attempt":
            return get_attempt_until_words(env, self.waiting)
        return get_payment_words(env, self.waiting, self.move)

    def get_words(self, env):
        """Return the decision as sentences in the language of the environment."""
        parts = get_parts_words(env, self)
        return " ".join(filter(None, [self._get_verdict(env), parts]))

    def _get_verdict(self, env):
        if self.blocker:
            table = env["autopay.decision"]._get_blocker_table()
            return get_blocker_words(env, self, table[self.blocker].sentence)
        return get_charge_words(env, self)


@dataclass(slots=True)
class Facts:
    """The facts looked up once for a whole set of invoices of one company.

    :param days: {move id: the day for which it is judged}
    :param passed: {(customer id, token id, authorization id): the last day for which
        no blocker was found}
    :param dues: {move: Due}, see ``autopay.due``
    :param caps: {(payer id, token id): configurations with caps for the method}
    :param spent: {(payer id, token id): {(currency, day): amount}} charged this month
        where that is limited; grows as invoices of the set are decided
    :param approvals: {move id: ``autopay.approval``} that is not over
    :param bookable: what ``autopay.bookable`` has found, by provider
    :param trial: a configuration to decide with as if it were saved
    :param scheduled: whether it is a run that would charge, on the invoices' dates
    :param credits: {move id: what is open in the customer's favour, the oldest first}
    :param credited: {credit: {move id: amount}} that decisions have applied
    :param final: whether nothing can be applied any more before the charge
    :param notices: the ``NoticeFacts``; None where nobody is told of charges before
    :param as_if_on: whether a company that is switched off counts as switched on
    """

    company: models.Model
    today: datetime.date
    days: dict
    neutralized: bool
    copied: bool
    live: dict
    returned: dict
    pending: dict
    unapplied: dict
    doubtful: dict
    contradicted: dict
    choices: dict
    dues: dict
    authorizations: dict
    refused: dict
    exhausted: set
    approvals: dict
    caps: dict
    passed: dict = field(default_factory=dict)
    trial: models.Model | None = None
    scheduled: bool = False
    spent: dict = field(default_factory=dict)
    bookable: dict = field(default_factory=dict)
    credits: dict = field(default_factory=dict)
    credited: dict = field(default_factory=dict)
    final: bool = False
    notices: NoticeFacts | None = None
    as_if_on: bool = False
