from odoo import models

from ...rights import check_billing


class AutopayPartnerConsent(models.Model):
    """Buttons on a customer's page about the consent to autopay."""

    _inherit = "res.partner"

    # === ACTION METHODS === #

    def action_autopay_set_up(self):
        """Ask how the customer agreed, and choose the method that pays."""
        self.ensure_one()
        action = self._get_autopay_consent_action(
            self.env.company, self.env["payment.token"], self.env._("Set Up Autopay")
        )
        action["context"]["default_is_default"] = True
        return action

    def action_autopay_clear_method(self):
        """Let no method pay the customer's invoices by default; consents stay."""
        check_billing(self)
        self.check_access("read")
        payers = self.commercial_partner_id.filtered("autopay_token_id")
        for payer in payers.sudo():
            method = payer.autopay_token_id._get_autopay_label()
            payer.autopay_token_id = False
            payer._message_log(
                body=self.env._("%s no longer pays the invoices automatically.", method)
            )

    # === BUSINESS METHODS === #

    def _get_autopay_consent_action(self, company, token, name):
        """Return what opens the dialog that records how this customer agreed.

        :param company: who may charge
        :param token: the ``payment.token`` that may be charged; empty: to be chosen
        :param str name: the title of the dialog
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_consent_wizard_action"
        )
        payer = self.commercial_partner_id
        context = {
            "default_partner_id": payer.id,
            "default_company_id": company.id,
            "dialog_size": "large",
        }
        saved = payer.sudo().with_company(company).autopay_available_token_ids
        if token in saved:
            context["default_token_id"] = token.id
        return {**action, "name": name, "display_name": name, "context": context}

    def _log_autopay_consent(self, authorization, is_default):
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

    def _set_autopay_policy(self, policy):
        """Have another policy hold for the customer in the company, and say so.

        Who records a consent may choose it, though not edit contacts.

        :param policy: a key of ``const.POLICIES``, or False: as the company does
        """
        self.ensure_one()
        payer = self.sudo()
        if (payer.autopay_policy or False) == (policy or False):
            return
        payer.autopay_policy = policy
        labels = dict(self._fields["autopay_policy"]._description_selection(self.env))
        payer._message_log(
            body=self.env._(
                "Autopay policy: %s",
                labels.get(policy) or self.env._("Company default"),
            )
        )

    def _needs_autopay_consent(self):
        """Return whether no consent was just recorded to the chosen method.

        Whatever a context says, the consent must be there.
        """
        recorded_id = self.env.context.get("autopay_recorded")
        recorded = self.sudo().autopay_authorization_ids.filtered(
            lambda rec: rec.id == recorded_id and not rec.revoked_date
        )
        return self.autopay_token_id not in recorded.token_id
