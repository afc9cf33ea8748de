"""The two ways to charge invoices that are compared."""

import os
import time
from unittest.mock import patch

# Seconds for which jobs may go on.
PATIENCE = 3600


class StockWay:
    """Odoo's own modules, one invoice after the other."""

    def __init__(self, env, url):
        from odoo.addons.payment_stripe.models.payment_provider import PaymentProvider

        self.env = env
        # Stripe's address is written into Odoo's module; nothing else is replaced.
        patch.object(
            PaymentProvider,
            "_build_request_url",
            lambda _provider, endpoint, **_kwargs: f"{url}/v1/{endpoint}",
        ).start()

    def make_due(self, move_ids):
        """Nothing marks an invoice as due for a loop over invoices."""

    def charge(self, move_ids):
        """Charge each invoice with the customer's saved card."""
        for move_id in move_ids:
            # One by one: Odoo reads ahead for all the ids that were browsed together.
            self._charge(self.env["account.move"].browse(move_id))
            self.env.cr.commit()

    def _charge(self, move):
        transaction = self.env["payment.transaction"].create(self._prepare_vals(move))
        transaction._charge_with_token()
        transaction._post_process()

    def _prepare_vals(self, move):
        token = self.env["payment.token"].search(
            [("partner_id", "=", move.partner_id.id)], limit=1
        )
        invoice_ids = [(6, 0, move.ids)]
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": self.env["payment.transaction"]._compute_reference(
                token.provider_code, invoice_ids=invoice_ids
            ),
            "amount": move.amount_residual,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id,
            "operation": "offline",
            "invoice_ids": invoice_ids,
        }


class AutopayWay:
    """The scheduled action of autopay, as it is."""

    def __init__(self, env, url):
        self.env = env
        os.environ["AUTOPAY_STRIPE_API_BASE"] = url

    def make_due(self, move_ids):
        """Make these invoices the ones that are due."""
        self.env.cr.execute(
            "UPDATE account_move SET autopay_status = 'eligible', autopay_date ="
            " invoice_date_due, autopay_payer_id = commercial_partner_id"
            " WHERE id = ANY(%s)",
            [list(move_ids)],
        )
        self.env.cr.commit()

    def charge(self, _move_ids):
        """Run the scheduled action over what is due."""
        self.env["autopay.run"]._cron_charge_due_invoices()


class QueuedWay(AutopayWay):
    """The same, where a server with a job runner charges what is handed over."""

    def charge(self, move_ids):
        """Run the scheduled action, and wait until its jobs have done their work.

        :raises RuntimeError: when they do not come to an end
        """
        super().charge(move_ids)
        deadline = time.monotonic() + PATIENCE
        while self._is_open():
            if time.monotonic() > deadline:
                raise RuntimeError("Jobs do not end.")
            time.sleep(0.1)

    def _is_open(self):
        self.env.cr.rollback()
        self.env.cr.execute(
            "SELECT id FROM autopay_queue_batch WHERE state IN ('waiting', 'begun')"
            " LIMIT 1"
        )
        found = self.env.cr.fetchone()
        self.env.cr.rollback()
        return bool(found)


class CombinedWay(AutopayWay):
    """The same, where the company has one charge for a customer's due invoices."""

    def make_due(self, move_ids):
        """Make these invoices the ones that are due, to be charged together."""
        self.env.company.autopay_combine = True
        super().make_due(move_ids)


class QuietWay(AutopayWay):
    """The same, where nobody is told of anything by mail."""

    def __init__(self, env, url):
        super().__init__(env, url)
        settings = env["autopay.notice.setting"]
        settings._add_missing(env.company)
        settings.search([]).write({"enabled": False})
        env.cr.commit()

    def tell(self):
        """Write the mails that are due, none; return how many they are."""
        notices = self.env["autopay.notice"]
        count = notices.search_count(notices._get_due_domain())
        notices._cron_send_notices()
        self.env.cr.commit()
        return count


class TellingWay(QuietWay):
    """The same, where customers and staff are told by mail of all that happens."""

    def __init__(self, env, url):
        super().__init__(env, url)
        env["autopay.notice.setting"].search([]).write({"enabled": True})
        env.company.autopay_summary = "always"
        env.cr.commit()


WAYS = {
    "stock": StockWay,
    "autopay": AutopayWay,
    "combined": CombinedWay,
    "quiet": QuietWay,
    "telling": TellingWay,
    "queued": QueuedWay,
}
