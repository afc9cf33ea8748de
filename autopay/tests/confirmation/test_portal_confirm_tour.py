from odoo.tests import tagged

from .common_confirmation import ConfirmationCommon


@tagged("post_install", "-at_install")
class TestPortalConfirmTour(ConfirmationCommon):
    """A real browser goes from the mailed link to the bank's page and back."""

    browser_size = "390x844"
    touch_enabled = True

    def test_customer_confirms_on_a_phone_at_the_second_try(self):
        attempt = self._create_waiting()
        self.admin.set_next_visitor("fail", "pass")
        self.start_tour(self._get_link(attempt), "autopay_confirm_tour")
        self.env.invalidate_all()
        self._assert_collected_once(attempt)
