from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..reconciliation.common_invariant import describe
from .test_autopay_open_credit import OpenCreditCommon


@tagged("post_install", "-at_install")
class TestAutopayCreditInvariant(OpenCreditCommon):
    """It is found out when a customer was charged beside credit that was open."""

    def _charge_blindly(self, invoice):
        """Charge as an engine would that does not look at open credit."""
        model = self.env.registry["autopay.open.credit"]
        with patch.object(model, "_weigh", lambda *_args: False):
            self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 100)

    def _check(self):
        return self.env["autopay.invariant"].sudo()._check_one("I21")

    def _assert_holds(self):
        finding = self._check()
        self.assertEqual(finding.verdict, "ok", describe(finding))

    def _assert_found(self, *texts):
        finding = self._check()
        self.assertEqual(finding.verdict, "breach")
        [(model, res_id, detail)] = finding.offenders
        self.assertEqual((model, res_id), ("res.partner", self.customer.id))
        for text in texts:
            self.assertIn(text, detail)

    def test_customer_charged_beside_open_credit_is_named(self):
        payment, note = self._pay(100), self._credit(30)
        invoice = self._create_due_invoice(100)
        self._charge_blindly(invoice)
        self._assert_found(
            "130.00", payment.move_id.name, note.name, invoice.autopay_attempt_ids.name
        )

    def test_credit_of_a_contact_counts(self):
        self._enter(20, self._create_customer("Kim Reed", parent_id=self.customer.id))
        self._charge_blindly(self._create_due_invoice(100))
        self._assert_found("20.00")

    def test_customer_who_owes_more_than_is_open_was_not_charged_too_much(self):
        self._create_posted_invoice(50)
        self._pay(30)
        self._charge_blindly(self._create_due_invoice(100))
        self._assert_holds()

    def test_later_credit_breaches_nothing(self):
        draft = self._credit(30)
        draft.button_draft()
        cancelled = self._create_posted_invoice(60)
        payment = self._pay(60)
        self._get_receivable(cancelled | payment.move_id).reconcile()
        self.env.cr.flush()
        self._charge_blindly(self._create_due_invoice(100))
        self._assert_holds()
        # Posted after the charge.
        tracked = {"tracking_disable": False, "mail_notrack": False}
        draft.with_context(**tracked).action_post()
        self.env.cr.flush()
        self._assert_holds()
        # Its invoice was cancelled after the charge.
        payment.invoice_ids = cancelled
        cancelled.button_draft()
        cancelled.button_cancel()
        self._force_later(cancelled, "write_date")
        self._assert_holds()
        # A new one.
        self._credit(15)
        self._force_later(self.env["account.move"].search([], limit=1, order="id desc"))
        self._assert_holds()

    def test_word_of_a_person_breaches_nothing(self):
        self._pay(30)
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_charge_anyway()
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 100)
        self._assert_holds()

    def test_money_kept_aside_breaches_nothing(self):
        first = self._create_due_invoice(100)
        self._run_autopay()
        attempt = first.autopay_attempt_ids
        first.button_draft()
        first.button_cancel()
        attempt.action_keep_aside()
        second = self._create_due_invoice(100)
        self._run_autopay()
        self.assertEqual(self._get_charged(second), 100)
        self._assert_holds()

    def _get_receivable(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    def _force_later(self, move, name="create_date"):
        """Have an entry be written after the charge: here all is one transaction."""
        self.env.flush_all()
        for table, key in (("account_move", "id"), ("account_move_line", "move_id")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = now() + interval '1 hour' WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                    SQL.identifier(key),
                    move.id,
                )
            )
