import logging
import re
import time

from odoo import http
from odoo.http import request

from ..const.event import EVENT_MAX_BYTES, EVENT_STEPS, WEBHOOK_PATH
from ..gateways.stripe.webhooks import is_genuine, parse_event

_logger = logging.getLogger(__name__)

# As the provider makes them; nothing else is worth a look into the database.
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class StripeWebhook(http.Controller):
    """Takes in that something happened at Stripe; nothing is done about it here."""

    @http.route(
        f"{WEBHOOK_PATH}<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=EVENT_MAX_BYTES,
    )
    def receive(self, token, **_params):
        """Write down an event that Stripe signed, and have it looked at.

        The answer is sent after Odoo has committed; any error before becomes a 5xx, and
        Stripe sends the event again (https://docs.stripe.com/webhooks#retries).

        :param str token: the part of the address that nobody can guess
        """
        provider = self._get_provider(token)
        if not provider:
            raise request.not_found()
        secrets = provider._get_autopay_webhook_secrets()
        if not secrets:
            return self._answer("No signing secret is set.", 503)
        # Kept: Odoo calls this again when another request got in the way.
        payload = request.httprequest.get_data()
        header = request.httprequest.headers.get("Stripe-Signature", "")
        if not is_genuine(payload, header, secrets, time.time()):
            return self._refuse(provider, "The signature does not match.", 400)
        return self._take(provider, parse_event(payload))

    def _get_provider(self, token):
        providers = request.env["payment.provider"].sudo()
        if not TOKEN.fullmatch(token):
            return providers
        domain = [("code", "=", "stripe"), ("autopay_webhook_token", "=", token)]
        return providers.search(domain, limit=1)

    def _take(self, provider, facts):
        """Store what is meant for us and answer.

        :param facts: an ``EventFacts``, None when the message is not an event
        """
        if not facts:
            return self._refuse(provider, "This is not an event.", 400)
        if not provider._is_autopay_event_ours(facts):
            return self._refuse(provider, "Another account or mode.", 403)
        if facts.type not in EVENT_STEPS:
            return self._answer("Not needed.", 200)
        if request.env["autopay.event"].sudo()._store(provider, facts):
            request.env["autopay.event.handler"].sudo()._trigger()
        return self._answer("Received.", 200)

    def _refuse(self, provider, sentence, status):
        # Nothing of the message: it may hold anything.
        _logger.warning(
            "A message for the webhook of provider %s was refused: %s",
            provider.id,
            sentence,
        )
        return self._answer(sentence, status)

    def _answer(self, sentence, status):
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return request.make_response(sentence, headers=headers, status=status)
