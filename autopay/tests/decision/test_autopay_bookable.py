from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.account_payment import AccountPayment
from ...words.invoices.bookings import BOOKING_SENTENCES
from ..common import AutopayCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayBookable(AutopayCommon):
    """No money is taken that could not be booked."""

    def setUp(self):
        super().setUp()
        self.invoices = self.env["account.move"]
        for number in range(3):
            customer = self._create_customer(f"Mill {number}")
            self._enrol(customer=customer)
            self.invoices |= self._create_due_invoice(100 + number, customer)
        self.journal = self.provider.journal_id
        self.line = self.env["autopay.booking"]._get_method_line(self.provider)
        self.account = self.line.payment_account_id
        self.other = self.env["res.company"].create({"name": "Elsewhere"})

    def _assert_not_charged(self, code, *words):
        """Check that two runs charge nothing, say why, and call a person once."""
        self._run_autopay()
        self._run_autopay()
        self.assertFalse(self._get_charges(self.invoices))
        invoice = self.invoices[0]
        invoice.invalidate_recordset()
        self.assertEqual(invoice.autopay_blocker, "cannot_be_booked")
        self.assertEqual(invoice.autopay_status, "eligible")
        for word in words:
            self.assertIn(word, invoice.autopay_explanation)
        self.assertNotIn("%(", invoice.autopay_explanation)
        self.assertEqual(len(self._get_alarms()), 1)
        facts = self.env["autopay.decision"]._get_facts(
            self.company, invoice, self._get_question()
        )
        bookable = self.env["autopay.bookable"]
        found, _values = bookable._get_reason(invoice, self.provider, facts)
        self.assertEqual(found, code)

    def _get_question(self):
        from ...models.decision.facts import Question

        return Question()

    def _get_alarms(self):
        runs = self.env["autopay.run"].search([("company_id", "=", self.company.id)])
        return runs.activity_ids

    # === LOOKED AT BEFORE THE CHARGE === #

    @fault(86)
    def test_archived_journal_stops_the_provider_until_it_is_back(self):
        self.journal.active = False
        self._assert_not_charged("journal_archived", self.journal.name)
        self.assertIn("archived", self._get_last_run().stopped_text)
        self.journal.active = True
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})

    @fault(86)
    def test_archived_outstanding_account(self):
        self.account.active = False
        self._assert_not_charged("account_archived", self.account.code)

    def test_journal_of_another_company(self):
        self._force(self.journal, company_id=self.other.id)
        self._assert_not_charged("journal_company", self.journal.name)

    def test_outstanding_account_of_another_company(self):
        self.env.cr.execute(
            "UPDATE account_account_res_company_rel SET res_company_id = %s"
            " WHERE account_account_id = %s",
            [self.other.id, self.account.id],
        )
        self.env.invalidate_all()
        self._assert_not_charged("account_company")

    def test_provider_without_journal(self):
        banks = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")]
        )
        self._force(self.line, journal_id=None)
        for bank in banks:
            self._force(bank, type="general")
        self._assert_not_charged("no_journal", self.provider.name)

    def test_provider_missing_from_the_incoming_payments_of_its_journal(self):
        outgoing = self.env["account.payment.method"].search(
            [("payment_type", "=", "outbound")], limit=1
        )
        self._force(self.line, payment_method_id=outgoing.id)
        self._assert_not_charged("no_method_line", self.journal.name)

    def test_no_outstanding_account_anywhere(self):
        self.line.payment_account_id = False
        self.company.transfer_account_id = False
        reference = "account_journal_payment_debit_account_id"
        self.env["ir.model.data"].search(
            [("name", "=", f"{self.company.id}_{reference}")]
        ).unlink()
        self._assert_not_charged("no_account", self.journal.name)

    def test_glance_finds_what_a_closer_look_finds(self):
        facts = self.env["autopay.decision"]._get_facts(
            self.company, self.invoices, self._get_question()
        )
        bookable = self.env["autopay.bookable"]
        code, values = bookable._look_at_provider(self.provider, self.company)
        currency = values["account_currency"]
        self.assertEqual(
            bookable._glance_at_provider(self.provider, facts),
            (code, {"account_currency": currency}),
        )
        self.assertFalse(code)
        self.account.active = False
        self.assertIsNone(bookable._glance_at_provider(self.provider, facts))

    def test_account_in_another_currency(self):
        self._force(self.account, currency_id=self._get_other_currency().id)
        self._assert_not_charged("account_currency")

    def _get_other_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        return euro

    def test_archived_receivable_account_of_the_invoice(self):
        lines = self.invoices.line_ids
        account = lines.filtered("date_maturity").account_id
        account.active = False
        self._assert_not_charged("receivable_archived", account.code)

    def test_customer_of_another_company_stops_no_other(self):
        self._force(self.invoices[0].partner_id, company_id=self.other.id)
        self._run_autopay()
        self.assertEqual(self._get_charges(self.invoices[0]), [])
        self.assertEqual(self.invoices[0].autopay_blocker, "cannot_be_booked")
        self.assertEqual(set(self.invoices[1:].mapped("autopay_status")), {"success"})
        self.assertIn(self.invoices[0].name, self._get_alarms().note)

    def test_lock_date_ahead_is_booked_on_the_first_open_day(self):
        self.company.fiscalyear_lock_date = self.today + timedelta(days=3)
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})
        dates = self.invoices.autopay_attempt_ids.payment_id.move_id.mapped("date")
        self.assertGreater(min(dates), self.company.fiscalyear_lock_date)

    @fault(86)
    def test_journal_that_is_archived_after_the_reservation(self):
        original = type(self.env["autopay.engine"])._prepare

        def archive(engine, ctx, attempts):
            ready = original(engine, ctx, attempts)
            engine.env["account.journal"].browse(self.journal.id).active = False
            return ready

        self.startPatcher(
            patch.object(type(self.env["autopay.engine"]), "_prepare", archive)
        )
        self._run_autopay()
        self.assertFalse(self._get_charges(self.invoices))

    def test_looking_takes_no_query_for_each_invoice(self):
        decision = self.env["autopay.decision"].sudo()
        decision._decide(self.invoices)
        counts = []
        for moves in (self.invoices[:1], self.invoices):
            self.env.invalidate_all()
            moves.line_ids.mapped("account_id.active")
            before = self.env.cr.sql_log_count
            decision._decide(moves)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_every_sentence_has_its_words(self):
        bookable = self.env["autopay.bookable"]
        values = dict.fromkeys(
            ["provider", "journal", "account", "account_currency"], "x"
        )
        for code in BOOKING_SENTENCES:
            self.assertNotIn("%", bookable._get_sentence(code, values))

    # === BOOKINGS THAT FAIL ALL THE SAME === #

    def _refuse_payments(self, *moves):
        """Refuse to post payments, as a constraint of another module may do.

        :param moves: the invoices whose payments are refused; none: all
        """
        original = AccountPayment.action_post

        def refuse(payments):
            if not moves or payments.invoice_ids & self.env["account.move"].union(
                *moves
            ):
                raise UserError(self.env._("The cost centre is missing."))
            return original(payments)

        patcher = patch.object(AccountPayment, "action_post", refuse)
        patcher.start()
        self.addCleanup(patcher.stop)
        return patcher

    @mute_logger(STAGE_LOG)
    @fault(87)
    def test_first_booking_that_fails_is_the_last_charge_until_it_is_mended(self):
        patcher = self._refuse_payments()
        for _run in range(3):
            self._run_autopay()
        charged = self.invoices.filtered(self._get_charges)
        self.assertEqual(len(charged), 1)
        self.assertIn("cost centre", self._get_last_run().stopped_text)
        self.assertEqual(len(self._get_alarms()), 1)
        waiting = self.invoices - charged
        self.assertEqual(set(waiting.mapped("autopay_status")), {"eligible"})
        self.assertEqual(len(self.invoices.autopay_attempt_ids), 1)
        patcher.stop()
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})
        self.assertEqual(len(self.invoices.autopay_attempt_ids), 3)

    @mute_logger(STAGE_LOG)
    @fault(87)
    def test_one_payment_that_cannot_be_booked_holds_up_no_other_for_good(self):
        self._refuse_payments(self.invoices[0])
        for _run in range(2):
            self._run_autopay()
        others = self.invoices[1:]
        self.assertEqual(set(others.mapped("autopay_status")), {"success"})
        self.assertEqual(len(self._get_charges(self.invoices[0])), 1)

    @mute_logger(STAGE_LOG)
    def test_rehearsal_passes_over_an_invoice_that_cannot_be_booked(self):
        patcher = self._refuse_payments()
        self._run_autopay()
        patcher.stop()
        charged = self.invoices.filtered(self._get_charges)
        bad = (self.invoices - charged)[0]
        self._refuse_payments(bad, charged)
        with patch(
            "odoo.addons.autopay.models.engine.autopay_rehearsal.random.sample",
            side_effect=lambda rows, _count: sorted(
                rows, key=lambda decision: decision.move != bad
            ),
        ):
            self._run_autopay()
        self.assertEqual(self._get_charges(bad), [])
        last = self.invoices - charged - bad
        self.assertEqual(last.autopay_status, "success")

    @mute_logger(STAGE_LOG)
    @fault(87)
    def test_provider_that_cannot_be_asked_is_stopped_as_well(self):
        demo = self._enrol_at_demo()
        for number in range(2):
            self.invoices |= self._create_due_invoice(10 + number)
        at_demo = self.invoices[3:]
        self.assertEqual(at_demo[0].partner_id, self.customer)
        self._refuse_payments(*at_demo)
        self._run_autopay()
        attempts = at_demo.autopay_attempt_ids
        self.assertEqual(attempts.provider_id, demo)
        self.assertEqual(len(attempts), 1)
        self._run_autopay()
        self.assertEqual(len(at_demo.autopay_attempt_ids), 1)
