from odoo import fields, models

from ..rights import PAYMENT_GROUPS


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["autopay.default.guard", "mail.activity"]

    autopay_wait = fields.Char(
        readonly=True,
        index="btree_not_null",
        groups=PAYMENT_GROUPS,
        help="What Autopay waits for; the activity is closed when that has ended.",
    )
