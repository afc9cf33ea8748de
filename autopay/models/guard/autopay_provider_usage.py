from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.payment import utils as payment_utils

from ...const.invoice import KNOWN_PREFETCH
from ...const.methods.provider import USAGES, VERDICTS
from ...words.providers import get_report_reason, get_usage_words


class AutopayProviderUsage(models.Model):
    """Says what a provider is for, where a company has several side by side.

    Odoo's availability report, which staff read under a payment form, tells of it.
    """

    _name = "payment.provider"
    _inherit = ["payment.provider", "autopay.scope"]

    autopay_shown = fields.Boolean(
        compute="_compute_autopay_shown",
        groups="base.group_system",
        help="Whether autopay is on in the company or a branch of it.",
    )
    autopay_usage = fields.Selection(
        USAGES,
        string="Used for",
        default="both",
        required=True,
        groups="base.group_system",
        help="Autopay only: customers can save methods here, and are not offered the "
        "provider when they pay an invoice, an order or a link themselves.\n"
        "One-time payments only: customers pay here themselves, and nobody can agree "
        "to autopay with a method of it any more. Whoever has agreed before goes on "
        "being charged: a consent keeps its provider.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_stops_consents = fields.Boolean(
        string="Stop Charging Saved Methods",
        groups="base.group_system",
        help="Customers who have agreed to autopay through this provider are charged "
        "no more, and their invoices say why, until another method pays. Unticked, "
        "what they have agreed to goes on.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_usage_words = fields.Char(
        compute="_compute_autopay_usage_words", groups="base.group_system"
    )

    autopay_verdict = fields.Selection(
        list(VERDICTS),
        string="Autopay Can Use It",
        compute="_compute_autopay_verdict",
        groups="base.group_system",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "support_tokenization",
        "allow_tokenization",
        "capture_manually",
        "autopay_usage",
    )
    def _compute_autopay_verdict(self):
        for provider in self:
            problems = (
                ("unsupported", not provider.support_tokenization),
                ("disabled", provider.state == "disabled"),
                ("not_saving", not provider.allow_tokenization),
                ("manual", provider.capture_manually),
                ("one_time", provider.autopay_usage == "one_time"),
                ("test", provider.state == "test"),
            )
            found = (code for code, holds in problems if holds)
            provider.autopay_verdict = next(found, "ready")

    @api.depends("company_id.autopay_enabled")
    def _compute_autopay_shown(self):
        for provider in self:
            company = provider.company_id
            provider.autopay_shown = company and company._is_autopay_used()

    @api.depends_context("lang")
    @api.depends("autopay_usage", "autopay_stops_consents")
    def _compute_autopay_usage_words(self):
        for provider in self:
            payers = provider._origin._get_autopay_agreed_payers()
            provider.autopay_usage_words = get_usage_words(self.env, provider, payers)

    # === CONSTRAINT METHODS === #

    @api.constrains("autopay_usage")
    def _check_autopay_usage(self):
        """Keep the provider that companies have chosen for new consents."""
        chosen = self.filtered(lambda rec: rec.autopay_usage == "one_time")
        companies = self.env["res.company"].sudo()
        company = chosen and companies.search(
            [("autopay_provider_id", "in", chosen.ids)], limit=1
        )
        if company:
            raise ValidationError(
                self.env._(
                    "%(provider)s is the provider for new consents in %(company)s: "
                    "choose another one in the settings there first.",
                    provider=company.autopay_provider_id.name,
                    company=company.name,
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_compatible_providers(
        self, company_id, *args, is_validation=False, report=None, **kwargs
    ):
        """Override of `payment` to offer each provider for what it is for.

        A method that is saved without paying anything is saved for later charges.
        """
        found = super()._get_compatible_providers(
            company_id, *args, is_validation=is_validation, report=report, **kwargs
        )
        if company_id not in self.env["res.company"]._get_autopay_known_ids():
            return found
        company = self.env["res.company"].sudo().browse(company_id)
        if not company.autopay_enabled:
            return found
        unfit = "one_time" if is_validation else "autopay"
        others = found.filtered(lambda rec: rec.sudo().autopay_usage == unfit)
        reason = get_report_reason(self.env, unfit)
        payment_utils.add_to_report(report, others, available=False, reason=reason)
        return found - others

    def _prefer_autopay_default(self, company):
        """Return the company's provider for new consents, if it is one of these.

        Where a customer cannot use it (country, currency, switched off), any of these
        will do.
        """
        return company.sudo().autopay_provider_id.with_env(self.env) & self or self

    def _is_autopay_fit(self, operation):
        """Return whether the provider is for such an operation of a customer's.

        :param str operation: of a ``payment.transaction``
        """
        usage = self.sudo().autopay_usage
        if operation == "validation":
            return usage != "one_time"
        return usage != "autopay" or not (operation or "").startswith("online_")

    def _is_autopay_agreeable(self, authorization):
        """Return whether a customer may be charged here, as far as the usage goes.

        :param authorization: the latest consent, perhaps revoked or none
        """
        provider = self.sudo()
        if provider.autopay_usage != "one_time":
            return True
        in_force = bool(authorization) and not authorization.revoked_date
        return in_force and not provider.autopay_stops_consents

    def _get_autopay_agreed_payers(self):
        """Return the customers whose consent to a method saved here is in force."""
        if not self._filter_autopay_known():
            return self.env["res.partner"]
        consents = self.env["autopay.authorization"].sudo()
        in_force = [
            ("token_id.provider_id", "in", self.ids),
            ("token_id.active", "=", True),
            ("revoked_date", "=", False),
        ]
        rows = consents._read_group(in_force, ["partner_id"])
        return self.env["res.partner"].union(*(payer for (payer,) in rows))
