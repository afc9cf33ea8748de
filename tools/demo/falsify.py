"""Falsifies one thing, so that the comparison can be seen to fail."""

import stripe

from tools.demo.company import STRIPE_KEY


def falsify(kind, env, simulator):
    """Falsify the books or the ledger.

    :param str kind: one of ``options.FALSIFICATIONS``
    """
    {"payment": _cancel_payment, "ledger": _charge_in_secret}[kind](env, simulator)


def _cancel_payment(env, _simulator):
    """Take a payment out of the books whose money was taken."""
    payment = _get_charged(env).payment_id
    payment.action_draft()
    payment.action_cancel()


def _charge_in_secret(env, simulator):
    """Take one dollar from a card without telling the books."""
    token = _get_charged(env).token_id
    client = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.url})
    client.v1.payment_intents.create(
        {
            "amount": 100,
            "currency": "usd",
            "customer": token.provider_ref,
            "payment_method": token.stripe_payment_method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "confirm": True,
            "off_session": True,
        }
    )


def _get_charged(env):
    """Return the first attempt that took money at Stripe."""
    charged = [("state", "=", "succeeded"), ("provider_id.code", "=", "stripe")]
    return env["autopay.attempt"].search(charged, order="id", limit=1)
