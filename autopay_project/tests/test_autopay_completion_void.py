from odoo.tests import tagged

from odoo.addons.autopay.tests.fault import fault

from .common import RESOLVER, ProjectCommon


@tagged("post_install", "-at_install")
class TestAutopayCompletionVoid(ProjectCommon):
    """Work of which nothing is left to collect, or that somebody has put away."""

    def setUp(self):
        super().setUp()
        self.task = self._create_task(self._create_order(280.0))

    def _collect(self):
        self._drag(self.task, self.done)
        self._run_job()
        return self.task.sale_order_id.invoice_ids

    def _credit(self, invoice):
        """Credit an invoice as a whole; return the credit note."""
        return invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)

    def _look_again(self):
        self._run_cron(RESOLVER)
        self._run_job()

    def _assert_state(self, state):
        self.assertEqual(self._get_completions(self.task).state, state)

    @fault(129)
    def test_task_whose_invoice_was_credited_stays_and_says_so(self):
        invoice = self._collect()
        note = self._credit(invoice)
        self._look_again()
        self._assert_state("void")
        self.assertEqual(self.task.stage_id, self.done)
        words = self.task.with_user(self.engineer).autopay_words
        self.assertIn(f"credited or canceled ({invoice.name})", words)
        self.assertFalse(self._get_calls(self.task))
        # The credit note was an error: the invoice is charged after all.
        note.line_ids.remove_move_reconcile()
        note.button_draft()
        note.button_cancel()
        self._look_again()
        self._assert_state("collecting")
        self._run_autopay()
        self.assertEqual(self.task.stage_id, self.paid)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(129)
    def test_task_that_comes_back_after_a_credit_asks_a_person(self):
        invoice = self._collect()
        self._credit(invoice)
        self._look_again()
        self._drag(self.task, self.doing)
        self._collect()
        self._assert_state("asked")
        self.assertIn("was credited or canceled", self._get_calls(self.task).note)
        invoices = self.task.sale_order_id.invoice_ids
        self.assertEqual(
            invoices.filtered(lambda move: move.move_type == "out_invoice"), invoice
        )
        self._drag(self.task, self.doing)
        self._run_job()
        self._assert_state("withdrawn")
        self.assertFalse(self._get_calls(self.task))

    def test_task_that_came_back_is_collected_when_the_credit_is_taken_off(self):
        invoice = self._collect()
        note = self._credit(invoice)
        self._look_again()
        self._drag(self.task, self.doing)
        self._collect()
        self._assert_state("asked")
        note.line_ids.remove_move_reconcile()
        note.button_draft()
        note.button_cancel()
        self._look_again()
        self._assert_state("collecting")
        self.assertFalse(self._get_calls(self.task))
        self._run_autopay()
        self.assertEqual(self.task.stage_id, self.paid)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(129)
    def test_task_whose_invoice_was_deleted_says_so(self):
        invoice = self._collect()
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        self._look_again()
        self._assert_state("void")
        words = self.task.with_user(self.engineer).autopay_words
        self.assertIn("was deleted", words)
        self.assertFalse(self.task.sale_order_id.invoice_ids)

    @fault(127)
    def test_work_of_a_project_that_was_archived_waits_for_a_person(self):
        self._drag(self.task, self.done)
        self.project.active = False
        self._run_job()
        self._assert_state("asked")
        self.assertIn("archived", self._get_calls(self.task).note)
        self.assertFalse(self.task.sale_order_id.invoice_ids)
        self.project.active = True
        self.task.with_user(self.engineer).action_autopay_collect()
        self._run_job()
        self._assert_state("collecting")
        self.assertEqual(self.task.sale_order_id.invoice_ids.state, "posted")
        self.assertFalse(self._get_calls(self.task))
