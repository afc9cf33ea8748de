"""Messages as Stripe sends them, to a real Odoo over HTTP."""

import itertools
import json
import time

from stripe import WebhookSignature

from odoo.tests import HttpCase, new_test_user, tagged

from ..common import AutopayCommon

WEBHOOK_SECRET = "whsec_of_autopay"
CONTROLLER_LOG = "odoo.addons.autopay.controllers.stripe_webhook"

_numbers = itertools.count(1)


def build_event(kind, subject, **values):
    """Return an event as Stripe sends it.

    :param str kind: type of the event
    :param dict subject: the object it is about
    """
    return {
        "id": f"evt_{next(_numbers):06}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": subject},
        **values,
    }


def sign(payload, secret=WEBHOOK_SECRET, age=0):
    """Return the header that goes with a payload signed ``age`` seconds ago."""
    return WebhookSignature.generate_signature_header(
        payload, secret, int(time.time()) - age
    )


def create_administrator(company):
    """Return a user who may change how Stripe reaches the company's Odoo."""
    return new_test_user(
        company.env,
        f"autopay_administrator_{next(_numbers)}",
        "base.group_system",
        company_id=company.id,
        company_ids=company.ids,
    )


@tagged("post_install", "-at_install")
class WebhookCommon(AutopayCommon, HttpCase):
    """A company whose Stripe provider accepts messages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.sudo().write(
            {
                "autopay_webhook_ref": "we_1",
                "autopay_webhook_secret": WEBHOOK_SECRET,
            }
        )
        cls.path = cls.provider._get_autopay_webhook_url()

    # === ACTS === #

    def _run_cron(self, xml_id):
        """Override: an HTTP test is in registry test mode from the start."""
        self.env.flush_all()
        self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    def _post(self, payload, header=None, path=None, **headers):
        """Send a body with this signature; return the answer."""
        self.env.flush_all()
        if header is not None:
            headers["Stripe-Signature"] = header
        answer = self.url_open(
            path or self.path,
            data=payload,
            method="POST",
            headers={"Content-Type": "application/json; charset=utf-8", **headers},
        )
        self.env.invalidate_all()
        return answer

    def _send_event(self, event, **options):
        """Sign an event as Stripe does and send it; return the answer."""
        payload = json.dumps(event, indent=2)
        return self._post(payload.encode(), sign(payload), **options)

    def _receive(self, kind, subject, **values):
        """Receive an event and return it as it was stored."""
        event = build_event(kind, subject, **values)
        answer = self._send_event(event)
        self.assertEqual(answer.status_code, 200, answer.text)
        return self._get_events().filtered(lambda rec: rec.event_ref == event["id"])

    def _process_events(self):
        """Run the scheduled action that processes events and resolves attempts."""
        self._run_cron("autopay.ir_cron_resolve_open_attempts")

    # === FACTS === #

    def _get_events(self):
        return self.env["autopay.event"].search(
            [("provider_id", "=", self.provider.id)]
        )
