import logging
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ..deadlines import ATTEMPT_WAITS, PAYMENT_WAITS, REMIND_DAYS

_logger = logging.getLogger(__name__)

ATTENTION = "autopay.mail_activity_type_attention"

# Kinds of things that wait, and the methods that find those that wait for too long, as
# {record: Call}. The kind is stored on the activity (``mail.activity.autopay_wait``).
FINDERS = {
    "attempt": "_find_attempts",
    "payment": "_find_payments",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call for a person.

    :param company: whose person in charge is called
    :param summary: what waits, for the list of activities
    :param note: what can be done, as plain text or Markup
    """

    company: models.Model
    summary: str
    note: str


class AutopayDeadline(models.AbstractModel):
    """Calls a person about what waits for too long, and ends the call with the waiting.

    Every thing has one call at most. Who marks it done is called again after a week if
    the thing still waits. The times are those of :mod:`deadlines`.
    """

    _name = "autopay.deadline"
    _inherit = "autopay.stage"
    _description = "Autopay Deadline"

    @api.model
    def _call_people(self):
        """Look at everything that waits; safe to repeat, commits what it did."""
        for kind, finder in FINDERS.items():
            try:
                calls = getattr(self, finder)()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("What waits for too long was not found: %s.", kind)
                continue
            self._sync(kind, calls)

    # === CALLS === #

    def _sync(self, kind, calls):
        """Open the calls that are missing, mend their words, close what is over.

        :param dict calls: {record: Call} of all the records of a model that wait
        """
        records = {record.id: record for record in calls}
        told = self._get_activities([("active", "=", True)], kind)
        over = told.filtered(lambda activity: activity.res_id not in records)
        self._apply(self._end, over)
        self._apply(self._mend, told - over, calls)
        rested = self._get_activities(
            [
                ("active", "=", False),
                ("date_done", ">=", fields.Date.today() - timedelta(days=REMIND_DAYS)),
            ],
            kind,
        )
        known = (told | rested).mapped("res_id")
        new = [
            record for record_id, record in records.items() if record_id not in known
        ]
        if new:
            self._apply(self._call, new[0].union(*new), kind, calls)

    def _get_activities(self, domain, kind):
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        return activities.search([("autopay_wait", "=", kind), *domain])

    def _call(self, records, kind, calls):
        """Give the person in charge an activity on each record."""
        for record in records:
            call = calls[record]
            record.sudo().activity_schedule(
                ATTENTION,
                summary=call.summary,
                note=plaintext2html(call.note),
                user_id=call.company._get_autopay_responsible().id or self.env.uid,
                autopay_wait=kind,
            )
        return self.env["autopay.attempt"]

    def _mend(self, activities, calls):
        """Keep what the calls say up to date."""
        summaries = {record.id: call.summary for record, call in calls.items()}
        for activity in activities:
            summary = summaries[activity.res_id]
            if activity.summary != summary:
                activity.summary = summary
        return self.env["autopay.attempt"]

    def _end(self, activities):
        """Close calls about what does not wait any more."""
        activities.action_feedback(feedback=self.env._("This has ended."))
        return self.env["autopay.attempt"]

    # === WHAT WAITS === #

    def _find_attempts(self):
        """Return calls about charges that hold their invoices for too long."""
        calls = {}
        for attempt in self.env["autopay.attempt"]._find_late():
            wait = ATTEMPT_WAITS[attempt.state]
            summary = self.env._(
                "Waiting for too long for %(awaited)s: %(amount)s of %(invoices)s",
                awaited=self.env._(wait.awaits),
                amount=attempt.currency_id.format(attempt.amount),
                invoices=", ".join(attempt.move_ids.mapped("display_name")),
            )
            note = self.env._(wait.advice)
            calls[attempt] = Call(attempt.company_id, summary, note)
        return calls

    def _find_payments(self):
        """Return calls about invoices that wait for another payment for too long."""
        late = self.env["payment.transaction"]._find_autopay_late()
        calls = {}
        for move, payment in late.items():
            wait = PAYMENT_WAITS[payment._get_autopay_wait()]
            summary = self.env._(
                "Waiting for too long for %(awaited)s: %(amount)s of %(invoices)s",
                awaited=self.env._(wait.awaits),
                amount=payment.currency_id.format(payment.amount),
                invoices=move.display_name,
            )
            note = f"{payment.reference}. {self.env._(wait.advice)}"
            calls[move] = Call(move.company_id, summary, note)
        return calls
