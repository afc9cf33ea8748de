from odoo.tests import HttpCase, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayOpenList(AutopayCommon, HttpCase):
    """The list that activities lead to; a failure in the browser logs an error."""

    def setUp(self):
        super().setUp()
        self.invoice = self._create_due_invoice()
        other = self._create_customer("Brisk Bakery")
        self.foreign = self._create_due_invoice(customer=other)
        self.user = self._create_user("autopay_list", "account.group_account_manager")

    def _assert_listed(self, path, listed, left_out=""):
        """Wait for an invoice in the list of the browser; fail after a minute."""
        self.browser_js(
            path,
            f"""
            const timer = setInterval(() => {{
                const list = document.querySelector(".o_list_view .o_list_renderer");
                if (list && list.innerText.includes("{listed}")) {{
                    clearInterval(timer);
                    if ("{left_out}" && list.innerText.includes("{left_out}")) {{
                        console.error("More is listed than was asked for.");
                    }}
                    console.log("test successful");
                }}
            }}, 100);
            """,
            login=self.user.login,
            timeout=60,
        )

    # Two tests: a page that is still open answers slowly beside the next one.
    def test_address_without_a_customer_lists_all_open_invoices(self):
        self._assert_listed("/odoo/autopay-open-invoices", self.foreign.name)

    def test_address_with_a_customer_lists_those_of_the_customer(self):
        self._assert_listed(
            f"/odoo/res.partner/{self.customer.id}/autopay-open-invoices",
            self.invoice.name,
            self.foreign.name,
        )
