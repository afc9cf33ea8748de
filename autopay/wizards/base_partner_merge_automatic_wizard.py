from odoo import models
from odoo.exceptions import AccessError

from ..const.invoice import OPEN_STATUSES
from ..rights import MANAGER_GROUP


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Override of `base` to keep order and consents of autopay.

        Configurations of the contacts that go away are tried after those of the one
        that stays; what is locked is not overtaken by others. What was agreed with the
        contacts that go away, and their invoices on autopay, wait for a person: nobody
        pays for others because two contacts were merged.

        :raises AccessError: when the user may not decide who pays
        """
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return super()._merge(partner_ids, dst_partner, extra_checks)
        partners = self.env["res.partner"].browse(partner_ids).exists()
        partners._get_autopay_relatives()._check_autopay_payer(partners.browse())
        before = self._get_autopay_payers(partners)
        configurations = (
            self.env["autopay.configuration"]
            .sudo()
            .search([("partner_id", "in", partners.ids)])
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
        self._hold_autopay_merged(*before)
        return res

    def _get_autopay_payers(self, partners):
        """Return {invoice: payer id} and {consent: (customer id, name)} before."""
        relatives = partners._get_autopay_relatives()
        moves = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", relatives.ids),
                    # A collected invoice may be open again.
                    ("autopay_status", "!=", False),
                ]
            )
        )
        consents = (
            self.env["autopay.authorization"]
            .sudo()
            .search([("partner_id", "in", partners.ids), ("revoked_date", "=", False)])
        )
        return (
            {move: move.partner_id.commercial_partner_id.id for move in moves},
            {rec: (rec.partner_id.id, rec.partner_id.display_name) for rec in consents},
        )

    def _hold_autopay_merged(self, payers, givers):
        """Have a person confirm what pays for another customer than before.

        :param dict payers: {invoice: payer id} before the merge
        :param dict givers: {consent: (customer id, name)} before the merge
        """
        self.env["account.move"].union(*payers).invalidate_recordset()
        consents = self.env["autopay.authorization"].union(*givers)
        consents.invalidate_recordset()
        moves = self.env["account.move"].union(
            *(
                move
                for move, payer_id in payers.items()
                if move.partner_id.commercial_partner_id.id != payer_id
            )
        )
        moves._write_autopay_payer(self.env["res.partner"])
        moved = consents.filtered(lambda rec: rec.partner_id.id != givers[rec][0])
        moved._revoke_merged({rec: givers[rec][1] for rec in moved})
        waiting = moves.filtered(lambda move: move.autopay_status in OPEN_STATUSES)
        for record in (*waiting, *moved):
            payer = record.partner_id.commercial_partner_id
            payer._alert_autopay_payer(record.company_id)

    def _check_autopay_locks(self, configurations):
        """Leave locked configurations to those who may unlock them.

        :raises AccessError: when the user may not, and there is one
        """
        locked = configurations.filtered("locked")
        if locked and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "%s has locked payment rules: only billing managers may merge "
                    "this contact.",
                    locked[0].partner_id.display_name,
                )
            )
