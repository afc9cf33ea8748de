from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ... import const
from ...words.configurations import (
    AUTHORIZATION_ISSUES,
    get_configuration_sentence,
    join_phrases,
)

# Fields that decide whether a configuration can pay at all.
CONTENT_FIELDS = ("token_id", "condition_ids", "partner_id", "company_id")


class AutopayConfiguration(models.Model):
    """One ordered rule of one customer: which invoices are paid with which method.

    The first one that matches an invoice pays it, the rest are ignored.
    """

    _name = "autopay.configuration"
    _description = "AutoPay Configuration"
    _inherit = [
        "autopay.default.guard",
        "autopay.status.source",
        "autopay.configuration.lock",
        "autopay.configuration.issue",
        "autopay.configuration.form",
        "autopay.configuration.snapshot",
    ]
    _order = "partner_id, company_id, sequence, id"
    # The name is not stored: without these, every search by it would be an error.
    _rec_names_search = ("partner_id", "token_id")
    _check_company_auto = True

    # Links.
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    available_token_ids = fields.Many2many(
        "payment.token", compute="_compute_available_token_ids", compute_sudo=True
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        index=True,
        ondelete="restrict",
        help="Pays what this payment rule matches; no other method does.",
    )
    provider_id = fields.Many2one(related="token_id.provider_id", store=True)
    token_expiry_date = fields.Date(
        related="token_id.autopay_expiry_date", string="Expires on"
    )
    condition_ids = fields.One2many(
        "autopay.configuration.condition",
        "configuration_id",
        copy=True,
        help="All of them must hold.",
    )
    # Order and state.
    sequence = fields.Integer(copy=False, help="The first one that matches pays.")
    enabled = fields.Boolean(
        default=True, help="Disabled, it is kept but pays nothing."
    )
    # Caps.
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of the limits; charges in other currencies are converted.",
    )
    max_amount = fields.Monetary(
        string="Maximum per Charge",
        help="The most that one charge with the method takes, whichever way the "
        "method was chosen; zero: no limit.",
    )
    max_month_amount = fields.Monetary(
        string="Maximum per Month",
        help="The most that is charged with the method in a calendar month, "
        "whichever way the method was chosen; zero: no limit.",
    )
    cap_rule = fields.Selection(
        const.configuration.CAP_RULES,
        string="Above a Limit",
        default="skip",
        required=True,
        help="What becomes of an invoice that is due for more than a limit allows.",
    )
    # Use.
    attempt_ids = fields.One2many(
        "autopay.attempt", "configuration_id", string="Charges"
    )
    last_used_date = fields.Datetime(
        string="Last Use", compute="_compute_last_used_date", compute_sudo=True
    )

    _caps_not_negative = models.Constraint(
        "CHECK (max_amount >= 0 AND max_month_amount >= 0)",
        "A limit cannot be negative. Leave it at zero for no limit.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    def _compute_available_token_ids(self):
        for configuration in self:
            company = configuration.company_id or self.env.company
            payer = configuration.partner_id.with_company(company)
            configuration.available_token_ids = payer.autopay_available_token_ids

    @api.depends_context("lang")
    @api.depends(
        "token_id",
        "condition_ids.display_name",
        "max_amount",
        "max_month_amount",
        "currency_id",
    )
    def _compute_display_name(self):
        for configuration in self:
            token = configuration.sudo().token_id
            configuration.display_name = get_configuration_sentence(
                self.env,
                join_phrases(
                    self.env,
                    [
                        (rec._get_phrase(), rec.value_type == "days")
                        for rec in configuration.condition_ids
                    ],
                ),
                token._get_autopay_label() if token else "",
                configuration._get_cap_phrases(),
            )

    def _get_cap_phrases(self):
        """Return what the caps say, to follow the payment method."""
        caps = []
        if self.max_amount:
            cap = self.currency_id.format(self.max_amount)
            caps.append(self.env._("at most %s per charge", cap))
        if self.max_month_amount:
            cap = self.currency_id.format(self.max_month_amount)
            caps.append(self.env._("at most %s per month", cap))
        return caps

    @api.depends("attempt_ids.reserved_date")
    def _compute_last_used_date(self):
        latest = dict(
            self.env["autopay.attempt"]._read_group(
                [("configuration_id", "in", self.ids)],
                ["configuration_id"],
                ["reserved_date:max"],
            )
        )
        for configuration in self:
            configuration.last_used_date = latest.get(configuration._origin)

    # === CONSTRAINT METHODS === #

    @api.constrains(*CONTENT_FIELDS)
    def _check_content(self):
        """Refuse to save what can never pay."""
        self._check_valid(AUTHORIZATION_ISSUES)

    def _check_valid(self, mended=()):
        """Refuse configurations with issues.

        :param mended: codes of issues that do not count
        :raises ValidationError: with the first issue in words
        """
        for configuration, codes in self._get_issues(held=False).items():
            for code in codes:
                if code not in mended:
                    raise ValidationError(configuration._get_issue_sentence(code))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: new ones come last, and their methods are authorized."""
        self._number(vals_list)
        whole = self.with_context(**const.configuration.WHOLE_CONTEXT)
        configurations = super(AutopayConfiguration, whole).create(vals_list)
        configurations = configurations.with_env(self.env)
        # A user who duplicates has not chosen the method, nor heard of an agreement.
        if not self.env.context.get("autopay_duplicate"):
            configurations._record_authorization()
        for configuration in configurations:
            configuration._log_on_customer(
                self.env._("Payment rule added: %s.", configuration._get_words())
            )
        return configurations

    def write(self, vals):
        """Override of `base` to authorize chosen methods and tell what changed."""
        before = {rec: (rec._get_words(), rec.enabled, rec.locked) for rec in self}
        tokens = {rec: rec.token_id for rec in self}
        whole = self.with_context(**const.configuration.WHOLE_CONTEXT)
        res = super(AutopayConfiguration, whole).write(vals)
        chosen = self.filtered(lambda rec: rec.token_id != tokens[rec])
        chosen._record_authorization()
        if vals.get("enabled"):
            self._check_valid()
        for configuration in self:
            configuration._log_changes(*before[configuration])
        return res

    def copy(self, default=None):
        """Override of `base`: a copy is switched off, and records no agreement."""
        duplicating = self.with_context(autopay_duplicate=True)
        default = {"enabled": False, **(default or {})}
        copies = super(AutopayConfiguration, duplicating).copy(default)
        return copies.with_env(self.env)

    def _number(self, vals_list):
        """Put new configurations behind all others of their lists, in their order."""
        last = {}
        for vals in vals_list:
            if vals.get("sequence"):
                continue
            company_id = vals.get("company_id") or self.env.company.id
            key = (vals.get("partner_id"), company_id)
            if key not in last:
                last[key] = self._get_last_sequence(*key)
            last[key] += 1
            vals["sequence"] = last[key]

    def _get_last_sequence(self, partner_id, company_id):
        """Return the number of the last configuration of a list."""
        domain = [("partner_id", "=", partner_id), ("company_id", "=", company_id)]
        [(last,)] = self.sudo()._read_group(domain, [], ["sequence:max"])
        return last or 0

    # === BUSINESS METHODS === #

    def _get_words(self):
        """Return what it does, in the language of the user."""
        self.ensure_one()
        return self.with_context(lang=self.env.user.lang).display_name

    def _record_authorization(self):
        """Record that the customer has authorized the methods that staff chose.

        Customers who choose for themselves agree to a text; who lets them do so records
        that (``_record`` of ``autopay.authorization``).
        """
        if self.env.user.share:
            return
        authorizations = self.env["autopay.authorization"]
        known = self._get_authorizations()
        for configuration in self.filtered("token_id"):
            partner, company = configuration.partner_id, configuration.company_id
            token = configuration.token_id
            latest = known.get((partner.id, token.id, company.id))
            if not latest or latest.revoked_date:
                authorizations._record(partner, company, token, "staff")

    # === CHATTER === #

    @api.ondelete(at_uninstall=False)
    def _unlink_log_removal(self):
        for configuration in self:
            configuration._log_on_customer(
                self.env._("Payment rule removed: %s.", configuration._get_words())
            )

    def _log_changes(self, words, enabled, locked):
        """Tell the customer's chatter what a change came to.

        :param words: what the configuration did before
        :param enabled: whether it was enabled before
        :param locked: whether it was locked before
        """
        now = self._get_words()
        if words != now:
            self._log_on_customer(
                self.env._(
                    "Payment rule changed: %(before)s → %(after)s.",
                    before=words,
                    after=now,
                )
            )
        if enabled != self.enabled:
            self._log_on_customer(
                self.env._("Payment rule enabled: %s.", now)
                if self.enabled
                else self.env._("Payment rule disabled: %s.", now)
            )
        if locked != self.locked:
            self._log_on_customer(self._get_lock_note(now))

    def _get_lock_note(self, words):
        if not self.locked:
            return self.env._("Payment rule unlocked: %s.", words)
        return self.env._(
            "Payment rule locked: %(configuration)s. Reason: %(reason)s",
            configuration=words,
            reason=self.lock_reason,
        )

    def _log_on_customer(self, text):
        """Leave a note in the customer's chatter, for staff."""
        self.partner_id.sudo()._message_log(
            body=text, author_id=self.env.user.partner_id.id
        )
