from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ... import const
from ...const.deadline import (
    APPROVAL_WAITS,
    ATTEMPT_WAITS,
    EVENT_WAITS,
    NO_DEADLINE,
    PAYMENT_WAITS,
    REQUEST_WAITS,
    REVERSAL_WAITS,
)
from ...const.event import EVENT_STATES
from ...const.methods.request import REQUEST_STATES
from ...const.reversal import REVERSAL_STATES
from .common_deadline import DeadlineCommon

# The kinds of things that wait: states, rows, and the model with the buttons.
TABLES = {
    "attempt": (const.attempt.ATTEMPT_STATES, ATTEMPT_WAITS, "autopay.attempt"),
    "reversal": (REVERSAL_STATES, REVERSAL_WAITS, "autopay.reversal"),
    "approval": (const.decision.APPROVAL_STATES, APPROVAL_WAITS, "autopay.approval"),
    "event": (EVENT_STATES, EVENT_WAITS, "autopay.event"),
    "request": (REQUEST_STATES, REQUEST_WAITS, "autopay.method.request"),
    "payment": ([("draft", ""), *((key, "") for key in PAYMENT_WAITS)],)
    + (PAYMENT_WAITS, "account.move"),
}


@tagged("post_install", "-at_install")
class TestAutopayDeadlineTables(DeadlineCommon):
    """Nothing waits for good: each state has a row, or a reason why it needs none."""

    def test_every_state_has_a_row_or_a_reason(self):
        for kind, (states, rows, _model) in TABLES.items():
            for state, _label in states:
                with self.subTest(f"{kind}.{state}"):
                    has_reason = f"{kind}.{state}" in NO_DEADLINE
                    self.assertNotEqual(state in rows, has_reason)
            self.assertLessEqual(rows.keys(), dict(states).keys())

    def test_every_reason_not_to_charge_has_a_row_or_a_reason(self):
        rows = {key for _states, table, _model in TABLES.values() for key in table}
        for blocker in const.blockers.BLOCKERS:
            with self.subTest(blocker.code):
                places = [blocker.days, blocker.waits, blocker.no_deadline]
                self.assertEqual(sum(map(bool, places)), 1)
                self.assertLessEqual(set(blocker.waits), rows)

    def test_every_button_is_on_the_form_and_does_something(self):
        for kind, (_states, rows, model) in TABLES.items():
            records = self.env[model].with_user(self.manager)
            arch = etree.fromstring(records.get_view(view_type="form")["arch"])
            for state, wait in rows.items():
                for button in wait.buttons:
                    with self.subTest(f"{kind}.{state}: {button}"):
                        self.assertTrue(callable(getattr(records, button)))
                        found = arch.xpath(f"//button[@name='{button}']")
                        self.assertTrue(found)

    def test_every_row_has_words_and_a_time(self):
        for _states, rows, model in TABLES.values():
            for state, wait in rows.items():
                with self.subTest(f"{model}.{state}"):
                    self.assertGreater(wait.hours, 0)
                    self.assertTrue(self.env._(wait.awaits))
                    self.assertTrue(self.env._(wait.advice).endswith("."))


@tagged("post_install", "-at_install")
class TestAutopayDeadline(DeadlineCommon):
    """Approvals, messages and refunds that wait for too long, and blocked invoices."""

    def _look_again(self):
        """Let a day pass for the look at blocked invoices."""
        self.company.sudo().autopay_blocked_date = False

    # === APPROVALS, MESSAGES, REFUNDS === #

    def test_approval_that_nobody_gives_calls_the_person_in_charge(self):
        self.company.autopay_approval_limit = 50
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        approval = invoice.autopay_approval_ids
        self.assertEqual(approval.state, "waiting")
        self._assert_not_called(approval)
        self._make_older(approval, 4)
        self._assert_called_once(approval, "approval")
        approval.with_user(self.manager).action_refuse()
        self._assert_not_called(approval)

    def test_nobody_is_called_only_because_he_did_it(self):
        """Somebody at the helm hears of it when nobody is in charge any more."""
        bystander = self._create_user("bystander", "account.group_account_invoice")
        admin = self.env.ref("base.user_root")
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM res_company_users_rel WHERE cid = %s AND user_id IN %s",
            [self.company.id, tuple(self.company._get_autopay_managers().ids)],
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        notification = self.env["autopay.notification"].with_user(bystander).sudo()
        call = notification._alert(self.customer, self.company, "Look at this")
        self.assertEqual(call.user_id, admin)

    def test_message_that_is_not_processed_calls_a_person(self):
        events = self.env["autopay.event"].sudo()
        now = fields.Datetime.now()
        values = {
            "provider_id": self.provider.id,
            "type": "charge.updated",
            "received_date": now - timedelta(days=2),
            "next_try_date": now + timedelta(days=1),
        }
        first = events.create({**values, "event_ref": "evt_1"})
        second = events.create({**values, "event_ref": "evt_2"})
        self._assert_called_once(first, "messages of the provider")
        self.assertFalse(self._get_calls(second), "one call for all of them")
        self._press("action_process_again", first | second, self.manager)
        self._assert_not_called(first)

    def test_refund_without_an_end_is_ended_by_a_person(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        reversals = self.env["autopay.reversal"].sudo()
        reversal = reversals.create(
            {
                "kind": "refund",
                "attempt_id": invoice.autopay_attempt_ids.id,
                "provider_id": self.provider.id,
                "ref": "re_unknown",
                "event_date": fields.Datetime.now() - timedelta(days=19),
                "status": "requires_action",
                "finding": "inquiry",
                "currency_id": invoice.currency_id.id,
                "amount": 10.0,
                "next_check_date": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.assertEqual(reversal.state, "inquiry")
        self._assert_not_called(reversal)
        reversal.event_date -= timedelta(days=2)
        self._assert_called_once(reversal, "end of a refund")
        self._press("action_stop_following", reversal, self.manager)
        self._assert_not_called(reversal)
        self.assertIn("nothing more will come", reversal.message_ids.mapped("body")[1])

    def _make_older(self, record, days):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = create_date - interval '1 day'"
            " * %s WHERE id = %s",
            [days, record.id],
        )
        self.env.invalidate_all()

    # === BLOCKED INVOICES === #

    def test_customer_who_cannot_be_collected_from_is_one_call(self):
        first = self._create_due_invoice()
        second = self._create_due_invoice(50.0)
        self._assert_not_called(self.customer)
        (first | second).autopay_date = self.today - timedelta(days=2)
        self._assert_not_called(self.customer)
        self._look_again()
        call = self._assert_called_once(self.customer, "2 invoices, $\xa0150.00")
        self.assertIn(first.name, call.note)
        self.assertIn("no payment method", call.note)
        self._look_again()
        self._assert_called_once(self.customer, "2 invoices, $\xa0150.00")
        self._enrol()
        self._look_again()
        self._run_autopay()
        self._assert_not_called(self.customer)
        self.assertFalse(call.active)

    def test_hold_without_end_calls_a_person_after_a_month(self):
        self._enrol()
        invoice = self._create_due_invoice()
        invoice.autopay_hold_date = self.today + timedelta(days=400)
        invoice.autopay_date = self.today - timedelta(days=29)
        self._look_again()
        self._assert_not_called(self.customer)
        invoice.autopay_date = self.today - timedelta(days=30)
        self._look_again()
        self._assert_called_once(self.customer, "On hold until")

    def test_invoice_above_what_a_month_allows_calls_a_person_after_a_month(self):
        token = self._enrol()
        record = self.env["autopay.authorization"]._record
        record(self.customer, self.company, token, "paper", max_month_amount=50)
        invoice = self._create_due_invoice()
        self.assertEqual(invoice.autopay_blocker, "authorized_month_reached")
        invoice.autopay_date = self.today - timedelta(days=34)
        self._look_again()
        self._assert_not_called(self.customer)
        invoice.autopay_date = self.today - timedelta(days=35)
        self._look_again()
        self._assert_called_once(self.customer, "per month")

    def test_many_invoices_of_a_customer_are_one_call_for_each_reason(self):
        late = {"autopay_date": self.today - timedelta(days=9)}
        many = [self._create_due_invoice(10) for _number in range(3)]
        held = self._create_due_invoice(autopay_in_dispute=True)
        for invoice in (*many, held):
            invoice.write(late)
        self._look_again()
        self._resolve_autopay()
        calls = self._get_calls(self.customer)
        methods = calls.filtered(lambda call: "3 invoices" in call.summary)
        self.assertEqual(len(calls), 1 + bool(calls - methods), calls.mapped("summary"))
        self.assertIn("30.00", methods.summary)
        self.assertIn("/autopay-open-invoices", methods.note)
        action = self.env.ref("autopay.account_move_action_autopay_open")
        domain = safe_eval(action.domain, {"context": {"active_id": self.customer.id}})
        found = self.env["account.move"].search(domain)
        self.assertEqual(len(found), 4)
        # It counts what is left, and ends on the same day with the last of them.
        self._register_payment(many[0], 10)
        self._look_again()
        self._resolve_autopay()
        self.assertIn("2 invoices, $\xa020.00", methods.summary)
        for invoice in (*many[1:], held):
            self._register_payment(invoice, invoice.amount_residual)
        self._resolve_autopay()
        self.assertFalse(self._get_calls(self.customer))

    def _register_payment(self, move, amount):
        context = {"active_model": "account.move", "active_ids": move.ids}
        register = self.env["account.payment.register"].with_context(**context)
        journal = self.company_data["default_journal_bank"]
        register.create({"amount": amount, "journal_id": journal.id})._create_payments()

    @mute_logger("odoo.addons.autopay.models.decision.autopay_decision")
    def test_invoice_that_cannot_be_decided_about_keeps_nobody_from_being_called(self):
        bad = self._create_due_invoice(50.0, self._create_customer("Bad Data"))
        late = bad | self._create_due_invoice()
        late.autopay_date = self.today - timedelta(days=9)
        check = type(self.env["autopay.decision"])
        is_on_hold = check._is_on_hold

        def raise_for_bad(self, decision, facts):
            if decision.move == bad:
                raise ZeroDivisionError
            return is_on_hold(self, decision, facts)

        self._look_again()
        with patch.object(check, "_is_on_hold", raise_for_bad):
            [call] = self.env["autopay.deadline"].sudo()._find_blocked()
        self.assertEqual(call.record, self.customer)

    def test_nobody_is_called_where_autopay_is_off(self):
        invoice = self._create_due_invoice()
        invoice.autopay_date = self.today - timedelta(days=9)
        self._look_again()
        self._assert_called_once(self.customer, invoice.name)
        self.env["res.company"].search([]).autopay_enabled = False
        self._assert_not_called(self.customer)


@tagged("post_install", "-at_install")
class TestAutopayDeadlineMethod(DeadlineCommon):
    """A new payment method for invoices that have failed: offered, never taken."""

    def setUp(self):
        super().setUp()
        self._enrol("pm_card_visa_chargeDeclinedLostCard")
        self.invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(self.invoice.autopay_status, "error")
        self._make_earlier()

    def _make_earlier(self):
        """Let the failure lie a while back: moments have full seconds."""
        attempt = self.invoice.autopay_attempt_ids
        self._age(attempt, hours=1)
        consents = self.customer.autopay_authorization_ids
        self.env.flush_all()
        for table, ids in (
            ("autopay_authorization", consents.ids),
            ("payment_token", consents.token_id.ids),
        ):
            column = "date" if table == "autopay_authorization" else "create_date"
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = {column} - interval '2 hours'"
                " WHERE id IN %s",
                [tuple(ids)],
            )
        self.env.invalidate_all()

    def test_lost_card_asks_for_another_one(self):
        self.assertEqual(self.invoice.autopay_blocker, "failed")
        self.assertIn("another", self.invoice.autopay_explanation)
        self.assertIn("Ask the customer", self.invoice.autopay_explanation)
        self._assert_not_called(self.customer)

    def test_new_method_calls_a_person_who_retries_what_has_failed(self):
        self._enrol()
        self._assert_called_once(self.customer, "retry")
        self.assertFalse(self._get_charges(self.invoice), "nothing by itself")
        self.assertIn("4242 pays now", self.invoice.autopay_explanation)
        customer = self.customer.with_company(self.company)
        self.assertEqual(customer.autopay_failed_count, 1)
        self._press_retry()
        self.assertEqual(self.invoice.autopay_status, "success")
        self._assert_not_called(self.customer)

    def _press_retry(self):
        customer = self.customer.with_user(self.biller).with_company(self.company)
        action = customer.action_autopay_retry_failed()
        model = self.env[action["res_model"]].with_user(self.biller)
        wizard = model.with_context(**action["context"]).create({})
        self.assertEqual(wizard.move_ids, self.invoice)
        self._charge_now(wizard.move_ids)
        self.env.invalidate_all()

    def test_many_new_methods_take_as_many_queries_as_one(self):
        self._enrol()
        # The first look reads the values that are kept in memory from then on.
        self._count_queries("_find_new_methods")
        one = self._count_queries("_find_new_methods")
        for number in range(8):
            self._enrol(customer=self._create_customer(f"Customer {number}"))
        self.assertLessEqual(self._count_queries("_find_new_methods"), one + 1)

    def test_saved_method_without_consent_calls_a_person_and_charges_nothing(self):
        self._create_token()
        call = self._assert_called_once(self.customer, "retry")
        self.assertIn("agreed", call.note)
        self.assertFalse(self._get_charges(self.invoice))

    def test_call_ends_when_the_invoice_is_paid_otherwise(self):
        self._enrol()
        self._assert_called_once(self.customer, "retry")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({}).action_create_payments()
        self._assert_not_called(self.customer)
        customer = self.customer.with_company(self.company)
        self.assertEqual(customer.autopay_failed_count, 0)

    def test_invoice_that_is_tried_again_by_itself_calls_nobody(self):
        self.invoice.sudo().autopay_retry_date = self.today + timedelta(days=2)
        self._enrol()
        self._assert_not_called(self.customer)
