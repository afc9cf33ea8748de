import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from odoo.addons.payment.models.payment_provider import (
    PaymentProvider as OdooProvider,
)

from ..common_portal import PortalCommon

# Tables of ours, the lock that the guard takes, and scheduled actions that are woken.
OURS = re.compile(
    r'"autopay_\w+" AS|(FROM|JOIN|INTO|UPDATE) "?autopay_\w+|'
    r'INTO "ir_cron_trigger"|'
    r'SET "autopay_crash_count" = "autopay_crash_count"'
)


@tagged("post_install", "-at_install")
class TestOffIsOff(PortalCommon):
    """Customers and staff meet Odoo as it is where Autopay is off."""

    def setUp(self):
        super().setUp()
        self.token = self._create_token()
        self.invoice = self._create_posted_invoice()

    # === FACTORIES === #

    def _switch_off(self, known=False):
        """Switch Autopay off.

        :param bool known: whether it was on before
        """
        self.company.autopay_enabled = False
        if not known:
            values = {"autopay_known": False, "autopay_database_uuid": False}
            self.env["res.company"].sudo().search([]).write(values)
        self.env.flush_all()

    def _create_payment(self, invoice, user=None, **values):
        """Create a transaction as it comes from the page of an invoice."""
        model = self.env["payment.transaction"]
        return (model.with_user(user).sudo() if user else model).create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100.0,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
                **values,
            }
        )

    def _create_entry(self):
        account = self.company_data["default_account_revenue"]
        lines = [
            Command.create({"name": name, "account_id": account.id, "balance": balance})
            for name, balance in (("Debit", 100.0), ("Credit", -100.0))
        ]
        return self.env["account.move"].create(
            {"move_type": "entry", "line_ids": lines}
        )

    def _create_other_company(self):
        """Return a company in which Autopay never was on, and an invoice of it."""
        data = self.setup_other_company(name="Off and Never On")
        company = data["company"]
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "journal_id": data["default_journal_sale"].id,
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Service", "price_unit": 100.0, "tax_ids": []}
                    )
                ],
            }
        )
        invoice.action_post()
        return company, invoice

    @contextmanager
    def _watch_queries(self):
        """Collect the queries that ask the tables of the add-on."""
        execute, found = Cursor.execute, []

        def record(cursor, query, params=None, log_exceptions=True):
            code = getattr(query, "code", query)
            text = code if isinstance(code, str) else str(code)
            if OURS.search(text):
                found.append(text)
            return execute(cursor, query, params, log_exceptions)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", record):
            yield found
            self.env.flush_all()

    # === CUSTOMERS === #

    def test_more_than_is_due_can_be_paid_where_autopay_is_off(self):
        for known in (False, True):
            self._switch_off(known)
            with self.subTest(known=known):
                self._log_in()
                _result, error = self._pay(self.invoice, amount=120)
                self.assertFalse(error)
                self.invoice.transaction_ids.unlink()

    def test_more_than_is_due_is_refused_where_autopay_is_on(self):
        self._log_in()
        self._assert_payment_refused(self.invoice, amount=120)

    def test_the_rest_is_paid_while_a_part_waits_to_be_booked(self):
        self._create_payment(self.invoice, amount=60.0, state="done")
        self.assertTrue(self.invoice._has_to_be_paid())
        self._log_in()
        self._assert_payment_refused(self.invoice, amount=40.01)
        _result, error = self._pay(self.invoice, amount=40)
        self.assertFalse(error)

    def test_where_autopay_is_off_the_whole_is_still_offered_then(self):
        self._create_payment(self.invoice, state="done")
        self.assertFalse(self.invoice._has_to_be_paid())
        for known in (True, False):
            self._switch_off(known)
            with self.subTest(known=known):
                self.assertTrue(self.invoice._has_to_be_paid())
        self._log_in()
        _result, error = self._pay(self.invoice, amount=100)
        self.assertFalse(error)

    def test_another_payment_may_be_pending_where_autopay_is_off(self):
        self._create_payment(self.invoice, state="pending")
        with self.assertRaises(ValidationError):
            self._create_payment(self.invoice, self.owner_user)
        self._switch_off()
        self.assertTrue(self._create_payment(self.invoice, self.owner_user))

    def test_another_currency_is_taken_where_autopay_is_off(self):
        values = {"currency_id": self._get_other_currency().id}
        with self.assertRaises(ValidationError):
            self._create_payment(self.invoice, self.owner_user, **values)
        self._switch_off()
        self.assertTrue(self._create_payment(self.invoice, self.owner_user, **values))

    def _get_other_currency(self):
        other = self.env.ref("base.EUR")
        if other == self.company.currency_id:
            other = self.env.ref("base.USD")
        other.active = True
        return other

    def test_plain_entries_are_paid_wherever_autopay_is_on_or_off(self):
        entry = self._create_entry()
        for switch in (lambda: None, self._switch_off):
            switch()
            payment = self._create_payment(entry, self.owner_user, amount=120.0)
            self.assertEqual(payment.invoice_ids, entry)

    def test_saved_methods_are_offered_over_a_link_where_autopay_is_off(self):
        public = self.env.ref("base.public_user")
        tokens = self.env["payment.token"].with_user(public).sudo()
        asked = (self.provider.ids, self.customer.id)
        self.assertFalse(tokens._get_available_tokens(*asked))
        for known in (True, False):
            self._switch_off(known)
            with self.subTest(known=known):
                self.assertEqual(tokens._get_available_tokens(*asked), self.token)
        self._log_in()
        page = self.url_open(self.invoice.get_portal_url() + "&payment=True").text
        self.assertIn("4242", page)
        _result, error = self._pay(self.invoice, self.token)
        self.assertFalse(error)

    def test_overdue_invoices_ask_for_their_totals_where_autopay_is_off(self):
        self._create_payment(self.invoice, state="pending")
        self._log_in(self.owner_user)
        page = self.url_open("/my/invoices/overdue")
        self.assertNotIn("o_payment_form", page.text)
        self._switch_off()
        page = self.url_open("/my/invoices/overdue")
        self.assertIn("o_payment_form", page.text)

    # === ERRORS === #

    def test_a_bug_of_a_provider_reaches_the_caller_as_it_is(self):
        payment = self._create_payment(
            self.invoice, operation="offline", token_id=self.token.id
        )
        with patch.object(
            OdooProvider, "_send_api_request", side_effect=TypeError("a bug")
        ):
            with self.assertRaises(ValidationError):
                payment._send_payment_request()
            self._switch_off(known=True)
            with self.assertRaisesRegex(TypeError, "a bug"):
                payment._send_payment_request()
        self.assertFalse(payment.autopay_doubt_date)

    # === STAFF === #

    def test_accountants_with_read_access_see_methods_where_autopay_is_on(self):
        reader = self._create_user("off_reader", "account.group_account_readonly")
        tokens = self.env["payment.token"].with_user(reader)
        self.assertEqual(tokens.search([]) & self.token, self.token)
        self._switch_off()
        self.env.invalidate_all()
        self.assertFalse(tokens.search([]))
        with self.assertRaises(AccessError):
            self.token.with_user(reader).read(["payment_details"])
        # Records that name the method elsewhere go on doing so.
        customer = self.customer.with_user(reader).with_company(self.company)
        customer.sudo().autopay_token_id = self.token
        self.assertTrue(customer.read(["autopay_token_id"])[0]["autopay_token_id"][1])

    # === QUERIES === #

    def test_nothing_of_ours_is_asked_where_autopay_never_was_on(self):
        self._switch_off()
        entry = self._create_entry()
        with self._watch_queries() as found:
            self._live_a_day(self.invoice, entry)
        self.assertFalse(found)

    def test_nobody_is_called_where_autopay_never_was_on(self):
        self._switch_off()
        self.env["res.company"]._is_autopay_known_anywhere()
        with self._watch_queries() as found:
            self.env["autopay.deadline"]._call_people()
            self.env["autopay.surplus"]._check_all()
        self.assertFalse(found)

    def test_archiving_a_method_asks_for_no_attempts_where_autopay_never_was_on(self):
        self._switch_off()
        with self._watch_queries() as found:
            self.token.active = False
            self.token.unlink()
            self.provider.state = "disabled"
        # The issues of configurations are computed from it, by Odoo.
        others = [query for query in found if "autopay_configuration" not in query]
        self.assertFalse(others)

    def test_the_portal_reads_no_field_of_ours_where_autopay_never_was_on(self):
        self._switch_off()
        self.env.invalidate_all()
        invoice = self.invoice.with_user(self.owner_user)
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(invoice.company_id.sudo()._is_autopay_known_anywhere())
        with self.assertQueryCount(0):
            self.assertFalse(invoice._is_autopay_withheld())

    def test_the_watch_sees_what_is_asked_where_autopay_is_on(self):
        entry = self._create_entry()
        # An attempt may hold what has failed, it cannot hold what is only eligible.
        self.invoice.sudo().autopay_status = "error"
        with self._watch_queries() as found:
            self._live_a_day(self.invoice, entry)
        self.assertTrue(
            [query for query in found if '"autopay_crash_count" =' in query]
        )
        self.assertTrue([query for query in found if "autopay_attempt_line" in query])

    def test_offering_methods_on_a_page_asks_little_of_a_customer(self):
        self.customer.sudo().autopay_token_id = self.token
        tokens = self.env["payment.token"].with_user(self.owner_user)
        with self._watch_queries() as found:
            offered = tokens._get_available_tokens(
                self.provider.ids, self.owner_user.partner_id.id
            )
        self.assertIn(self.token, offered.sudo())
        # Of tables of ours it is only asked to what the customer has agreed.
        self.assertEqual(len(found), 1)

    def _live_a_day(self, invoice, entry):
        """Do what people do with invoices, payments and methods every day."""
        entry.action_post()
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 80.0
        invoice.action_post()
        self.assertTrue(invoice._has_to_be_paid())
        invoice._get_portal_payment_link()
        payment = self._create_payment(invoice, self.owner_user, amount=80.0)
        payment._set_pending()
        payment._set_done()
        payment._post_process()
        self.assertEqual(invoice.amount_residual, 0)
        payment.payment_id._compute_amount_available_for_refund()
        self._create_customer("Gone").active = False
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": invoice.journal_id.id}).reverse_moves()

    # === COMPANIES === #

    def test_companies_in_which_autopay_is_off_are_left_alone_beside_others(self):
        company, invoice = self._create_other_company()
        provider = self.provider.sudo().copy(
            {
                "company_id": company.id,
                "state": "test",
                "stripe_secret_key": "sk_test_other",
                "stripe_publishable_key": "pk_test_other",
            }
        )
        values = {"provider_id": provider.id, "amount": 120.0}
        payment = self._create_payment(invoice, self.owner_user, **values)
        self.assertEqual(payment.amount, 120.0)
        with self.assertRaises(ValidationError):
            self._create_payment(self.invoice, self.owner_user, amount=120.0)
        # By a provider of where it is off, what is due where it is on.
        with self.assertRaises(ValidationError):
            self._create_payment(self.invoice, self.owner_user, provider_id=provider.id)

    def test_a_method_of_the_main_company_is_guarded_for_its_branches(self):
        self._switch_off()
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.assertFalse(self.token._filter_autopay_used())
        branch.autopay_enabled = True
        self.assertTrue(self.company.autopay_known)
        self.assertFalse(self.company.autopay_enabled)
        self.assertEqual(self.token._filter_autopay_used(), self.token)
        # Invoices go by their own company.
        self.assertFalse(self.invoice._filter_autopay_on())
        branch.autopay_enabled = False
        self.assertFalse(self.token._filter_autopay_used())

    # === SWITCHED OFF MEANWHILE === #

    def test_an_attempt_that_is_open_holds_its_invoice_after_switching_off(self):
        invoice, attempt = self._leave("pending")
        self._switch_off(known=True)
        self.assertFalse(invoice._has_to_be_paid())
        for act in (
            invoice.button_draft,
            invoice._reverse_moves,
            lambda: invoice.write({"partner_id": self.stranger.id}),
            lambda: self._create_payment(invoice, self.owner_user),
            lambda: self._create_payment(invoice),
            invoice._get_default_payment_link_values,
        ):
            refused = self._assert_refused("collect")
            with self.subTest(act=act), refused, self.env.cr.savepoint():
                act()
        self.assertEqual(attempt.transaction_id.state, "pending")
        attempt.transaction_id._set_done()
        self.assertEqual(attempt.transaction_id.state, "pending")
        # The neighbour is nobody's business.
        self.assertTrue(
            self._create_payment(self.invoice, self.owner_user, amount=120.0)
        )

    def test_a_company_in_which_autopay_was_on_remembers_it(self):
        other = self.env["res.company"].create({"name": "Never on"})
        self.assertFalse(other.autopay_known)
        other.autopay_enabled = True
        other.autopay_enabled = False
        self.assertTrue(other.autopay_known)
