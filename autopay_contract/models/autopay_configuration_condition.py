from odoo import fields, models


class AutopayConfigurationCondition(models.Model):
    _inherit = "autopay.configuration.condition"

    contract_ids = fields.Many2many(
        "contract.contract",
        string="Contracts",
        domain="[('contract_type', '=', 'sale'), ('company_id', '=', company_id), '|',"
        " ('partner_id', 'child_of', partner_id),"
        " ('invoice_partner_id', 'child_of', partner_id)]",
    )
