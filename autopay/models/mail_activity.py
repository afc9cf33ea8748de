from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    autopay_wait = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="What Autopay waits for; the activity is closed when that has ended.",
    )
