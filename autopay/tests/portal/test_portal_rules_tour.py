from odoo.tests import tagged

from .test_portal_rules import RulesCommon


class RulesTourCommon(RulesCommon):
    """A customer builds, moves and removes rules by clicks, in a real browser."""

    def _build_rules(self):
        """Run the tour; the engine then does as the rules say."""
        self._add_rule()
        self.start_tour(
            "/my/autopay", "autopay_portal_rules_tour", login=self.owner_user.login
        )
        rule = self._get_rules()
        self.assertEqual((rule.token_id, rule.condition_ids.number), (self.bank, 500))
        self.assertEqual(self.bank.autopay_authorization_ids.channel, "portal")
        large, small = self._create_due_invoice(600.0), self._create_due_invoice(20.0)
        self._run_autopay()
        attempt = large.autopay_attempt_line_ids.attempt_id
        self.assertEqual(
            (attempt.token_id, attempt.configuration_id), (self.bank, rule)
        )
        self.assertFalse(small.autopay_attempt_line_ids)


@tagged("post_install", "-at_install")
class TestPortalRulesTour(RulesTourCommon):
    def test_customer_builds_rules_and_the_engine_obeys(self):
        self._build_rules()


@tagged("post_install", "-at_install")
class TestPortalRulesPhoneTour(RulesTourCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_customer_builds_rules_on_a_phone(self):
        self._build_rules()
