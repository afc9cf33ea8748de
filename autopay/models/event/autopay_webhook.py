import ipaddress
from urllib.parse import urlsplit

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...const.event import EVENT_STEPS
from ...gateways.stripe.session import api_base
from ...gateways.stripe.webhooks import StripeWebhooks
from ...words.declines.advice import get_configuration_sentence

# Endings of names that only a local network knows.
LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".test", ".example")


class AutopayWebhook(models.AbstractModel):
    """Creates, renews and removes the endpoint at Stripe that sends us events."""

    _name = "autopay.webhook"
    _description = "Autopay Webhook"

    @api.model
    def _set_up(self, provider):
        """Create the endpoint, or replace it by one with a new secret, and say so.

        :raises UserError: when Stripe could not reach us, or refuses
        """
        webhooks = self._get_webhooks(provider)
        if not provider.autopay_webhook_token:
            provider._compute_autopay_webhook_token()
        url = provider._get_autopay_webhook_url()
        self._check_address(url)
        renewed = bool(provider.autopay_webhook_secret)
        name = self.env._("Autopay of %s", provider.company_id.name)
        report = webhooks.create_endpoint(url, EVENT_STEPS, name)
        self._check_report(report)
        provider.sudo().write(
            {
                "autopay_webhook_ref": report.ref,
                "autopay_webhook_secret": report.secret,
                "autopay_webhook_account": webhooks.read_account(),
            }
        )
        self._remove_others(webhooks, url, report.ref)
        return self._get_notification(
            self.env._("The webhook has a new secret.")
            if renewed
            else self.env._("Stripe sends its messages to Autopay now.")
        )

    @api.model
    def _remove(self, provider):
        """Delete the endpoint at Stripe and accept no message any more."""
        webhooks = self._get_webhooks(provider)
        if provider.autopay_webhook_ref:
            self._check_report(webhooks.remove_endpoint(provider.autopay_webhook_ref))
        provider.sudo().write(
            {"autopay_webhook_ref": False, "autopay_webhook_secret": False}
        )
        return self._get_notification(
            self.env._("Stripe sends no more messages to Autopay.")
        )

    def _remove_others(self, webhooks, url, kept_ref):
        """Delete endpoints left behind: nobody else knows our address.

        What cannot be deleted sends messages that nobody accepts; no harm is done.
        """
        for ref in webhooks.find_endpoints(url).refs:
            if ref != kept_ref:
                webhooks.remove_endpoint(ref)

    # === CHECKS === #

    def _get_webhooks(self, provider):
        provider.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only administrators may change how Stripe reaches Odoo.")
            )
        if self.env["autopay.run"]._is_database_neutralized():
            raise UserError(
                self.env._("This database is a copy. It must not receive messages.")
            )
        # A copy knows the other database's endpoint and would take its place.
        provider.company_id._check_autopay_home()
        try:
            return StripeWebhooks(provider._get_autopay_credentials())
        except ValueError as error:
            sentence = get_configuration_sentence(self.env, str(error))
            raise UserError(sentence) from None

    def _check_address(self, url):
        """Let only addresses pass that Stripe can reach."""
        parts = urlsplit(url)
        # A stand-in for Stripe on this machine reaches this machine.
        if api_base() or (parts.scheme == "https" and self._is_public(parts.hostname)):
            return
        raise UserError(
            self.env._(
                "Stripe cannot send messages to %(address)s. It needs the public https "
                "address of this Odoo; set it in the system parameter web.base.url. "
                "Autopay works without messages as well: it asks Stripe itself.",
                address=f"{parts.scheme}://{parts.netloc}",
            )
        )

    def _is_public(self, host):
        try:
            return ipaddress.ip_address(host or "").is_global
        except ValueError:
            name = (host or "").rstrip(".").lower()
            return "." in name and not name.endswith(LOCAL_ENDINGS)

    def _check_report(self, report):
        """Say in words what went wrong at Stripe."""
        if not report.problem:
            return
        sentences = {
            "forbidden": self.env._(
                "The secret key may not manage webhooks. Give the restricted key write "
                "access to webhook endpoints, or create the webhook in Stripe's "
                "dashboard with the address shown here and paste its signing secret."
            ),
            "credentials": self.env._(
                "Stripe does not accept the secret key; check the credentials."
            ),
            "unreachable": self.env._("Stripe cannot be reached. Try again later."),
        }
        refused = self.env._("Stripe refused: %s", report.message or report.problem)
        raise UserError(sentences.get(report.problem, refused))

    def _get_notification(self, message):
        """Return a client action that says it and shows the form anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
