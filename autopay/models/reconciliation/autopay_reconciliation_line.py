from datetime import datetime, timezone

from odoo import api, fields, models

from ... import const
from ...const.reconciliation import AGREEING_KINDS, RECONCILIATION_KINDS
from ...gateways.money import from_minor
from ...words.reconciliations import get_kind_sentence


class AutopayReconciliationLine(models.Model):
    """One charge as our attempt, the provider and the books know it."""

    _name = "autopay.reconciliation.line"
    _inherit = "autopay.default.guard"
    _description = "Line of a Reconciliation of Charges"
    _order = "is_difference desc, date, id"
    _rec_name = "object_ref"

    reconciliation_id = fields.Many2one(
        "autopay.reconciliation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="reconciliation_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        RECONCILIATION_KINDS, string="Result", required=True, readonly=True, index=True
    )
    is_difference = fields.Boolean(string="Difference", readonly=True)
    explanation = fields.Text(compute="_compute_explanation")
    date = fields.Datetime(readonly=True, help="When the charge was made.")
    # Links.
    attempt_id = fields.Many2one(
        "autopay.attempt", string="Charge", readonly=True, ondelete="cascade"
    )
    attempt_state = fields.Selection(
        const.attempt.ATTEMPT_STATES, string="State of Our Charge", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="cascade"
    )
    payment_id = fields.Many2one(
        "account.payment", readonly=True, ondelete="set null", index="btree_not_null"
    )
    # The provider.
    object_ref = fields.Char(string="Provider Object", readonly=True)
    charge_ref = fields.Char(string="Provider Charge", readonly=True)
    charge_status = fields.Char(string="Provider Status", readonly=True)
    tag = fields.Char(string="Our Reference", readonly=True)
    # Money.
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    charge_currency_id = fields.Many2one("res.currency", readonly=True)
    attempt_amount = fields.Monetary(string="Charged Here", readonly=True)
    charge_amount = fields.Monetary(
        string="Charged", currency_field="charge_currency_id", readonly=True
    )
    payment_amount = fields.Monetary(string="Booked", readonly=True)
    payment_count = fields.Integer(string="Payments", readonly=True)

    @api.depends_context("lang")
    @api.depends("kind")
    def _compute_explanation(self):
        for line in self:
            line.explanation = get_kind_sentence(self.env, line.kind)

    def _get_key(self):
        """Return what makes a difference the same one in another comparison."""
        self.ensure_one()
        return (self.kind, self.attempt_id.id, self.charge_ref or self.payment_id.id)

    @api.model
    def _prepare_vals_list(self, reconciliation, cases, kinds):
        """Return the values of a line for each case."""
        codes = {case.charge.currency for case in cases if case.charge}
        total = self.env["autopay.reconciliation.total"]
        currencies = total._get_currencies(codes)
        moves = self._get_moves([case.attempt["id"] for case in cases if case.attempt])
        return [
            {
                "reconciliation_id": reconciliation.id,
                "kind": kind,
                "is_difference": kind not in AGREEING_KINDS,
                "date": datetime.fromtimestamp(case.charged_at, timezone.utc).replace(
                    tzinfo=None
                ),
                **self._prepare_attempt_vals(case, moves),
                **self._prepare_charge_vals(case, currencies),
                **self._prepare_payment_vals(case),
            }
            for case, kind in zip(cases, kinds, strict=True)
        ]

    def _get_moves(self, attempt_ids):
        """Return {attempt id: id of its first invoice}."""
        groups = self.env["autopay.attempt.line"]._read_group(
            [("attempt_id", "in", attempt_ids)], ["attempt_id"], ["move_id:min"]
        )
        return {attempt.id: move_id for attempt, move_id in groups}

    def _prepare_attempt_vals(self, case, moves):
        row = case.attempt
        if not row:
            return {}
        return {
            "attempt_id": row["id"],
            "attempt_state": row["state"],
            "partner_id": row["partner_id"],
            "move_id": moves.get(row["id"]),
            "object_ref": row["object_ref"],
            "tag": row["tag"],
            "currency_id": row["currency_id"],
            "attempt_amount": row["amount"],
        }

    def _prepare_charge_vals(self, case, currencies):
        charge = case.charge
        if not charge:
            return {}
        currency = currencies[charge.currency]
        places = currency.decimal_places
        amount = from_minor(charge.amount_minor, charge.currency, places)
        own = {} if case.attempt else {"tag": charge.tag, "currency_id": currency.id}
        return {
            "object_ref": charge.object_ref,
            "charge_ref": charge.charge_ref,
            "charge_status": charge.status,
            "charge_currency_id": currency.id,
            "charge_amount": float(amount),
            **own,
        }

    def _prepare_payment_vals(self, case):
        return {
            "payment_id": case.payments[0]["id"] if case.payments else False,
            "payment_count": len(case.payments),
            "payment_amount": sum(row["amount"] for row in case.payments),
        }
