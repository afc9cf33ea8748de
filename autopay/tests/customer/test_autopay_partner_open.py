from lxml import etree

from odoo.tests import new_test_user, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayPartnerOpen(AutopayCommon):
    """The customer's form says what is open, and what holds by default."""

    def setUp(self):
        super().setUp()
        self._enrol()

    def _look(self):
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.customer.invalidate_recordset()
        return self.customer.autopay_open_text

    def test_nothing_is_said_where_nothing_is_open(self):
        self.assertFalse(self._look())

    def test_open_amounts_stand_by_how_they_stand_with_autopay(self):
        self._create_due_invoice(100)
        self._create_due_invoice(20)
        off = self._create_posted_invoice(7)
        off.autopay_status = False
        text = self._look()
        self.assertRegex(text, r"127\.00 in 3 invoices")
        self.assertRegex(text, r"Scheduled \D*120\.00")
        self.assertRegex(text, r"Not on autopay \D*7\.00")

    def test_what_an_archived_contact_owes_is_open_as_well(self):
        contact = self.env["res.partner"].create(
            {"name": "Former Buyer", "parent_id": self.customer.id}
        )
        self._create_due_invoice(30, contact)
        contact.active = False
        self.assertIn("30.00", self._look())

    def test_another_company_sees_its_own_only(self):
        self._create_due_invoice(100)
        other = self.env["res.company"].create({"name": "Other"})
        customer = self.customer.with_company(other)
        self.assertFalse(customer.autopay_open_text or customer.autopay_policy_default)

    def test_company_defaults_are_said_to_who_may_only_look(self):
        self.company.autopay_policy = "manual"
        self.company.autopay_fallback = True
        reader = new_test_user(
            self.env, "reader", "base.group_user,account.group_account_readonly"
        )
        seen = self.customer.with_user(reader)
        self.assertRegex(seen.autopay_policy_default, "Company default – .*Manual")
        self.assertIn("next method", seen.autopay_fallback_default)
        self.assertIn("Company default", seen.autopay_discount_default)
        view = self.env.ref("base.view_partner_form")
        arch = self.env["res.partner"].with_user(reader).get_view(view.id)["arch"]
        shown = etree.fromstring(arch).xpath("//field[@name='autopay_policy_default']")
        self.assertEqual([node.get("invisible") for node in shown], ["autopay_policy"])
