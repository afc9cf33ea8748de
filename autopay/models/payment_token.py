from odoo import api, fields, models

from odoo.addons.payment_stripe.const import (
    PAYMENT_METHODS_MAPPING as STRIPE_METHOD_TYPES,
)

from .. import const


class PaymentToken(models.Model):
    _inherit = "payment.token"

    autopay_expiry_date = fields.Date(
        string="Expires on",
        help="Last day on which the card is valid; empty: it does not expire.",
    )
    autopay_authorization_ids = fields.One2many("autopay.authorization", "token_id")

    # === COMPUTE METHODS === #

    @api.depends_context("autopay_brand")
    def _compute_display_name(self):
        """Override of `payment` to lead with the brand where staff choose a method."""
        res = super()._compute_display_name()
        if self.env.context.get("autopay_brand"):
            for token in self:
                token.display_name = token._get_autopay_label()
        return res

    # === BUSINESS METHODS === #

    def _is_autopay_expired(self, day):
        """Return whether the method can no longer be charged on that date."""
        self.ensure_one()
        return bool(self.autopay_expiry_date and self.autopay_expiry_date < day)

    def _is_autopay_usable(self):
        """Return whether the method carries what its provider needs to be charged."""
        self.ensure_one()
        return self.provider_code != "stripe" or bool(self.stripe_payment_method)

    def _get_autopay_method_type(self):
        """Return the provider's type of method: card, us_bank_account ..."""
        self.ensure_one()
        method = self.payment_method_id.primary_payment_method_id
        code = (method or self.payment_method_id).code
        return STRIPE_METHOD_TYPES.get(code, code)

    def _is_autopay_debit(self):
        """Return whether charges take days to settle (bank debits)."""
        return self._get_autopay_method_type() in const.DEBIT_METHOD_TYPES

    def _get_autopay_refusals(self):
        """Return {token id: date} of the last refusal for good (lost, stolen ...)."""
        refusals = self.env["autopay.attempt"]._read_group(
            [
                ("token_id", "in", self.ids),
                ("state", "=", "declined"),
                ("decline_class", "=", "never"),
            ],
            ["token_id"],
            ["outcome_date:max"],
        )
        return {token.id: date for token, date in refusals}

    def _get_autopay_label(self):
        """Return brand and last four digits, as people know their card."""
        self.ensure_one()
        token = self.sudo()
        return f"{token.payment_method_id.name} {token._build_display_name()}"
