import ipaddress
from urllib.parse import urlsplit

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...const.event import EVENT_STEPS
from ...words.providers import PROBLEM_SENTENCES, get_problem_sentence

# Endings of names that only a local network knows.
LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".test", ".example")


class AutopayWebhook(models.AbstractModel):
    """Creates, renews and removes the endpoint at a provider that sends us events."""

    _name = "autopay.webhook"
    _description = "Autopay Webhook"

    @api.model
    def _set_up(self, provider):
        """Create the endpoint, or replace it by one with a new secret, and say so.

        :raises UserError: when the provider could not reach us, or refuses
        """
        account = self._get_account(provider)
        webhooks, name = account.webhooks, provider._get_autopay_name()
        if not provider.autopay_webhook_token:
            provider._compute_autopay_webhook_token()
        url = provider._get_autopay_webhook_url()
        if not account.is_stand_in:
            self._check_address(name, url)
        renewed = bool(provider.autopay_webhook_secret)
        title = self.env._("Autopay of %s", provider.company_id.name)
        report = webhooks.create_endpoint(url, EVENT_STEPS, title)
        self._check_report(name, report)
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
            else self.env._("%s sends its messages to Autopay now.", name)
        )

    @api.model
    def _remove(self, provider):
        """Delete the endpoint at the provider and accept no message any more."""
        webhooks = self._get_account(provider).webhooks
        name = provider._get_autopay_name()
        if provider.autopay_webhook_ref:
            report = webhooks.remove_endpoint(provider.autopay_webhook_ref)
            self._check_report(name, report)
        provider.sudo().write(
            {"autopay_webhook_ref": False, "autopay_webhook_secret": False}
        )
        return self._get_notification(
            self.env._("%s sends no more messages to Autopay.", name)
        )

    def _remove_others(self, webhooks, url, kept_ref):
        """Delete endpoints left behind: nobody else knows our address.

        What cannot be deleted sends messages that nobody accepts; no harm is done.
        """
        for ref in webhooks.find_endpoints(url).refs:
            if ref != kept_ref:
                webhooks.remove_endpoint(ref)

    # === CHECKS === #

    def _get_account(self, provider):
        """Return the provider's account, if this user may change how it reaches us."""
        provider.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only administrators may change how providers reach Odoo.")
            )
        if self.env["res.company"]._is_autopay_neutralized():
            raise UserError(
                self.env._("This database is a copy. It must not receive messages.")
            )
        # A copy knows the other database's endpoint and would take its place.
        provider.company_id._check_autopay_home()
        try:
            return provider._get_autopay_gateway()
        except ValueError as error:
            sentence = get_problem_sentence(self.env, str(error))
            raise UserError(sentence) from None

    def _check_address(self, name, url):
        """Let only addresses pass that the provider can reach."""
        parts = urlsplit(url)
        if parts.scheme == "https" and self._is_public(parts.hostname):
            return
        raise UserError(
            self.env._(
                "%(provider)s cannot send messages to %(address)s. It needs the public "
                "https address of this Odoo; set it in the system parameter "
                "web.base.url. Autopay works without messages as well: it asks "
                "%(provider)s itself.",
                provider=name,
                address=f"{parts.scheme}://{parts.netloc}",
            )
        )

    def _is_public(self, host):
        try:
            return ipaddress.ip_address(host or "").is_global
        except ValueError:
            name = (host or "").rstrip(".").lower()
            return "." in name and not name.endswith(LOCAL_ENDINGS)

    def _check_report(self, name, report):
        """Say in words what went wrong at the provider."""
        if not report.problem:
            return
        if report.problem in PROBLEM_SENTENCES:
            sentence = get_problem_sentence(self.env, report.problem)
        elif report.problem == "forbidden":
            sentence = self.env._(
                "The secret key may not manage webhooks. Give the restricted key write "
                "access to webhook endpoints, or create the webhook in the dashboard "
                "of %s with the address shown here and paste its signing secret.",
                name,
            )
        else:
            sentence = self.env._(
                "%(provider)s refused: %(reason)s",
                provider=name,
                reason=report.message or report.problem,
            )
        raise UserError(sentence)

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
