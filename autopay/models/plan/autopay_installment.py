from odoo import api, fields, models


class AutopayInstallment(models.Model):
    """One part of a payment plan: so much on that day.

    What is paid of it is not kept: payments of the invoice pay the oldest part first.
    """

    _name = "autopay.installment"
    _inherit = "autopay.default.guard"
    _description = "Part of a Payment Plan"
    _order = "plan_id desc, sequence, id"
    _rec_name = "sequence"

    plan_id = fields.Many2one(
        "autopay.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    active = fields.Boolean(related="plan_id.active", store=True)
    move_id = fields.Many2one(
        related="plan_id.move_id", string="Invoice", store=True, index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    sequence = fields.Integer(string="Part", readonly=True, aggregator=None)
    date = fields.Date(required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    paid_amount = fields.Monetary(
        string="Paid",
        compute="_compute_state",
        compute_sudo=True,
        help="Payments pay the oldest part first, however they were made.",
    )
    state = fields.Selection(
        [
            ("paid", "Paid"),
            ("due", "Due"),
            ("coming", "To come"),
            ("ended", "Replaced"),
        ],
        compute="_compute_state",
        compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    # The open amount of the invoice changes it too: see ``_forget_paid``. Odoo would
    # look with each change of an entry, and with each new one, whether it has parts.
    @api.depends("amount", "date", "active")
    def _compute_state(self):
        self.update({"paid_amount": 0.0, "state": False})
        saved = self.filtered(lambda part: part.id and part.plan_id)
        for plan, parts in saved.grouped("plan_id").items():
            rows = plan.installment_ids.sorted(lambda row: (row.date, row.sequence))
            move = plan.move_id
            left = sum(rows.mapped("amount")) - move.amount_residual
            left += plan._get_raised(move)
            today = plan.company_id._get_autopay_today()
            for row in rows:
                paid = min(max(left, 0.0), row.amount)
                left -= paid
                if row in parts:
                    row._set_paid(paid, today)

    @api.model
    def _forget_paid(self):
        """Have what is paid of parts be computed anew, when a payment is applied."""
        self.invalidate_model(["paid_amount", "state"], flush=False)

    def _set_paid(self, paid, today):
        self.paid_amount = self.currency_id.round(paid) if self.active else 0.0
        open_amount = self.currency_id.compare_amounts(self.amount, paid) > 0
        if not self.active:
            self.state = "ended"
        elif not open_amount:
            self.state = "paid"
        else:
            self.state = "due" if self.date <= today else "coming"
