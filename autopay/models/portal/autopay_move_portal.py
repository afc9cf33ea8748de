from odoo import fields, models

from ... import const
from ...rights import STAFF_GROUPS, check_billing

# The name of the activity that staff get of a skipped invoice.
CUSTOMER_HOLD = "customer_hold"


class AutopayMovePortal(models.AbstractModel):
    """Keeps what a customer has decided about an invoice in the portal."""

    _name = "autopay.move.portal"
    _description = "Invoice in the Customer Portal"

    autopay_customer_hold = fields.Boolean(
        string="Skipped by the Customer",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        tracking=True,
        groups=STAFF_GROUPS,
        help="The customer does not want this invoice to be charged by itself.",
    )
    autopay_moved_from = fields.Date(
        string="Moved from",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        tracking=True,
        groups=STAFF_GROUPS,
        help="The autopay date before the customer moved it in the portal.",
    )

    # === ACTION METHODS === #

    def action_autopay_lift_customer_hold(self):
        """Let invoices be charged by themselves that the customer has skipped."""
        check_billing(self)
        self.check_access("write")
        held = self.filtered("autopay_customer_hold")
        held._set_autopay_customer_hold(False)

    # === BUSINESS METHODS === #

    def _set_autopay_customer_hold(self, held):
        """Write whether the customer has skipped these invoices, and tell staff."""
        self._write_autopay({"autopay_customer_hold": held})
        notification = self.env["autopay.notification"].sudo()
        if not held:
            taken_back = self.env._("Taken back by %s", self.env.user.name)
            notification._close_waiting_on(self, CUSTOMER_HOLD, taken_back)
            return
        for move in self:
            summary = self.env._("The customer has skipped this charge")
            note = self.env._(
                "%(user)s has skipped it in the portal. It is not charged until that "
                "is taken back, there or by a button on the invoice.",
                user=self.env.user.name,
            )
            notification._alert(move, move.company_id, summary, note, CUSTOMER_HOLD)

    def _move_autopay_date(self, day):
        """Have the customer's day be that of the charge; the first one is kept.

        :param date day: None brings back the day before it was moved
        """
        self.ensure_one()
        if day:
            self._write_autopay(
                {
                    "autopay_moved_from": self.autopay_moved_from or self.autopay_date,
                    "autopay_date": day,
                    "autopay_date_source": "customer",
                }
            )
            return
        self._write_autopay(
            {"autopay_date": self.autopay_moved_from, "autopay_moved_from": False}
        )
