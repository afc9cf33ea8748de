from odoo import models
from odoo.fields import Domain

from ...const.engine import OWN_FIELDS_CONTEXT


class AutopaySetupUses(models.AbstractModel):
    """Puts a newly saved method in the place of another one."""

    _name = "autopay.setup.uses"
    _description = "Uses of a Replaced Method"

    def _replace_same(self, setup):
        """Put the method in the place of the same card or account saved before.

        The new one has the newest expiry date and mandate. What was agreed about the
        old one goes on: it is the same card.
        """
        token = setup.token_id
        if not token.autopay_fingerprint:
            return
        payer = setup.partner_id
        for old in self._get_same(token, payer):
            for company in self._get_companies(old, payer):
                self._carry_over(old, token, company, setup)
                self._replace(old, token, company)

    def _get_same(self, token, payer):
        """Return the payer's other saved methods that are the same card or account."""
        return self.env["payment.token"].search(
            [
                ("id", "!=", token.id),
                ("provider_id", "=", token.provider_id.id),
                ("autopay_fingerprint", "=", token.autopay_fingerprint),
                ("partner_id.commercial_partner_id", "=", payer.id),
            ]
        )

    def _get_companies(self, token, payer):
        """Return the companies in which something may be paid with a method."""
        companies = self.env["res.company"].search(
            [("id", "child_of", token.company_id.id), ("autopay_known", "=", True)]
        )
        return companies | token.company_id

    def _carry_over(self, old, token, company, setup):
        """Record for the new method what was agreed about the old one."""
        authorizations = self.env["autopay.authorization"]
        payer = setup.partner_id
        latest = authorizations._get_latest_by_token(payer, old | token, company)
        agreed = latest.get((payer.id, old.id))
        known = latest.get((payer.id, token.id))
        if not agreed or agreed.revoked_date or known:
            return
        authorizations._record(
            payer,
            company,
            token,
            setup.channel,
            text=agreed.text,
            lang=agreed.lang,
            agreed_date=agreed.agreed_date,
            ip_address=setup.ip_address,
            user_agent=setup.user_agent,
            user_id=setup.user_id.id or self.env.uid,
            currency_id=agreed.currency_id.id,
            max_amount=agreed.max_amount,
            max_month_amount=agreed.max_month_amount,
        )

    def _replace(self, old, token, company):
        """Let a method pay what another one pays in a company; archive that one.

        Without a consent to it, it pays nothing. What is locked keeps its method, and
        the method is kept for it.
        """
        payer = token.partner_id.commercial_partner_id
        authorization = self._get_in_force(token, payer, company)
        if authorization:
            self._move_uses(old, token, authorization)
        self._archive_unused(old, payer)

    def _get_in_force(self, token, payer, company):
        authorizations = self.env["autopay.authorization"]
        latest = authorizations._get_latest_by_token(payer, token, company)
        found = latest.get((payer.id, token.id), authorizations)
        return found.filtered(lambda rec: not rec.revoked_date)

    def _move_uses(self, old, token, authorization):
        company = authorization.company_id
        own = authorization.partner_id.with_company(company)
        if own.autopay_token_id == old:
            own = own.with_context(autopay_recorded=authorization.id)
            own.autopay_token_id = token
        # A method that has moved to another customer since may pay for that one, too.
        self._get_configurations(old, company).filtered(
            lambda rec: not rec.locked and rec.partner_id == own
        ).write({"token_id": token.id})
        moves = self._get_invoices(old, company).filtered(
            lambda move: move.commercial_partner_id == own
        )
        moves.with_context(**OWN_FIELDS_CONTEXT).autopay_token_id = token

    def _get_configurations(self, token, company):
        return self.env["autopay.configuration"].search(
            [("token_id", "=", token.id), ("company_id", "=", company.id)]
        )

    def _get_invoices(self, token, company):
        """Return the open invoices that name a method and are not being collected."""
        moves = self.env["account.move"]
        own = Domain(
            [("company_id", "=", company.id), ("autopay_token_id", "=", token.id)]
        )
        free = Domain("autopay_attempt_line_ids", "not any", [("live", "=", True)])
        return moves.search(own & free & moves._get_autopay_open_domain())

    def _archive_unused(self, token, payer):
        """Archive a method that nothing names any more."""
        used = any(
            payer.with_company(company).autopay_token_id == token
            or self._get_configurations(token, company)
            for company in self._get_companies(token, payer)
        )
        if not used:
            token.active = False
