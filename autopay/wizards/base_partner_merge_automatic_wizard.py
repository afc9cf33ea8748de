from odoo import models
from odoo.exceptions import AccessError

from ..rights import MANAGER_GROUP


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Override of `base` to keep order and consents of autopay.

        Configurations of the contacts that go away are tried after those of the one
        that stays; what is locked is not overtaken by others. Authorizations move as
        they are: a method that comes along is not authorized by that.
        """
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return super()._merge(partner_ids, dst_partner, extra_checks)
        configurations = (
            self.env["autopay.configuration"]
            .sudo()
            .search([("partner_id", "in", list(partner_ids))])
        )
        self._check_autopay_locks(configurations)
        owners = {rec: rec.partner_id.id for rec in configurations}
        merging = self.with_context(autopay_merge=True)
        res = super(BasePartnerMergeAutomaticWizard, merging)._merge(
            partner_ids,
            dst_partner and dst_partner.with_context(autopay_merge=True),
            extra_checks,
        )
        configurations.invalidate_recordset()
        moved = configurations.filtered(lambda rec: rec.partner_id.id != owners[rec])
        moved._put_last()
        return res

    def _check_autopay_locks(self, configurations):
        """Leave locked configurations to those who may unlock them.

        :raises AccessError: when the user may not, and there is one
        """
        locked = configurations.filtered("locked")
        if locked and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "%s has locked autopay configurations: only billing managers may "
                    "merge this contact.",
                    locked[0].partner_id.display_name,
                )
            )
