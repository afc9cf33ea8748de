import re
from html import unescape

from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..portal.common_pages import PagesCommon

CSRF = re.compile(r'csrf_token: "\w+"')


@tagged("post_install", "-at_install")
class TestPortalRemoval(PagesCommon):
    """Customers take away a method: what rests on it is named, moved or paused."""

    def setUp(self):
        super().setUp()
        self.visa = self._enrol()
        self.other = self._create_token("pm_card_mastercard", payment_details="4444")
        self.configuration = self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.visa.id,
                "condition_ids": [Command.create({"number": 1.0})],
            }
        )
        self.path = f"/my/autopay/method/{self.visa.id}/remove"
        self._log_in(self.owner_user)

    def _remove(self, instead, path=None, **values):
        """Press *Remove* on the page; return the next page."""
        path = path or self.path
        page = self._open(path)
        [form] = page.xpath("//form[@name='remove']")
        sent = {**dict(form.form_values()), "instead": str(instead), **values}
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.url_open(path, data=sent)
        self.env.invalidate_all()
        return html.fromstring(answer.text)

    def _send(self, path, **values):
        """Override: the token stands in the script of every page."""
        self._open("/my/autopay")
        token = re.search(r'csrf_token: "(\w+)"', self.last_answer.text)[1]
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.url_open(path, data={"csrf_token": token, **values})
        self.env.invalidate_all()
        return html.fromstring(answer.text)

    def _get_default(self):
        return self.customer.with_company(self.company).autopay_token_id

    def _get_calls(self):
        calls = self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.id)]
        )
        return calls.filtered(lambda call: "removed" in call.summary)

    def _ask_odoo(self):
        """Return what Odoo's own page lists before it removes the method."""
        return self._ask(
            "/web/dataset/call_kw",
            model="payment.token",
            method="get_linked_records_info",
            args=[self.visa.id],
            kwargs={},
        )

    # === NAMED === #

    def test_odoos_page_names_what_rests_on_the_method(self):
        invoice = self._create_due_invoice()
        invoice.autopay_token_id = self.visa
        rows, error = self._ask_odoo()
        self.assertFalse(error)
        names = " ".join(row["name"] for row in rows)
        self.assertIn(f"default payment method at {self.company.name}", names)
        self.assertIn(self.configuration.display_name, names)
        self.assertIn(invoice.name, names)

    def test_strangers_are_told_nothing(self):
        self._log_in(self.stranger_user)
        rows, error = self._ask_odoo()
        self.assertTrue(error)
        self.assertFalse(rows)
        self._open(self.path, 404)

    def test_our_page_names_it_and_offers_the_other_method(self):
        page = self._open(self.path)
        self.assertIn("default payment method", self._text(page, "autopay_uses"))
        values = page.xpath("//input[@name='instead']/@value")
        self.assertEqual(values, [str(self.other.id), "pause"])
        self.assertIn("I authorize", page.text_content())
        self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")

    def test_pages_lead_to_a_new_method_in_its_place_and_to_one_that_is_only_kept(self):
        methods = f"/my/autopay/methods?company={self.company.id}"
        removal = f"/my/autopay/method/{self.visa.id}/remove"
        for path, name, title in (
            (methods, "autopay_replace", "Replace VISA •••• 4242"),
            (removal, "autopay_replace", "Replace VISA •••• 4242"),
            (methods, "autopay_store", "Save a payment method"),
            ("/my/autopay/method/new", "autopay_store", "Save a payment method"),
        ):
            with self.subTest(path=path, name=name):
                found = self._open(path).xpath(f"//*[@name='{name}']")
                links = [part.xpath("descendant-or-self::a/@href")[0] for part in found]
                [link] = [
                    link
                    for link in links
                    if "token=" not in link or link.endswith(f"token={self.visa.id}")
                ]
                page = self._open(link)
                self.assertEqual(page.xpath("//h2")[0].text_content().strip(), title)
                self.assertTrue(page.xpath("//button[@name='autopay_begin']"))
        # A contact who may only look is shown no way.
        self._log_in(self.colleague_user)
        page = self._open(methods)
        self.assertFalse(
            page.xpath("//a[@name='autopay_replace' or @name='autopay_store']")
        )

    # === REPLACED === #

    def test_replacement_pays_with_the_consent_that_was_shown(self):
        invoice = self._create_due_invoice()
        invoice.autopay_token_id = self.visa
        page = self._remove(self.other.id)
        self.assertIn("pays instead", self._text(page, "autopay_messages"))
        self.assertFalse(self.visa.active)
        self.assertEqual(self._get_default(), self.other)
        self.assertEqual(self.configuration.token_id, self.other)
        self.assertEqual(invoice.autopay_token_id, self.other)
        consent = self.customer.autopay_authorization_ids.filtered(
            lambda each: each.token_id == self.other
        )
        self.assertEqual(consent.channel, "portal")
        self.assertIn("I authorize", consent.text)
        self.assertTrue(consent.ip_address)
        contact = self.owner_user.partner_id
        copies = self.env["autopay.notice"].search(
            [("kind", "=", "consent"), ("contact_id", "=", contact.id)]
        )
        self.assertEqual(len(copies), 1)
        self.assertTrue(all(self.visa.autopay_authorization_ids.mapped("revoked_date")))
        self.assertFalse(self._get_calls())
        self.assertIn("has removed", self.customer.message_ids[0].body)
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")

    def test_text_that_was_not_shown_replaces_nothing(self):
        name = f"hash_{self.other.id}"
        page = self._remove(self.other.id, **{name: "0" * 64})
        self.assertIn("text has changed", self._text(page, "autopay_messages"))
        self.assertTrue(self.visa.active)
        self.assertEqual(self._get_default(), self.visa)

    def test_methods_of_others_replace_nothing(self):
        foreign = self._create_token(customer=self.stranger)
        for instead in (foreign.id, self.visa.id, 2**31 - 1):
            self._remove(instead)
            self.assertTrue(self.visa.active)
            self.assertEqual(self._get_default(), self.visa)

    # === PAUSED === #

    def test_without_a_replacement_nothing_is_charged_and_staff_are_called(self):
        invoice = self._create_due_invoice()
        page = self._remove("pause")
        self.assertIn("not charged automatically", self._text(page, "autopay_messages"))
        self.assertFalse(self.visa.active)
        self.assertEqual(self.customer.autopay_readiness, "configuration_invalid")
        [call] = self._get_calls()
        self.assertIn(f"{self.customer.name} has removed", call.summary)
        self.assertIn(self.configuration.display_name, unescape(call.note))
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(self._count_taken(), 0)

    def test_customers_are_not_called_where_nobody_is_in_charge(self):
        # All who are in charge work elsewhere now.
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM res_company_users_rel WHERE cid = %s AND user_id IN %s",
            [self.company.id, tuple(self.company._get_autopay_managers().ids)],
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertFalse(self.company.sudo()._get_autopay_responsible())
        self._remove("pause")
        call = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.id)]
            )
        )
        self.assertEqual(call.user_id, self.env.ref("base.user_root"))

    def test_method_that_pays_nothing_goes_without_a_question(self):
        path = f"/my/autopay/method/{self.other.id}/remove"
        page = self._open(path)
        self.assertIn("Nothing is paid", self._text(page, "autopay_unused"))
        self._remove("pause", path)
        self.assertFalse(self.other.active)
        self.assertFalse(self._get_calls())

    def test_odoos_own_button_pauses_and_tells_staff_as_well(self):
        _result, error = self._ask("/payment/archive_token", token_id=self.visa.id)
        self.assertFalse(error)
        self.assertFalse(self.visa.active)
        self.assertEqual(len(self._get_calls()), 1)
        self.assertTrue(all(self.visa.autopay_authorization_ids.mapped("revoked_date")))

    # === REFUSED === #

    def test_charge_under_way_is_named_and_refuses_the_removal(self):
        invoice = self._create_due_invoice(77.0)
        bank = self._enrol("pm_usBankAccount_success")
        self.configuration.enabled = False
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "pending")
        path = f"/my/autopay/method/{bank.id}/remove"
        page = self._open(path)
        self.assertIn(invoice.name, self._text(page, "autopay_late"))
        self.assertFalse(page.xpath("//form[@name='remove']"))
        page = self._send(path, company=str(self.company.id), instead="pause")
        self.assertIn("cannot be removed yet", self._text(page, "autopay_messages"))
        _result, error = self._ask("/payment/archive_token", token_id=bank.id)
        self.assertIn("UserError", error)
        self.assertTrue(bank.active)

    def test_who_may_only_look_removes_nothing_that_pays(self):
        self._log_in(self.colleague_user)
        page = self._open(self.path)
        self.assertFalse(page.xpath("//form[@name='remove']"))
        self._send(self.path, company=str(self.company.id), instead="pause")
        self.assertTrue(self.visa.active)
        _result, error = self._ask("/payment/archive_token", token_id=self.visa.id)
        self.assertIn("AccessError", error)
        self.assertTrue(self.visa.active)

    def test_foreign_missing_and_odd_ids_get_the_same_answer(self):
        foreign = self._create_token(customer=self.stranger)
        answers = set()
        for each in (foreign.id, 2**31 - 1, 2**31, 0, -1, "x", "1e3", "٣"):
            path = f"/my/autopay/method/{each}/remove"
            self._open(path, 404)
            answers.add(CSRF.sub("", self.last_answer.text))
        self.assertTrue(foreign.active)
        self.assertEqual(len(answers), 1)

    def test_looking_removes_nothing(self):
        self._open(self.path)
        self._open(f"{self.path}?instead=pause")
        self.assertTrue(self.visa.active)
