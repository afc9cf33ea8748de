from collections import defaultdict

from odoo import api, fields, models


class AutopayDryRunTotal(models.Model):
    """The sum that would be charged for one company, by one provider, on one day."""

    _name = "autopay.dry.run.total"
    _inherit = "autopay.default.guard"
    _description = "Total of a Charge Preview"
    _order = "dry_run_id desc, company_id, provider_id, date, currency_id"
    _rec_name = "date"

    dry_run_id = fields.Many2one(
        "autopay.dry.run",
        string="Charge Preview",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    provider_id = fields.Many2one(
        "payment.provider", readonly=True, ondelete="set null"
    )
    date = fields.Date(string="Day", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    charge_count = fields.Integer(string="Charges", readonly=True)
    amount = fields.Monetary(readonly=True)

    @api.model
    def _prepare_vals_list(self, lines):
        """Return the totals of the lines of charges, as values.

        :param list lines: values of ``autopay.dry.run.line``
        """
        names = ("company_id", "provider_id", "date", "currency_id")
        groups = defaultdict(list)
        for line in lines:
            if line["result"] == "charge":
                groups[tuple(line[name] for name in names)].append(line["amount"])
        return [
            {
                **dict(zip(names, key, strict=True)),
                "charge_count": len(amounts),
                "amount": sum(amounts),
            }
            for key, amounts in groups.items()
        ]
