from odoo import fields, models


class AutopayConfigurationCondition(models.Model):
    _inherit = "autopay.configuration.condition"

    sale_order_ids = fields.Many2many(
        "sale.order",
        string="Sales Orders",
        domain="[('company_id', 'child_of', company_id), '|',"
        " ('partner_id', 'child_of', partner_id),"
        " ('partner_invoice_id', 'child_of', partner_id)]",
    )
    sale_tag_ids = fields.Many2many("crm.tag", string="Sales Order Tags")
