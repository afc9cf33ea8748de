from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayAlarmAccess(AutopayCommon):
    """Alarms on records that nobody may write are closed by whoever sees to them."""

    def setUp(self):
        super().setUp()
        billing = "account.group_account_invoice"
        self.called = self._create_user("called", billing)
        self.colleague = self._create_user("colleague", billing)
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.attempt = invoice.autopay_attempt_ids
        self.company.autopay_responsible_id = self.called

    def _alert(self):
        notification = self.env["autopay.notification"]
        return notification._alert(self.attempt, self.company, "Look at it")

    def test_colleague_closes_the_alarm_of_another_one(self):
        alarm = self._alert()
        self.assertEqual(alarm.user_id, self.called)
        alarm.with_user(self.colleague).action_feedback(feedback="Seen to")
        self.assertFalse(self.attempt.activity_ids)
        self.assertIn("Seen to", self.attempt.message_ids[0].body)

    def test_colleague_of_another_company_or_without_the_right_does_not(self):
        alarm = self._alert()
        other = self._create_company(name="Elsewhere")
        strangers = (
            self._create_user(
                "elsewhere", "account.group_account_invoice", company=other
            ),
            self._create_user("reader", "account.group_account_readonly"),
            self._create_user("employee", "base.group_user"),
        )
        for user in strangers:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                alarm.with_user(user).action_feedback(feedback="Gone")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                alarm.with_user(user).unlink()
        self.assertTrue(alarm.exists())

    def test_messages_of_the_record_are_not_theirs_to_change(self):
        body = "What became of it"
        self.attempt.message_post(body=body)
        message = self.attempt.message_ids[:1]
        with self.assertRaises(AccessError):
            message.with_user(self.colleague).unlink()
