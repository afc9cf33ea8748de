import pytest

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import AutopayCommon

BOT = "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
SIGNAL = "clickbot test succeeded"


@tagged("post_install", "-at_install")
class TestClickEverywhere(AutopayCommon, HttpCase):
    """Odoo's robot clicks each menu, view and filter of two apps in a real browser."""

    allow_end_on_form = True

    def setUp(self):
        super().setUp()
        self._enrol()
        self._create_due_invoice(100.0)
        self._run_autopay()
        self._create_due_invoice(30.0)
        # Odoo's own test company has taxes on the cash basis without the setting that
        # allows them: opening Settings there asks to modify the taxes first.
        self.company.tax_exigibility = True

    # With --peers an administrator clicks all of it as well.
    @pytest.mark.full
    def test_invoicing_as_administrator(self):
        self._click("account.menu_finance", self._prepare_administrator())

    @pytest.mark.full
    def test_autopay_as_administrator(self):
        self._click("autopay.autopay_menu", self._prepare_administrator())

    # With --peers a billing user clicks all of it as well.
    @pytest.mark.full
    def test_invoicing_as_billing_user(self):
        self._click("account.menu_finance", self._create_clicker())

    def test_autopay_as_billing_user(self):
        self._click("autopay.autopay_menu", self._create_clicker())

    def _prepare_administrator(self):
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "company_ids": [Command.link(self.company.id)],
                "company_id": self.company.id,
                "group_ids": [
                    Command.link(self.env.ref("account.group_account_manager").id)
                ],
                "tour_enabled": False,
            }
        )
        return admin

    def _create_clicker(self):
        groups = "account.group_account_invoice,base.group_partner_manager"
        return self._create_user("clicker", groups, tour_enabled=False)

    def _click(self, app, user):
        self.browser_js(
            "/odoo",
            f"{BOT}.startClickEverywhere('{app}');",
            "odoo.isReady === true",
            login=user.login,
            timeout=600,
            success_signal=SIGNAL,
        )
