from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import const
from ..rights import PAYMENT_GROUPS, check_manager

# Every word of a search for a method stands in one of them.
SEARCHED_NAMES = (
    "payment_details",
    "payment_method_id.name",
    "partner_id.display_name",
)
# Of a provider, for a judgement of its methods.
PROVIDER_FACTS = (
    "autopay_stops_consents",
    "autopay_usage",
    "capture_manually",
    "code",
    "company_id",
    "maximum_amount",
    "name",
    "state",
)
DECLINE_FIELDS = ("charging_date", "decline_class", "outcome_date", "state", "token_id")
# The last refusal for good, and the declines that card networks count: of a card or
# bank account, however often it was saved.
DECLINES_QUERY = """
    SELECT asked.id,
           max(declined.outcome_date) FILTER (WHERE declined.decline_class = 'never'),
           count(*) FILTER (WHERE declined.charging_date >= %(since)s)
      FROM payment_token asked
      JOIN LATERAL (
          SELECT asked.id
           UNION
          SELECT copy.id
            FROM payment_token copy
           WHERE copy.autopay_fingerprint = asked.autopay_fingerprint
      ) same ON TRUE
      JOIN autopay_attempt declined ON declined.token_id = same.id
     WHERE asked.id IN %(token_ids)s
       AND declined.state = 'declined'
     GROUP BY asked.id
"""


class PaymentToken(models.Model):
    _name = "payment.token"
    _inherit = [
        "autopay.default.guard",
        "autopay.status.change",
        "autopay.scope",
        "payment.token",
    ]
    _autopay_status_fields = frozenset(
        {"active", "autopay_expiry_date", "autopay_paused_date", "partner_id"}
    )

    autopay_expiry_date = fields.Date(
        string="Expires on",
        groups=PAYMENT_GROUPS,
        help="Last day on which the card is valid; empty: it does not expire.",
    )
    autopay_read_date = fields.Datetime(
        string="Read on",
        readonly=True,
        copy=False,
        groups=PAYMENT_GROUPS,
        help="When the provider was last asked what became of this method.",
    )
    autopay_fingerprint = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=PAYMENT_GROUPS,
        help="The same for the same card or bank account, as the provider says.",
    )
    autopay_authorization_ids = fields.One2many(
        "autopay.authorization", "token_id", readonly=True, groups=PAYMENT_GROUPS
    )
    autopay_paused_date = fields.Datetime(
        string="Paused since",
        readonly=True,
        copy=False,
        groups=PAYMENT_GROUPS,
        help="Nothing is charged with this method until a billing manager releases it.",
    )
    autopay_pause_reason = fields.Char(
        string="Why Paused", readonly=True, copy=False, groups=PAYMENT_GROUPS
    )

    # === COMPUTE METHODS === #

    @api.depends_context("autopay_brand")
    def _compute_display_name(self):
        """Override of `payment` to lead with the brand where staff choose a method."""
        res = super()._compute_display_name()
        if self.env.context.get("autopay_brand"):
            for token in self:
                token.display_name = token._get_autopay_label()
        return res

    @api.model
    def _search_display_name(self, operator, value):
        """Override of `odoo` to find methods by brand and digits, as they are shown.

        Odoo looks through providers too, whom administrators alone may read: anybody
        else would be refused every search for a method.
        """
        shown = self.env.context.get("autopay_brand")
        if not shown and self.env["payment.provider"].has_access("read"):
            return super()._search_display_name(operator, value)
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator != "ilike" or not isinstance(value, str):
            return self._search_autopay_names(operator, value)
        words = value.replace("•", " ").split()
        return Domain.AND(self._search_autopay_names(operator, word) for word in words)

    @api.model
    def _search_autopay_names(self, operator, value):
        """Return the domain of methods whose digits, brand or customer match."""
        return Domain.OR(Domain(name, operator, value) for name in SEARCHED_NAMES)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        """Keep methods that were charged: their charges must stay explicable."""
        known, attempts = self._filter_autopay_known(), self.env["autopay.attempt"]
        charged = [("token_id", "in", known.ids)]
        if known and attempts.sudo().search_count(charged, limit=1):
            raise UserError(
                self.env._(
                    "Autopay has charged this payment method: archive it instead."
                )
            )

    # === ACTION METHODS === #

    def action_autopay_release(self):
        """Let these paused methods be charged again."""
        check_manager(self)
        self.check_access("read")
        paused = self.sudo().filtered("autopay_paused_date")
        for token in paused:
            token._log_autopay_pause(
                self.env._(
                    "%(method)s may be charged again.",
                    method=token._get_autopay_label(),
                )
            )
        paused.write({"autopay_paused_date": False, "autopay_pause_reason": False})

    # === BUSINESS METHODS === #

    def _pause_autopay(self, reason):
        """Charge nothing with these methods until a person releases them.

        :param str reason: a sentence for staff
        """
        for token in self.sudo():
            token._log_autopay_pause(
                self.env._(
                    "%(method)s is paused: %(reason)s",
                    method=token._get_autopay_label(),
                    reason=reason,
                )
            )
            token.autopay_pause_reason = reason
            if not token.autopay_paused_date:
                token.autopay_paused_date = fields.Datetime.now()

    def _log_autopay_pause(self, text):
        """Leave a note of who paused or released the method, and why, for staff."""
        self.partner_id.commercial_partner_id._message_log(body=text)

    def _handle_archiving(self):
        """Override of `payment` to call back charges that were not sent yet."""
        res = super()._handle_archiving()
        if known := self._filter_autopay_known():
            attempts = self.env["autopay.attempt"].sudo()
            live = [("token_id", "in", known.ids), ("line_ids.live", "=", True)]
            attempts.search(live)._recall()
            # Of a whole provider one person is told once.
            with_provider = bool(self.env.context.get("autopay_provider_off"))
            known._set_autopay_removed(with_provider)
            if not with_provider:
                known.filtered("autopay_archived_mode").autopay_archived_mode = False
                known._alert_autopay_configurations()
        return res

    def _alert_autopay_configurations(self):
        """Ask staff to mend the configurations that these methods paid for."""
        configurations = self.env["autopay.configuration"].sudo()
        depending = [("token_id", "in", self.ids), ("enabled", "=", True)]
        notification = self.env["autopay.notification"]
        for configuration in configurations.search(depending):
            notification._alert_method_gone(configuration)

    def _get_available_tokens(self, providers_ids, partner_id, **kwargs):
        """Override of `payment`: customers see what they may charge, and nobody else.

        Who is not logged in could not charge a method (``_check_autopay_owner``). A
        method that is saved on a page of ours belongs to the customer as a whole: those
        of its contacts who may say how it pays are offered it, as on these pages.
        """
        tokens = super()._get_available_tokens(providers_ids, partner_id, **kwargs)
        if self.env.user._is_public():
            return tokens - tokens._filter_autopay_used()
        payer = self._get_autopay_represented(partner_id)
        if not payer or kwargs.get("is_validation"):
            return tokens
        authorizations = self.env["autopay.authorization"].sudo()
        current = [("partner_id", "=", payer.id), ("revoked_date", "=", False)]
        agreed = authorizations.search_fetch(current, ["token_id"]).token_id
        # A contact that went to another customer has taken its methods along.
        owners = agreed.partner_id.filtered(
            lambda owner: owner.commercial_partner_id == payer
        )
        agreed = agreed.with_env(self.env)
        for owner in (payer | owners) - payer.browse(partner_id):
            found = super()._get_available_tokens(providers_ids, owner.id, **kwargs)
            shared = found if owner == payer else found & agreed
            tokens |= shared._filter_autopay_used()
        return tokens

    def _get_autopay_represented(self, partner_id):
        """Return the customer for whom a contact of it pays who is logged in, if any.

        :param int partner_id: who pays, as Odoo says
        """
        user = self.env.user
        if user._is_internal() or not self.env["res.company"]._get_autopay_known_ids():
            return self.env["res.partner"]
        payer = user.partner_id.sudo().commercial_partner_id
        partner = payer.browse(partner_id)
        if partner.commercial_partner_id != payer:
            return payer.browse()
        return payer if self.env["autopay.portal"]._may_change() else payer.browse()

    def _check_autopay_fits(self, payer, company):
        """Refuse a method that can never pay for a customer in a company.

        :param payer: the customer, a commercial entity
        :raises ValidationError: whose method it is
        """
        self.ensure_one()
        token = self.sudo()
        owner = token.partner_id.commercial_partner_id
        if owner != payer:
            raise ValidationError(
                self.env._(
                    "The payment method %(method)s belongs to %(owner)s, not to "
                    "%(customer)s.",
                    method=token._get_autopay_label(),
                    owner=owner.display_name,
                    customer=payer.display_name,
                )
            )
        if token.company_id not in company.sudo().parent_ids:
            raise ValidationError(
                self.env._(
                    "The payment method %(method)s was saved with %(owner)s: it cannot "
                    "be charged for %(company)s.",
                    method=token._get_autopay_label(),
                    owner=token.company_id.display_name,
                    company=company.display_name,
                )
            )
        token._check_autopay_agreeable(payer, company)

    def _check_autopay_agreeable(self, payer, company):
        """Refuse a method of a provider for one-time payments, unless it is agreed to.

        :raises ValidationError: which provider it is
        """
        provider = self.sudo().provider_id
        if provider.autopay_usage != "one_time":
            return
        latest = self.env["autopay.authorization"]._get_latest_by_token(
            payer, self, company
        )
        if not provider._is_autopay_agreeable(latest.get((payer.id, self.id))):
            raise ValidationError(
                self.env._(
                    "%(provider)s is used for one-time payments only: nobody can agree "
                    "to autopay with %(method)s. Choose a method of another provider.",
                    provider=provider.name,
                    method=self._get_autopay_label(),
                )
            )

    def _is_autopay_expired(self, day):
        """Return whether the method can no longer be charged on that date."""
        self.ensure_one()
        return bool(self.autopay_expiry_date and self.autopay_expiry_date < day)

    def _read_autopay_providers(self):
        """Read of the providers what a judgement asks, instead of all their texts."""
        self.sudo()._origin.provider_id.fetch(PROVIDER_FACTS)

    def _is_autopay_usable(self):
        """Return whether its provider can charge the method by itself."""
        self.ensure_one()
        is_asked = self.provider_code in self._get_autopay_ref_fields()
        complete = not is_asked or bool(self._get_autopay_refs()["method"])
        return complete and self.provider_id._is_autopay_usable()

    # === BUSINESS METHODS - REFERENCES AT THE PROVIDER === #

    @api.model
    def _get_autopay_ref_fields(self):
        """Return {code: {method, customer, mandate: the field that keeps its id}}."""
        types = self.env["payment.provider"]._get_autopay_account_types()
        return {code: kind.method_fields for code, kind in types.items()}

    def _get_autopay_refs(self):
        """Return {method, customer, mandate: its id at the provider, or ""}."""
        self.ensure_one()
        names = self._get_autopay_ref_fields().get(self.provider_code, {})
        keys = ("customer", "mandate", "method")
        return {key: (key in names and self[names[key]]) or "" for key in keys}

    @api.model
    def _get_autopay_ref_domain(self, provider, key, ref):
        """Return the domain of the saved methods with an id at a provider.

        :param str key: method, customer or mandate
        :param ref: the id; an empty one is nobody's
        """
        name = self._get_autopay_ref_fields().get(provider.code, {}).get(key)
        own = Domain("provider_id", "=", provider.id)
        return own & Domain(name, "=", ref) if name and ref else Domain.FALSE

    @api.model
    def _get_autopay_readable_domain(self):
        """Return the domain of the saved methods that a provider can be asked about."""
        codes = self.env["payment.provider"]._get_autopay_codes("methods")
        names = self._get_autopay_ref_fields()
        return Domain.OR(
            Domain("provider_code", "=", code)
            & Domain(names[code]["method"], "!=", False)
            for code in codes
        )

    def _get_autopay_method_type(self):
        """Return the provider's type of method: card, us_bank_account ..."""
        self.ensure_one()
        return self.payment_method_id._get_autopay_type()

    def _is_autopay_debit(self):
        """Return whether charges take days to settle (bank debits)."""
        return self.payment_method_id._is_autopay_debit()

    @api.model
    def _get_autopay_debit_methods(self):
        """Return the payment methods, and brands of them, that are bank debits."""
        types = const.retry.DEBIT_METHOD_TYPES
        known = self.env["payment.provider"]._get_autopay_method_types()
        codes = [code for code, kind in known.items() if kind in types]
        named = Domain("code", "in", [*codes, *types])
        brands = Domain("primary_payment_method_id", "any", named)
        methods = self.env["payment.method"].sudo().with_context(active_test=False)
        return methods.search(named | brands)

    def _get_autopay_declines(self):
        """Return what banks have refused, by these methods, whoever was charged.

        :return: {token id: date} of the last refusal for good (lost, stolen ...), and
            the ids of the methods that were declined as often as is allowed
        """
        if not self:
            return {}, set()
        self.env["autopay.attempt"].flush_model(DECLINE_FIELDS)
        self.flush_model(["autopay_fingerprint"])
        since = fields.Datetime.subtract(
            fields.Datetime.now(), days=const.retry.DECLINE_DAYS
        )
        rows = self.env.execute_query(
            SQL(DECLINES_QUERY, token_ids=tuple(self._origin.ids), since=since)
        )
        refused = {token_id: date for token_id, date, _count in rows if date}
        most = const.retry.MAX_DECLINES
        return refused, {token_id for token_id, _date, count in rows if count >= most}

    def _get_autopay_label(self):
        """Return brand and last four digits, as people know their card; "" of none."""
        if not self:
            return ""
        self.ensure_one()
        token = self.sudo()
        brand = token.payment_method_id._get_autopay_brand()
        return f"{brand} {token._build_display_name()}".strip()
