from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.autopay.tests.fault import fault

from .common import RESOLVER, ProjectCommon

KNOWN = "_is_autopay_known_anywhere"


@tagged("post_install", "-at_install")
class TestAutopayCompletion(ProjectCommon):
    """Tasks are collected when they are done, and move on when they are paid."""

    def _get_bodies(self, work):
        return " ".join(work.sudo().message_ids.mapped("body"))

    def _say(self, work, user=None):
        work = work.with_user(user or self.engineer).sudo(False)
        work.invalidate_recordset()
        return work.autopay_words or ""

    def _create_delivered_service(self):
        values = {"name": "Prints", "type": "service", "taxes_id": []}
        return self.env["product.product"].create(
            {**values, "invoice_policy": "delivery"}
        )

    # === COLLECT === #

    def test_task_is_collected_once_and_moves_on_when_it_is_paid(self):
        order = self._create_order(280.0)
        task = self._create_task(order)
        self._drag(task, self.done)
        self.assertIn("within a few minutes", self._say(task))
        self._run_cron("autopay_project.ir_cron_collect_completed")
        # It can still be taken back.
        self.assertFalse(order.invoice_ids)
        self._run_job()
        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 280.0))
        self.assertIn("“Survey of pier 3” is done", self._get_bodies(invoice))
        self.assertIn(f"Being collected with Autopay: {invoice.name}", self._say(task))
        self.assertNotIn("280", self._say(task))
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(task.stage_id, self.paid)
        self.assertIn(f"Paid by {invoice.name}.", self._get_bodies(task))
        self.assertEqual(self._say(task), f"Paid by {invoice.name}.")
        for stage in (self.doing, self.done):
            self._drag(task, stage)
        self._run_job()
        self._run_autopay()
        self._run_cron(RESOLVER)
        self.assertEqual(order.invoice_ids, invoice)
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(task.stage_id, self.done)
        self.assertEqual(self._get_bodies(task).count("Paid by"), 1)

    def test_tasks_of_one_order_and_one_paid_at_the_bank_all_move_on(self):
        order, other = self._create_order(280.0), self._create_order(90.0)
        tasks = self._create_task(order) | self._create_task(order)
        wired = self._create_task(other)
        waiting = self._create_task(order, stage_id=self.doing.id)
        self._drag(tasks | wired, self.done)
        self._run_job()
        self.assertEqual(len(order.invoice_ids), 1)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=other.invoice_ids.ids
        ).create({})._create_payments()
        self._run_cron(RESOLVER)
        self.env.invalidate_all()
        self.assertEqual(wired.stage_id, self.paid)
        self.assertEqual(tasks.stage_id, self.done)
        self._run_autopay()
        self.assertEqual(tasks.stage_id, self.paid)
        self.assertEqual(waiting.stage_id, self.doing)
        self.assertEqual(len(self._get_charges(order.invoice_ids)), 1)

    def test_print_shop_task_moves_on_with_the_balance_not_with_the_deposit(self):
        self.service = self._create_delivered_service()
        order = self._create_order(280.0)
        order.write({"autopay_trigger": "delivered", "autopay_deposit": 0.25})
        self.doing.sudo().autopay_paid_stage_id = self.paid
        task = self._create_task(order)
        for delivered, charged, stage in ((0, 7000, self.doing), (1, 28000, self.paid)):
            order.order_line.filtered("product_id")[:1].qty_delivered = delivered
            self._run_cron("autopay_sale.ir_cron_collect_orders")
            order.invoice_ids.filtered("autopay_date").autopay_date = self.today
            self._run_autopay()
            self.env.invalidate_all()
            charges = self._get_charges(order.invoice_ids)
            self.assertEqual(sum(row["amount"] for row in charges), charged)
            self.assertEqual(task.stage_id, stage)
        self.assertIn("Paid by INV/", self._get_bodies(task))
        self.assertFalse(self._get_completions(task))

    def test_task_that_was_moved_by_hand_stays(self):
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self._run_job()
        self._drag(task, self.doing)
        self._run_autopay()
        self.assertEqual(task.stage_id, self.doing)
        self.assertIn("stays where it is", self._get_bodies(task))
        self.assertEqual(self._get_completions(task).state, "paid")

    def test_task_that_is_moved_out_in_time_is_not_collected(self):
        order = self._create_order()
        task = self._create_task(order)
        self._drag(task, self.done)
        self._drag(task, self.doing)
        self._run_job()
        self.assertFalse(order.invoice_ids)
        self.assertEqual(self._get_completions(task).state, "withdrawn")
        self.assertIn("moved out of “Done” in time", self._get_bodies(task))
        self._drag(task, self.done)
        self._run_job()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_project_is_collected_with_all_its_orders(self):
        stages = self.env["project.project.stage"].sudo()
        closed, paid = stages.create([{"name": "Closed"}, {"name": "Paid"}])
        closed.write({"autopay_collect": True, "autopay_paid_stage_id": paid.id})
        orders = self._create_order(280.0) | self._create_order(90.0)
        for order in orders:
            self._create_task(order)
        self._drag(self.project, closed, self.leader)
        self._run_job()
        self.assertEqual(len(orders.invoice_ids), 2)
        self.assertEqual(self._get_completions(self.project).state, "collecting")
        self._run_autopay()
        self.assertEqual(self.project.stage_id, paid)
        self.assertIn("INV/", self._get_bodies(self.project))

    def test_project_waits_for_the_order_that_could_not_be_invoiced(self):
        stages = self.env["project.project.stage"].sudo()
        closed, paid = stages.create([{"name": "Closed"}, {"name": "Paid"}])
        closed.write({"autopay_collect": True, "autopay_paid_stage_id": paid.id})
        good, held = self._create_order(280.0), self._create_order(90.0)
        for order in good | held:
            self._create_task(order)
        draft = held._create_invoices()
        self._drag(self.project, closed, self.leader)
        self._run_job()
        self._run_autopay()
        self._run_cron(RESOLVER)
        self.assertEqual(good.invoice_ids.amount_residual, 0)
        self.assertEqual(self._get_completions(self.project).state, "asked")
        self.assertIn("has a draft", self._get_calls(self.project).note)
        draft.action_post()
        self.project.with_user(self.leader).action_autopay_collect()
        self._run_job()
        self._run_autopay()
        self.assertEqual(self.project.stage_id, paid)
        self.assertFalse(self._get_calls(self.project))
        self.assertEqual(len((good | held).invoice_ids), 2)

    # === WHAT STANDS IN THE WAY === #

    def test_what_is_to_be_chosen_stands_on_the_form(self):
        task = self._create_task()
        self._drag(task, self.done)
        self._run_job()
        self.assertIn("Have a salesperson choose the sales order item", self._say(task))
        for project, words in (
            ({"partner_id": False}, "Choose the customer"),
            ({"allow_billable": False}, "the project is not billable"),
        ):
            self.project.write(project)
            task.partner_id = False
            self._get_completions(task).state = "waiting"
            self._run_job()
            self.assertIn(words, self._say(task))

    def test_person_is_asked_once_and_what_was_mended_is_collected(self):
        task = self._create_task()
        self._drag(task, self.done)
        for _run in range(2):
            self._run_job()
            self._get_completions(task).state = "waiting"
        self._run_job()
        call = self._get_calls(task)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.engineer)
        self.assertIn("no sales order", call.note)
        self.assertIn("no sales order", self._say(task))
        order = self._create_order()
        task.sale_line_id = order.order_line
        task.with_user(self.engineer).action_autopay_collect()
        self._run_job()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertFalse(self._get_calls(task))
        other = self._create_task()
        self._drag(other, self.done)
        self._run_job()
        self.assertTrue(self._get_calls(other))
        self.company.autopay_enabled = False
        with self.assertRaisesRegex(UserError, "Autopay is off"):
            other.with_user(self.engineer).action_autopay_collect()
        self.company.autopay_enabled = True
        self._drag(other, self.doing)
        self._run_job()
        self.assertFalse(self._get_calls(other))
        self.assertEqual(self._get_completions(other).state, "withdrawn")

    def test_paid_task_that_others_were_at_work_on_moves_on_later(self):
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self._run_job()
        completions = type(self.env["autopay.completion"])
        with patch.object(completions, "_on_collected", lambda self, moves: None):
            self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(task.stage_id, self.done)
        self._run_job()
        self.assertEqual(task.stage_id, self.paid)

    @fault(127)
    def test_what_cannot_be_collected_is_said_and_stops_no_other(self):
        def with_order(**values):
            return self._create_task(self._create_order(), **values)

        ordered = self.service
        self.service = self._create_delivered_service()
        nothing = with_order()
        self.service = ordered
        canceled = with_order()
        canceled.sale_order_id._action_cancel()
        archived, dropped, broken, good = (with_order() for _number in range(4))
        gone = self.done.sudo().copy({"autopay_collect": True})
        gone.project_ids = self.project
        deleted = with_order()
        self._drag(deleted, gone)
        tasks = nothing | canceled | archived | dropped | broken | good
        self._drag(tasks, self.done)
        archived.active = False
        dropped.state = "1_canceled"
        deleted.stage_id = self.doing
        gone.unlink()
        with self._break(broken.sale_order_id):
            self._run_job()
        for task, words in (
            (nothing, "can be invoiced"),
            (canceled, "is canceled"),
            (archived, "archived"),
            (dropped, "The task is cancelled"),
            (deleted, "was deleted"),
            (broken, "Something went wrong: Out of paper"),
        ):
            with self.subTest(words=words):
                self.assertFalse(task.sale_order_id.invoice_ids)
                self.assertEqual(self._get_completions(task).state, "asked")
                self.assertIn(words, self._get_calls(task).note)
        self.assertEqual(good.sale_order_id.invoice_ids.state, "posted")

    @contextmanager
    def _break(self, order):
        """Let the invoice of one order fail as no code foresees."""
        model = type(self.env["sale.order"])
        original = model._create_invoices

        def fail(orders, *args, **kwargs):
            if order.id in orders.ids:
                raise ValueError("Out of paper")
            return original(orders, *args, **kwargs)

        with patch.object(model, "_create_invoices", fail):
            yield

    def test_work_that_was_paid_by_hand_moves_on_whatever_the_policy(self):
        self.customer.with_company(self.company).autopay_policy = "off"
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self._run_job()
        self.assertIn("the policy is Off", self._say(task))
        self.assertIn("press Collect Now", self._get_calls(task).note)
        invoice = task.sale_order_id._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        task.with_user(self.engineer).action_autopay_collect()
        self._run_job()
        self.assertEqual(task.stage_id, self.paid)
        self.assertFalse(self._get_calls(task))
        self.assertFalse(self._get_charges(invoice))

    def test_work_whose_charge_failed_is_not_said_to_be_collected(self):
        self._enrol("pm_card_chargeDeclinedLostCard")
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self._run_job()
        self._run_autopay()
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env.invalidate_all()
        name = task.sale_order_id.invoice_ids.name
        words = f"Not charged as things stand: {name} (Failed)."
        self.assertEqual(self._say(task), words)

    def test_customer_without_a_method_is_told_to_who_does_the_work(self):
        self.customer.with_company(self.company).autopay_token_id = False
        self.env["payment.token"].search([]).active = False
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self._run_job()
        invoice = task.sale_order_id.invoice_ids
        self.assertIn(invoice.name, self._get_calls(task).note)
        self.assertIn("No payment method", self._get_calls(task).note)
        self.assertIn("needs attention", self._say(task))
        self.assertEqual(task.search([("autopay_state", "=", "asked")]), task)
        self.assertEqual(self._get_completions(task).shown_state, "asked")
        task.with_user(self.engineer).action_autopay_collect()
        self._run_job()
        self.assertEqual(task.sale_order_id.invoice_ids, invoice)
        self._enrol()
        self._run_autopay()
        self.assertEqual(task.stage_id, self.paid)
        self.assertFalse(self._get_calls(task))

    def test_work_for_a_company_without_autopay_changes_nothing(self):
        off = self._create_company(name="Dry Docks")
        task = self._create_task()
        task.company_id = off
        task.stage_id = self.done
        self.assertFalse(self._get_completions(task))
        self.assertFalse(task.autopay_words)
        self.company.autopay_enabled = False
        other = self._create_task(self._create_order())
        self._drag(other, self.done)
        self.assertFalse(self._get_completions(other))

    def test_what_waits_while_autopay_is_off_is_collected_when_it_is_on_again(self):
        waiting = self._create_task(self._create_order())
        asked = self._create_task()
        self._drag(waiting | asked, self.done)
        self.company.autopay_enabled = False
        self._run_job()
        self.assertEqual(
            self._get_completions(waiting | asked).mapped("state"),
            ["waiting", "waiting"],
        )
        self.company.autopay_enabled = True
        self._run_job()
        self.assertEqual(self._get_completions(waiting).state, "collecting")
        self.assertEqual(waiting.sale_order_id.invoice_ids.state, "posted")
        self.assertEqual(self._get_completions(asked).state, "asked")
        self.assertTrue(self._get_calls(asked))
        # Nobody is asked while nothing could be done, and somebody is afterwards.
        self.company.autopay_enabled = False
        self._run_job()
        self.assertFalse(self._get_calls(asked))
        self.company.autopay_enabled = True
        self._run_job()
        self.assertIn("no sales order", self._get_calls(asked).note)

    def test_what_was_moved_away_while_autopay_is_off_is_not_collected(self):
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self.company.autopay_enabled = False
        self._drag(task, self.doing)
        self.company.autopay_enabled = True
        self._run_job()
        self.assertEqual(self._get_completions(task).state, "withdrawn")
        self.assertFalse(task.sale_order_id.invoice_ids)

    def test_order_of_another_company_is_invoiced_there(self):
        other = self.setup_other_company(name="Dry Docks")["company"]
        other.write({"autopay_enabled": True, "autopay_policy": "manual"})
        self.project.company_id = False
        order = (
            self.env["sale.order"]
            .sudo()
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.service.id, "price_unit": 70.0}
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        task = self._create_task(order, company_id=False)
        task.stage_id = self.done
        self._run_job()
        self.assertEqual(self._get_completions(task).company_id, other)
        self.assertEqual(order.invoice_ids.company_id, other)
        self.assertEqual(order.invoice_ids.autopay_date, other._get_autopay_today())
        self.assertIn("No payment method", self._get_calls(task).note)
        completions = self.env["autopay.completion"].with_user(self.leader)
        self.assertNotIn(self._get_completions(task), completions.search([]))

    # === SPEED === #

    def test_dragging_takes_no_query_more_than_odoo(self):
        def count(task, stage):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._drag(task, stage)
            return self.env.cr.sql_log_count - before

        order = self._create_order()
        first, second, third = (self._create_task(order) for _number in range(3))
        count(first, self.paid)
        companies = type(self.env["res.company"])
        with patch.object(companies, KNOWN, lambda companies: False):
            plain = count(first, self.doing)
        self.assertEqual(count(second, self.paid), plain)
        count(second, self.done)
        # The order and its line; the note; the job and its hint.
        self.assertLessEqual(count(third, self.done) - plain, 7)
        self.assertEqual(len(self._get_completions(third)), 1)
