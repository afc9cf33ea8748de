from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ... import const
from ...rights import BILLING_GROUP

# Fields that decide to which company a contact belongs.
PAYER_FIELDS = {"parent_id", "is_company"}

# The companies in which autopay has to do with a contact.
STAKES = """
    SELECT partner_id, company_id FROM account_move
     WHERE autopay_status IN %(statuses)s AND partner_id IN %(partners)s
    UNION SELECT t.partner_id, p.company_id
      FROM payment_token t JOIN payment_provider p ON p.id = t.provider_id
     WHERE t.active AND t.partner_id IN %(partners)s
    UNION SELECT partner_id, company_id FROM autopay_authorization
     WHERE revoked_date IS NULL AND partner_id IN %(partners)s
    UNION SELECT partner_id, company_id FROM autopay_configuration
     WHERE partner_id IN %(partners)s
    UNION SELECT partner.id, policy.key::int
      FROM res_partner partner, jsonb_each(partner.autopay_policy) policy
     WHERE policy.value NOT IN ('null', 'false') AND partner.id IN %(partners)s
    UNION SELECT partner.id, token.key::int
      FROM res_partner partner, jsonb_each(partner.autopay_token_id) token
     WHERE token.value NOT IN ('null', 'false') AND partner.id IN %(partners)s
"""
STAKE_FIELDS = {
    "account.move": ["autopay_status", "partner_id", "company_id"],
    "payment.token": ["active", "partner_id", "provider_id"],
    "autopay.authorization": ["revoked_date", "partner_id", "company_id"],
    "autopay.configuration": ["partner_id", "company_id"],
    "res.partner": ["autopay_policy", "autopay_token_id", "parent_id", "is_company"],
}


class AutopayPartnerGuard(models.Model):
    """Leaves it to billing users who pays the invoices of a contact.

    A contact that is put under a company, or merged into another one, has its invoices
    paid by that one. Ordinary contacts, with which autopay has nothing to do, are moved
    by everybody as before.
    """

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _check_autopay_move(self, vals):
        """Let only billing users decide who pays.

        :return: the contacts that get another payer with these values, and what is at
            stake, see ``_check_autopay_payer``
        :raises AccessError: when the user may not decide who pays
        """
        moved = self._get_autopay_moved(vals)
        if not moved:
            return moved, {}
        contacts = moved._get_autopay_family()
        payers = moved._get_autopay_new_payers(vals)
        return moved, contacts._check_autopay_payer(payers)

    def _get_autopay_moved(self, vals):
        """Return the contacts that get another payer with these values."""
        if not PAYER_FIELDS & vals.keys():
            return self.browse()
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return self.browse()
        moved = self.sudo().filtered(
            lambda partner: (
                partner._get_autopay_new_payers(vals) != partner.commercial_partner_id
            )
        )
        return moved.with_env(self.env)

    def _get_autopay_new_payers(self, vals):
        """Return who pays for these contacts once they have these values."""
        payers = self.browse()
        for partner in self.sudo():
            parent = self.sudo().browse(vals.get("parent_id", partner.parent_id.id))
            alone = vals.get("is_company", partner.is_company) or not parent
            payers |= partner if alone else parent.commercial_partner_id
        return payers

    def _get_autopay_family(self):
        """Return these contacts, and those under them that have the same payer."""
        payers = self.sudo().commercial_partner_id
        relatives = self._get_autopay_relatives().sudo()
        family = relatives.filtered(lambda rec: rec.commercial_partner_id in payers)
        return family.with_env(self.env)

    def _get_autopay_relatives(self):
        """Return these contacts and all that are under them."""
        everybody = self.sudo().with_context(active_test=False)
        return everybody.search([("id", "child_of", self.ids)]).with_env(self.env)

    def _find_autopay_stakes(self):
        """Return {company: contacts} with which autopay has to do."""
        if not self:
            return {}
        for model, names in STAKE_FIELDS.items():
            self.env[model].flush_model(names)
        query = SQL(
            STAKES, statuses=const.invoice.OPEN_STATUSES, partners=tuple(self.ids)
        )
        stakes = {}
        for partner_id, company_id in self.env.execute_query(query):
            stakes.setdefault(company_id, []).append(partner_id)
        companies = self.env["res.company"].sudo().browse(stakes).exists()
        return {
            company: self.sudo().browse(stakes[company.id])
            for company in companies.filtered("autopay_enabled")
        }

    def _check_autopay_payer(self, payers):
        """Let only billing users give these contacts other payers.

        :param payers: who would pay; contacts with invoices do not go to one that is
            on autopay, either
        :return: {company: contacts} with which autopay has to do
        :raises AccessError: when the user may not decide that
        """
        stakes = self._find_autopay_stakes()
        user = self.env.user
        if self.env.su or user.has_group(BILLING_GROUP):
            return stakes
        theirs = (payers - self)._find_autopay_stakes()
        if stakes or (theirs and self._has_autopay_invoices()):
            raise AccessError(
                self.env._(
                    "Autopay collects invoices here, and this would change who pays "
                    "them. Ask somebody of billing to do it."
                )
            )
        return stakes

    def _has_autopay_invoices(self):
        invoices = self.env["account.move"].sudo()
        return bool(invoices.search_count([("partner_id", "in", self.ids)], limit=1))

    def _settle_autopay_move(self, moved, stakes):
        """Take away what contacts may do no more who have another payer now.

        :param dict stakes: {company: contacts} with which autopay has to do
        """
        moved._settle_autopay_portal_rights()
        if stakes:
            self._alert_autopay_moved(moved, stakes)

    def _alert_autopay_moved(self, moved, stakes):
        """Ask the person in charge to look at contacts that have another payer."""
        judged = ["autopay_readiness", "autopay_readiness_text"]
        self.env["res.partner"].invalidate_model(judged)
        for company, contacts in stakes.items():
            for partner in moved:
                concerned = contacts & partner._get_autopay_family()
                if concerned or partner in contacts:
                    partner._alert_autopay_payer(company)

    def _alert_autopay_payer(self, company):
        summary = self.env._(
            "Confirm who pays for %s: the contact was moved or merged",
            self.display_name,
        )
        note = self.env._(
            "Invoices that were on autopay are not collected until somebody confirms "
            "on them who pays. Payment methods that were saved before pay for nobody "
            "else; choose others where they were in use."
        )
        self.env["autopay.notification"].sudo()._alert(
            self, company.sudo(), summary, note
        )
