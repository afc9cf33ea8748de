from odoo import api, fields, models

from ...gateways.money import from_minor


class AutopayReconciliationTotal(models.Model):
    """Totals of attempts, charges and payments in one currency."""

    _name = "autopay.reconciliation.total"
    _inherit = "autopay.default.guard"
    _description = "Total of a Reconciliation of Charges"
    _order = "currency_id"

    reconciliation_id = fields.Many2one(
        "autopay.reconciliation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    attempts = fields.Monetary(
        string="Ours", readonly=True, help="What our charges say was taken."
    )
    charges = fields.Monetary(
        string="The Provider's", readonly=True, help="What the provider says it took."
    )
    payments = fields.Monetary(readonly=True, help="What the books say was received.")
    difference = fields.Monetary(
        compute="_compute_difference",
        help="The provider's charges, else our own, less payments.",
    )

    @api.depends("attempts", "charges", "payments", "reconciliation_id.provider_asked")
    def _compute_difference(self):
        for total in self:
            asked = total.reconciliation_id.provider_asked
            taken = total.charges if asked else total.attempts
            total.difference = taken - total.payments

    @api.model
    def _prepare_vals_list(self, reconciliation, sums):
        """Return a total for each currency.

        :param sums: {currency code: {side: amount}}; ``charges_minor`` in minor units
        """
        currencies = self._get_currencies(sums)
        vals_list = []
        for code, sides in sums.items():
            currency = currencies[code]
            minor = sides["charges_minor"]
            charged = from_minor(minor, code, currency.decimal_places)
            vals_list.append(
                {
                    "reconciliation_id": reconciliation.id,
                    "currency_id": currency.id,
                    "attempts": sides["attempts"],
                    "charges": float(charged),
                    "payments": sides["payments"],
                }
            )
        return vals_list

    @api.model
    def _get_currencies(self, codes):
        """Return {lower-case code: currency}; the company's where Odoo has none."""
        names = [code.upper() for code in codes]
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "in", names)])
        by_code = {currency.name.lower(): currency for currency in found}
        return {code: by_code.get(code, self.env.company.currency_id) for code in codes}
