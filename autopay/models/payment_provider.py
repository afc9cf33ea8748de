import logging

import requests  # noqa: TID251 - the exceptions of Odoo's own requests

from odoo import models
from odoo.exceptions import ValidationError

from ..gateways.base import Credentials
from ..gateways.stripe_gateway import StripeGateway
from ..gateways.stripe_session import api_base, configuration_issue

_logger = logging.getLogger(__name__)


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    # === BUSINESS METHODS - GATEWAY === #

    def _get_autopay_gateway(self):
        """Return the gateway that can be asked about its charges, or None.

        None means that the provider is charged through Odoo's own token payment.

        :raises ValueError: with a code of ``configuration_issue`` when the provider is
            not set up well enough to be called
        """
        credentials = self._get_autopay_credentials()
        return StripeGateway(credentials) if credentials else None

    def _get_autopay_credentials(self):
        """Return how to reach the provider's account, or None: see the gateway.

        :raises ValueError: as :meth:`_get_autopay_gateway` does
        """
        self.ensure_one()
        provider = self.sudo()
        if provider.code != "stripe":
            return None
        credentials = Credentials(
            provider_id=provider.id,
            secret_key=provider.stripe_secret_key or "",
            livemode=provider.state == "enabled",
        )
        if issue := configuration_issue(credentials):
            raise ValueError(issue)
        return credentials

    def _get_autopay_dashboard_url(self, object_ref):
        """Return where staff see an object of the provider, or False."""
        self.ensure_one()
        # A stand-in for Stripe has no dashboard.
        if self.code != "stripe" or api_base():
            return False
        mode = "" if self.state == "enabled" else "test/"
        return f"https://dashboard.stripe.com/{mode}payments/{object_ref}"

    def _is_autopay_usable(self):
        """Return whether saved methods of this provider can be charged off-session."""
        self.ensure_one()
        provider = self.sudo()
        return provider.support_tokenization and not provider.capture_manually

    # === REQUEST HELPERS === #

    def _send_api_request(self, *args, **kwargs):
        """Override of `payment` to tell a lost connection from a refusal.

        Odoo reports both as `ValidationError`; only the second is a definite no. The
        engine hands in a list through the context and finds the failures in it.
        """
        try:
            return super()._send_api_request(*args, **kwargs)
        except Exception as error:
            self._autopay_note_failure(error)
            raise

    def _autopay_note_failure(self, error):
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
