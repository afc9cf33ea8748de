from unittest.mock import patch

from odoo import fields

from ...models.engine.autopay_stage import AutopayStage
from ..common import AutopayCommon


class ReversalCommon(AutopayCommon):
    """A collected charge, and money of it that goes back at the simulator."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    # === ACTS === #

    def _collect(self, amount=100.0, **values):
        """Charge a due invoice; return it and its attempt."""
        invoice = self._create_due_invoice(amount, **values)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sorted("id")[-1:]
        self.assertEqual(attempt.state, "succeeded")
        return invoice, attempt

    def _collect_twice(self, paid=100, customer=None):
        """Charge an invoice that is paid outside after the gate; return the attempt."""
        invoice = self._create_due_invoice(100, customer)
        send = AutopayStage._send

        def pay_first(stage, ctx, verb, attempts):
            if verb == "charge":
                self._register_payment(attempts.line_ids.move_id, paid)
            return send(stage, ctx, verb, attempts)

        with patch.object(AutopayStage, "_send", pay_first):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "succeeded")
        return invoice, attempt

    def _register_payment(self, move, amount):
        context = {"active_model": "account.move", "active_ids": move.ids}
        register = move.env["account.payment.register"].with_context(**context)
        journal = self.company_data["default_journal_bank"]
        register.create({"amount": amount, "journal_id": journal.id})._create_payments()

    def _refund(self, attempt, amount_minor=None, **params):
        """Refund a charge in the provider's dashboard; return the refund's id."""
        params["payment_intent"] = attempt.object_ref
        if amount_minor:
            params["amount"] = amount_minor
        return self.stripe.v1.refunds.create(params).id

    def _poll(self):
        """Ask the provider for all that went back, as the scheduler does each hour."""
        env = self.env(su=True)
        env["autopay.reversal.poll"].search([]).asked_date = False
        env["autopay.reversal"].search(
            [("next_check_date", "!=", False)]
        ).next_check_date = fields.Datetime.now()
        self._resolve_autopay()

    def _follow(self, refs):
        """Take in events that speak of these objects, as the webhook does."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, su=True)
            provider = env["payment.provider"].browse(self.provider.id)
            env["autopay.reversal"]._read_events(provider, refs)

    # === FACTS === #

    def _assert_paid(self, invoice):
        # The bank statement decides which of the two it is.
        self.assertIn(invoice.payment_state, ("in_payment", "paid"))

    def _get_own_domain(self):
        return [("company_id", "=", self.company.id)]

    def _get_reversal(self, attempt):
        return self.env["autopay.reversal"].search([("attempt_id", "=", attempt.id)])

    def _get_customer_balance(self):
        """Return what the books say the customer owes, in company currency."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("balance"))

    def _get_provider_balance(self):
        """Return what the books say lies with the provider, in company currency."""
        account = self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        ).payment_account_id
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance"))
