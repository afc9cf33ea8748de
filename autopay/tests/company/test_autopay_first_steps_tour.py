from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayFirstStepsTour(AutopayCommon, HttpCase):
    """A newcomer finds the way to the first charge in the app itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write(
            {"state": "disabled", "allow_tokenization": True, "is_published": False}
        )
        cls.company.autopay_enabled = False

    def _create_newcomer(self, *groups):
        return new_test_user(
            self.env,
            "steps_newcomer",
            ",".join(("account.group_account_manager", *groups)),
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_from_the_installation_to_the_first_charge(self):
        self.provider.state = "test"
        self._create_token()
        invoice = self._create_posted_invoice(150.0)
        self._force(self.provider, state="disabled", allow_tokenization=False)
        newcomer = self._create_newcomer("base.group_system")
        self.start_tour("/odoo", "autopay_first_steps_tour", login=newcomer.login)
        self.assertEqual(invoice.autopay_status, "success")
        [attempt] = invoice.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.amount), ("succeeded", 150.0))

    def test_not_now_holds_for_the_company_and_leads_back(self):
        newcomer = self._create_newcomer()
        tour = "autopay_first_steps_not_now_tour"
        self.start_tour("/odoo", tour, login=newcomer.login)
        self.assertTrue(self.company.autopay_steps_put_off)
