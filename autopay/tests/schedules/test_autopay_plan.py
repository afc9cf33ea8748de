from datetime import timedelta

from dateutil.relativedelta import relativedelta
from lxml import html as html_tree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestAutopayPlan(PartsCommon):
    """Payment plans: any number of dated amounts, each charged once."""

    def _open_wizard(self, invoice, **values):
        """Return the dialog for an invoice, filled in as a person does."""
        action = invoice.action_autopay_plan()
        model = self.env["autopay.plan.wizard"].with_context(**action["context"])
        form = Form(model)
        form.channel = "phone"
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def _plan(self, invoice, **values):
        """Give an invoice a plan; return it."""
        self._open_wizard(invoice, **values).save().action_apply()
        return invoice.autopay_plan_id

    def _create_typed(self, invoice, *rows):
        """Return the dialog with parts as typed: (days from today, amount) each."""
        return self.env["autopay.plan.wizard"].create(
            {
                "move_id": invoice.id,
                "kind": "rows",
                "channel": "phone",
                "line_ids": [
                    Command.create(
                        {
                            "sequence": number,
                            "date": days is not None
                            and self.today + timedelta(days=days),
                            "amount": amount,
                        }
                    )
                    for number, (days, amount) in enumerate(rows)
                ],
            }
        )

    def _create_open(self, amount=1000.0, **values):
        return self._create_posted_invoice(amount, **values)

    # === CHARGES === #

    def test_equal_parts_are_charged_on_their_days_and_each_once(self):
        invoice = self._create_open(100.0)
        plan = self._plan(invoice, count=3)
        self.assertEqual(plan.installment_ids.mapped("amount"), [33.33, 33.33, 33.34])
        days = [self.today + relativedelta(months=number) for number in range(3)]
        self.assertEqual(plan.installment_ids.mapped("date"), days)
        self.assertEqual(invoice.autopay_status, "eligible")
        for day in days:
            number = (day - self.today).days
            self._run_on(number)
            self._run_on(number)
        self.assertEqual(self._get_amounts(invoice), [3333, 3333, 3334])
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.payment_state, "paid")

    def test_fixed_amount_every_second_week(self):
        invoice = self._create_open()
        plan = self._plan(invoice, kind="amount", amount=300.0, every=2, unit="week")
        self.assertEqual(plan.installment_ids.mapped("amount"), [300, 300, 300, 100])
        self.assertEqual(plan.installment_ids[-1].date, self.today + timedelta(days=42))

    def test_typed_parts_go_before_the_payment_terms(self):
        invoice = self._create_divided(days=-40)
        self._create_typed(invoice, (5, 900.0), (50, 100.0)).action_apply()
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [])
        self._run_on(5)
        self.assertEqual(self._get_amounts(invoice), [90000])
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=50))
        self.assertIn("1 of 2 paid, $ 100.00 on", self._explain(invoice))

    def test_entries_of_the_invoice_are_left_alone(self):
        invoice = self._create_divided()
        lines = invoice.line_ids.filtered("date_maturity")
        before = lines.mapped("date_maturity"), lines.mapped("amount_currency")
        self._plan(invoice)
        after = lines.mapped("date_maturity"), lines.mapped("amount_currency")
        self.assertEqual(before, after)

    def test_payment_by_others_pays_the_oldest_part(self):
        invoice = self._create_open()
        plan = self._plan(invoice, count=4)
        self._pay_outside(invoice, 300.0)
        parts = plan.installment_ids
        self.assertEqual(parts.mapped("state"), ["paid", "coming", "coming", "coming"])
        self.assertEqual(parts.mapped("paid_amount"), [250.0, 50.0, 0.0, 0.0])
        self.assertEqual(invoice.autopay_date, parts[1].date)

    def test_currency_without_decimals(self):
        currency = self.setup_other_currency("JPY", rates=[("2000-01-01", 100.0)])
        currency.rounding = 1.0
        invoice = self._create_open(1000.0, currency_id=currency.id)
        wizard = self._create_typed(invoice, (0, 333.5), (1, 666.5))
        with self.assertRaisesRegex(UserError, "Part 1: 333.5 cannot be paid in JPY"):
            wizard.action_apply()
        plan = self._plan(invoice, count=3)
        self.assertEqual(plan.installment_ids.mapped("amount"), [333, 333, 334])

    # === BAD INPUT === #

    def _assert_refused(self, invoice, words, *rows):
        wizard = self._create_typed(invoice, *rows)
        with self.assertRaisesRegex(UserError, words):
            wizard.action_apply()
        self.assertFalse(invoice.autopay_planned)

    def test_each_bad_row_gets_its_sentence_and_nothing_is_lost(self):
        invoice = self._create_open(300.0)
        cases = [
            ("leave .*0\\.01 of what is open", (0, 100.0), (1, 199.99)),
            ("come to .*0\\.01 more than is open", (0, 100.0), (1, 200.01)),
            ("Part 2: .* Make one of the two", (0, 100.0), (0, 200.0)),
            ("Part 2: the amount must be more", (0, 300.0), (1, 0.0)),
            ("Part 2: the amount must be more", (0, 400.0), (1, -100.0)),
            ("Part 1: .* is over", (-1, 100.0), (1, 200.0)),
            ("Part 1: choose a date", (None, 300.0)),
            ("Part 2: .* is before the part above", (5, 100.0), (1, 200.0)),
            ("more than 10 years ahead", (9000, 300.0)),
            ("Part 1: 100.005 cannot be paid", (0, 100.005), (1, 199.995)),
            ("at least one part",),
            ("200 parts; a plan has at most 120", *[(day, 1.5) for day in range(200)]),
        ]
        for words, *rows in cases:
            with self.subTest(words=words):
                self._assert_refused(invoice, words, *rows)

    def test_two_hundred_equal_parts_are_refused_in_words(self):
        form = self._open_wizard(self._create_open(), count=200)
        self.assertIn("200 parts; a plan has at most 120", form.problems)

    def test_consent_has_to_be_named(self):
        invoice = self._create_open()
        wizard = self._create_typed(invoice, (0, 1000.0))
        wizard.channel = False
        with self.assertRaisesRegex(UserError, "how and when the customer has agreed"):
            wizard.action_apply()

    def test_nobody_has_agreed_in_the_future(self):
        wizard = self._create_typed(self._create_open(), (0, 1000.0))
        wizard.agreed_date = self.today + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "agreed in the future"):
            wizard.action_apply()

    def test_button_that_is_pressed_twice_makes_one_plan(self):
        invoice = self._create_open()
        wizard = self._create_typed(invoice, (0, 500.0), (9, 500.0))
        wizard.action_apply()
        wizard.action_apply()
        plans = self.env["autopay.plan"].search([("move_id", "=", invoice.id)])
        self.assertEqual(len(plans), 1)

    def test_no_plan_for_what_is_paid_draft_or_no_invoice(self):
        invoice = self._create_open()
        wizard = self._create_typed(invoice, (0, 1000.0))
        self._pay_outside(invoice, 1000.0)
        with self.assertRaisesRegex(UserError, "open"):
            wizard.action_apply()

    def test_no_plan_while_it_is_being_charged(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_divided((30, 0), (70, 2), amount=100.0)
        wizard = self._create_typed(invoice, (0, 100.0))
        self._run_autopay()
        with self.assertRaises(UserError):
            wizard.action_apply()
        with self.assertRaises(UserError):
            invoice.action_autopay_plan()
        self.assertFalse(invoice.autopay_planned)

    # === CHANGE AND END === #

    def test_changed_plan_keeps_what_is_paid(self):
        invoice = self._create_open()
        first = self._plan(invoice, count=4)
        self._run_autopay()
        self._create_typed(invoice, (10, 500.0), (20, 250.0)).action_apply()
        plan = invoice.autopay_plan_id
        self.assertNotEqual(plan, first)
        self.assertFalse(first.active)
        self.assertEqual(plan.installment_ids.mapped("amount"), [250.0, 500.0, 250.0])
        self.assertEqual(
            plan.installment_ids.mapped("state"), ["paid", "coming", "coming"]
        )
        for number in (10, 20):
            self._run_on(number)
        self.assertEqual(self._get_amounts(invoice), [25000, 50000, 25000])
        self.assertEqual(invoice.autopay_status, "success")

    def test_ended_plan_leaves_the_payment_terms(self):
        invoice = self._create_divided()
        self._plan(invoice, first_date=self.today + timedelta(days=10))
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=10))
        invoice.action_autopay_cancel_plan()
        self.assertFalse(invoice.autopay_plan_id)
        self.assertEqual(invoice.autopay_date, self.today)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [25000])

    # === CONSENT AND RIGHTS === #

    def test_agreed_text_is_kept_in_the_language_of_the_customer(self):
        invoice = self._create_open()
        plan = self._plan(invoice, count=2)
        text = plan.text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("$ 1,000.00", text)
        self.assertEqual(text.count("$ 500.00"), 2)
        self.assertIn(invoice.name, text)
        self.assertEqual(plan.channel, "phone")
        self.assertEqual(plan.agreed_date, self.today)
        self.assertEqual(plan.user_id, self.env.user)
        self.assertEqual(len(plan.text_hash), 64)
        self.assertEqual(invoice.action_view_autopay_plan()["res_id"], plan.id)
        self.assertIn("pays the oldest part first", invoice.message_ids[:1].body)

    def test_plan_is_written_by_nobody(self):
        plan = self._plan(self._create_open())
        user = self._create_user("plan_clerk", "account.group_account_invoice")
        for record in (plan, plan.installment_ids):
            own = record.with_user(user)
            own.mapped("display_name")
            with self.assertRaises(AccessError):
                own.write({"active": False})
            with self.assertRaises(AccessError):
                own.unlink()
        with self.assertRaises(AccessError):
            plan.sudo().text = "Something else"

    def test_only_billing_users_make_plans(self):
        invoice = self._create_open()
        wizard = self._create_typed(invoice, (0, 1000.0))
        user = self._create_user("plan_reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            invoice.with_user(user).action_autopay_plan()
        with self.assertRaises(AccessError):
            wizard.with_user(user).action_apply()
        clerk = self._create_user("plan_maker", "account.group_account_invoice")
        action = invoice.with_user(clerk).action_autopay_plan()
        model = self.env["autopay.plan.wizard"].with_user(clerk)
        form = Form(model.with_context(**action["context"]))
        form.channel = "email"
        form.save().action_apply()
        self.assertEqual(invoice.autopay_plan_id.user_id, clerk)

    def test_plan_does_not_get_around_the_approval_limit(self):
        self.company.autopay_approval_limit = 400.0
        invoice = self._create_open()
        self._plan(invoice, count=4)
        self.assertEqual(self._decide_on(invoice).blocker, "needs_approval")
        # A part of it is below the limit: that it is above would be wrong.
        self.assertIn(
            "$\xa01,000.00, is above the company's limit of $\xa0400.00: a billing "
            "manager must approve the charge of $\xa0250.00",
            invoice.autopay_explanation,
        )
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [])
        self.assertEqual(invoice.autopay_approval_ids.amount, 250.0)

    def _give_to(self, invoice):
        """Give an invoice to another customer who is enrolled; return that one."""
        other = self._create_customer("Brisk Bakery")
        self._enrol(customer=other)
        invoice.button_draft()
        invoice.partner_id = other
        invoice.action_post()
        return other

    def test_plan_ends_when_the_invoice_gets_another_customer(self):
        invoice = self._create_open(300.0)
        plan = self._plan(invoice, count=3)
        other = self._give_to(invoice)
        self.assertFalse(plan.active)
        self.assertFalse(invoice.autopay_planned)
        self.assertEqual(invoice.autopay_payer_id, other)
        bodies = " ".join(invoice.message_ids.mapped("body"))
        self.assertIn("Green Valley Dairy agreed to it", bodies)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [30000])

    def test_plan_ends_when_another_payer_is_confirmed(self):
        contact = self._create_customer("Kim Reed")
        self._enrol(customer=contact)
        invoice = self._create_open(300.0, customer=contact)
        plan = self._plan(invoice, count=3)
        contact.parent_id = self.customer
        self.assertEqual(self._decide_on(invoice).blocker, "payer_changed")
        self.assertTrue(plan.active)
        invoice.action_autopay_confirm_payer()
        self.assertFalse(plan.active)
        self.assertEqual(self._decide_on(invoice).amount, 300)

    def test_plan_stays_when_the_invoice_is_reset_and_posted_again(self):
        invoice = self._create_open(300.0)
        plan = self._plan(invoice, count=3)
        invoice.button_draft()
        invoice.action_post()
        self.assertTrue(plan.active)
        self.assertTrue(invoice.autopay_planned)

    # === WHAT THE CUSTOMER READS === #

    def test_plan_is_on_the_pdf_and_only_where_there_is_one(self):
        invoice = self._create_open()
        report = "account.report_invoice"
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            report, invoice.ids
        )
        self.assertNotIn(b"autopay_plan", html)
        self._plan(invoice, count=2)
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            report, invoice.ids
        )
        # Elsewhere the page says which part is charged next.
        [plan] = html_tree.fromstring(html).xpath("//*[@name='autopay_plan']")
        self.assertEqual(plan.text_content().count("500.00"), 2)

    def test_dry_run_says_the_parts_of_the_plan(self):
        invoice = self._create_open()
        self._plan(invoice, count=2, every=1, unit="week")
        record = self.env["autopay.dry.run"].create(
            {
                "company_ids": [Command.set(self.company.ids)],
                "partner_ids": [Command.set(self.customer.ids)],
                "date_from": self.today,
                "date_to": self.today + timedelta(days=20),
            }
        )
        record.action_run()
        said = [(line.date, line.amount) for line in record.charge_ids.sorted("date")]
        days = [self.today, self.today + timedelta(days=7)]
        self.assertEqual(said, [(day, 500.0) for day in days])

    # === INVOICES THAT WERE RAISED === #

    def _raise(self, invoice, amount):
        """Put one more line on a posted invoice."""
        invoice.button_draft()
        line = {"name": "More", "price_unit": amount, "tax_ids": []}
        invoice.write({"invoice_line_ids": [Command.create(line)]})
        invoice.action_post()

    def _get_alarms(self, invoice):
        return invoice.activity_ids.filtered(
            lambda each: each.autopay_wait == "plan_raised"
        )

    def test_what_is_put_on_an_invoice_later_is_not_in_its_plan(self):
        invoice = self._create_open(300.0)
        plan = self._plan(invoice, count=3)
        self._raise(invoice, 50.0)
        self.assertTrue(plan.active)
        [alarm] = self._get_alarms(invoice)
        self.assertIn("50.00", alarm.summary)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [10000])
        self.assertEqual(plan.installment_ids.mapped("paid_amount"), [100.0, 0.0, 0.0])
        self.assertIn("$ 50.00 was put on the invoice", self._explain(invoice))
        for part in plan.installment_ids[1:]:
            self._run_on((part.date - self.today).days)
        self._run_on(100)
        self.assertEqual(self._get_amounts(invoice), [10000, 10000, 10000])
        self.assertEqual(invoice.amount_residual, 50.0)
        decision = self._decide_on(invoice, 101)
        self.assertEqual(decision.blocker, "beyond_plan")
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertIn("all that was agreed is collected", self._explain(invoice))
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", invoice.ids
        )
        self.assertIn(b"Not in the plan", html)
        # The customer agrees to the rest.
        with self._on_day(101):
            self._create_typed(invoice, (101, 50.0)).action_apply()
        self.assertFalse(self._get_alarms(invoice))
        self._run_on(101)
        self.assertEqual(self._get_amounts(invoice)[3:], [5000])
        self.assertEqual(invoice.payment_state, "paid")
        new = invoice.autopay_plan_id
        self.assertEqual(sum(new.installment_ids.mapped("paid_amount")), 350.0)

    def test_credit_note_takes_off_what_was_put_on_the_invoice(self):
        invoice = self._create_open(300.0)
        plan = self._plan(invoice, count=3)
        self._raise(invoice, 50.0)
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = reversal.create({"journal_id": invoice.journal_id.id})
        wizard.refund_moves()
        self.assertTrue(self._get_alarms(invoice))
        note = invoice.reversal_move_ids
        note.invoice_line_ids[0].unlink()
        note.action_post()
        (invoice | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual((note.amount_total, invoice.amount_residual), (50.0, 300.0))
        self.assertFalse(self._get_alarms(invoice))
        decision = self._decide_on(invoice)
        self.assertEqual((decision.amount, decision.share.beyond), (100.0, 0.0))
        self.assertEqual(plan.installment_ids.mapped("paid_amount"), [0.0] * 3)

    def test_lowered_invoice_collects_what_is_left_of_its_plan(self):
        invoice = self._create_open(300.0)
        self._plan(invoice, count=3)
        self._raise(invoice, -150.0)
        self.assertFalse(self._get_alarms(invoice))
        for number in (0, 31, 62):
            self._run_on(number)
        self.assertEqual(sum(self._get_amounts(invoice)), 15000)
        self.assertEqual(invoice.payment_state, "paid")

    def test_plan_ends_when_the_invoice_gets_another_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        invoice = self._create_open(300.0)
        plan = self._plan(invoice, count=3)
        invoice.button_draft()
        invoice.currency_id = currency
        invoice.action_post()
        self.assertFalse(plan.active)
        bodies = " ".join(invoice.message_ids.mapped("body"))
        self.assertIn("agreed in USD", bodies)
        self.assertIn("in EUR now", bodies)
