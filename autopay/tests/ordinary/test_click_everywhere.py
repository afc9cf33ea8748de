from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import AutopayCommon

BOT = "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
SIGNAL = "clickbot test succeeded"


@tagged("post_install", "-at_install")
class TestClickEverywhere(AutopayCommon, HttpCase):
    """Odoo's robot clicks each menu, view and filter of Invoicing in a real browser."""

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

    def test_as_administrator(self):
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
        self._click(admin)

    def test_as_billing_user(self):
        groups = "account.group_account_invoice,base.group_partner_manager"
        self._click(self._create_user("clicker", groups, tour_enabled=False))

    def _click(self, user):
        self.browser_js(
            "/odoo",
            f"{BOT}.startClickEverywhere('account.menu_finance');",
            "odoo.isReady === true",
            login=user.login,
            timeout=600,
            success_signal=SIGNAL,
        )
