from odoo import api, fields, models

# The keys under which a database transaction notes what is to be marked, and whether
# somebody waits for it.
PENDING = "autopay_status_marks"
WAKE = "autopay_status_wake"

SAVE_QUERY = """
    INSERT INTO autopay_status_mark (company_id, partner_id)
         SELECT pair.company_id, pair.partner_id
           FROM unnest(%s::integer[], %s::integer[]) AS pair (company_id, partner_id)
          WHERE pair.partner_id IS NULL
             OR EXISTS (SELECT FROM res_partner WHERE id = pair.partner_id)
"""


class AutopayStatusMark(models.Model):
    """Says that the invoices of a customer, or of a company, are to be looked at again.

    One row for each change: rows are added and never changed, so that nobody waits for
    anybody, and marking a customer costs the same whatever its number of invoices.
    """

    _name = "autopay.status.mark"
    _inherit = "autopay.default.guard"
    _description = "Invoices to Look at Again"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    # No partner: all invoices of the company.
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")

    @api.model
    def _mark(self, pairs, soon=True):
        """Have invoices be looked at again, once this transaction is committed.

        :param pairs: (company id, id of the commercial partner, False for all)
        :param bool soon: whether to wake the job; jobs of ours wake it at their end
        """
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        meant = {pair for pair in pairs if pair[0] in known_ids}
        if not meant:
            return
        self._get_pending().update(meant)
        if soon:
            self._wake_soon()

    @api.model
    def _wake_soon(self):
        """Have the job look once this transaction is committed: somebody waits."""
        known = self.env["res.company"]._is_autopay_known_anywhere()
        if known and not self.env.context.get("cron_id"):
            self._get_pending()
            self.env.cr.precommit.data[WAKE] = True

    def _get_pending(self):
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = set()
            precommit.add(self._save_pending)
        return precommit.data[PENDING]

    @api.model
    def _mark_moves(self, moves):
        """Have the invoices of these customers be looked at with the next turn."""
        # An entry without a customer concerns nobody's invoices.
        pairs = (
            (move.company_id.id, move.commercial_partner_id.id)
            for move in moves.sudo()
            if move.commercial_partner_id
        )
        self._mark(pairs, soon=False)

    def _save_pending(self):
        """Add the rows of what was noted, and wake the job that looks."""
        data = self.env.cr.precommit.data
        pairs, wake = data.pop(PENDING, ()), data.pop(WAKE, False)
        if pairs:
            company_ids, partner_ids = zip(*sorted(pairs), strict=True)
            # Customers who were deleted or merged meanwhile have no invoices left.
            self.env.cr.execute(
                SAVE_QUERY,
                [list(company_ids), [each or None for each in partner_ids]],
            )
        if wake:
            self.env["autopay.status"]._wake()
