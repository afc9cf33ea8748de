from odoo import api, fields, models

from ... import const


class AutopayDryRunLine(models.Model):
    """The answer of a dry run about one invoice: a charge, or why there is none."""

    _name = "autopay.dry.run.line"
    _inherit = "autopay.default.guard"
    _description = "Line of a Charge Preview"
    _order = "dry_run_id desc, result, date, id"
    _rec_name = "move_id"

    dry_run_id = fields.Many2one(
        "autopay.dry.run",
        string="Charge Preview",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    result = fields.Selection(
        const.forecast.DRY_RUN_RESULTS, required=True, readonly=True
    )
    date = fields.Date(
        string="Day", readonly=True, help="The day on which it would be charged."
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        related="move_id.commercial_partner_id",
        store=True,
        index=True,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        readonly=True, help="What would be charged, or is due and would not be."
    )
    together_amount = fields.Monetary(
        string="In One Charge of",
        readonly=True,
        aggregator=None,
        help="What the customer is charged for this invoice and others together. Zero: "
        "it is charged alone.",
    )
    token_id = fields.Many2one(
        "payment.token", string="Payment Method", readonly=True, ondelete="set null"
    )
    method = fields.Char(string="Paid With", readonly=True)
    provider_id = fields.Many2one(
        "payment.provider", readonly=True, ondelete="set null"
    )
    configuration_id = fields.Many2one(
        "autopay.configuration",
        string="Payment Rule as It Is Now",
        readonly=True,
        ondelete="set null",
    )
    configuration_words = fields.Char(string="Payment Rule", readonly=True)
    blocker = fields.Selection(
        lambda self: self.env["autopay.decision"]._get_blocker_selection(),
        readonly=True,
    )
    reason = fields.Text(
        readonly=True, help="Why it would not be charged, as of the last day."
    )
    change_date = fields.Date(
        string="Re-checked on",
        readonly=True,
        help="The first day on which time alone could change that.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_charge(self, charge):
        """Return the line of a ``ForecastCharge``."""
        decision = charge.decision
        token = decision.token
        return {
            **self._prepare_common(decision),
            "result": "charge",
            "date": charge.day,
            "token_id": token.id,
            "method": token._get_autopay_label(),
            "together_amount": decision.together,
            "provider_id": token.provider_id.id,
            "configuration_id": decision.configuration._origin.id,
            "configuration_words": decision.configuration.display_name,
        }

    @api.model
    def _prepare_skip(self, decision):
        """Return the line of an invoice that would not be charged."""
        # The words are what finds the date, for some.
        reason = decision.get_words(self.env)
        return {
            **self._prepare_common(decision),
            "result": "skip",
            "blocker": decision.blocker,
            "reason": reason,
            "change_date": decision.date,
        }

    @api.model
    def _prepare_early(self, charge):
        """Return the line of an invoice that would be charged before the period."""
        reason = self.env._("It would be charged before the period begins.")
        return {
            **self._prepare_charge(charge),
            "result": "skip",
            "reason": reason,
            "change_date": charge.day,
            "date": False,
        }

    def _prepare_common(self, decision):
        move = decision.move
        return {
            "company_id": move.company_id.id,
            "move_id": move.id,
            "currency_id": move.currency_id.id,
            "amount": decision.amount,
        }
