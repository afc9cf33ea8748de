from odoo.tests import tagged

from .common_before import BeforeCommon


@tagged("post_install", "-at_install")
class TestAutopayNoticeExpiring(BeforeCommon):
    """Customers hear of a card that expires before its next charge, and staff do."""

    def setUp(self):
        super().setUp()
        self.company.autopay_notice_days_card = 0
        self.token.autopay_expiry_date = self._in_days(10)

    def _look(self):
        self.company.sudo().autopay_expiry_look_date = False
        self._send_mails()

    def _get_calls_about(self, partner):
        return partner.activity_ids.filtered(
            lambda each: (each.autopay_wait or "").startswith("expiring:")
        )

    def test_card_is_told_once_for_its_month_and_only_where_a_charge_comes_after(self):
        self._create_coming(5)
        self._look()
        self.assertFalse(self._get_notices(self.token))
        self._create_coming(20)
        self._look()
        notice = self._get_notices(self.token)
        self.assertEqual((notice.kind, notice.state), ("expiring", "sent"))
        (mail,) = self._get_told()
        self.assertIn("save another payment method", mail["subject"])
        self.assertIn("/autopay/pay/", mail["body"])
        call = self._get_calls_about(self.customer)
        self.assertIn("expires before its next charge", call.summary)
        self._look()
        self.assertEqual(self._get_notices(self.token), notice)
        self.assertEqual(self._get_calls_about(self.customer), call)
        call.action_feedback()
        self._look()
        self.assertFalse(self._get_calls_about(self.customer))

    def test_staff_are_called_where_the_mail_is_switched_off(self):
        settings = self.env["autopay.notice.setting"]
        settings._add_missing(self.company)
        own = [("company_id", "=", self.company.id), ("kind", "=", "expiring")]
        settings.search(own).enabled = False
        self._create_coming(20)
        self._look()
        self.assertFalse(self._get_notices(self.token))
        call = self._get_calls_about(self.customer)
        self.assertIn("switched off", call.note)
        call.action_feedback()
        self._look()
        self.assertFalse(self._get_calls_about(self.customer), "once for its month")

    def test_renewed_card_closes_the_call_and_is_told_anew_in_its_time(self):
        self._create_coming(20)
        self._look()
        self.assertTrue(self._get_calls_about(self.customer))
        self.token.autopay_expiry_date = self._in_days(700)
        self._look()
        self.assertFalse(self._get_calls_about(self.customer))
        self.assertEqual(len(self._get_notices(self.token)), 1)
        self.token.autopay_expiry_date = self._in_days(10)
        self._force(self._get_notices(self.token), event_key="token:0:0:expiring")
        self.token.autopay_expiry_date = self._in_days(15)
        self._look()
        self.assertEqual(len(self._get_notices(self.token)), 2)

    def test_link_of_the_mail_saves_another_method_only_for_those_who_may(self):
        self._create_coming(20)
        self._look()
        notice = self._get_notices(self.token)
        page = self.env["autopay.pay.link"]._find_by_link(
            notice.link_url.rpartition("/")[2]
        )
        self.assertTrue(page.may_save)
        self.assertTrue(self.env["autopay.pay.link"]._is_ahead(page))
        outsider = self._create_user("guest", "base.group_portal")
        outsider.partner_id.parent_id = self.customer
        outsider.partner_id.autopay_portal_right = "read"
        self.env["res.partner"].with_user(outsider).sudo().create(
            {
                "name": "Somebody",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "else@example.com",
            }
        )
        notice.invalidate_recordset()
        self.assertIn("/my/autopay/method/new", notice.link_url)
