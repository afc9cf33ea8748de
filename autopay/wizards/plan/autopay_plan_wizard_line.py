from odoo import fields, models

from ...fields import Day


class AutopayPlanWizardLine(models.TransientModel):
    """One part of a plan that is being made."""

    _name = "autopay.plan.wizard.line"
    _description = "Part of a New Payment Plan"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "autopay.plan.wizard", required=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=1000)
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    date = Day()
    # A float: what is typed is shown as it is, and refused in words.
    amount = fields.Float(digits=(16, 3))
