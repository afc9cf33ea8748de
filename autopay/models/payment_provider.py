import logging
from datetime import timedelta
from secrets import token_urlsafe

import requests  # noqa: TID251 - the exceptions of Odoo's own requests

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from odoo.addons.payment_stripe.const import PAYMENT_METHODS_MAPPING

from ..const.event import OLD_SECRET_HOURS, WEBHOOK_PATH
from ..const.invoice import KNOWN_PREFETCH
from ..gateways.base import Credentials
from ..gateways.stripe.account import StripeAccount
from ..gateways.stripe.methods import saved_values
from ..gateways.stripe.session import api_base
from ..words.runs.health import get_moment

_logger = logging.getLogger(__name__)

TOKEN_BYTES = 32


class PaymentProvider(models.Model):
    _name = "payment.provider"
    _inherit = [
        "autopay.known.prefetch",
        "autopay.default.guard",
        "autopay.status.change",
        "payment.provider",
    ]
    _autopay_status_fields = frozenset(
        {
            "state",
            "company_id",
            "allow_tokenization",
            "capture_manually",
            "available_currency_ids",
            "maximum_amount",
            "autopay_usage",
        }
    )

    autopay_webhook_token = fields.Char(
        compute="_compute_autopay_webhook_token",
        store=True,
        copy=False,
        groups="base.group_system",
        help="The part of the webhook's address that nobody can guess.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_autopay_webhook_url",
        groups="base.group_system",
    )
    autopay_webhook_ref = fields.Char(
        string="Webhook at Stripe",
        readonly=True,
        copy=False,
        groups="base.group_system",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_webhook_account = fields.Char(
        string="Stripe Account",
        readonly=True,
        copy=False,
        groups="base.group_system",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_webhook_secret = fields.Char(
        string="Webhook Signing Secret of Autopay",
        copy=False,
        groups="base.group_system",
        help="Without it no message is accepted. The button fills it in; paste it here "
        "when you made or rolled the webhook in Stripe's dashboard.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_webhook_old_secret = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_webhook_old_until = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Messages signed with the replaced secret are accepted until then.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_last_event = fields.Char(
        string="Last Message",
        compute="_compute_autopay_last_event",
        groups="base.group_system",
    )

    autopay_requests_per_second = fields.Integer(
        string="Requests per Second",
        groups="base.group_system",
        help="Requests that Autopay sends to this account in any second at most. 0: as "
        "many as the provider takes from everybody.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_booking_issue = fields.Char(
        compute="_compute_autopay_booking_issue",
        compute_sudo=True,
        groups="base.group_system",
        help="Why autopay charges nothing through this provider: it could not book it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_autopay_webhook_token(self):
        for provider in self:
            token = provider.autopay_webhook_token
            wanted = provider.code == "stripe" and not token
            provider.autopay_webhook_token = (
                token_urlsafe(TOKEN_BYTES) if wanted else token
            )

    @api.depends("autopay_webhook_token")
    def _compute_autopay_webhook_url(self):
        for provider in self:
            provider.autopay_webhook_url = provider._get_autopay_webhook_url()

    def _compute_autopay_last_event(self):
        for provider in self:
            event = self.env["autopay.event"].search(
                [("provider_id", "=", provider.id)], limit=1
            )
            when = event and get_moment(self.env, event.received_date)
            provider.autopay_last_event = f"{when}: {event.name}" if event else False

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment` to keep a replaced webhook secret for a while."""
        if (
            "autopay_webhook_secret" in vals
            and "autopay_webhook_old_secret" not in vals
        ):
            for provider in self:
                provider._keep_autopay_secret(vals["autopay_webhook_secret"])
        res = super().write(vals)
        if vals.keys() & {"available_currency_ids", "code"}:
            self.env.registry.clear_cache()
        return res

    # === ACTION METHODS === #

    def action_autopay_create_webhook(self):
        """Create the webhook at Stripe, or replace it by one with a new secret."""
        return self.env["autopay.webhook"]._set_up(self)

    def action_autopay_remove_webhook(self):
        """Delete the webhook at Stripe and forget its secret."""
        return self.env["autopay.webhook"]._remove(self)

    # === BUSINESS METHODS === #

    def _get_autopay_status_pairs(self, known_ids):
        return [(company_id, False) for company_id in known_ids]

    # === BUSINESS METHODS - CURRENCIES === #

    @ormcache("self.id")
    def _get_autopay_currency_ids(self):
        """Return the ids of the currencies it takes; none: it takes any."""
        return frozenset(self.sudo().available_currency_ids.ids)

    # === BUSINESS METHODS - GATEWAY === #

    @api.model
    def _get_autopay_account_types(self):
        """Return {code of a provider: its ``ProviderAccount``}; override it to add one.

        A provider that is not here is charged through Odoo's own token payments.
        """
        return {"stripe": StripeAccount}

    @api.model
    def _get_autopay_codes(self, part):
        """Return the codes of the providers whose accounts have a part."""
        types = self._get_autopay_account_types()
        return [code for code, kind in types.items() if part in kind.parts]

    def _get_autopay_gateway(self):
        """Return the provider's account, or None when it cannot be asked anything.

        :raises ValueError: with a code of ``configuration_issue`` when the provider is
            not set up well enough to be called
        """
        self.ensure_one()
        kind = self._get_autopay_account_types().get(self.code)
        return kind(self._get_autopay_credentials()) if kind else None

    def _get_autopay_credentials(self):
        """Return how to reach the provider's account."""
        self.ensure_one()
        provider = self.sudo()
        return Credentials(
            provider_id=provider.id,
            secret_key=provider._get_autopay_secret_key(),
            livemode=provider._is_autopay_charging_live(),
            requests_per_second=max(provider.autopay_requests_per_second, 0),
        )

    def _get_autopay_secret_key(self):
        """Return the key that requests are sent with; override it for other codes."""
        return (self.code == "stripe" and self.stripe_secret_key) or ""

    def _is_autopay_key_live(self):
        """Return whether the key, by its looks, moves real money."""
        return "_live_" in self.sudo()._get_autopay_secret_key()[:9]

    @api.model
    def _get_autopay_setup_data(self, reference, outcome):
        """Return what Odoo's processing makes a saved method of.

        :param str reference: of the validation transaction
        :param outcome: a ``SetupOutcome`` that is done
        """
        return {
            "reference": reference,
            "setup_intent": dict(outcome.intent),
            "payment_method": outcome.intent["payment_method"],
        }

    def _get_autopay_saved_values(self, payment_data):
        """Return what a token keeps of a saved method besides what Odoo keeps."""
        return saved_values(payment_data) if self.code == "stripe" else {}

    def _is_autopay_refund_told(self):
        """Return whether the provider's own messages to Odoo are signed."""
        return self.code == "stripe" and bool(self.sudo().stripe_webhook_secret)

    def _has_autopay_refund_key(self):
        """Return whether Odoo's own refunds can be sent under an idempotency key."""
        return self.code == "stripe"

    @api.model
    def _get_autopay_method_types(self):
        """Return {code of a payment method: the providers' name of its type}."""
        return PAYMENT_METHODS_MAPPING

    def _get_autopay_name(self):
        """Return the name under which people know the provider: Stripe."""
        labels = dict(self._fields["code"]._description_selection(self.env))
        return labels.get(self.code) or self.name

    def _get_autopay_dashboard_url(self, object_ref, page="payments"):
        """Return where staff see an object of the provider, or False.

        :param str page: the part of the dashboard that shows such objects
        """
        self.ensure_one()
        # A stand-in for Stripe has no dashboard.
        if self.code != "stripe" or api_base():
            return False
        mode = "" if self._is_autopay_charging_live() else "test/"
        return f"https://dashboard.stripe.com/{mode}{page}/{object_ref}"

    def _is_autopay_usable(self):
        """Return whether saved methods of this provider can be charged off-session."""
        self.ensure_one()
        provider = self.sudo()
        return provider.support_tokenization and not provider.capture_manually

    # === BUSINESS METHODS - WEBHOOK === #

    def _get_autopay_webhook_url(self):
        """Return where Stripe sends events, False for other providers."""
        self.ensure_one()
        token = self.sudo().autopay_webhook_token
        return token and f"{self.get_base_url()}{WEBHOOK_PATH}{token}"

    def _get_autopay_webhook_secrets(self):
        """Return the secrets that messages may be signed with now; the newest first."""
        self.ensure_one()
        provider = self.sudo()
        until = provider.autopay_webhook_old_until
        secrets = [provider.autopay_webhook_secret]
        if until and until > fields.Datetime.now():
            secrets.append(provider.autopay_webhook_old_secret)
        return [secret for secret in secrets if (secret or "").strip()]

    def _keep_autopay_secret(self, new_secret):
        """Go on accepting the present secret for a while when another replaces it."""
        old = self.sudo().autopay_webhook_secret
        rolled = bool(old and new_secret and old != new_secret)
        if not rolled and new_secret:
            return
        until = fields.Datetime.now() + timedelta(hours=OLD_SECRET_HOURS)
        self.sudo().write(
            {
                "autopay_webhook_old_secret": rolled and old,
                "autopay_webhook_old_until": rolled and until,
            }
        )

    def _is_autopay_event_ours(self, facts):
        """Return whether an event is of our account, and of the mode we charge in.

        :param facts: an ``EventFacts`` of :mod:`gateways.reports`
        """
        self.ensure_one()
        provider = self.sudo()
        accounts = (provider.autopay_webhook_account or "", "")
        live = self._is_autopay_charging_live()
        return facts.account in accounts and facts.livemode == live

    # === REQUEST HELPERS === #

    def _build_request_url(self, endpoint, *, is_proxy_request=False, **kwargs):
        """Override of `payment` to send Odoo's own requests where ours go.

        A refund made in Odoo must reach the stand-in for Stripe that took the charge.
        """
        if self.code == "stripe" and not is_proxy_request and api_base():
            return f"{api_base()}/v1/{endpoint}"
        return super()._build_request_url(
            endpoint, is_proxy_request=is_proxy_request, **kwargs
        )

    def _send_api_request(self, *args, **kwargs):
        """Override of `payment` to tell a lost connection from a refusal.

        Odoo reports both as `ValidationError`; only the second is a definite no. The
        engine hands in a list through the context and finds the failures in it. A
        refund hands in the key under which Stripe makes it only once.
        """
        if key := self.env.context.get("autopay_refund_key"):
            kwargs["idempotency_key"] = key
        try:
            return super()._send_api_request(*args, **kwargs)
        except Exception as error:
            self._autopay_log_failure(error)
            raise

    def _autopay_log_failure(self, error):
        """Tell the engine, when it asked for it, that an outcome is not definite."""
        failures = self.env.context.get("autopay_lost_requests")
        if failures is not None and not self._autopay_is_definite(error):
            failures.append(type(error).__name__)

    def _autopay_is_definite(self, error):
        """Return whether the provider answered with a refusal (HTTP 4xx)."""
        cause = error.__context__
        if not isinstance(error, ValidationError):
            return False
        if not isinstance(cause, requests.exceptions.HTTPError):
            return False
        status = cause.response.status_code
        return 400 <= status < 500 and status not in (408, 409, 425, 429)

    # === GUARD === #

    @api.depends("state", "journal_id", "company_id.autopay_enabled")
    def _compute_autopay_booking_issue(self):
        bookable = self.env["autopay.bookable"]
        for provider in self:
            used = provider.id and provider.state != "disabled"
            used = used and provider.company_id.autopay_enabled
            provider.autopay_booking_issue = used and bookable._get_provider_sentence(
                provider._origin
            )

    @api.onchange("state")
    def _onchange_state_warn_open_attempts(self):
        """Say what goes on at a provider that is about to be switched off."""
        if self.state == self._origin.state:
            return None
        words = []
        if attempts := self._origin._get_autopay_open_attempts():
            words.append(
                self.env._(
                    "Charges under way through this provider: %(count)s. What was not "
                    "sent yet is withdrawn; the others are followed until their end, "
                    "so leave the credentials in place.",
                    count=len(attempts),
                )
            )
        if self._origin.state != "disabled":
            words.append(self._origin._get_autopay_leaving_words())
        message = " ".join(filter(None, words))
        title = self.env._("Used by Autopay")
        return message and {"warning": {"title": title, "message": message}}

    def _get_autopay_open_attempts(self):
        """Return the attempts through these providers that hold invoices."""
        attempts = self.env["autopay.attempt"].sudo()
        known = self._filter_autopay_known()
        if not known:
            return attempts
        live = [("provider_id", "in", known.ids), ("line_ids.live", "=", True)]
        return attempts.search(live)

    def _archive_linked_tokens(self):
        """Override of `payment` to call back charges of methods archived before."""
        res = super()._archive_linked_tokens()
        attempts = self._get_autopay_open_attempts()
        archived = attempts.filtered(lambda attempt: not attempt.token_id.active)
        archived._check_soon()
        return res

    def _is_autopay_charging_live(self):
        """Return whether charges move real money.

        A provider that is switched off keeps the mode of its key, so that it can still
        be asked what became of its charges.
        """
        self.ensure_one()
        if self.state != "disabled":
            return self.state == "enabled"
        return self._is_autopay_key_live()
