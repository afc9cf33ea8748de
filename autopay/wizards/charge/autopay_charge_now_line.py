from odoo import api, fields, models

from ...words.days import say_day

# Values of the rows that come from their documents; the ticks are the user's.
LINE_FACTS = (
    "currency_id",
    "amount",
    "method",
    "blocker",
    "explanation",
    "mark",
    "last_result",
)

# How the result page calls each state of an attempt.
OUTCOMES = {
    "succeeded": "charged",
    "pending": "pending",
    "action_required": "failed",
    "declined": "failed",
    "canceled": "failed",
}


class AutopayChargeNowLine(models.TransientModel):
    """One invoice in the dialog: what charging it now would do, or did."""

    _name = "autopay.charge.now.line"
    _description = "Charge Invoices Now Line"

    wizard_id = fields.Many2one("autopay.charge.now", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", string="Invoice", ondelete="cascade")
    # With the rights of the user: a form asks before any rule has looked at it.
    partner_id = fields.Many2one(
        related="move_id.partner_id", string="Customer", related_sudo=False
    )
    company_id = fields.Many2one(related="move_id.company_id", related_sudo=False)
    # As it was shown, like the amount.
    currency_id = fields.Many2one("res.currency", readonly=True)
    is_chosen = fields.Boolean(
        string="Charge",
        help="Rows without a tick are left as they are.",
    )
    amount = fields.Monetary(readonly=True)
    due_date = fields.Date(
        related="move_id.invoice_date_due", string="Due", related_sudo=False
    )
    autopay_date = fields.Date(
        related="move_id.autopay_date", string="Autopay Date", related_sudo=False
    )
    last_result = fields.Char(
        readonly=True, help="The state of the last charge of this invoice, and its day."
    )
    mark = fields.Selection(
        lambda self: self._get_mark_selection(),
        string="Note",
        readonly=True,
        help="Why this invoice would not be charged today automatically.",
    )
    method = fields.Char(string="Payment Method", readonly=True)
    blocker = fields.Selection(
        lambda self: self.env["autopay.decision"]._get_skip_selection(),
        string="Skipped",
        readonly=True,
    )
    explanation = fields.Text(readonly=True)
    outcome = fields.Selection(
        [
            ("charged", "Charged"),
            ("pending", "Pending"),
            ("failed", "Failed"),
            ("open", "Unconfirmed"),
            ("skipped", "Skipped"),
            ("left", "Left out"),
        ],
        readonly=True,
    )
    attempt_id = fields.Many2one("autopay.attempt", string="Charge Made", readonly=True)

    @api.model
    def _get_mark_selection(self):
        rows = self.env["autopay.decision"]._get_blocker_table()
        return [(row.code, self.env._(row.mark)) for row in rows if row.mark]

    @api.model
    def _get_mark(self, labels, alone):
        """Return how the dialog marks what a person passes over; False for nothing.

        A reason that holds on a later day only is none today: the charge is early.

        :param alone: the ``Decision`` of the engine by itself
        """
        if alone.blocker in labels:
            return alone.blocker
        is_early = alone.blocker and alone.day and alone.day > alone.today
        return "date_not_reached" if is_early else False

    def action_open_invoice(self):
        """Open the invoice, where what stops it can be mended."""
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id._get_records_action()

    def _is_above_limit(self, company):
        """Return whether these charges need a second confirmation in a company."""
        limit, currency = company.sudo().autopay_confirm_limit, company.currency_id
        if not limit:
            return False
        today = company.sudo()._get_autopay_today()
        total = sum(
            line.currency_id._convert(line.amount, currency, company, today)
            for line in self
        )
        return currency.compare_amounts(total, limit) > 0

    @api.model
    def _get_last_result(self, move):
        """Return state and day of an invoice's last charge, in words."""
        last = move.autopay_attempt_ids.sorted("id")[-1:]
        if not last:
            return ""
        states = dict(last._fields["state"]._description_selection(self.env))
        day = fields.Date.context_today(self, last.reserved_date)
        words = say_day(self.env, day, fields.Date.context_today(self))
        return f"{states[last.state]}, {words}"

    def _get_change(self, vals):
        """Return in words what is not as this row shows it; empty when all is.

        A client that has sent no amount has shown none.

        :param dict vals: what is known of the document now; None of a strange one
        """
        if not (vals and self.amount):
            return ""
        name = self.move_id.display_name
        if vals["blocker"]:
            return self.env._(
                "%(invoice)s: cannot be charged now. %(reason)s",
                invoice=name,
                reason=vals["explanation"],
            )
        for shown, fresh in self._get_shown_and_fresh(vals):
            if shown != fresh:
                return self.env._(
                    "%(invoice)s: %(fresh)s instead of %(shown)s.",
                    invoice=name,
                    fresh=fresh,
                    shown=shown,
                )
        return ""

    def _get_shown_and_fresh(self, vals):
        """Return pairs of words: what this row shows, and what holds now."""
        currency = self.move_id.currency_id
        shown = self.currency_id or currency
        fresh = vals["method"] or ""
        return [
            (shown.format(self.amount), currency.format(vals["amount"])),
            (self.method or fresh, fresh),
        ]

    def _set_outcome(self, attempt):
        """Keep what became of the invoice's attempt."""
        self.write(
            {
                "outcome": OUTCOMES.get(attempt.state, "open"),
                "attempt_id": attempt.id,
                "explanation": attempt.explanation,
            }
        )

    def _set_skipped(self, decision, runs):
        """Keep why the engine did not charge the invoice."""
        stopped = "\n".join(run.stopped_text for run in runs if run.stopped_text)
        words = decision.get_words(self.env) if decision.blocker else stopped
        late = self.env._("The time was up before its turn came. Charge it again.")
        if self.currency_id.compare_amounts(decision.amount, self.amount) > 0:
            late = self.env._(
                "It came to more than was shown, %s, before its turn came. Look at it "
                "and charge it again.",
                self.currency_id.format(decision.amount),
            )
        self.write({"outcome": "skipped", "explanation": words or late})
