from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..common_discount import DiscountCommon
from ..fault import fault
from .test_autopay_open_credit import OpenCreditCommon


@tagged("post_install", "-at_install")
class TestAutopayCreditApplication(OpenCreditCommon):
    """By the policy *apply*, open credit pays first, and the rest is charged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.autopay_credit_policy = "apply"

    def _get_open(self, moves):
        lines = moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        return lines.mapped("amount_residual")

    def test_rest_is_charged(self):
        payment, note, entry = self._pay(20), self._credit(30), self._enter(5)
        invoice = self._create_due_invoice(100)
        self.assertFalse(invoice.autopay_blocker)
        self.assertIn("45.00", invoice.autopay_explanation)
        self.assertIn(note.name, invoice.autopay_explanation)
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 45)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(self._get_open(payment.move_id | note | entry), [0, 0, 0])
        bodies = " ".join(invoice.message_ids.mapped("body"))
        self.assertIn("Open credit was applied", bodies)
        self.assertIn(payment.move_id.name, bodies)

    def test_credit_beyond_the_debt_pays_it_and_nothing_is_charged(self):
        note = self._credit(130)
        invoice = self._create_due_invoice(100)
        # It is no failure that has to be shown in red.
        self.assertEqual(invoice.autopay_blocker, "credit_covers")
        self.assertIn("when the invoice is due", invoice.autopay_explanation)
        self._run_autopay()
        self.assertFalse(self._get_charges(invoice))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._get_open(note), [-30])

    def test_nothing_is_applied_before_the_day(self):
        self._credit(130)
        invoice = self._create_due_invoice(100)
        invoice.autopay_date = fields.Date.add(self.today, days=3)
        self._run_autopay()
        self.assertEqual(invoice.amount_residual, 100)

    def test_one_credit_pays_the_oldest_invoice_first(self):
        self._credit(130)
        late, early = self._create_due_invoice(100), self._create_due_invoice(100)
        early.autopay_date = fields.Date.subtract(self.today, days=2)
        self._run_autopay()
        self.assertFalse(self._get_charges(early))
        self.assertEqual(early.amount_residual, 0)
        self.assertEqual(self._get_charged(late), 70)

    def test_what_cannot_be_applied_without_doubt_holds(self):
        euro = self.setup_other_currency("EUR")
        self._pay(10)
        self._pay(40, currency_id=euro.id)
        invoice = self._create_due_invoice(100)
        self._assert_held(invoice, "€")
        self.assertEqual(invoice.amount_residual, 100)

    def test_credit_on_another_account_holds(self):
        other = self.company_data["default_account_receivable"].copy()
        note = self._credit(10)
        note.button_draft()
        note.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).account_id = other
        note.action_post()
        invoice = self._create_due_invoice(100)
        self._assert_held(invoice, "cannot be applied")
        self.assertNotIn("apply_credit", invoice.autopay_offers or "")

    def test_credit_that_a_person_passed_over_is_not_applied(self):
        note = self._credit(30)
        self.company.autopay_credit_policy = "hold"
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_charge_anyway()
        self.company.autopay_credit_policy = "apply"
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 100)
        self.assertEqual(self._get_open(note), [-30])

    @fault(92)
    def test_credit_that_another_process_has_in_hand_holds_the_invoice(self):
        self._credit(30)
        invoice = self._create_due_invoice(100)
        model = self.env.registry["account.move.line"]
        nothing = lambda lines, **_options: lines.browse()  # noqa: E731
        with patch.object(model, "try_lock_for_update", nothing):
            self._run_autopay()
        self.assertFalse(self._get_charges(invoice))
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(invoice.autopay_status, "eligible")
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 70)

    @fault(92)
    def test_credit_that_odoo_refuses_to_apply_holds_the_invoice(self):
        self._credit(30)
        invoice, other = self._create_due_invoice(100), self._create_due_invoice(50)
        neighbour = self._create_customer("Blue Harbour Fish")
        self._enrol(customer=neighbour)
        self._credit(20, neighbour)
        apart = self._create_due_invoice(80, neighbour)
        model = self.env.registry["account.move.line"]
        reconcile = model._reconcile_plan

        def refuse(lines, plan):
            if any(self.customer in each.partner_id for each in plan):
                raise ValueError("refused")
            return reconcile(lines, plan)

        with (
            patch.object(model, "_reconcile_plan", refuse),
            self.assertLogs("odoo.addons.autopay.models.credit", "ERROR"),
        ):
            self._run_autopay()
        self.assertFalse(self._get_charges(invoice) + self._get_charges(other))
        self.assertEqual(invoice.autopay_crash_count, 0)
        # Credit beside it that can be applied is applied.
        self.assertEqual(self._get_charged(apart), 60)

    def test_credits_of_many_customers_are_applied_in_one_go(self):
        moves = self.env["account.move"]
        for number in range(5):
            customer = self._create_customer(f"Customer {number}")
            self._enrol(customer=customer)
            self._credit(10, customer)
            self._credit(5, customer)
            moves |= self._create_due_invoice(100, customer)
        model = self.env.registry["account.move.line"]
        reconcile, sizes = model._reconcile_plan, []

        def count(lines, plan):
            sizes.append(len(plan))
            return reconcile(lines, plan)

        with patch.object(model, "_reconcile_plan", count):
            self._run_autopay()
        self.assertEqual(sizes[0], 10)
        self.assertEqual([self._get_charged(move) for move in moves], [85] * 5)
        self.assertEqual(moves.mapped("payment_state"), [moves[0].payment_state] * 5)

    def test_charge_now_applies_and_charges_what_it_has_shown(self):
        self._credit(30)
        invoice = self._create_due_invoice(100)
        wizard = self.env["autopay.charge.now"].create({"move_ids": invoice.ids})
        self.assertEqual(wizard.ready_ids.amount, 70)
        self._charge_now(invoice, shown={invoice.id: 70})
        self.assertEqual(self._get_charged(invoice), 70)
        self.assertEqual(invoice.amount_residual, 0)

    def test_dry_run_says_what_the_engine_does(self):
        self._credit(130)
        first, second = self._create_due_invoice(100), self._create_due_invoice(100)
        third = self._create_due_invoice(100)
        third.autopay_date = fields.Date.add(self.today, days=3)
        dry_run = self.env["autopay.dry.run"].create(
            {"company_ids": self.company.ids, "partner_ids": self.customer.ids}
        )
        dry_run.action_run()
        charged = {line.move_id: line.amount for line in dry_run.charge_ids}
        self.assertEqual(charged, {second: 70, third: 100})
        self.assertEqual(dry_run.skip_ids.move_id, first)
        self._run_autopay()
        self.assertEqual(self._get_charged(second), 70)
        self.assertFalse(self._get_charges(first))


@tagged("post_install", "-at_install")
class TestAutopayCreditAtTheGate(OpenCreditCommon):
    """Credit that comes in between is seen by the last look before the charge."""

    def _run_with_credit_in_between(self):
        engine = self.env.registry["autopay.engine"]
        prepare = engine._prepare

        def prepare_and_credit(this, ctx, attempts):
            done = prepare(this, ctx, attempts)
            env = self.env(cr=this.env.cr)
            self.note_id = self.with_env_credit(env)
            return done

        with patch.object(engine, "_prepare", prepare_and_credit):
            self._run_autopay()
        self.env.invalidate_all()

    def with_env_credit(self, env):
        note = env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.to_string(self.today),
                "invoice_line_ids": [
                    (0, 0, {"name": "Goodwill", "price_unit": 30, "tax_ids": []})
                ],
            }
        )
        note.action_post()
        return note.id

    @fault(91)
    def test_attempt_is_withdrawn(self):
        for policy, later in (("hold", 0), ("apply", 70)):
            with self.subTest(policy=policy):
                self.company.autopay_credit_policy = policy
                invoice = self._create_due_invoice(100)
                self._run_with_credit_in_between()
                self.assertFalse(self._get_charges(invoice))
                self.assertEqual(invoice.autopay_attempt_ids.state, "canceled")
                self.assertEqual(invoice.autopay_status, "eligible")
                self._run_autopay()
                self.assertEqual(self._get_charged(invoice), later)
                self.env["account.move"].browse(self.note_id).button_draft()
                invoice.autopay_status = False


@tagged("post_install", "-at_install")
class TestAutopayCreditWithDiscount(DiscountCommon, OpenCreditCommon):
    """A discount that applying a credit would lose is for a person to weigh."""

    def test_discount_is_not_lost_without_a_word(self):
        self.company.autopay_credit_policy = "apply"
        self._credit(30)
        invoice = self._create_discounted()
        self._assert_held(invoice, "discount is lost")
        self.assertEqual(invoice.amount_residual, 100)
        invoice.action_autopay_charge_anyway()
        self._run_autopay()
        self._assert_settled(invoice, 9800)
