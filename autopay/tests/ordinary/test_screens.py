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

    def test_lists_show_in_full_what_tells_one_row_from_another(self):
        # Odoo shares out what room is left, and would cut numbers and names.
        for model, view, name, pixels in (
            ("account.move", "account_move_view_list_autopay", "name", 150),
            ("account.move", "account_move_view_list_autopay_credit", "name", 150),
            ("autopay.run", "autopay_run_view_list", "name", 130),
            ("autopay.run", "autopay_run_view_list", "failed_words", 130),
            ("autopay.notice", "autopay_notice_view_list", "failure", 300),
            ("autopay.notice.setting", "autopay_notice_setting_view_list", "kind", 240),
        ):
            field = self._find(self._get_arch(model, "list", view), "field", name)
            width = (field.get("width") or "0").removesuffix("px")
            self.assertGreaterEqual(int(width), pixels, f"{view}: {name}")

    def test_parts_of_a_plan_have_a_handle_only_where_they_can_be_moved(self):
        # A column that holds nothing else takes a quarter of the list.
        arch = self._get_arch("autopay.plan.wizard", "form")
        [handle] = arch.xpath("//field[@name='line_ids']//field[@widget='handle']")
        hidden = handle.get("column_invisible", "0")
        for kind in ("equal", "amount", "rows"):
            wizard = self.env["autopay.plan.wizard"].new({"kind": kind})
            shown = not safe_eval(hidden, {"parent": wizard})
            self.assertEqual(shown, kind == "rows", kind)

    # === CARDS === #

    def _find_widgets(self, view_type, widget):
        """Yield (model, field, node) of our own views that show it with a widget."""
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "=like", "autopay%")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        for view in views.filtered(lambda view: view.model in self.env):
            fields = self.env[view.model]._fields
            arch = etree.fromstring(view.arch)
            if view.type == view_type:
                for node in arch.xpath(f"//field[@widget='{widget}']"):
                    yield view.model, fields[node.get("name")], node

    def _get_decorations(self, node):
        return {
            name: when
            for name, when in node.attrib.items()
            if name.startswith("decoration-")
        }

    def test_each_label_of_a_card_has_a_colour_of_its_own(self):
        """Without one Odoo paints it like a button."""
        labels = list(self._find_widgets("kanban", "label_selection"))
        self.assertTrue(labels)
        for model, field, node in labels:
            colours = safe_eval(node.get("options"))["classes"]
            values = dict(field._description_selection(self.env))
            self.assertEqual(set(values) - set(colours), set(), f"{model}: {field}")

    def test_badges_of_cards_have_the_colours_of_the_lists(self):
        lists = {
            (model, field.name): self._get_decorations(node)
            for model, field, node in self._find_widgets("list", "badge")
        }
        cards = [
            (model, field.name, self._get_decorations(node))
            for model, field, node in self._find_widgets("kanban", "badge")
        ]
        shown = {(model, name) for model, name, _colours in cards}
        self.assertIn(("autopay.notice", "state"), shown)
        for model, name, colours in cards:
            self.assertEqual(colours, lists[model, name], f"{model}: {name}")

    def test_cards_of_invoices_paid_in_part_show_what_is_open(self):
        view = "account_move_view_kanban_autopay"
        arch = self._get_arch("account.move", "kanban", view)
        total = self._find(arch, "field", "amount_total_in_currency_signed")
        rest = self._find(arch, "div", "autopay_open")
        self.assertTrue(rest.xpath(".//field[@name='amount_residual']"))
        for state, is_partial in (("not_paid", False), ("partial", True)):
            values = {"payment_state": state}
            self.assertEqual(safe_eval(total.get("invisible"), values), is_partial)
            self.assertEqual(safe_eval(rest.get("invisible"), values), not is_partial)

    def test_each_menu_has_cards_for_the_phone(self):
        root = self.env.ref("autopay.autopay_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        actions = menus.mapped("action")
        lists = [
            action
            for action in filter(None, actions)
            if action._name == "ir.actions.act_window"
            and "list" in action.view_mode.split(",")
        ]
        self.assertTrue(lists)
        for action in lists:
            self.assertIn("kanban", action.view_mode.split(","), action.name)
