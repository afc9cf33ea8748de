from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..fault import fault
from .common_collect import SOURCE, CollectCommon


@tagged("post_install", "-at_install")
class TestAutopayCollectVoid(CollectCommon):
    """An invoice that is owed no more says so, and nothing follows it."""

    def setUp(self):
        super().setUp()
        self.later = self.today + timedelta(days=9)
        self.followed = []

    def _resolve(self):
        """Run the resolver's job, and note for which invoices something follows."""
        self._follow(lambda moves: self.followed.extend(moves.ids))

    def _drop(self, note):
        """Take a credit note off its invoice, and cancel it."""
        note.line_ids.remove_move_reconcile()
        note.button_draft()
        note.button_cancel()

    def _assert_void(self, row, words):
        self.assertEqual(row.state, "void")
        self.assertIn(words, row.reason)
        self.assertFalse(self.followed)

    @fault(129)
    def test_credited_invoice_is_not_taken_for_a_paid_one(self):
        move = self._create_draft()
        self._collect(move, day=self.later)
        row = self._get_rows(move)
        note = move._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.assertEqual(move.payment_state, "reversed")
        self._resolve()
        self._assert_void(row, "was credited")
        move.autopay_date = self.today
        self._run_autopay()
        self.assertFalse(self._get_charges(move))
        # The credit is for something else: the invoice is owed, and is collected.
        self._drop(note)
        self._resolve()
        self.assertEqual((row.state, row.reason), ("waiting", False))
        move.autopay_date = self.today
        self._run_autopay()
        self.assertEqual(len(self._get_charges(move)), 1)
        self.assertEqual(row.state, "collected")

    @fault(129)
    def test_invoice_that_is_paid_with_a_credit_for_something_else_is_paid(self):
        move = self._create_draft()
        self._collect(move, day=self.later)
        note = self._create_draft(move_type="out_refund")
        note.action_post()
        lines = (move | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.assertEqual(move.payment_state, "reversed")
        credited = [("id", "in", move.ids), ("autopay_credited", "=", True)]
        self.assertFalse(move.search(credited))
        self._resolve()
        self.assertEqual(self._get_rows(move).state, "collected")
        self.assertEqual(self.followed, move.ids)

    @fault(129)
    def test_invoice_that_is_paid_in_part_and_credited_for_the_rest_is_paid(self):
        move = self._create_draft()
        self._collect(move, day=self.later)
        self._pay(move, amount=60.0)
        note = move._reverse_moves([{"invoice_date": self.today}])
        note.invoice_line_ids.price_unit = 40.0
        note.action_post()
        lines = (move | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.filtered(lambda line: not line.reconciled).reconcile()
        self.assertEqual(move.amount_residual, 0)
        self._resolve()
        self.assertEqual(self._get_rows(move).state, "collected")
        self.assertEqual(self.followed, move.ids)

    @fault(129)
    def test_invoice_that_is_canceled_or_deleted_says_so(self):
        canceled, deleted = self._create_draft(), self._create_draft()
        self._collect(canceled | deleted, day=self.later)
        first, second = self._get_rows(canceled), self._get_rows(deleted)
        (canceled | deleted).button_draft()
        self._resolve()
        # Somebody corrects them.
        self.assertEqual({first.state, second.state}, {"waiting"})
        canceled.button_cancel()
        deleted.with_context(force_delete=True).unlink()
        self._resolve()
        self._assert_void(first, "was canceled")
        self._assert_void(second, "was deleted")
        canceled.button_draft()
        canceled.action_post()
        self._pay(canceled)
        self._resolve()
        self.assertEqual((first.state, second.state), ("collected", "void"))
        self.assertEqual(self.followed, canceled.ids)

    @fault(129)
    def test_credited_invoice_is_refused_until_the_credit_is_taken_off(self):
        move = self._create_draft()
        move.action_post()
        note = move._reverse_moves([{"invoice_date": self.today}], cancel=True)
        with self.assertRaisesRegex(UserError, "was credited"):
            self._act(move)
        self._collect(move)
        self.assertEqual(self._get_rows(move).mapped("state"), ["refused"])
        self._drop(note)
        self.assertEqual(self._collect(move), {})
        row = self._get_rows(move).filtered(lambda row: row.source == SOURCE)
        self.assertEqual(row.state, "waiting")

    def _act(self, move):
        user = self._create_user("collecting", "account.group_account_invoice")
        with self.env.cr.savepoint():
            move.with_user(user).action_autopay_collect()

    def test_company_where_autopay_never_was_on_is_not_looked_at(self):
        move = self._create_draft()
        self._collect(move, day=self.later)
        move._reverse_moves([{"invoice_date": self.today}], cancel=True)
        sources = self.env["autopay.collect.source"]
        self.assertEqual(sources._find_void(), self._get_rows(move))
        self._force(self.company, autopay_known=False, autopay_enabled=False)
        self.env.registry.clear_cache()
        self.assertFalse(sources._find_void())
