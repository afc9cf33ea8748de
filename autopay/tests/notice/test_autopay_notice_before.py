from unittest.mock import patch

from psycopg2.extras import Json

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.engine.autopay_stage import AutopayStage
from ...models.notice import autopay_notice_before as before
from ...models.notice.autopay_notice_before import AutopayNoticeBefore
from ...words.days import say_day
from .common_before import BeforeCommon

RENDER_LOGS = (
    "odoo.addons.autopay.models.notice.autopay_notice_mail",
    "odoo.addons.mail.models.mail_render_mixin",
    "odoo.addons.mail.models.mail_mail",
)


@tagged("post_install", "-at_install")
class TestAutopayNoticeBefore(BeforeCommon):
    """Customers are told of charges in time, or nothing is charged."""

    # === ONE AFTER THE OTHER === #

    def test_look_that_was_not_finished_goes_on_where_it_was_left(self):
        # Their names stand in another order than they do.
        others = [self._create_customer(name) for name in ("Zoo", "Yard", "Attic")]
        for other in others:
            self._enrol(customer=other)
        invoices = [self._create_coming(2, customer=each) for each in others]
        looked = []
        announce = AutopayNoticeBefore._announce

        def note(service, moves):
            looked.append(moves.commercial_partner_id)
            return announce(service, moves)

        time_left = iter([0, 0, 0, 0])
        self.patch(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda *_args, **_kwargs: next(time_left, 60),
        )
        self.patch(AutopayNoticeBefore, "_announce", note)
        service = self.env["autopay.notice.before"]
        with patch.object(before, "MOVES_AT_ONCE", 1):
            # One commit for the set, one for the place, and the time is up.
            service._look(self.company)
            begun = self.company.autopay_notice_look_begun
            self.assertTrue(begun)
            self.assertFalse(self.company.autopay_notice_look_date)
            self.assertEqual(looked, [others[0]])
            service._look(self.company)
        self.assertEqual(looked[1:], others, "the first perhaps has more invoices")
        self.assertEqual(self.company.autopay_notice_look_date, begun)
        self.assertFalse(self.company.autopay_notice_look_begun)
        for invoice in invoices:
            self.assertEqual(len(self._get_told_of(invoice)), 1)
        looked.clear()
        service._look(self.company)
        self.assertFalse(looked, "it rests")

    # === IN TIME === #

    def test_invoice_says_when_its_customer_is_told_and_then_charged(self):
        invoice = self._create_coming(10)
        self._tell()
        self.assertFalse(self._get_told_of(invoice))
        decision = self._decide(invoice)
        self.assertEqual(decision.blocker, "date_not_reached")
        words = decision.get_words(self.env)
        self.assertIn(say_day(self.env, self._in_days(10)), words)
        told = say_day(self.env, self._in_days(7))
        self.assertIn(f"The customer will be told on {told}.", words)

        self._pass_days(7)
        self._tell()
        notice = self._get_told_of(invoice)
        self.assertEqual((notice.state, notice.amount), ("sent", 100))
        self.assertEqual(notice.charge_date, self._in_days(3))
        (mail,) = self._get_told()
        day = say_day(self.env, self._in_days(3))
        self.assertIn(f"100.00 will be collected on {day}", mail["subject"])
        for words in ("4242", invoice.name, "do not need to do anything"):
            self.assertIn(words, mail["body"])
        self.assertIn(
            "The customer was told on", self._decide(invoice).get_words(self.env)
        )

        self._pass_days(3)
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")
        self._tell()
        self.assertEqual(self._get_told_of(invoice), notice)

    def test_due_invoice_waits_until_its_customer_was_told_in_time(self):
        invoice = self._create_coming(0)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(self._says(invoice), ("notice_pending", self._in_days(3)))
        self._tell()
        standing = self.env["autopay.status"]._find(invoice)[invoice]
        self.assertEqual((standing.code, standing.day), ("scheduled", self._in_days(3)))
        notice = self._get_told_of(invoice)
        self.assertEqual((notice.state, notice.charge_date), ("sent", self._in_days(3)))
        for days in (1, 1):
            self._pass_days(days)
            self._tell()
            self._run_autopay()
            self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(self._says(invoice), ("notice_pending", self._in_days(1)))
        self._pass_days(1)
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self._get_told_of(invoice), notice)

    def test_without_gate_nothing_waits_and_what_is_coming_is_told(self):
        self.company.autopay_notice_gate = False
        due, coming = self._create_coming(0), self._create_coming(2)
        self._tell()
        self.assertFalse(self._get_told_of(due))
        self.assertEqual(self._get_told_of(coming).charge_date, self._in_days(2))
        self._run_autopay()
        self.assertEqual(due.payment_state, "paid")
        self._pass_days(2)
        self._run_autopay()
        self.assertEqual(coming.payment_state, "paid")

    # === CHANGES === #

    def test_more_or_another_method_is_told_anew_and_less_or_later_is_not(self):
        other = self._create_token()
        other_consent = self.customer.with_company(self.company)
        changes = {
            "later": (lambda inv: inv.write({"autopay_date": self._in_days(9)}), False),
            "less": (lambda inv: self._register_payment(inv, 30), False),
            "earlier": (
                lambda inv: inv.write({"autopay_date": self._in_days(3)}),
                True,
            ),
            "more": (lambda inv: self._force(inv, amount_residual=130), True),
        }
        for name, (change, anew) in changes.items():
            with self.subTest(name):
                self.company.autopay_notice_days_card = 5
                invoice = self._create_coming(5)
                self._tell()
                before = self._get_told_of(invoice)
                if name == "earlier":
                    self.company.autopay_notice_days_card = 3
                change(invoice)
                self._tell()
                self.assertEqual(self._get_told_of(invoice) != before, anew)
                self._tell()
                self.assertEqual(len(self._get_told_of(invoice)), 1 + anew)
                newest = self._get_told_of(invoice)[-1]
                self.assertEqual(newest.amount, 130 if name == "more" else 100)
        invoice = self._create_coming(3)
        self._tell()
        other_consent.autopay_token_id = other
        self._tell()
        self.assertEqual(self._get_told_of(invoice).token_id, self.token | other)

    def test_amount_that_rose_on_the_day_is_not_charged(self):
        invoice = self._create_coming(3)
        self._tell()
        self._pass_days(3)
        self.assertFalse(self._decide(invoice).blocker)
        self._force(invoice, amount_residual=130)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(self._says(invoice), ("notice_pending", self._in_days(3)))

    def test_same_number_in_another_currency_is_told_anew(self):
        invoice = self._create_coming(3)
        self._tell()
        self._pass_days(3)
        self.assertFalse(self._decide(invoice).blocker)
        currency = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.5)])
        self._force(invoice, currency_id=currency.id)
        self.assertEqual(self._says(invoice), ("notice_pending", self._in_days(3)))

    def test_failed_invoice_that_its_customer_has_charged_again_is_told_first(self):
        self.company.write({"autopay_notice_gate": False, "autopay_retry_card": ""})
        invoice = self._fail()
        self.company.autopay_notice_gate = True
        token = self._enrol()
        collect = self.env["autopay.recollect"]._collect
        ready = collect(self.company, self.customer, token, invoice.ids)
        self.assertEqual(ready, invoice)
        self._tell()
        self.assertEqual(self._get_told_of(invoice).token_id, token)
        self._run_autopay()
        self.assertEqual(self._says(invoice), ("notice_pending", self._in_days(3)))
        self._pass_days(3)
        self._run_autopay()
        self._assert_paid(invoice)

    def test_last_look_before_the_charge_sees_a_mail_that_came_back(self):
        invoice = self._create_coming(3)
        self._tell()
        self._pass_days(3)
        send = AutopayStage._send

        def bounce_first(stage, ctx, verb, attempts):
            if verb == "prepare":
                notice = stage.env["autopay.notice"].search(
                    [("res_id", "=", invoice.id)]
                )
                notice._set_returned()
            return send(stage, ctx, verb, attempts)

        with patch.object(AutopayStage, "_send", bounce_first):
            self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "canceled")
        self.assertFalse(self._get_charges(invoice))
        self.assertEqual(self._says(invoice)[0], "notice_undeliverable")

    def test_mail_that_is_sent_again_too_late_tells_of_another_day(self):
        invoice = self._create_coming(3)
        self._tell()
        notice = self._get_told_of(invoice)
        notice.sudo()._set_returned()
        self._pass_days(3)
        notice.with_user(self.biller).action_send_again()
        # A mail that comes too late is passed over; the look that follows tells anew.
        self._tell()
        self.assertNotEqual(notice.state, "sent")
        newest = self._get_told_of(invoice)[-1]
        self.assertEqual((newest.state, newest.charge_date), ("sent", self._in_days(3)))
        self.assertEqual(self._says(invoice), ("notice_pending", self._in_days(3)))

    def test_each_part_of_a_plan_is_told_and_charged_on_its_own(self):
        invoice = self._create_coming(0, amount=300)
        rows = [(self._in_days(day), 100.0) for day in (3, 5, 9)]
        vals = {"text": "Agreed.", "lang": "en_US", "channel": "phone"}
        vals["agreed_date"] = self.today
        self.env["autopay.plan"].sudo()._set_up(invoice, rows, vals)
        self._tell()
        told = self._get_told_of(invoice)
        self.assertEqual(told.mapped("part"), [1])
        self._pass_days(2)
        self._tell()
        self.assertEqual(self._get_told_of(invoice).mapped("part"), [1, 2])
        charged = []
        for _day in range(8):
            self._pass_days(1)
            self._tell()
            self._run_autopay()
            charged.append(len(invoice.autopay_attempt_ids))
        self.assertEqual(charged, [1, 1, 2, 2, 2, 2, 3, 3])
        self.assertEqual(self._get_told_of(invoice).mapped("part"), [1, 2, 3])
        self.assertEqual(invoice.payment_state, "paid")

    def test_decline_that_is_tried_again_is_not_told_twice(self):
        self._enrol({"kind": "decline", "decline_code": "insufficient_funds"})
        invoice = self._create_coming(3)
        self._tell()
        self._pass_days(3)
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "declined")
        self._tell()
        self._pass_days(10)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 2)
        self.assertEqual(len(self._get_told_of(invoice)), 1)

    # === SETTINGS === #

    def test_sepa_debits_are_told_two_weeks_before_by_default(self):
        sepa = self.env.ref("payment.payment_method_sepa_direct_debit")
        company = self.env["res.company"].create({"name": "Lisbon Tiles"})
        token = self.token.copy()
        days = [company._get_autopay_notice_days(token)]
        for method in (self.debit_method, sepa):
            self._force(token, payment_method_id=method.id)
            days.append(company._get_autopay_notice_days(token))
        self.assertEqual(days, [0, 0, 14])
        self.assertFalse(company.autopay_notice_gate)
        with self.assertRaises(ValidationError):
            company.autopay_notice_days_debit = 61

    def test_only_customers_with_a_method_to_tell_of_are_looked_at(self):
        invoice = self._create_coming(2)
        service = self.env["autopay.notice.before"]
        self.assertIn(invoice, service._find_moves(self.company, None))
        self.company.write(
            {"autopay_notice_days_card": 0, "autopay_notice_days_debit": 3}
        )
        self.assertNotIn(invoice, service._find_moves(self.company, None))
        self._create_token("pm_usBankAccount_success")
        self.assertIn(invoice, service._find_moves(self.company, None))

    def test_gate_and_its_mail_are_not_switched_against_each_other(self):
        self.settings._add_missing(self.company)
        before = self.settings.search(
            [("company_id", "=", self.company.id), ("kind", "=", "before")]
        )
        with self.assertRaises(ValidationError):
            before.enabled = False
        self.company.autopay_notice_gate = False
        before.enabled = False
        with self.assertRaises(ValidationError):
            self.company.autopay_notice_gate = True

    def test_person_who_charges_now_is_told_what_that_passes_over(self):
        invoice = self._create_coming(0)
        wizard = self.env["autopay.charge.now"].create({"move_ids": invoice.ids})
        self.assertEqual(wizard.ready_ids.mark, "notice_pending")
        self._charge_now(invoice)
        self.env.invalidate_all()
        self.assertEqual(invoice.payment_state, "paid")

    # === BAD INPUT === #

    def test_whatever_keeps_the_mail_away_holds_the_charge_and_calls_a_person(self):
        template = self.env.ref("autopay.mail_template_before")
        kept = template.body_html
        cases = {
            "no address": (
                lambda inv: inv.partner_id.write({"email": False}),
                lambda inv: inv.partner_id.write({"email": "found@example.com"}),
            ),
            "spoilt template": (
                lambda inv: self._force(
                    template, body_html=Json({"en_US": "<t t-out='1 / 0'/>"})
                ),
                lambda inv: template.write({"body_html": kept}),
            ),
        }
        for name, (spoil, mend) in cases.items():
            with self.subTest(name), mute_logger(*RENDER_LOGS):
                invoice = self._create_coming(3, customer=self._enrol_another(name))
                spoil(invoice)
                self._tell()
                self.assertEqual(self._says(invoice)[0], "notice_undeliverable")
                self._pass_days(3)
                self._tell()
                self._run_autopay()
                self.assertFalse(invoice.autopay_attempt_ids)
                calls = invoice.partner_id.activity_ids.mapped("autopay_wait")
                self.assertIn("notice_before", calls)
                mend(invoice)
                self._tell()
                self.assertEqual(self._get_told_of(invoice)[-1].state, "sent")
                calls = invoice.partner_id.activity_ids.mapped("autopay_wait")
                self.assertNotIn("notice_before", calls)
                self._pass_days(3)
                self._run_autopay()
                self.assertEqual(invoice.payment_state, "paid")

    def _enrol_another(self, name):
        customer = self._create_customer(name)
        self._enrol(customer=customer)
        return customer
