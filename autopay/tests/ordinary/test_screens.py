from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestScreens(AutopayCommon):
    """Lists, cards and forms: their contents, and the order of them."""

    def _get_arch(self, model, view_type, xml_id=None):
        view = xml_id and self.env.ref(f"autopay.{xml_id}").id
        return etree.fromstring(
            self.env[model].get_view(view_id=view, view_type=view_type)["arch"]
        )

    def _find(self, arch, tag, name):
        return arch.xpath(f"//{tag}[@name='{name}']")[0]

    def test_list_tells_what_waits_from_what_is_blocked(self):
        arch = self._get_arch("account.move", "list", "account_move_view_list_autopay")
        field = self._find(arch, "field", "autopay_standing")
        for standing, decoration in (
            ("scheduled", "info"),
            ("retry", "info"),
            ("waiting", "warning"),
            ("blocked", "warning"),
            ("charged_back", "warning"),
            ("in_progress", "warning"),
            ("collected", "success"),
            ("failed", "danger"),
        ):
            values = {"autopay_standing": standing}
            shown = [
                name.removeprefix("decoration-")
                for name, when in field.attrib.items()
                if name.startswith("decoration-") and safe_eval(when, values)
            ]
            self.assertEqual(shown, [decoration], standing)
        self.assertFalse(arch.xpath("//field[@name='autopay_explanation']"))

    def test_cards_of_invoices_on_autopay_say_when_and_why_not(self):
        action = self.env.ref("autopay.account_move_action_autopay")
        views = {mode: view for view, mode in action.views}
        arch = etree.fromstring(
            self.env["account.move"].get_view(views["kanban"], "kanban")["arch"]
        )
        for name in ("autopay_standing", "autopay_date", "autopay_reason"):
            self.assertTrue(arch.xpath(f"//templates//field[@name='{name}']"), name)
        # Odoo's own cards stay as quick as they were.
        odoo = self._get_arch("account.move", "kanban")
        self.assertFalse(odoo.xpath("//field[@name='autopay_reason']"))

    def test_answers_of_providers_are_folded(self):
        arch = self._get_arch("account.move", "form")
        field = arch.xpath("//details//field[@name='autopay_response']")
        self.assertEqual(len(field), 1)
        self.assertEqual(len(arch.xpath("//field[@name='autopay_response']")), 1)

    def test_confirming_a_payer_comes_before_charging(self):
        arch = self._get_arch("account.move", "form")
        names = [button.get("name") for button in arch.iter("button")]
        confirm = names.index("action_autopay_confirm_payer")
        self.assertLess(confirm, names.index("action_autopay_charge_now"))

    def test_approvals_that_wait_show_no_column_of_who_decided(self):
        arch = self._get_arch("autopay.approval", "list")
        field = self._find(arch, "field", "decided_by_id")
        search = self._get_arch("autopay.approval", "search")
        waiting = self._find(search, "filter", "waiting")
        context = safe_eval(waiting.get("context"))
        hidden = field.get("column_invisible")
        self.assertTrue(safe_eval(hidden, {"context": context}))
        self.assertFalse(safe_eval(hidden, {"context": {}}))
