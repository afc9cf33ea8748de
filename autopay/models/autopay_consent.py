from odoo import models

from ..rights import check_billing


class AutopayConsent(models.AbstractModel):
    """Buttons on a customer's page about the consent to autopay."""

    _name = "autopay.consent"
    _description = "Consent of a Customer"

    # === ACTION METHODS === #

    def action_autopay_set_up(self):
        """Ask how the customer agreed, and choose the method that pays."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_consent_wizard_action"
        )
        context = {
            "default_partner_id": self.commercial_partner_id.id,
            "default_company_id": self.env.company.id,
            "default_is_default": True,
            "dialog_size": "large",
        }
        return {**action, "name": self.env._("Set Up Autopay"), "context": context}

    def action_autopay_clear_method(self):
        """Let no method pay the customer's invoices by default; consents stay."""
        check_billing(self)
        self.check_access("read")
        payers = self.commercial_partner_id.filtered("autopay_token_id")
        for payer in payers.sudo():
            method = payer.autopay_token_id._get_autopay_label()
            payer.autopay_token_id = False
            payer._message_log(
                body=self.env._("%s no longer pays the invoices by itself.", method)
            )

    # === BUSINESS METHODS === #

    def _note_autopay_consent(self, authorization, is_default):
        """Tell staff of a consent that was recorded, and let its method pay.

        Who records it may choose the method, though not edit contacts.

        :param authorization: the ``autopay.authorization``
        :param bool is_default: whether its method becomes the Autopay Token
        """
        self.ensure_one()
        payer = self.sudo().with_company(authorization.company_id)
        payer._message_log(body=authorization.text)
        if is_default:
            recorded = payer.with_context(autopay_recorded=authorization.id)
            recorded.autopay_token_id = authorization.token_id

    def _needs_autopay_consent(self):
        """Return whether no consent was just recorded to the chosen method.

        Whatever a context says, the consent must be there.
        """
        recorded_id = self.env.context.get("autopay_recorded")
        recorded = self.sudo().autopay_authorization_ids.filtered(
            lambda rec: rec.id == recorded_id and not rec.revoked_date
        )
        return self.autopay_token_id not in recorded.token_id
