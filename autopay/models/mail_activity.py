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
        for activity in self.sudo():
            if (activity.res_model or "").startswith("autopay."):
                record = self.env[activity.res_model].browse(activity.res_id)
                if record.has_access("read"):
                    shared |= activity.with_env(self.env)
        return shared
