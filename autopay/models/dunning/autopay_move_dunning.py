from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const.engine import OWN_FIELDS_CONTEXT
from ...const.invoice import OPEN_STANDINGS, OWN_PREFETCH, SCHEDULED_STANDINGS
from ...rights import STAFF_GROUPS
from ...schedules.days import shift


class AutopayMoveDunning(models.Model):
    """Keeps invoices out of follow-ups while asking for them would be wrong.

    Odoo has a mark for that on the lines of an invoice. Whoever sets it by hand is not
    overruled: it is taken off again only where autopay has set it.
    """

    _inherit = "account.move"

    autopay_followup_stopped = fields.Boolean(
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="Autopay keeps the invoice out of follow-ups: it is collected, or it is "
        "not known whether the customer owes it still.",
    )
    _autopay_followup_idx = models.Index(
        "(company_id, autopay_standing) WHERE autopay_followup_stopped"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `account`: a mark that people set is not ours to take off."""
        res = super().write(vals)
        if vals.get("no_followup") and not self.env.context.get("autopay_followup"):
            self._leave_autopay_followup()
        return res

    def _leave_autopay_followup(self):
        """Forget that autopay has set the mark: now a person has."""
        ours = self._filter_autopay_known().sudo()
        ours = ours.filtered("autopay_followup_stopped")
        ours.with_context(**OWN_FIELDS_CONTEXT).write(
            {"autopay_followup_stopped": False}
        )

    # === BUSINESS METHODS === #

    def _update_autopay_followup(self):
        """Have reminders stand down, or come back, as the invoices stand by now.

        A mark that autopay has set and a person took off stays off.
        """
        known = self._filter_autopay_known().sudo()
        quiet = known.filtered(lambda move: move._is_autopay_quiet())
        quiet._stop_autopay_followup()
        (known - quiet).filtered("autopay_followup_stopped")._set_autopay_followup(
            stopped=False
        )

    def _stop_autopay_followup(self):
        """Have reminders leave these invoices out, unless a person said so before."""
        self.sudo().filtered(
            lambda move: not (move.autopay_followup_stopped or move.no_followup)
        )._set_autopay_followup(stopped=True)

    def _set_autopay_followup(self, stopped):
        """Set Odoo's mark, and remember who did; the invoice counts as unchanged.

        What is said of an invoice would else be out of date as soon as it is kept.
        """
        if not self:
            return
        dates = [SQL("(%s, %s::timestamp)", move.id, move.write_date) for move in self]
        vals = {"autopay_followup_stopped": stopped, "no_followup": stopped}
        self.with_context(autopay_followup=True)._write_autopay(vals)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE account_move AS move SET write_date = row.date
                     FROM (VALUES %s) AS row (id, date) WHERE move.id = row.id""",
                SQL(", ").join(dates),
            )
        )
        self.invalidate_recordset(["write_date"], flush=False)

    @api.model
    def _find_autopay_quieted(self, company):
        """Return the ids of invoices that autopay is done with, and reminders are not.

        They are paid, or were taken off autopay: nobody looks at these again.
        """
        done = Domain("autopay_standing", "not in", OPEN_STANDINGS)
        stopped = Domain("autopay_followup_stopped", "=", True)
        own = Domain("company_id", "=", company.id)
        return self.sudo().search(own & stopped & done, order="id").ids

    def _is_autopay_quiet(self, standing=None):
        """Return whether the customer is not to be asked for an invoice.

        :param standing: the ``Standing`` by now, when it is not what is kept
        """
        self.ensure_one()
        code = standing.code if standing else self.autopay_standing
        if self.autopay_refunded or code == "in_progress":
            return True
        days = self.company_id.autopay_quiet_days
        today = self.company_id._get_autopay_today()
        due = self.invoice_date_due or self.invoice_date or today
        return code in SCHEDULED_STANDINGS and days > 0 and shift(due, days) >= today

    def _filter_autopay_quiet(self):
        """Return the invoices of which the customer is not to be reminded now.

        For whoever sends reminders: what was changed since it was looked at is decided
        about anew.
        """
        moves = self._filter_autopay_known().sudo().filtered("autopay_status")
        stale = moves.filtered(lambda move: move._is_autopay_stale())
        standings = self.env["autopay.status"].sudo()._find(stale)
        quiet = moves.filtered(lambda move: move._is_autopay_quiet(standings.get(move)))
        return self.browse(quiet.ids)
