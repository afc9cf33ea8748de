from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.setup.visit import SetupError, Visitor
from ..fault import fault
from .common_setup import SetupCommon

SESSIONS = "/v1/checkout/sessions"
CUSTOMERS = "/v1/customers"


@tagged("post_install", "-at_install")
class TestAutopaySetupOpener(SetupCommon):
    """One wish is one page, whatever happens on the way to it."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    def _get_alarms(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "autopay.method.setup")]
        )

    # === ONCE === #

    def test_second_press_leads_to_the_same_page(self):
        first, again = self._open(), self._open()
        self.assertEqual(first, again)
        self.assertEqual(len(self._get_setups()), 1)
        self.assertEqual(len(self._get_sent(SESSIONS)), 1)

    def test_press_of_a_colleague_is_another_wish(self):
        contact = self._create_customer("Colleague", parent_id=self.customer.id)
        self.assertNotEqual(self._open(), self._open(contact=contact))

    def test_press_after_the_method_was_saved_leads_to_what_was_saved(self):
        self.admin.visit(self._open(), "card")
        place = self._open()
        setup = self._get_setups()
        self.assertEqual((setup.state, place), ("done", setup._get_return_path()))
        self.assertEqual(len(self._get_tokens()), 1)
        self.assertIn("/c/pay/", self._open())

    @fault(113)
    def test_page_that_is_nearly_over_is_not_used_again(self):
        first = self._open()
        soon = fields.Datetime.now() + timedelta(minutes=10)
        self._get_setup().end_date = soon
        self.assertNotEqual(self._open(), first)

    @fault(113)
    def test_closed_page_is_not_used_again(self):
        first = self._open()
        self.stripe.v1.checkout.sessions.expire(self._get_setup().session_ref)
        self.assertNotEqual(self._open(), first)
        self.assertEqual(self._get_setups().mapped("state"), ["open", "expired"])

    @fault(111)
    def test_answer_that_was_lost_is_had_again(self):
        self.admin.add_fault("reset_after", times=2, path=SESSIONS)
        self.assertEqual(self._get_problem(), "unreachable")
        self.assertEqual(self._get_setup().state, "new")
        self._open()
        self.assertEqual(len(self._get_setups()), 1)
        sessions = self.stripe.v1.checkout.sessions.list({}).data
        self.assertEqual([row.id for row in sessions], [self._get_setup().session_ref])

    # === CUSTOMER AT THE PROVIDER === #

    def test_payer_is_one_customer_at_the_provider(self):
        token = self._create_token()
        token.active = False
        self._open()
        self.assertEqual(self._get_setup().customer_ref, token.provider_ref)
        self.assertEqual(self._get_customers(), [token.provider_ref])

    def test_contact_who_was_moved_does_not_make_two_payers_one(self):
        contact = self._create_customer("Cow Herd", parent_id=self.customer.id)
        token = self._create_token(customer=contact)
        self._open()
        self.assertEqual(self._get_setup().customer_ref, token.provider_ref)
        mill = self._create_customer("Red Mill", is_company=True)
        contact.parent_id = mill
        self.customer = mill
        self._open()
        found = self._get_setup().customer_ref
        self.assertIn(found, self._get_customers())
        self.assertNotEqual(found, token.provider_ref)

    @fault(111)
    def test_customer_whose_answer_was_lost_is_made_once(self):
        self.admin.add_fault("reset_after", times=2, path=CUSTOMERS)
        self.assertEqual(self._get_problem(), "unreachable")
        self._open()
        self.assertEqual(self._get_customers(), [self._get_setup().customer_ref])

    def test_customer_who_saved_nothing_is_used_again(self):
        self._open()
        self.stripe.v1.checkout.sessions.expire(self._get_setup().session_ref)
        self._open()
        self.assertEqual(len(set(self._get_setups().mapped("customer_ref"))), 1)
        self.assertEqual(len(self._get_customers()), 1)

    def test_customer_who_is_gone_is_made_anew(self):
        token = self._create_token()
        self.stripe.v1.customers.delete(token.provider_ref)
        self._open()
        setup = self._get_setup()
        self.assertEqual(setup.refused_ref, token.provider_ref)
        self.assertEqual(self._get_customers(), [setup.customer_ref])
        self.admin.visit(setup.url, "card")
        self._check(setup)
        self.assertEqual(setup.state, "done")
        self._open()
        self.assertEqual(self._get_setup().customer_ref, setup.customer_ref)
        self.assertFalse(self._get_setup().refused_ref)

    # === NO PAGE === #

    @fault(118)
    def test_provider_out_of_reach_is_said_and_a_person_called_once(self):
        self.admin.add_fault("refuse", times=None)
        self.assertEqual(self._get_problem(), "unreachable")
        self.assertEqual(self._get_problem(), "unreachable")
        self.assertEqual(len(self._get_alarms()), 1)
        self.admin.clear_faults()
        self._open()
        self.assertFalse(self._get_alarms())

    def test_key_without_the_right_is_told_to_staff(self):
        self.provider.stripe_secret_key = "rk_test_without_checkout"
        self.assertEqual(self._get_problem(), "unavailable")
        self.assertEqual(self._get_setup().state, "failed")
        alarm = self._get_alarms()
        self.assertIn("rak_checkout_write", alarm.note)
        self.assertIn("write Checkout Sessions", alarm.note)
        colleague = self._create_user("colleague", "account.group_account_invoice")
        setup = self._get_setup().with_user(colleague)
        note = "The key is a new one."
        setup.message_post(body=note)
        self.assertIn(note, setup.message_ids[:1].body)

    def test_no_page_where_nobody_could_be_charged(self):
        for values in ({"state": "disabled"}, {"is_published": False}):
            with self.subTest(values=values):
                self.provider.write({"state": "test", "is_published": True})
                self.provider.write(values)
                self.assertEqual(self._get_problem(), "unavailable")
        self.provider.write({"state": "test", "is_published": True})
        self.company.autopay_enabled = False
        self.assertEqual(self._get_problem(), "unavailable")
        self.assertFalse(self._get_setups())

    @fault(117)
    def test_too_many_pages_of_a_payer_are_refused(self):
        for number in range(5):
            self._open(name=f"Person {number}")
        self.assertEqual(self._get_problem(name="Person 6"), "busy")
        # A person who goes on with a page is not one more.
        self._open(name="Person 1")
        self._force(
            self._get_setup(), create_date=fields.Datetime.now() - timedelta(hours=2)
        )
        self._open(name="Person 6")

    @fault(117)
    def test_presses_at_the_same_moment_get_no_more_pages(self):
        """Each of them has counted before any is committed."""
        opener = self.registry["autopay.setup.opener"]
        insert, names, problems = opener._insert, list("ABCDEFG"), []

        def insert_late(stage, vals):
            if names:
                problems.append(self._press_within(stage, vals, names.pop()))
            return insert(stage, vals)

        self.patch(opener, "_insert", insert_late)
        problems.append(self._get_problem(name="Last"))
        self.assertEqual(problems.count("busy"), 3)
        self.assertEqual(len(self._get_sent(SESSIONS)), 5)
        refused = self._get_setups().filtered(lambda rec: rec.reason == "busy")
        self.assertEqual(refused.mapped("state"), ["failed"] * 3)
        self.assertEqual(set(refused.transaction_id.mapped("state")), {"error"})
        # Those who were refused keep nobody out afterwards.
        long_ago = fields.Datetime.now() - timedelta(hours=2)
        for setup in self._get_setups() - refused:
            self._force(setup, create_date=long_ago)
        self.assertIn("/c/pay/", self._open(name="Last"))

    def _press_within(self, opener, vals, name):
        """Press while another press is about to be written down; return the problem."""
        payer = opener.env["res.partner"].browse(vals["partner_id"])
        company = opener.env["res.company"].browse(vals["company_id"])
        visitor = Visitor(text_hash=vals["text_hash"], contact=payer, name=name)
        try:
            opener._open(payer, company, vals["purpose"], vals["channel"], visitor)
        except SetupError as problem:
            return problem.code
        return ""

    def test_too_many_pages_of_a_company_are_refused(self):
        self._open()
        setup = self._get_setup()
        others = self._create_customer("Others")
        for number in range(19):
            transaction = setup.transaction_id.copy({"reference": f"COPY{number}"})
            values = {"partner_id": others.id, "transaction_id": transaction.id}
            setup.copy({**values, "open_key": False})
        self.assertEqual(self._get_problem(name="Somebody"), "busy")
