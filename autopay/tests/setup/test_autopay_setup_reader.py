from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..fault import fault
from .common_setup import SetupCommon


@tagged("post_install", "-at_install")
class TestAutopaySetupReader(SetupCommon):
    """The provider's answer alone ends a visit, no matter who tells of it."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    def _resolve_later(self, **delta):
        """Run the scheduled action as if so much time had passed."""
        for setup in self._get_setups().filtered("next_check_date"):
            setup.next_check_date -= timedelta(**delta)
        self._resolve()

    def _get_alarms(self, setup):
        return self.env["mail.activity"].search(
            [("res_model", "=", setup._name), ("res_id", "=", setup.id)]
        )

    # === WITHOUT ANYBODY TELLING === #

    @fault(108)
    def test_scheduled_action_finds_what_was_saved(self):
        setup = self._save("card")
        self._resolve()
        self.assertEqual(setup.state, "open")
        self._resolve_later(minutes=1)
        self.assertEqual(setup.state, "done")
        self.assertEqual(self._get_default(), setup.token_id)
        consent = self._get_consents()
        self.assertEqual(consent.user_id, self.owner_user)

    def test_questions_become_rarer(self):
        self._open()
        setup = self._get_setup()
        waits = []
        for _number in range(4):
            setup.next_check_date = fields.Datetime.now()
            self._resolve()
            wait = setup.next_check_date - fields.Datetime.now()
            waits.append(round(wait.total_seconds() / 60))
        self.assertEqual(waits, [1, 5, 15, 60])

    @fault(113)
    def test_left_page_is_over_in_the_end(self):
        self._open()
        setup = self._get_setup()
        self.admin.advance(25 * 3600)
        self._resolve_later(hours=25)
        self.assertEqual(setup.state, "expired")
        self.assertFalse(setup.next_check_date)
        self.assertEqual(setup.transaction_id.state, "error")

    @fault(118)
    def test_provider_that_stays_silent_is_given_up(self):
        self._open()
        setup = self._get_setup()
        self.admin.add_fault("refuse", times=None)
        self._resolve_later(minutes=2)
        self.assertEqual(setup.state, "open")
        setup.end_date = fields.Datetime.now() - timedelta(hours=49)
        self._resolve_later(hours=2)
        self.assertEqual((setup.state, setup.reason), ("failed", "no_answer"))

    # === BANK ACCOUNTS === #

    def test_account_waits_for_its_deposit(self):
        setup = self._save("us_bank_account_deposits")
        self._check(setup)
        self.assertEqual(setup.state, "waiting")
        self.assertIn("/c/deposits/", setup.verify_url)
        self.assertFalse(self._get_tokens() | self._get_consents().token_id)
        self.admin.answer_deposit(setup.setup_ref)
        self._resolve_later(hours=6)
        self.assertEqual(setup.state, "done")
        self.assertTrue(setup.token_id.stripe_mandate)

    @fault(114)
    def test_account_that_is_not_verified_is_not_saved(self):
        setup = self._save("us_bank_account_deposits")
        self._check(setup)
        self.admin.answer_deposit(setup.setup_ref, "exceeded")
        self._resolve_later(hours=6)
        self.assertEqual(setup.state, "failed")
        self.assertFalse(self._get_tokens())

    # === TWICE === #

    @fault(107)
    def test_method_is_saved_once_whoever_asks_how_often(self):
        setup = self._save("card")
        self._check(setup)
        self._check(setup)
        self._resolve_later(hours=1)
        self.assertEqual(len(self._get_tokens()), 1)
        self.assertEqual(len(self._get_consents()), 1)

    def test_odoos_own_webhook_does_not_make_the_method(self):
        setup = self._save("card")
        transaction = setup.transaction_id
        transaction._process(
            "stripe",
            {
                "reference": transaction.reference,
                "setup_intent": {
                    "id": "seti_x",
                    "status": "succeeded",
                    "customer": "c",
                },
                "payment_method": {
                    "id": "pm_of_a_thief",
                    "type": "card",
                    "card": {"last4": "6666", "brand": "visa"},
                },
            },
        )
        self.assertFalse(self._get_tokens())
        self._resolve()
        self.assertEqual(self._get_tokens().payment_details, "4242")

    @fault(113)
    def test_late_success_is_taken_all_the_same(self):
        setup = self._save("card")
        with self._acting() as env:
            env["autopay.method.setup"].sudo().browse(setup.id)._set_over("failed")
        setup._check_soon()
        self._resolve()
        self.assertEqual(setup.state, "done")
        self.assertEqual(setup.transaction_id.state, "done")
        self.assertTrue(self._get_default())

    # === WHO AGREED === #

    @fault(116)
    def test_customer_who_was_merged_has_agreed_for_nobody_else(self):
        setup = self._save("card")
        other = self._create_customer("Blue River Mill")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard.sudo()._merge((self.customer | other).ids, other, extra_checks=False)
        self._check(setup)
        self.assertEqual((setup.state, setup.purpose), ("done", "store"))
        self.assertEqual(setup.token_id.partner_id, other)
        self.assertFalse(other.with_company(self.company).autopay_token_id)
        self.assertFalse(setup.authorization_id)
        self.assertTrue(other.activity_ids)

    @fault(116)
    def test_customer_who_was_put_under_a_company_has_not_agreed_for_it(self):
        setup = self._save("card")
        parent = self._create_customer("Dairy Group", is_company=True)
        self.customer.sudo().parent_id = parent
        self._check(setup)
        self.assertEqual((setup.state, setup.purpose), ("done", "store"))
        self.assertFalse(parent.with_company(self.company).autopay_token_id)

    @fault(116)
    def test_who_has_lost_the_right_to_decide_decides_nothing(self):
        clerk = self._create_customer("Clerk", parent_id=self.customer.id)
        user = self._create_user("clerk", "base.group_portal", partner_id=clerk.id)
        clerk.sudo().autopay_portal_manager = True
        for loses in (
            lambda: clerk.sudo().write({"autopay_portal_right": "read"}),
            lambda: user.sudo().write({"active": False}),
        ):
            clerk.sudo().autopay_portal_manager = True
            setup = self._save("card", user=user, contact=clerk)
            loses()
            self._check(setup)
            self.assertEqual((setup.state, setup.purpose), ("done", "store"))
        # One call for both of them.
        calls = self._get_setups().activity_ids
        self.assertEqual(len(calls), 1)
        self.assertIn("may no longer", calls.summary)
        self.assertFalse(self._get_default())

    @fault(115)
    def test_page_of_a_link_takes_nothing_from_who_was_quicker(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        first = self._save("card", channel="link", link_until=tomorrow, name="A")
        second = self._save("card", channel="link", link_until=tomorrow, name="B")
        for setup in (first, second):
            self._force(setup, create_date=fields.Datetime.now() - timedelta(hours=1))
        self._check(first)
        self.assertEqual(self._get_default(), first.token_id)
        self._check(second)
        self.assertEqual((second.state, second.purpose), ("done", "store"))
        self.assertEqual(self._get_default(), first.token_id)
        self.assertIn("had been answered", self._get_alarms(second).summary)

    # === COPIES === #

    def test_copy_of_the_database_finishes_nothing(self):
        setup = self._save("card")
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("database.is_neutralized", "True")
        self._check(setup)
        self.assertEqual(setup.state, "open")
        self.assertFalse(self._get_tokens())
        parameters.set_param("database.is_neutralized", "False")
        self._check(setup)
        self.assertEqual(setup.state, "done")

    # === DOUBT === #

    @fault(110)
    def test_session_of_another_visit_saves_nothing(self):
        first = self._save("card")
        self._open(purpose="store")
        second = self._get_setup()
        second.session_ref = first.session_ref
        self._check(second)
        self.assertTrue(second.mismatch)
        self.assertNotEqual(second.state, "done")
        self.assertFalse(self._get_tokens())
        self.assertEqual(len(self._get_alarms(second)), 1)

    @fault(119)
    def test_visit_that_cannot_be_finished_calls_a_person(self):
        setup = self._save("us_bank_account")
        self._force(setup, customer_ref="cus_of_another")
        self._check(setup)
        self.assertTrue(setup.mismatch)
        self.assertEqual(len(self._get_alarms(setup)), 1)
        self.assertFalse(self._get_tokens())
