from odoo import api, models


class AutopaySavedMethod(models.AbstractModel):
    """Finds the methods that customers have saved otherwise, and mails their consents.

    Providers without a page of their own for it keep Odoo's form. What is saved there
    pays nothing by itself before its owner has agreed to that.
    """

    _name = "autopay.saved.method"
    _description = "Consents to Saved Methods"

    # === QUESTIONS === #

    @api.model
    def _get_ways(self, company, payer):
        """Return the provider with a page for saving methods, and the others that can.

        :return: (``payment.provider``, perhaps empty; other ``payment.provider``)
        """
        opener = self.env["autopay.setup.opener"].sudo()
        found = opener._get_providers(company, payer)
        codes = found._get_autopay_codes("setups")
        others = found.filtered(lambda rec: rec.code not in codes)
        return opener._get_provider(company, payer), others

    @api.model
    def _get_choices(self, company, payer):
        """Return the payer's saved methods that can be charged and are not agreed to.

        A method that a person has paused is no choice.
        """
        saved = payer.with_company(company).autopay_available_token_ids.sudo()
        today = company._get_autopay_today()
        latest = (
            self.env["autopay.authorization"]
            .sudo()
            ._get_latest_by_token(payer, saved, company)
        )
        agreed = saved.filtered(
            lambda token: (
                (consent := latest.get((payer.id, token.id)))
                and not consent.revoked_date
            )
        )
        return (saved - agreed).filtered(
            lambda token: (
                token._is_autopay_usable()
                and token.provider_id._is_autopay_agreeable(None)
                and not token.autopay_paused_date
                and not token._is_autopay_expired(today)
            )
        )

    @api.model
    def _get_waiting(self, company):
        """Return the visits of the user's company whose bank account waits for a code.

        The deposit comes days later, when nobody has the page open any more.
        """
        payer = self.env["autopay.portal"]._get_payer()
        return (
            self.env["autopay.method.setup"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", payer.id),
                    ("company_id", "=", company.id),
                    ("state", "=", "waiting"),
                ]
            )
        )

    # === COPY === #

    @api.model
    def _mail_copy(self, authorization, contact):
        """Have the copy of a consent be mailed, to who gave it.

        :param contact: empty when nobody was logged in
        """
        events = self.env["autopay.notice.event"].sudo()
        events._on_consent(authorization.sudo(), contact)

    @api.model
    def _alert_no_copy(self, authorization, error):
        """Ask a person to look why a customer got no copy of the consent."""
        payer, company = authorization.partner_id, authorization.company_id
        notification = self.env["autopay.notification"]._for_staff(company)
        summary = notification.env._("The copy of a consent could not be sent")
        notification._alert(payer, company, summary, str(error))
