from odoo import fields, models

from ..rights import BILLING_GROUP, PAYMENT_GROUPS


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["autopay.default.guard", "mail.activity"]

    autopay_wait = fields.Char(
        readonly=True,
        index="btree_not_null",
        groups=PAYMENT_GROUPS,
        help="What Autopay waits for; the activity is closed when that has ended.",
    )

    def _check_access(self, operation):
        """Override of `mail`: billing users do the work that waits for a colleague.

        Nobody may write charges, refunds or visits, and Odoo asks for that right.
        """
        result = super()._check_access(operation)
        if not result or operation not in ("write", "unlink"):
            return result
        refused, get_error = result
        refused -= refused._filter_autopay_shared()
        return (refused, get_error) if refused else None

    def _filter_autopay_shared(self):
        """Return those on records of autopay that a billing user may read."""
        shared = self.browse()
        if not self.env.user.has_group(BILLING_GROUP):
            return shared
        for model, activities in self.sudo().grouped("res_model").items():
            if (model or "").startswith("autopay."):
                records = self.env[model].browse(activities.mapped("res_id"))
                ids = set(records._filtered_access("read").ids)
                shared |= activities.filtered(lambda each, ids=ids: each.res_id in ids)
        return shared.with_env(self.env)
