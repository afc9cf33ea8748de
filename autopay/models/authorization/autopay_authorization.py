import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ... import const
from ...rights import check_billing
from ...words.authorizations import (
    get_customer_text,
    get_limit_sentences,
    get_staff_text,
)
from ...words.days import say_day
from ..decision.facts import get_trial_consent

REVOCATION_FIELDS = {"revoked_date", "revoked_by_id", "revoke_reason"}
LIMIT_FIELDS = ("max_amount", "max_month_amount")
# Evidence of a consent is read by itself: charging asks for what holds only.
EVIDENCE_PREFETCH = "evidence"


class AutopayAuthorization(models.Model):
    """A customer's consent to be charged with one payment method; append-only."""

    _name = "autopay.authorization"
    _inherit = ["autopay.default.guard", "autopay.status.source"]
    _description = "Autopay Authorization"
    _order = "id desc"
    _check_company_auto = True
    # The name is not stored: without these, every search by it would be an error.
    _rec_names_search = ("partner_id", "token_id")

    name = fields.Char(compute="_compute_name")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    channel = fields.Selection(
        const.authorization.AUTHORIZATION_CHANNELS, required=True, readonly=True
    )
    text = fields.Text(
        required=True,
        readonly=True,
        help="The words the customer agreed to, exactly as shown; or what staff "
        "recorded of a consent that was given elsewhere.",
        prefetch=EVIDENCE_PREFETCH,
    )
    text_hash = fields.Char(
        readonly=True,
        help="SHA-256 of the text: shows that it was not changed.",
        prefetch=EVIDENCE_PREFETCH,
    )
    lang = fields.Char(string="Language", readonly=True, prefetch=EVIDENCE_PREFETCH)
    date = fields.Datetime(
        string="Recorded on",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    agreed_date = fields.Date(
        string="Agreed on",
        readonly=True,
        help="When the customer agreed, as staff was told.",
        prefetch=EVIDENCE_PREFETCH,
    )
    document = fields.Binary(
        string="Scan",
        readonly=True,
        attachment=True,
        help="The signed paper, or the message in which the customer agreed.",
    )
    document_name = fields.Char(readonly=True, prefetch=EVIDENCE_PREFETCH)
    document_hash = fields.Char(
        readonly=True,
        help="SHA-256 of the scan: shows that it was not changed.",
        prefetch=EVIDENCE_PREFETCH,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        prefetch=EVIDENCE_PREFETCH,
    )
    ip_address = fields.Char(
        string="IP Address", readonly=True, prefetch=EVIDENCE_PREFETCH
    )
    user_agent = fields.Char(
        string="Browser", readonly=True, prefetch=EVIDENCE_PREFETCH
    )
    max_amount = fields.Monetary(
        string="Limit per Charge",
        readonly=True,
        help="The most that one charge may take; zero: no limit.",
    )
    max_month_amount = fields.Monetary(
        string="Limit per Month",
        readonly=True,
        help="The most that is charged with the method in a calendar month, whichever "
        "way it was chosen; zero: no limit.",
    )
    month_amount = fields.Monetary(
        string="Charged This Month",
        compute="_compute_month_amount",
        compute_sudo=True,
        help="All charges with the method, whichever way it was chosen.",
    )
    cap_words = fields.Text(
        string="Limits of Payment Rules",
        compute="_compute_cap_words",
        compute_sudo=True,
        help="What the customer's payment rules say of the method holds for every "
        "charge with it.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    merged_from = fields.Char(
        string="Given by",
        readonly=True,
        help="The contact that gave this consent and was merged into another one.",
    )
    may_confirm = fields.Boolean(compute="_compute_may_confirm")
    revoked_date = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one(
        "res.users", readonly=True, prefetch=EVIDENCE_PREFETCH
    )
    revoke_reason = fields.Char(readonly=True)
    attempt_ids = fields.One2many(
        "autopay.attempt", "authorization_id", string="Charges"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("token_id", "date")
    def _compute_name(self):
        for authorization in self:
            authorization.name = self.env._(
                "%(method)s, %(date)s",
                method=authorization.token_id._get_autopay_label(),
                date=say_day(self.env, authorization.date),
            )

    @api.depends("max_month_amount", "attempt_ids.state")
    def _compute_month_amount(self):
        decision = self.env["autopay.decision"]
        self.month_amount = 0.0
        for company, mates in self.filtered("company_id").grouped("company_id").items():
            today = company._get_autopay_today()
            keys = {(rec.partner_id.id, rec.token_id.id) for rec in mates}
            charged = decision._get_charged(company, keys, today)
            for authorization in mates:
                key = (authorization.partner_id.id, authorization.token_id.id)
                to_currency = authorization.currency_id or company.currency_id
                authorization.month_amount = sum(
                    currency._convert(amount, to_currency, company, day)
                    for (*owner, currency, day), amount in charged.items()
                    if tuple(owner) == key
                )

    @api.depends_context("lang")
    @api.depends("token_id", "partner_id")
    def _compute_cap_words(self):
        decision = self.env["autopay.decision"]
        self.cap_words = False
        for company, mates in self.filtered("company_id").grouped("company_id").items():
            caps = decision._get_caps(company, mates.partner_id, mates.token_id)
            for authorization in mates:
                key = (authorization.partner_id.id, authorization.token_id.id)
                authorization.cap_words = "\n".join(
                    cap.display_name for cap in caps.get(key, ())
                )

    @api.depends("merged_from", "revoked_date")
    def _compute_may_confirm(self):
        for authorization in self:
            merged = bool(authorization.merged_from and authorization.revoked_date)
            authorization.may_confirm = merged and not authorization._get_renewed()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to seal text and scan with their hashes."""
        for vals in vals_list:
            text = vals.get("text") or ""
            vals["text_hash"] = hashlib.sha256(text.encode()).hexdigest()
            scan = vals.get("document")
            vals["document_hash"] = scan and _get_scan_hash(scan)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: evidence never changes, but for being revoked once.

        :raises AccessError: for any other change
        """
        changed = vals.keys() - {"merged_from"}
        revoking = changed == REVOCATION_FIELDS and self.env.su
        if not revoking or any(self.mapped("revoked_date")):
            raise AccessError(
                self.env._("An authorization cannot be changed, only revoked.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An authorization cannot be deleted, only revoked."))

    # === ACTION METHODS === #

    def action_revoke(self):
        """Revoke the authorization at the wish of the customer, recorded by staff."""
        self.check_access("read")
        check_billing(self)
        self._revoke(self.env._("Revoked by staff"))

    def action_confirm(self):
        """Record that the customer a consent came to by a merge agrees to it, too."""
        check_billing(self)
        self.check_access("read")
        merged = self.filtered(lambda rec: rec.merged_from and rec.revoked_date)
        for authorization in merged:
            if authorization._get_renewed():
                continue
            authorization.token_id._check_autopay_agreeable(
                authorization.partner_id, authorization.company_id
            )
            authorization._record(
                authorization.partner_id,
                authorization.company_id,
                authorization.token_id,
                "staff",
            )

    def action_new_agreement(self):
        """Open the dialog that records how the customer agreed anew to the method."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_autopay_consent_action(
            self.company_id, self.token_id, self.env._("New Agreement")
        )

    # === BUSINESS METHODS === #

    def _get_renewed(self):
        """Return a consent in force that says the same as this one."""
        self.ensure_one()
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("token_id", "=", self.token_id.id),
            ("revoked_date", "=", False),
        ]
        return self.sudo().search(domain, limit=1)

    def _revoke_merged(self, names):
        """Revoke consents that a merge has moved to another customer.

        :param dict names: {authorization: who gave it}
        """
        self.attempt_ids._recall()
        for authorization in self.sudo():
            authorization.write(
                {
                    "merged_from": names[authorization],
                    "revoked_date": fields.Datetime.now(),
                    "revoked_by_id": self.env.uid,
                    "revoke_reason": self.env._(
                        "%(before)s was merged into %(now)s: to be confirmed",
                        before=names[authorization],
                        now=authorization.partner_id.display_name,
                    ),
                }
            )

    @api.model
    def _record(self, partner, company, token, channel, **details):
        """Record a consent and return it.

        Limits of the last consent to the method hold on, unless new ones are given:
        who merely chooses the method anew does not lift them.

        :param partner: the customer; its commercial entity gives the consent
        :param company: who may charge
        :param token: the ``payment.token`` that may be charged
        :param str channel: a key of ``const.AUTHORIZATION_CHANNELS``
        :param details: further values (text, ip_address, user_agent, max_amount ...)
        """
        commercial = partner.commercial_partner_id
        vals = {
            "partner_id": commercial.id,
            "company_id": company.id,
            "token_id": token.id,
            "channel": channel,
            "currency_id": company.currency_id.id,
            "agreed_date": channel != "staff" and company._get_autopay_today(),
            "lang": partner.lang or self.env.lang,
            "user_id": self.env.uid,
            **self._get_last_limits(commercial, company, token),
            **details,
        }
        if not vals.get("text"):
            vals["text"] = self._get_text(vals)
        authorization = self.sudo().create(vals)
        self.env["autopay.method.request"]._answer(authorization)
        return authorization

    def _get_last_limits(self, payer, company, token):
        """Return the limits of the last consent to the method, as values."""
        latest = self._get_latest_by_token(payer, token, company)
        last = latest.get((payer.id, token.id))
        if not last or not any(last[name] for name in LIMIT_FIELDS):
            return {}
        limits = {name: last[name] for name in LIMIT_FIELDS}
        return {**limits, "currency_id": last.currency_id.id}

    @api.model
    def _get_text(self, vals):
        """Return the words of a consent: the customer's own, or what staff recorded.

        :param dict vals: values of an authorization
        """
        draft = self.sudo().new(vals)
        customer_speaks = self.env.user.share and draft.channel == "portal"
        if not customer_speaks:
            return get_staff_text(self.env, draft)
        text = get_customer_text(self.env, draft.company_id, draft.token_id)
        return " ".join([text, *get_limit_sentences(self.env, draft)])

    def _revoke(self, reason):
        """Mark as revoked all consents in force that say the same as these.

        The same customer may have consented to the same method more than once; who
        revokes means all of it.
        """
        keys = {(rec.partner_id, rec.company_id, rec.token_id) for rec in self.sudo()}
        in_force = self.sudo().search(
            [
                ("revoked_date", "=", False),
                ("partner_id", "in", self.sudo().partner_id.ids),
                ("token_id", "in", self.sudo().token_id.ids),
            ]
        )
        revoked = in_force.filtered(
            lambda rec: (rec.partner_id, rec.company_id, rec.token_id) in keys
        )
        revoked.attempt_ids._recall()
        revoked.write(
            {
                "revoked_date": fields.Datetime.now(),
                "revoked_by_id": self.env.uid,
                "revoke_reason": reason,
            }
        )

    def _is_older_than_refusal(self, refusals):
        """Return whether the bank has refused the method since this consent was given.

        :param dict refusals: {token id: date}, see ``_get_autopay_declines``
        """
        refused = refusals.get(self.token_id.id)
        return bool(self and refused and refused >= self.date)

    def _get_latest_by_token(self, partners, tokens, company):
        """Return {(partner id, token id): authorization}, the newest active one.

        A pair that has only revoked authorizations maps to the newest revoked one.
        """
        found = self.sudo().search_fetch(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("token_id", "in", tokens.ids),
                ("company_id", "=", company.id),
            ],
        )
        ordered = found.sorted(lambda rec: (not rec.revoked_date, rec.id))
        latest = {(rec.partner_id.id, rec.token_id.id): rec for rec in ordered}
        if trial := get_trial_consent(self.env, company):
            latest[trial.payer.id, trial.token.id] = trial.authorization
        return latest


def _get_scan_hash(scan):
    """Return the SHA-256 of a file that comes as Base64."""
    return hashlib.sha256(base64.b64decode(scan)).hexdigest()
