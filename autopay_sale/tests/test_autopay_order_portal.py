from lxml import html

from odoo.tests import tagged

from odoo.addons.autopay.tests.portal.common_pages import PagesCommon

from .common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestAutopayOrderPortal(PagesCommon, TriggerCommon):
    """All who may see an offer read when it is charged; only its payer to what."""

    def _offer(self, **values):
        order = self._sell(self.prints, confirm=False, **values)
        order.action_quotation_sent()
        self.env.flush_all()
        return order

    def _read(self, order, user=None):
        """Return the words of the page about autopay and the names of its buttons."""
        self._log_in(user)
        page = html.fromstring(self.url_open(order.get_portal_url()).text)
        [box] = page.xpath("//div[@name='autopay_offer']") or [None]
        if box is None:
            return None
        return " ".join(box.text_content().split()), box.xpath(".//a/@name")

    def test_payer_strangers_and_holders_of_the_link(self):
        order = self._offer()
        words = "What is left to pay is charged when everything is delivered"
        own, buttons = self._read(order, self.owner_user)
        self.assertTrue(own.startswith(f"{words}, to ") and "4242" in own, own)
        self.assertEqual(buttons, [])
        for user, names in ((None, ["autopay_log_in"]), (self.stranger_user, [])):
            told, buttons = self._read(order, user)
            self.assertEqual(buttons, names)
            self.assertIn(words, told)
            self.assertNotIn("4242", told)
        self.customer.with_company(self.company).autopay_token_id = False
        self.env.flush_all()
        text, buttons = self._read(order, self.owner_user)
        self.assertIn("no payment method for it yet", text)
        self.assertEqual(buttons, ["autopay_save"])
        self.assertNotIn("no payment method", self._read(order, self.stranger_user)[0])

    def test_deposit_and_day_are_told_and_nothing_where_nothing_is_charged(self):
        order = self._offer(
            trigger="date", autopay_collect_date=self.today, autopay_deposit=0.25
        )
        text, _buttons = self._read(order, self.owner_user)
        self.assertIn("25.00 is charged when you accept, the rest on", text)
        order.autopay_trigger = False
        self.env.flush_all()
        self.assertIsNone(self._read(order, self.owner_user))
        order.autopay_trigger = "confirmed"
        self.company.autopay_enabled = False
        self.env.flush_all()
        self.assertIsNone(self._read(order, self.owner_user))

    def test_pages_that_are_only_looked_at_give_an_order_no_token(self):
        order = self._sell(self.prints, autopay_deposit=0.3)
        order.access_token = False
        self.env.flush_all()
        self._log_in(self.owner_user)
        for path in ("/my/autopay", "/my/autopay/coming", "/my/autopay/stop"):
            self.assertIn(order.name, self._open(path).text_content())
        order.invalidate_recordset()
        self.assertFalse(order.access_token)
        link = self._open("/my/autopay").xpath(f"//a[@href='/my/orders/{order.id}']")
        self.assertTrue(link)
        # One that is there already is part of the address.
        order._portal_ensure_token()
        self.env.flush_all()
        link = self._open("/my/autopay").xpath("//a[contains(@href, 'access_token')]")
        self.assertIn(order.access_token, link[0].get("href"))

    def test_rest_of_an_order_is_told_among_what_comes(self):
        order = self._sell(self.prints, autopay_deposit=0.3)
        self._log_in(self.owner_user)
        text = self._text(self._open("/my/autopay"), "autopay_also")
        self.assertIn(f"{order.name}: $ 30.00 is charged within minutes", text)
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "deposit")
        page = self._open("/my/autopay")
        text = self._text(page, "autopay_also")
        words = "What is left to pay is charged when everything is delivered, to "
        self.assertIn(f"{order.name}: {words}", text)
        self.assertTrue(page.xpath(f"//a[starts-with(@href, '/my/orders/{order.id}')]"))
        self.assertIn(
            words, self._text(self._open("/my/autopay/coming"), "autopay_also")
        )
        # A link from a mail lets nobody into the order.
        stop = self._open("/my/autopay/stop")
        self.assertIn(words, self._text(stop, "autopay_also"))
        self.assertFalse(stop.xpath("//a[contains(@href, '/my/orders')]"))
        self._deliver(order, self.prints)
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "collecting")
        text = self._text(self._open("/my/autopay"), "autopay_also")
        self.assertNotIn(order.name, text)

    def test_contact_pays_the_deposit_with_the_method_of_its_company(self):
        order = self._offer(
            require_payment=True, prepayment_percent=0.3, require_signature=False
        )
        # The simulator has forgotten what was saved before.
        self.token = self._enrol()
        contact = self.colleague_user.partner_id
        self.assertFalse(self._get_methods(order, self.colleague_user))
        contact.autopay_portal_manager = True
        self.env.flush_all()
        methods = self._get_methods(order, self.colleague_user)
        tokens = self.env["payment.token"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(set(methods), {str(token.id) for token in tokens})
        _result, error = self._pay(
            order,
            self.token,
            route=f"/my/orders/{order.id}/transaction",
            amount=30,
        )
        self.assertFalse(error)
        payment = order.transaction_ids
        self.assertEqual((payment.state, payment.partner_id), ("done", contact))
        payment._post_process()
        self.assertEqual(order.state, "sale")

    def _get_methods(self, order, user):
        """Return the ids of the saved methods that the page of an order offers."""
        self._log_in(user)
        page = html.fromstring(self.url_open(order.get_portal_url()).text)
        return page.xpath(
            "//input[@name='o_payment_radio'][@data-payment-option-type='token']"
            "/@data-payment-option-id"
        )
