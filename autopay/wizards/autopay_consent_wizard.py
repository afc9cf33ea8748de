import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..fields import Day
from ..models.decision.facts import TRIAL_CONSENT, TrialConsent
from ..rights import check_billing
from ..words.authorizations import get_staff_text
from ..words.consents import get_preview_text


class AutopayConsentWizard(models.TransientModel):
    """Asks how a customer agreed to be charged, and says what that sets in motion."""

    _name = "autopay.consent.wizard"
    _description = "Record a Consent to Autopay"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        domain="[('id', 'in', allowed_company_ids)]",
    )
    available_token_ids = fields.Many2many(
        "payment.token", compute="_compute_available_token_ids", compute_sudo=True
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        compute="_compute_token_id",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    channel = fields.Selection(
        const.authorization.CONSENT_CHANNELS,
        string="How the Customer Agreed",
        help="Nobody may be charged who has not agreed.",
    )
    agreed_date = Day(
        string="Agreed on", default=lambda self: self.env.company._get_autopay_today()
    )
    document = fields.Binary(
        string="Scan",
        help="The signed paper, or the message in which the customer agreed.",
    )
    document_name = fields.Char()
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    max_amount = fields.Monetary(
        string="Limit per Charge",
        compute="_compute_limits",
        store=True,
        readonly=False,
        help="The most that one charge may take; zero: no limit.",
    )
    max_month_amount = fields.Monetary(
        string="Limit per Month",
        compute="_compute_limits",
        store=True,
        readonly=False,
        help="The most that is charged with the method in a calendar month; zero: no "
        "limit.",
    )
    is_default = fields.Boolean(
        string="Pay this customer's invoices with it",
        help="Makes it the customer's default payment method. Otherwise it pays "
        "only what names it: invoices and payment rules.",
    )
    policy = fields.Selection(
        const.invoice.POLICIES,
        compute="_compute_policy",
        store=True,
        readonly=False,
        help="Which of this customer's invoices come onto autopay. Empty: the "
        "company's default.",
    )
    shown_policy = fields.Selection(
        const.invoice.POLICIES,
        compute="_compute_shown_policy",
        store=True,
        readonly=False,
        help="The customer's policy when it was proposed: it is compared with the one "
        "at the click.",
    )
    is_ruled = fields.Boolean(compute="_compute_is_ruled", compute_sudo=True)
    text = fields.Text(string="What Is Recorded", compute="_compute_text")
    preview = fields.Text(
        string="What Will Be Charged",
        compute="_compute_preview",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="As it was shown: it is compared with what holds at the click.",
    )
    is_outdated = fields.Boolean(
        readonly=True, help="What will be charged has changed since it was shown."
    )
    authorization_id = fields.Many2one(
        "autopay.authorization", readonly=True, ondelete="set null"
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    def _compute_available_token_ids(self):
        for wizard in self:
            payer = wizard.partner_id.commercial_partner_id
            wizard.available_token_ids = payer.with_company(
                wizard.company_id or self.env.company
            ).autopay_available_token_ids

    @api.depends("available_token_ids")
    def _compute_token_id(self):
        """Propose a method when there is only one."""
        for wizard in self:
            saved = wizard.available_token_ids._origin
            if wizard.token_id._origin not in saved:
                wizard.token_id = saved if len(saved) == 1 else False

    @api.depends("company_id", "partner_id", "token_id")
    def _compute_currency_id(self):
        for wizard in self:
            last = wizard._get_last_limits()
            currency = self.env["res.currency"].browse(last.get("currency_id"))
            wizard.currency_id = currency or wizard.company_id.currency_id

    @api.depends("company_id", "partner_id", "token_id")
    def _compute_limits(self):
        """Propose the limits of the last consent to the method."""
        for wizard in self:
            last = wizard._get_last_limits()
            wizard.max_amount = last.get("max_amount", 0.0)
            wizard.max_month_amount = last.get("max_month_amount", 0.0)

    @api.depends("partner_id", "company_id")
    def _compute_policy(self):
        """Propose what holds for the customer already."""
        for wizard in self:
            wizard.policy = wizard._get_payer().autopay_policy

    @api.depends("partner_id", "company_id")
    def _compute_shown_policy(self):
        for wizard in self:
            wizard.shown_policy = wizard._get_payer().autopay_policy

    @api.depends("partner_id", "company_id")
    def _compute_is_ruled(self):
        choices = self.env["autopay.configuration.choice"]
        for wizard in self:
            payer = wizard.partner_id._origin.commercial_partner_id
            wizard.is_ruled = bool(choices._get_lists(wizard.company_id, payer))

    @api.depends(
        "partner_id",
        "company_id",
        "token_id",
        "channel",
        "agreed_date",
        "max_amount",
        "max_month_amount",
    )
    def _compute_text(self):
        for wizard in self:
            complete = wizard.channel and wizard.agreed_date and wizard._is_chosen()
            wizard.text = complete and get_staff_text(self.env, wizard._draft())

    @api.depends("text", "is_default", "policy")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._is_chosen() and wizard._get_preview()

    # === ACTION METHODS === #

    def action_confirm(self):
        """Record the consent, and make its method the customer's if that was asked.

        A second click does nothing more.

        :return: the dialog once more, when it would set in motion what was not told
        :raises UserError: when something is missing or cannot be
        """
        self.ensure_one()
        check_billing(self)
        if not self.authorization_id:
            self._check_complete()
            self._check_limits()
            self._check_document()
            if self._update_shown():
                return self._get_action()
            self._record()
        return {"type": "ir.actions.act_window_close"}

    # === CHECKS === #

    def _is_chosen(self):
        """Return whether it is clear who may charge whom with which method."""
        payer = self.partner_id._origin
        payer.sudo(False).check_access("read")
        token, saved = self.token_id._origin, self.available_token_ids._origin
        return bool(payer and self.company_id and token and token in saved)

    def _check_complete(self):
        self.partner_id.check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your own companies."))
        if not self.token_id:
            raise UserError(self.env._("Choose the method that may be charged."))
        if self.token_id not in self.available_token_ids:
            raise UserError(
                self.env._(
                    "%(method)s is not a payment method that %(customer)s has saved "
                    "with %(company)s.",
                    method=self.token_id._get_autopay_label(),
                    customer=self.partner_id.display_name,
                    company=self.company_id.name,
                )
            )
        payer = self.partner_id.commercial_partner_id
        self.token_id._check_autopay_agreeable(payer, self.company_id)
        if not self.channel or not self.agreed_date:
            raise UserError(self.env._("Say how and when the customer agreed."))
        if self.agreed_date > self.company_id._get_autopay_today():
            raise UserError(
                self.env._("The customer cannot have agreed in the future.")
            )

    def _check_limits(self):
        if self.max_amount < 0 or self.max_month_amount < 0:
            raise UserError(
                self.env._("A limit cannot be negative. Leave it at zero for no limit.")
            )

    def _check_document(self):
        if not self.document:
            return
        try:
            size = len(base64.b64decode(self.document, validate=True))
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The scan cannot be read. Attach the file anew.")
            ) from error
        if size > const.authorization.MAX_SCAN_BYTES:
            raise UserError(
                self.env._(
                    "The scan is too large: %s MB at most.",
                    const.authorization.MAX_SCAN_BYTES >> 20,
                )
            )

    # === BUSINESS METHODS === #

    def _get_payer(self):
        """Return the customer who consents, as the company knows it."""
        payer = self.partner_id._origin.commercial_partner_id
        return payer.with_company(self.company_id._origin or self.env.company)

    def _get_last_limits(self):
        payer = self.partner_id._origin.commercial_partner_id
        token = self.token_id._origin
        if not payer or not token:
            return {}
        return self.env["autopay.authorization"]._get_last_limits(
            payer, self.company_id._origin, token
        )

    def _prepare_vals(self):
        """Return what is recorded besides customer, company, method and channel."""
        return {
            "agreed_date": self.agreed_date,
            "currency_id": self.currency_id.id,
            "max_amount": self.max_amount,
            "max_month_amount": self.max_month_amount,
        }

    def _draft(self):
        """Return the authorization as it would be recorded, not saved."""
        payer = self.partner_id._origin.commercial_partner_id
        return (
            self.env["autopay.authorization"]
            .sudo()
            .new(
                {
                    "partner_id": payer.id,
                    "company_id": self.company_id._origin.id,
                    "token_id": self.token_id._origin.id,
                    "channel": self.channel,
                    "date": fields.Datetime.now(),
                    **self._prepare_vals(),
                }
            )
        )

    def _record(self):
        document = {
            "document": self.document,
            "document_name": self.document and self.document_name,
        }
        payer = self.partner_id.commercial_partner_id
        self.authorization_id = self.env["autopay.authorization"]._record(
            payer,
            self.company_id,
            self.token_id,
            self.channel,
            **self._prepare_vals(),
            **document,
        )
        payer._log_autopay_consent(self.authorization_id, self.is_default)
        self._get_payer()._set_autopay_policy(self.policy)

    # === PREVIEW === #

    def _update_shown(self):
        """Look again at what was shown; return whether it is something else by now."""
        replaced, shown = self._update_policy(), self.preview
        self.preview = self._get_preview()
        self.is_outdated = replaced or self.preview != shown
        return self.is_outdated

    def _update_policy(self):
        """Propose the policy that somebody else has set; return whether it is so.

        Recording a consent would put back the one from before, which nobody chose.
        """
        present = self._get_payer().autopay_policy
        if (present or False) == (self.shown_policy or False):
            return False
        self.shown_policy = self.policy = present
        return True

    def _get_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_consent_wizard_action"
        )
        return {**action, "res_id": self.id}

    def _get_preview(self):
        """Return which open invoices would be charged when, as sentences."""
        company = self.company_id._origin
        last = fields.Date.add(
            company._get_autopay_today(), days=const.authorization.CONSENT_PREVIEW_DAYS
        )
        consent = TrialConsent(self._draft(), self.is_default, self.policy)
        moves = self._get_open_invoices()
        model = (
            self.env["autopay.forecast"]
            .sudo()
            .with_company(company)
            .with_context(**{TRIAL_CONSENT: consent})
        )
        forecast = model._forecast(company, moves.with_env(model.env), last)
        try:
            labels = dict(self.env["autopay.decision"]._get_blocker_selection())
            return get_preview_text(self.env, forecast, consent.token, labels)
        finally:
            model._forget(forecast)

    def _get_open_invoices(self):
        """Return the customer's open invoices on autopay that the user may read."""
        payer = self.partner_id._origin.commercial_partner_id
        moves = self.env["account.move"]
        own = Domain(
            [
                ("company_id", "=", self.company_id._origin.id),
                ("commercial_partner_id", "=", payer.id),
                ("autopay_status", "!=", False),
            ]
        )
        return moves.search(own & moves._get_autopay_open_domain())
