from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestMenus(AutopayCommon):
    """Each list says something when it is empty, and is searched by what matters."""

    def _get_own_ids(self, model):
        data = self.env["ir.model.data"].search(
            [("model", "=", model), ("module", "=like", "autopay%")]
        )
        return data.mapped("res_id")

    def _get_own_lists(self):
        """Return our actions that open lists of what is kept."""
        ids = self._get_own_ids("ir.actions.act_window")
        actions = self.env["ir.actions.act_window"].browse(ids)
        return actions.filtered(
            lambda action: (
                action.target != "new"
                and "list" in action.view_mode.split(",")
                and not self.env[action.res_model]._transient
            )
        )

    def test_each_list_says_something_when_it_is_empty(self):
        actions = self._get_own_lists()
        self.assertGreater(len(actions), 20)
        for action in actions:
            self.assertIn("o_view_nocontent", action.help or "", action.name)

    def test_lists_of_several_companies_are_grouped_by_them(self):
        root = self.env.ref("autopay.autopay_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        shown = self._get_own_lists() & self.env["ir.actions.act_window"].browse(
            action.id
            for action in filter(None, menus.mapped("action"))
            if action._name == "ir.actions.act_window"
        )
        models = {
            action.res_model
            for action in shown
            if action.res_model.startswith("autopay.")
            and "company_id" in self.env[action.res_model]._fields
        }
        self.assertIn("autopay.plan", models)
        self.env.user.group_ids += self.env.ref("base.group_multi_company")
        for model in models:
            arch = etree.fromstring(
                self.env[model].get_view(view_type="search")["arch"]
            )
            groups = {
                safe_eval(node.get("context")).get("group_by")
                for node in arch.xpath("//filter[@context]")
            }
            self.assertIn("company_id", groups, model)

    def test_administrators_change_how_often_each_job_runs(self):
        action = self.env.ref("autopay.ir_cron_action_autopay")
        crons = self.env["ir.cron"].browse(self._get_own_ids("ir.cron"))
        self.assertGreater(len(crons), 8)
        crons[0].sudo().active = False
        listed = (
            self.env["ir.cron"]
            .sudo()
            .with_context(**safe_eval(action.context))
            .search(safe_eval(action.domain))
        )
        self.assertEqual(listed.sorted("id"), crons.sudo().sorted("id"))
        menu = self.env.ref("autopay.ir_cron_menu_autopay")
        self.assertEqual(menu.action, action)
        self.assertEqual(menu.group_ids, self.env.ref("base.group_system"))

    def test_screens_say_limit_as_people_do(self):
        """Nobody in finance calls a limit a cap."""
        fields = self.env["ir.model.fields"].search([("model", "=like", "autopay.%")])
        words = fields.mapped("field_description") + fields.mapped("help")
        words += fields.selection_ids.mapped("name")
        self.assertIn("Is charged up to the limit, the rest next month", words)
        said = [text for text in words if text and {"cap", "caps"} & _get_words(text)]
        self.assertEqual(said, [])


def _get_words(text):
    return {word.strip(".,;:").lower() for word in text.split()}
