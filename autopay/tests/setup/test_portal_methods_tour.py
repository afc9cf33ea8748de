from odoo.tests import tagged

from ..portal.common_pages import PagesCommon
from .common_setup import CommittingOverHttp, SetupCommon


@tagged("post_install", "-at_install")
class TestPortalMethodsTour(CommittingOverHttp, SetupCommon, PagesCommon):
    """A real browser goes from Odoo to the provider's page and the bank's, and back."""

    def _visit(self, *deeds, tour="autopay_method_saved_tour"):
        """Go there in a browser and do the deeds, one on each page that follows."""
        self.admin.set_next_visitor(*deeds)
        self.start_tour("/my/autopay", tour, login=self.owner_user.login)
        self.assertEqual(self.admin.get_next_visitor(), [])
        self.env.invalidate_all()

    def _assert_saved_once(self):
        [token] = self._get_tokens()
        [consent] = self._get_consents()
        self.assertEqual(consent.token_id, token)
        self.assertEqual(self._get_default(), token)
        self.assertEqual(consent.user_id, self.owner_user)
        self.assertTrue(consent.user_agent)

    def test_card_is_saved_and_charged(self):
        self._visit("card")
        self._assert_saved_once()
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")

    def test_card_is_saved_after_the_bank_has_asked(self):
        self._visit("card_3ds", "pass")
        self._assert_saved_once()

    def test_bank_account_is_saved_at_once(self):
        self._visit("us_bank_account")
        self._assert_saved_once()
        self.assertTrue(self._get_default().stripe_mandate)

    def test_declined_card_is_followed_by_another_one(self):
        deeds = ("card_declined", "back", "card")
        self._visit(*deeds, tour="autopay_method_second_try_tour")
        self._assert_saved_once()

    def test_bank_that_does_not_believe_is_asked_again(self):
        deeds = ("card_3ds", "fail", "back", "card_3ds", "pass")
        self._visit(*deeds, tour="autopay_method_second_try_tour")
        self._assert_saved_once()

    def test_bank_account_is_verified_by_a_deposit(self):
        deeds = ("us_bank_account_deposits",)
        self._visit(*deeds, tour="autopay_method_waiting_tour")
        self.assertFalse(self._get_tokens())
        setup = self._get_setup()
        self.admin.answer_deposit(setup.setup_ref)
        setup.next_check_date = setup.create_date
        self._resolve()
        self._assert_saved_once()

    def test_page_is_left_without_saving(self):
        self._visit("back", tour="autopay_method_left_tour")
        self.assertFalse(self._get_tokens())

    def test_saved_method_is_agreed_to(self):
        self._create_token()
        self._visit(tour="autopay_method_agree_tour")
        self._assert_saved_once()


@tagged("post_install", "-at_install")
class TestPortalMethodsPhone(CommittingOverHttp, SetupCommon, PagesCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_card_is_saved_on_a_phone(self):
        self.admin.set_next_visitor("card_3ds", "pass")
        tour = "autopay_method_saved_tour"
        self.start_tour("/my/autopay", tour, login=self.owner_user.login)
        self.env.invalidate_all()
        self.assertEqual(self._get_default(), self._get_tokens())
        self.assertEqual(len(self._get_tokens()), 1)
