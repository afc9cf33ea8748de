from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...fields import Day
from ...schedules.days import shift
from ..common import AutopayCommon

STRANGE_DAYS = ("0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31")


@tagged("post_install", "-at_install")
class TestAttackDays(AutopayCommon):
    """Days near the ends of the calendar are refused in words, or do no harm."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()

    def test_own_days_of_an_invoice_are_refused_in_words(self):
        for name in ("autopay_date", "autopay_hold_date"):
            for day in STRANGE_DAYS:
                with (
                    self.subTest(name=name, day=day),
                    self.assertRaisesRegex(ValidationError, "cannot be meant"),
                ):
                    self.invoice.write({name: day})
            self.invoice.write({name: "1900-01-01"})
            self.invoice.write({name: "2999-12-31"})
        with self.assertRaisesRegex(ValidationError, "Autopay Date: 0001-01-01"):
            self.invoice.copy({"autopay_date": "0001-01-01"})

    def test_own_days_of_dialogs_are_refused_in_words(self):
        company = [Command.set(self.company.ids)]
        questions = (
            ("autopay.set.date", "date", {"move_ids": self.invoice.ids}),
            ("autopay.set.date", "hold_date", {"move_ids": self.invoice.ids}),
            ("autopay.dry.run", "date_from", {"company_ids": company}),
            ("autopay.dry.run", "date_to", {"company_ids": company}),
            ("autopay.plan.wizard", "first_date", {"move_id": self.invoice.id}),
            ("autopay.plan.wizard", "agreed_date", {"move_id": self.invoice.id}),
            ("autopay.consent.wizard", "agreed_date", {}),
        )
        for model, name, values in questions:
            for day in STRANGE_DAYS:
                with (
                    self.subTest(model=model, name=name, day=day),
                    self.assertRaisesRegex(ValidationError, "cannot be meant"),
                ):
                    self.env[model].create({**values, name: day})

    def test_every_own_day_that_people_write_is_such_a_field(self):
        # Of the statement its own period says what is wrong.
        left = {"autopay.statement.wizard", "payment.token"}
        for name, model in self.env.registry.items():
            if model._abstract or name in left:
                continue
            for field in model._fields.values():
                own = field.name.startswith("autopay_") or name.startswith("autopay.")
                written = not (field.readonly or field.related)
                if field.type == "date" and own and written and field.store:
                    with self.subTest(field=str(field)):
                        self.assertIsInstance(field, Day)

    def test_days_of_odoo_s_own_fields_stop_no_decision(self):
        self.company.write({"autopay_notice_gate": True, "autopay_notice_days_card": 3})
        for day in (date.min, date.max):
            with self.subTest(day=day):
                self._force(
                    self.invoice,
                    invoice_date=day,
                    invoice_date_due=day,
                    autopay_date=day,
                )
                decision = self.env["autopay.decision"]._decide(self.invoice)
                self.assertTrue(decision[self.invoice].get_words(self.env))
                self.assertTrue(self.invoice._get_autopay_next_date())
                self.env["autopay.status"].sudo()._find(self.invoice.sudo())
                forecast = self.env["autopay.forecast"].sudo()
                last = shift(self.today, 30)
                self.assertTrue(forecast._forecast(self.company, self.invoice, last))

    def test_due_date_at_an_end_of_the_calendar_is_odoo_s_own_matter(self):
        self.company.write({"autopay_policy": "automatic", "autopay_date_rule": "due"})
        for day in ("0001-01-01", "9999-12-31"):
            with self.subTest(day=day):
                invoice = self._create_posted_invoice(invoice_date_due=day)
                self.assertEqual(invoice.state, "posted")
                self.assertEqual(invoice.autopay_status, "eligible")
                self.invoice.invoice_date_due = day
                self.assertEqual(str(self.invoice.invoice_date_due), day)

    def test_part_of_another_millennium_keeps_no_charge_from_being_booked(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 400_000)
                ],
            }
        )
        invoice = self._create_posted_invoice(
            invoice_date_due=False, invoice_payment_term_id=term.id
        )
        invoice.action_autopay_make_eligible()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertFalse(attempt.booking_error)
        self.assertTrue(attempt.booked_date)
        self.assertEqual((invoice.amount_residual, len(attempt)), (50, 1))
        self.assertEqual(str(invoice.autopay_date), "2999-12-31")
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_days_beyond_the_calendar_are_its_ends(self):
        self.assertEqual(shift(date.min, -1), date.min)
        self.assertEqual(shift(date.max, 10**12), date.max)
        self.assertEqual(shift(date(2026, 2, 28), 1), date(2026, 3, 1))

    def test_method_that_is_valid_to_the_end_of_time_can_be_foreseen(self):
        self.token.autopay_expiry_date = "9999-12-31"
        forecast = self.env["autopay.forecast"].sudo()
        found = forecast._forecast(self.company, self.invoice, shift(self.today, 30))
        self.assertEqual(len(found.charges), 1)

    def test_limit_of_the_month_of_an_invoice_of_the_last_day_is_no_crash(self):
        last = "9999-12-31"
        invoice = self._create_due_invoice(invoice_date=last, invoice_date_due=last)
        for rule, blocker in (
            ("skip", "month_cap_reached"),
            ("part", "date_not_reached"),
        ):
            with self.subTest(rule):
                configuration = self.env["autopay.configuration"].create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "token_id": self.token.id,
                        "condition_ids": [Command.create({"number": 1.0})],
                        "max_month_amount": 50.0,
                        "cap_rule": rule,
                    }
                )
                invoice.invalidate_recordset()
                self.assertEqual(invoice.autopay_blocker, blocker)
                configuration.unlink()

    def test_plan_of_an_invoice_of_another_millennium_is_refused_in_words(self):
        for day in ("2999-12-31", "3500-01-01", "9999-12-31"):
            with self.subTest(day=day):
                invoice = self._create_posted_invoice(
                    invoice_date=day, invoice_date_due=day
                )
                action = invoice.action_autopay_plan()
                model = self.env["autopay.plan.wizard"]
                dialog = Form(model.with_context(**action["context"]))
                dialog.count = 3
                self.assertIn("invoice date is more than 10 years", dialog.problems)
                with self.assertRaisesRegex(UserError, "Correct the date of the"):
                    dialog.save().action_apply()

    def test_plan_whose_parts_leave_the_calendar_says_which(self):
        wizard = self.env["autopay.plan.wizard"].create(
            {"move_id": self.invoice.id, "first_date": "2999-12-15", "count": 3}
        )
        self.assertIn("years ahead", wizard.problems)
        self.assertEqual(wizard.line_ids.mapped("amount"), [33.33, 33.33, 33.34])
