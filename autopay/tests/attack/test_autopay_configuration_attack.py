from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..configuration.common_configuration import ConfigurationCommon

MANAGER = "account.group_account_manager"
BILLING = "account.group_account_invoice"


class AttackCommon(ConfigurationCommon):
    """Two billing managers and a billing user, who charge by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._create_user("first", MANAGER)
        cls.second = cls._create_user("second", MANAGER)
        cls.biller = cls._create_user("biller", BILLING)

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            f"attack_{login}",
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _open_charge_now(self, invoice, user=None):
        user = user or self.first
        action = invoice.with_user(user).action_autopay_charge_now()
        wizards = self.env[action["res_model"]].with_user(user)
        return Form(wizards.with_context(**action["context"]))

    def _charge(self, wizard):
        """Click on Charge: the engine commits, so it gets a cursor of its own."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            wizard.with_env(self.env(cr=cr, user=wizard.env.user)).action_charge()
        self.env.invalidate_all()

    def _get_amounts(self, invoice):
        return [row["amount"] for row in self._get_charges(invoice)]


@tagged("post_install", "-at_install")
class TestAttackCap(AttackCommon):
    def test_method_that_is_only_proposed_is_charged_within_its_caps(self):
        self._configure(max_amount=100.0)
        wizard = self._open_charge_now(self._create_due_invoice(280.0)).save()
        self.assertEqual(wizard.token_id, self.visa)
        self.assertEqual(wizard._get_lines().blocker, "above_cap")

    def test_charging_now_counts_for_the_cap_of_the_month(self):
        configuration = self._configure(max_month_amount=150.0)
        first, second = (self._create_due_invoice(100.0) for _number in range(2))
        self._charge(self._open_charge_now(first).save())
        self.assertEqual(first.autopay_attempt_ids.configuration_id, configuration)
        self.assertEqual(self._decide(second).blocker, "month_cap_reached")

    def test_another_method_that_a_person_chooses_is_charged_as_chosen(self):
        self._configure(max_amount=100.0)
        self.env["autopay.authorization"]._record(
            self.customer, self.company, self.bank, "staff"
        )
        form = self._open_charge_now(self._create_due_invoice(280.0))
        form.token_id = self.bank
        wizard = form.save()
        self.assertFalse(wizard._get_lines().blocker)
        self.assertEqual(wizard._get_lines().amount, 280.0)

    def test_rest_of_an_invoice_that_was_not_on_autopay_is_left_alone(self):
        self._configure(max_amount=100.0, cap_rule="part")
        invoice = self._create_posted_invoice(280.0)
        self._charge(self._open_charge_now(invoice).save())
        self.assertEqual(self._get_amounts(invoice), [10000])
        self.assertFalse(invoice.autopay_status)
        self.assertEqual(invoice.amount_residual, 180.0)

    def test_rest_of_an_invoice_on_autopay_stays_on_it(self):
        self._configure(max_amount=100.0, cap_rule="part")
        invoice = self._create_due_invoice(280.0)
        self._charge(self._open_charge_now(invoice).save())
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertGreater(invoice.autopay_date, self.today)


@tagged("post_install", "-at_install")
class TestAttackApproval(AttackCommon):
    def setUp(self):
        super().setUp()
        self.company.autopay_approval_limit = 1000.0
        self.customer.with_company(self.company).autopay_token_id = self.visa

    def _mark(self, amount, user):
        invoice = self._create_posted_invoice(amount)
        invoice.autopay_date = self.today
        invoice.with_user(user).action_autopay_make_eligible()
        return invoice

    def _get_open(self, invoice):
        return invoice.autopay_approval_ids.filtered(
            lambda rec: rec.state in ("waiting", "approved", "refused")
        )

    def test_who_charges_now_does_not_approve_it_as_well(self):
        invoice = self._create_posted_invoice(9000.0)
        # As if the invoice had been small until the dialog handed it to the engine.
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=self.first.id, su=True)
            moves = env["account.move"].browse(invoice.ids)
            env["autopay.engine"]._charge_now(moves, {})
        self.env.invalidate_all()
        self.assertEqual(self._get_open(invoice).requested_by_id, self.first)
        with self.assertRaisesRegex(AccessError, "yourself"):
            self._get_open(invoice).with_user(self.first).action_approve()
        self._get_open(invoice).with_user(self.second).action_approve()

    def test_who_lets_others_ask_again_still_cannot_approve(self):
        invoice = self._mark(5000.0, self.first)
        approval = self._get_open(invoice)
        approval.with_user(self.second).action_refuse()
        approval.with_user(self.biller).action_ask_again()
        self.assertFalse(self._get_open(invoice).with_user(self.first).may_decide)
        with self.assertRaises(AccessError):
            self._get_open(invoice).with_user(self.first).action_approve()
        self._get_open(invoice).with_user(self.second).action_approve()

    def test_who_changes_the_amount_does_not_approve_it_as_well(self):
        invoice = self._mark(1500.0, self.biller)
        changer = invoice.with_user(self.first)
        changer.button_draft()
        changer.invoice_line_ids.price_unit = 9000.0
        changer.action_post()
        with self.assertRaises(AccessError):
            self._get_open(invoice).with_user(self.first).action_approve()
        self._get_open(invoice).with_user(self.second).action_approve()

    def test_what_a_job_put_on_autopay_is_not_approved_by_who_made_the_invoice(self):
        robot = self.env.ref("base.user_root")
        invoice = self._mark(5000.0, robot)
        maker = invoice.create_uid
        maker.write({"group_ids": [Command.link(self.env.ref(MANAGER).id)]})
        self.assertNotEqual(maker, robot)
        with self.assertRaises(AccessError):
            self._get_open(invoice).with_user(maker).action_approve()

    def test_refused_charge_is_not_taken_in_parts(self):
        configuration = self._configure()
        invoice = self._mark(5000.0, self.biller)
        self._get_open(invoice).with_user(self.first).action_refuse()
        configuration.write({"max_amount": 999.0, "cap_rule": "part"})
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(invoice.autopay_blocker, "approval_refused")


@tagged("post_install", "-at_install")
class TestAttackValues(AttackCommon):
    def setUp(self):
        super().setUp()
        user = new_test_user(self.env, "attacker", groups="base.group_portal")
        user.partner_id.parent_id = self.customer
        self.own = self.env["autopay.configuration.portal"].with_user(user)

    def _add(self, *rows):
        values = {"token_id": self.visa.id, "conditions": list(rows)}
        return self.own._add(self.company, values, {"text": "I agree."})

    def test_numbers_that_are_none_are_refused_in_words(self):
        for kind in ("amount_total", "age"):
            for number in (float("nan"), float("inf"), 1e300):
                row = {"kind": kind, "operator": ">", "number": number}
                with self.subTest(row=row):
                    self._check_refused(row)

    def test_text_of_megabytes_is_refused(self):
        row = {"kind": "reference", "operator": "contains", "text": "x" * 10**6}
        self._check_refused(row)

    def _check_refused(self, row):
        """Check that neither customers nor staff can save a condition."""
        with self.assertRaisesRegex(UserError, "cannot be used"):
            self._add(row)
        with self.assertRaisesRegex(ValidationError, "too large"):
            self._configure(self.visa, [row])

    def test_customer_cannot_fill_the_engine_with_settings(self):
        row = {"kind": "age", "operator": ">=", "number": 1}
        with self.assertRaisesRegex(UserError, "too many"):
            self._add(*[row] * 21)
        for _number in range(50):
            self._add(row)
        with self.assertRaisesRegex(UserError, "too many"):
            self._add(row)

    def test_condition_without_a_currency_stops_nobody(self):
        configuration = self._configure()
        self.env.cr.execute(
            "UPDATE autopay_configuration_condition SET currency_id = NULL"
            " WHERE id = %s",
            configuration.condition_ids.ids,
        )
        self.env.invalidate_all()
        other = self._create_customer("Harbour Bakery")
        self._enrol(customer=other)
        invoices = [self._create_due_invoice(50.0, each) for each in (other, None)]
        decisions = self.env["autopay.decision"]._decide(invoices[0] | invoices[1])
        self.assertFalse(decisions[invoices[0]].blocker)
        self.assertEqual(decisions[invoices[1]].blocker, "no_configuration")
        self.assertEqual(configuration.issue_code, "condition_incomplete")
        self.assertTrue(invoices[1].autopay_trace)
