"""A due invoice that meets a fault, and what has to be true of it afterwards."""

from unittest.mock import patch

from ..models.engine.autopay_stage import AutopayStage
from .common import AutopayCommon

CREATE = "/v1/payment_intents"
CONFIRM = "/v1/payment_intents/*/confirm"


class FaultCommon(AutopayCommon):
    """Faults at the provider, things that happen in between, and the two ledgers."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    # === ACTS === #

    def _add_fault(self, kind, path, **values):
        self.admin.add_fault(kind, method="POST", path=path, **values)

    def _run_with(self, owner, method, before):
        """Run the charge job, with something done each time before a method works.

        :param before: gets the recordset and the arguments
        """
        original = getattr(owner, method)

        def wrapper(records, *args, **kwargs):
            before(records, *args, **kwargs)
            return original(records, *args, **kwargs)

        with patch.object(owner, method, wrapper):
            self._run_autopay()

    def _run_with_before_charge(self, act):
        """Run the charge job; ``act`` gets the attempts when they are charged."""

        def before(stage, ctx, verb, attempts):
            if verb == "charge" and attempts:
                act(attempts)

        self._run_with(AutopayStage, "_send", before)

    def _converge(self, rounds=3):
        """Let both jobs work until nothing can be left to do."""
        self.admin.clear_faults()
        for _round in range(rounds):
            self._resolve_autopay()
            self._run_autopay()

    # === FACTS === #

    def _get_attempt(self, invoice):
        return invoice.autopay_attempt_ids.sudo().sorted("id")[-1:]

    def _get_intents(self, invoice):
        """Return the simulator's intents for an invoice, the newest first."""
        references = invoice.transaction_ids.mapped("reference")
        intents = self.stripe.v1.payment_intents.list({"limit": 100}).data
        return [
            intent
            for intent in intents
            if intent.metadata.to_dict().get("autopay_tx") in references
        ]

    def _get_news(self, invoice):
        """Return what the chatter of an invoice says of its attempts."""
        bodies = invoice.message_ids.mapped("body")
        return [body for body in bodies if "autopay.attempt" in body]

    def _get_alarms(self, model="autopay.attempt"):
        """Return what people of the company are asked to look at."""
        return self.env["mail.activity"].search([("res_model", "=", model)])

    def _assert_collected(self, invoice):
        """Check that money was taken once, and booked once, and said once."""
        payments = invoice.transaction_ids.payment_id
        cents = round(invoice.amount_total * 100)
        charges = self._get_charges(invoice)
        self.assertEqual([charge["amount"] for charge in charges], [cents])
        self.assertEqual(payments.mapped("amount"), [invoice.amount_total])
        self.assertEqual(payments.move_id.state, "posted")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(any(invoice.autopay_attempt_line_ids.mapped("live")))
        self.assertEqual(len(self._get_news(invoice)), 1)

    def _assert_untouched(self, invoice, status="eligible"):
        """Check that neither ledger knows of any money for an invoice."""
        self.assertEqual(self._get_charges(invoice), [])
        self.assertFalse(invoice.transaction_ids.payment_id)
        self.assertEqual(invoice.autopay_status, status)
        self.assertFalse(any(invoice.autopay_attempt_line_ids.mapped("live")))
