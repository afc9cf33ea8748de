import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .. import const
from ..rights import check_billing

REVOCATION_FIELDS = {"revoked_date", "revoked_by_id", "revoke_reason"}


class AutopayAuthorization(models.Model):
    """A customer's consent to be charged with one payment method; append-only."""

    _name = "autopay.authorization"
    _inherit = "autopay.own.defaults"
    _description = "Autopay Authorization"
    _order = "id desc"
    _check_company_auto = True

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
        const.AUTHORIZATION_CHANNELS, required=True, readonly=True
    )
    text = fields.Text(
        required=True,
        readonly=True,
        help="The words the customer agreed to, exactly as shown.",
    )
    text_hash = fields.Char(
        readonly=True, help="SHA-256 of the text: shows that it was not changed."
    )
    lang = fields.Char(string="Language", readonly=True)
    date = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    ip_address = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)
    max_amount = fields.Monetary(
        string="Cap per Charge",
        readonly=True,
        help="The most that one charge may take; zero means no cap.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    revoked_date = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoke_reason = fields.Char(readonly=True)
    attempt_ids = fields.One2many("autopay.attempt", "authorization_id")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("token_id", "date")
    def _compute_name(self):
        for authorization in self:
            authorization.name = self.env._(
                "%(method)s, %(date)s",
                method=authorization.token_id._get_autopay_label(),
                date=format_date(self.env, authorization.date),
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to seal the text with its hash."""
        for vals in vals_list:
            text = vals.get("text") or ""
            vals["text_hash"] = hashlib.sha256(text.encode()).hexdigest()
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: evidence never changes, but for being revoked once.

        :raises AccessError: for any other change
        """
        revoking = vals.keys() == REVOCATION_FIELDS and self.env.su
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

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, partner, company, token, channel, **details):
        """Record a consent and return it.

        :param partner: the customer; its commercial entity gives the consent
        :param company: who may charge
        :param token: the ``payment.token`` that may be charged
        :param str channel: a key of ``const.AUTHORIZATION_CHANNELS``
        :param details: further values (text, ip_address, user_agent, max_amount ...)
        """
        commercial = partner.commercial_partner_id
        return self.sudo().create(
            {
                "partner_id": commercial.id,
                "company_id": company.id,
                "token_id": token.id,
                "channel": channel,
                "currency_id": company.currency_id.id,
                "lang": partner.lang or self.env.lang,
                "user_id": self.env.uid,
                "text": self._get_text(company, token),
                **details,
            }
        )

    @api.model
    def _get_text(self, company, token):
        """Return the words a customer agrees to, in the language of the context."""
        return self.env._(
            "I authorize %(company)s to charge my payment method %(method)s for my "
            "invoices on their autopay date, for the amount due, until I revoke this "
            "authorization. I can revoke it at any time.",
            company=company.display_name,
            method=token._get_autopay_label(),
        )

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
        self.env["autopay.guard"]._recall_autopay(revoked.attempt_ids)
        revoked.write(
            {
                "revoked_date": fields.Datetime.now(),
                "revoked_by_id": self.env.uid,
                "revoke_reason": reason,
            }
        )

    def _is_older_than_refusal(self, refusals):
        """Return whether the bank has refused the method since this consent was given.

        :param dict refusals: {token id: date}, see ``_get_autopay_refusals``
        """
        refused = refusals.get(self.token_id.id)
        return bool(self and refused and refused >= self.date)

    def _get_latest_by_token(self, partners, tokens, company):
        """Return {(partner id, token id): authorization}, the newest active one.

        A pair that has only revoked authorizations maps to the newest revoked one.
        """
        found = self.sudo().search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("token_id", "in", tokens.ids),
                ("company_id", "=", company.id),
            ],
        )
        ordered = found.sorted(lambda rec: (not rec.revoked_date, rec.id))
        return {(rec.partner_id.id, rec.token_id.id): rec for rec in ordered}
