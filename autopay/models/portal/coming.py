"""A coming charge as a customer sees it, as plain values."""

import datetime
from dataclasses import dataclass

from ...schedules.days import shift
from ..decision.facts import Decision

# Nothing but time is in the way of the charge.
TIME_BLOCKERS = (
    *(False, "date_not_reached", "retry_not_due"),
    *("notice_undeliverable", "notice_pending"),
)
# A customer who pays now passes over these, as staff do.
PAYABLE_BLOCKERS = (*TIME_BLOCKERS, "failed", "no_date")
UNDER_WAY_BLOCKERS = (
    "being_charged",
    "outcome_unknown",
    "debit_pending",
    "needs_authentication",
    "not_booked",
    "payment_pending",
    "payment_in_doubt",
)
APPROVAL_BLOCKERS = ("needs_approval", "approval_refused")
MOVABLE_BLOCKERS = (False, "date_not_reached", "notice_pending")
# Dates with these sources can be moved: others are part of something larger.
MOVABLE_SOURCES = ("rule", "person", "customer")


@dataclass(frozen=True, slots=True)
class Coming:
    """An invoice on autopay, when it is charged next, or why it is not.

    :param decision: the ``Decision`` of that day
    :param day: when it is charged; None when it is not
    :param later: how many charges follow for the same invoice
    :param words: what is to be said to the customer beside it
    :param today: in the company's time zone
    :param move_days: days after the due date to which a charge can be moved
    """

    decision: Decision
    day: datetime.date | None
    later: int
    words: str
    today: datetime.date
    move_days: int

    @property
    def move(self):
        """The invoice, with the rights of the system."""
        return self.decision.move

    @property
    def method(self):
        """The method that pays; empty for one that was removed."""
        return self.decision.token.filtered("active")

    @property
    def refusal(self):
        """Why nothing of it can be changed, a code of words; "" when it can."""
        blocker = self.decision.blocker
        if blocker in UNDER_WAY_BLOCKERS:
            return "under_way"
        if self.decision.configuration.locked:
            return "locked"
        if blocker in APPROVAL_BLOCKERS:
            return "approval"
        return ""

    @property
    def is_skipped(self):
        """Whether the customer has skipped it."""
        return self.move.autopay_customer_hold

    @property
    def may_skip(self):
        """Whether the customer may skip it."""
        return not self.refusal and self.decision.blocker in TIME_BLOCKERS

    @property
    def may_pay(self):
        """Whether the customer may have it charged now."""
        return not self.refusal and self.decision.blocker in PAYABLE_BLOCKERS

    @property
    def earliest(self):
        """The first day to which it can be moved."""
        tomorrow = shift(self.today, 1)
        return max(tomorrow, self.move.invoice_date or tomorrow)

    @property
    def latest(self):
        """The last day to which it can be moved; None when it cannot."""
        due = self.move.invoice_date_due
        if not (self.move_days and due and self._is_movable()):
            return None
        last = shift(due, self.move_days)
        return last if last >= self.earliest else None

    def _is_movable(self):
        share = self.decision.share
        return (
            not self.refusal
            and self.decision.blocker in MOVABLE_BLOCKERS
            and self.move.autopay_status == "eligible"
            and self.move.autopay_date_source in MOVABLE_SOURCES
            and not (share and share.parts > 1)
        )

    @property
    def is_moved(self):
        """Whether the customer has moved it, and can take that back."""
        return bool(self.move.autopay_moved_from) and self._is_movable()
