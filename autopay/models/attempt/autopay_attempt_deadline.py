from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ... import const
from ...const.deadline import ATTEMPT_WAITS, SILENT_HOURS

# States that a person may end by saying what became of the charge, once it is late and
# its provider silent.
STATEABLE_STATES = (
    *const.attempt.UNCHARGED_STATES,
    *const.attempt.WAITING_STATES,
    "declined",
)


class AutopayAttemptDeadline(models.AbstractModel):
    """Until when an attempt may hold its invoices before a person is called."""

    _name = "autopay.attempt.deadline"
    _description = "Deadline of an Autopay Attempt"

    answered_date = fields.Datetime(
        string="Answered on",
        readonly=True,
        help="When the provider last said what became of this charge.",
    )

    def _get_deadline(self):
        """Return when a person is called; False when the attempt holds nothing.

        :rtype: datetime | bool
        """
        self.ensure_one()
        if self.booked_date or not any(self.line_ids.mapped("live")):
            return False
        wait = ATTEMPT_WAITS[self.state]
        hours = wait.hours
        if wait.longer_hours and self.token_id._is_autopay_debit():
            hours = wait.longer_hours
        since = self[wait.since] or self.reserved_date
        return since + timedelta(hours=hours)

    def _is_late(self):
        """Return whether the attempt holds its invoices for longer than it may."""
        self.ensure_one()
        deadline = self._get_deadline()
        return bool(deadline) and deadline <= fields.Datetime.now()

    def _is_silent(self):
        """Return whether the provider cannot be asked, or has not answered for long."""
        self.ensure_one()
        if not self._can_be_asked():
            return True
        since = fields.Datetime.now() - timedelta(hours=SILENT_HOURS)
        return not self.answered_date or self.answered_date < since

    def _is_stalled(self):
        """Return whether only a person can say what became of a charge that is late."""
        self.ensure_one()
        return self.state in STATEABLE_STATES and self._is_late() and self._is_silent()

    @api.model
    def _find_late(self):
        """Return the attempts that hold their invoices for longer than they may."""
        rows = [
            Domain("state", "=", state) & self._get_late_domain(wait)
            for state, wait in ATTEMPT_WAITS.items()
        ]
        return self.search(
            Domain("line_ids", "any", [("live", "=", True)])
            & Domain("booked_date", "=", False)
            & Domain.OR(rows)
            & Domain(self.env["res.company"]._get_autopay_home_domain())
        )

    def _get_late_domain(self, wait):
        """Return the domain of what a row of the table calls late."""
        late = self._get_before_domain(wait.since, wait.hours)
        if not wait.longer_hours:
            return late
        longer = self._get_before_domain(wait.since, wait.longer_hours)
        methods = self.env["payment.token"]._get_autopay_debit_methods()
        others = Domain("token_id.payment_method_id", "not in", methods.ids)
        return longer | (late & others)

    def _get_before_domain(self, name, hours):
        moment = fields.Datetime.now() - timedelta(hours=hours)
        return Domain(name, "<=", moment)
