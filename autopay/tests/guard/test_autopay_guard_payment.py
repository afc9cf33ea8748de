from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common_guard import GuardCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayGuardPayment(GuardCommon):
    """Other payments of what is being collected."""

    # === STAFF AND PAYMENTS === #

    def _register(self, invoice, env=None, **values):
        """Return the wizard *Register Payment*, as a billing user fills it in."""
        env = env or self.env(user=self.billing, su=False)
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        return env["account.payment.register"].with_context(**context).create(values)

    def _get_card_values(self, token):
        """Return what *Register Payment* needs to charge a saved method."""
        line = self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        )
        return {
            "journal_id": line.journal_id.id,
            "payment_method_line_id": line.id,
            "payment_token_id": token.id,
        }

    def test_saved_card_is_not_charged_by_register_payment(self):
        invoice, attempt = self._leave()
        wizard = self._register(invoice, **self._get_card_values(attempt.token_id))
        with self._assert_refused():
            wizard.action_create_payments()
        with self._assert_refused():
            wizard.with_context(active_ids=[]).action_create_payments()

    def test_payment_with_saved_card_is_not_posted_for_the_invoice(self):
        invoice, attempt = self._leave()
        payment = self.env["account.payment"].create(
            {
                "amount": 100,
                "partner_id": self.customer.id,
                "payment_type": "inbound",
                "invoice_ids": [Command.set(invoice.ids)],
                **self._get_card_values(attempt.token_id),
            }
        )
        with self._assert_refused():
            payment.with_user(self.billing).action_post()
        self.assertFalse(payment.payment_transaction_id)

    @fault(26)
    def test_payment_from_elsewhere_is_booked_and_the_attempt_withdrawn(self):
        engine = type(self.env["autopay.engine"])
        gate = engine._gate
        self._enrol()
        invoice = self._create_due_invoice()

        def pay_before_gate(engine, ctx, attempts):
            if attempts:
                self._register(invoice, engine.env).action_create_payments()
            return gate(engine, ctx, attempts)

        with patch.object(engine, "_gate", pay_before_gate):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "canceled")
        self.assertFalse(attempt.line_ids.live)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._get_charges(invoice), [])
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")

    def test_payment_from_elsewhere_may_be_registered_at_any_time(self):
        for state in ("pending", "unknown", "action_required", "prepared"):
            invoice, _attempt = self._leave(state)
            with self.subTest(state=state):
                self._register(invoice).action_create_payments()
                self.assertEqual(invoice.amount_residual, 0)

    def test_who_registers_a_payment_is_told_that_autopay_collects(self):
        invoice, _attempt = self._leave()
        free = self._create_due_invoice()
        self.assertEqual(self._register(invoice).autopay_held_names, invoice.name)
        self.assertFalse(self._register(free).autopay_held_names)

    def test_payment_link_is_refused_but_the_invoice_can_be_printed(self):
        invoice, _attempt = self._leave()
        wizards = self.env["payment.link.wizard"].with_user(self.billing)
        context = {"active_model": "account.move", "active_id": invoice.id}
        with self._assert_refused():
            Form(wizards.with_context(**context))
        with self._assert_refused():
            wizards.create(
                {"res_model": "account.move", "res_id": invoice.id, "amount": 1}
            )
        self.assertIn(invoice.get_portal_url(), invoice._get_portal_payment_link())

    def test_nobody_makes_a_second_transaction(self):
        invoice, attempt = self._leave()
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.card_method.id,
            "amount": 100,
            "currency_id": invoice.currency_id.id,
            "partner_id": self.customer.id,
        }
        transactions = self.env["payment.transaction"]
        for commands in ([Command.set(invoice.ids)], [Command.link(invoice.id)]):
            with self._assert_refused(), self.env.cr.savepoint():
                transactions.create({**values, "invoice_ids": commands})
        loose = transactions.create(values)
        with self._assert_refused(), self.env.cr.savepoint():
            loose.invoice_ids = invoice
        self.env.invalidate_all()
        self.assertEqual(attempt.transaction_id, invoice.transaction_ids)

    def test_reservation_loses_against_a_payment_begun_before(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_blocker, "payment_pending")

    def test_payment_begun_and_forgotten_does_not_block_for_long(self):
        self._enrol()
        invoice = self._create_due_invoice()
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = now() at time zone 'UTC' "
            "- interval '31 minutes' WHERE id = %s",
            [transaction.id],
        )
        self.env.invalidate_all()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    @mute_logger("odoo.sql_db")
    def test_database_is_the_last_line_of_defence(self):
        _invoice, attempt = self._leave()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            attempt.line_ids.sudo().copy({"attempt_id": attempt.id})
            self.env.flush_all()
