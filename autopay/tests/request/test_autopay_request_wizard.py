from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_request import RequestCommon


@tagged("post_install", "-at_install")
class TestAutopayRequestWizard(RequestCommon):
    """The dialog says who will be asked, and asks no one else."""

    def test_dialog_lists_who_is_asked_who_was_and_who_cannot_be(self):
        silent = self._create_customer("Silent Mill", email=False)
        recent = self._create_customer("Recent Rye")
        ready = self._create_customer("Ready Rice")
        self._enrol(customer=ready)
        self._ask(recent)
        wizard = self._open_wizard(self.customer | silent | recent | ready)
        self.assertEqual(
            self._get_marks(wizard),
            {
                self.customer: "ask",
                silent: "no_address",
                recent: "recent",
                ready: "ready",
            },
        )
        chosen = wizard.line_ids.filtered("is_chosen").partner_id
        self.assertEqual(chosen, self.customer | silent)
        self.assertIn("1 customer will be asked.", wizard.summary)
        self.assertIn("1 without an e-mail address", wizard.summary)
        self.assertIn("1 asked in the last 7 days", wizard.summary)
        line = wizard.line_ids.filtered(lambda line: line.partner_id == recent)
        self.assertEqual(line.asked_by_id, self.biller)
        wizard.action_ask()
        self.assertEqual(
            self.requests.search([("company_id", "=", self.company.id)]).partner_id,
            self.customer | silent | recent,
        )

    def test_asked_recently_can_be_ticked_and_replaces_the_link(self):
        first = self._ask(self.customer)
        wizard = self._open_wizard(self.customer)
        self.assertFalse(wizard.chosen_count)
        with self.assertRaisesRegex(UserError, "Tick the customers"):
            wizard.action_ask()
        second = self._ask(self.customer)
        self.assertEqual(first.state, "withdrawn")
        self.assertEqual(first.replaced_by_id, second)
        self.assertFalse(first.link_url)
        self.assertTrue(second.link_url)

    def test_customers_asked_eight_days_ago_are_asked_by_default(self):
        self._age(self._ask(self.customer), 8)
        wizard = self._open_wizard(self.customer)
        self.assertEqual(self._get_marks(wizard), {self.customer: "ask"})

    def test_all_without_a_usable_method_are_found_and_no_others(self):
        ready, revoked = map(self._create_customer, ("Ready Rice", "Revoked Rye"))
        self._enrol(customer=ready)
        self._enrol(customer=revoked)
        revoked.autopay_authorization_ids._revoke("Left")
        env = self.env(user=self.biller)
        action = env["res.partner"].action_autopay_request_all()
        wizard = env[action["res_model"]].browse(action["res_id"])
        partners = wizard.line_ids.partner_id
        self.assertIn(self.customer, partners)
        self.assertIn(revoked, partners)
        self.assertNotIn(ready, partners)
        readiness = {line.partner_id: line.readiness for line in wizard.line_ids}
        self.assertEqual(readiness[revoked], "authorization_revoked")

    def test_contacts_of_one_company_are_asked_once_at_its_invoice_address(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts Payable",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "payable@valley.example.com",
            }
        )
        request = self._ask(self.customer | contact)
        self.assertEqual(request.partner_id, self.customer)
        self.assertEqual(request.contact_id, contact)
        self.assertEqual(request.email, "payable@valley.example.com")
        self.assertEqual(self._get_mail(request).recipient_ids, contact)

    def test_company_below_the_customer_is_not_asked_for_it(self):
        self.env["res.partner"].create(
            {
                "name": "Subsidiary",
                "parent_id": self.customer.id,
                "is_company": True,
                "type": "invoice",
                "email": "subsidiary@valley.example.com",
            }
        )
        self.assertEqual(self._ask(self.customer).contact_id, self.customer)

    def test_nobody_is_asked_where_autopay_is_off(self):
        self.company.autopay_enabled = False
        with self.assertRaisesRegex(UserError, "Autopay is off"):
            self._open_wizard(self.customer)

    def test_nobody_is_asked_to_go_where_nothing_can_be_saved(self):
        for values in ({"is_published": False}, {"allow_tokenization": False}):
            with self.subTest(values):
                self.provider.write({"is_published": True, **values})
                with self.assertRaisesRegex(UserError, "could not save anything"):
                    self._open_wizard(self.customer)

    def test_nobody_is_asked_from_a_copy_of_the_database(self):
        self.company.sudo().autopay_database_uuid = "elsewhere"
        with self.assertRaisesRegex(UserError, "copy"):
            self._open_wizard(self.customer)

    def test_rows_of_strangers_dialogs_and_foreign_companies_are_refused(self):
        wizard = self._open_wizard(self.customer)
        colleague = self._create_user("request_other", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_ask()
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            wizard.create({"company_id": other.id})
        reader = self._create_user("request_reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self._open_wizard(self.customer, reader)
        self.assertFalse(self.requests.search([("partner_id", "=", self.customer.id)]))

    def test_five_hundred_customers_take_a_bounded_number_of_queries(self):
        few = self._count_queries(self._create_many(5))
        many = self._count_queries(self._create_many(60))
        self.assertLess(many, few + 20)

    def _create_many(self, count):
        return self.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "email": f"c{number}@example.com"}
                for number in range(count)
            ]
        )

    def _count_queries(self, partners):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._open_wizard(partners)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
