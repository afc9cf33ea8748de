from odoo import api, fields, models

from ...const.invoice import OWN_PREFETCH
from ...const.portal import PORTAL_RIGHTS
from ...rights import STAFF_GROUPS


class AutopayPartnerPortal(models.Model):
    """Says which contacts of a customer may change how it pays."""

    _inherit = "res.partner"

    autopay_portal_right = fields.Selection(
        PORTAL_RIGHTS,
        copy=False,
        tracking=True,
        groups=STAFF_GROUPS,
        help="Empty: the company itself and its first portal user may change it.",
        prefetch=OWN_PREFETCH,
    )
    autopay_portal_manager = fields.Boolean(
        string="May Change Autopay in the Portal",
        compute="_compute_autopay_portal_manager",
        inverse="_inverse_autopay_portal_manager",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="All portal users of a customer see what is charged. This one may also "
        "choose the payment method, agree to autopay, skip and move charges.",
    )

    @api.depends("autopay_portal_right", "commercial_partner_id")
    def _compute_autopay_portal_manager(self):
        undecided = self.filtered(lambda rec: not rec.autopay_portal_right)
        for partner in self - undecided:
            partner.autopay_portal_manager = partner.autopay_portal_right == "change"
        own = undecided.filtered(lambda rec: rec == rec.commercial_partner_id)
        own.autopay_portal_manager = True
        contacts = undecided - own
        # Most customers are their own contact: of them there is nothing to look up.
        first = contacts and contacts._get_first_portal_contacts()
        for contact in contacts:
            payer = contact.commercial_partner_id
            contact.autopay_portal_manager = contact == first.get(payer)

    def _inverse_autopay_portal_manager(self):
        for partner in self:
            right = "change" if partner.autopay_portal_manager else "read"
            partner.autopay_portal_right = right

    def action_view_autopay_portal_contacts(self):
        """Open the contacts of this customer that see its pages in the portal."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.res_partner_action_portal_contacts"
        )
        domain = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id),
            ("user_ids.share", "=", True),
        ]
        return {**action, "domain": domain}

    def _settle_autopay_portal_rights(self):
        """Have contacts who came to another customer only look, until staff decide.

        A right was given for the customer they had. Nor is the oldest account the first
        one of a customer that has others, whose right stays what it was.
        """
        everybody = self._get_autopay_relatives().sudo().with_context(active_test=False)
        newcomers = everybody.filtered(
            lambda contact: contact.user_ids or contact.autopay_portal_right
        ).with_env(self.sudo().env)
        first = newcomers._get_first_portal_contacts(besides=newcomers)
        for contact in newcomers:
            payer = contact.commercial_partner_id
            is_others = contact != payer and payer in first
            contact.autopay_portal_right = "read" if is_others else False
        for payer, contact in first.items():
            if contact != payer and not contact.autopay_portal_right:
                contact.autopay_portal_right = "change"

    def _get_first_portal_contacts(self, besides=()):
        """Return {customer: the contact that got the oldest of its portal users}.

        :param besides: contacts that do not count
        """
        payers = self.commercial_partner_id
        users = self.env["res.users"].search(
            [
                ("partner_id.commercial_partner_id", "in", payers.ids),
                ("partner_id", "not in", [contact.id for contact in besides]),
                ("share", "=", True),
            ],
            order="id desc",
        )
        return {
            user.partner_id.commercial_partner_id: user.partner_id for user in users
        }
