from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ProjectCommon


@tagged("post_install", "-at_install")
class TestAutopayWorkStage(ProjectCommon):
    """Project managers decide which stages collect; nobody else does."""

    def test_manager_without_accounting_sets_it_in_the_form(self):
        stage = self.doing.with_user(self.leader)
        with Form(stage) as form:
            form.autopay_collect = True
            form.autopay_paid_stage_id = self.paid.with_user(self.leader)
        self.assertTrue(self.doing.autopay_collect)
        task = self._create_task(self._create_order(), stage_id=self.paid.id)
        self._drag(task, self.doing)
        self.assertEqual(self._get_completions(task).state, "waiting")
        self.assertEqual(len(self._get_completions(task).with_user(self.leader)), 1)

    def test_stages_offer_to_collect_where_autopay_is_on(self):
        projects = self.env["project.project.stage"].sudo()
        stages = (self.doing, projects.create({"name": "Built"}))
        for enabled in (True, False):
            self.company.autopay_enabled = enabled
            for stage in stages:
                own = stage.with_user(self.leader)
                own.invalidate_recordset()
                self.assertEqual(own.autopay_shown, enabled)
        # A stage that collects can be switched off there.
        self.assertTrue(self.done.with_user(self.leader).autopay_shown)

    def test_others_neither_set_nor_read_it(self):
        stages = self.env["project.task.type"].with_user(self.engineer)
        own = stages.create({"name": "Mine", "user_id": self.engineer.id})
        with self.assertRaises(AccessError):
            own.autopay_collect = True
        with self.assertRaises(AccessError):
            stages.create({"name": "Mine", "autopay_collect": True})
        with self.assertRaises(AccessError):
            stages.with_context(default_autopay_collect=True).create({"name": "Mine"})
        with self.assertRaises(ValidationError):
            own.sudo().autopay_collect = True
        with self.assertRaises(AccessError):
            self.env["autopay.completion"].with_user(self.engineer).search([])
        employee = self._create_user("employee", "base.group_user")
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        with self.assertRaises(AccessError):
            task.with_user(employee).action_autopay_collect()
        with self.assertRaises(UserError):
            self._create_task().with_user(self.engineer).action_autopay_collect()

    def test_paid_stage_is_another_one_that_the_projects_have(self):
        for values, words in (
            ({"autopay_paid_stage_id": self.done.id}, "choose another stage"),
            ({"project_ids": [Command.create({"name": "Dam"})]}, "do not have: Dam"),
        ):
            self._refuse(self.done, values, words)
        values = {"autopay_paid_stage_id": self.doing.id}
        self._refuse(self.paid, values, "moves on once")
        values = {"autopay_paid_stage_id": self.done.id}
        self._refuse(self.doing, values, "moves on once")
        self.assertFalse(self.done.sudo().copy().autopay_collect)

    def _refuse(self, stage, values, words):
        refused = self.assertRaisesRegex(ValidationError, words)
        with refused, self.env.cr.savepoint():
            stage.sudo().write(values)

    def test_accountants_and_project_managers_each_see_their_part(self):
        task = self._create_task(self._create_order())
        self._drag(task, self.done)
        self._run_job()
        completion = self._get_completions(task)
        billing = self._create_user("biller", "account.group_account_invoice")
        for user, sees in ((billing, True), (self.leader, False)):
            rows = self.env["autopay.completion"].with_user(user)
            arch = rows.get_view(False, "list")["arch"]
            self.assertEqual("move_ids" in arch, sees)
            spec = {"display_name": {}, "task_id": {"fields": {"display_name": {}}}}
            if sees:
                spec["move_ids"] = {"fields": {"display_name": {}}}
            found = rows.web_search_read([("id", "=", completion.id)], spec)
            [values] = found["records"]
            self.assertEqual(values["display_name"], "Survey of pier 3")
        with self.assertRaises(AccessError):
            completion.with_user(self.leader).sudo(False).read(["move_ids"])
        with self.assertRaises(AccessError):
            task.with_user(self.engineer).action_autopay_open_invoices()

    def test_tasks_are_found_by_what_becomes_of_them(self):
        asked, waiting, plain = (self._create_task() for _number in range(3))
        self._drag(asked, self.done)
        self._run_job()
        self._drag(waiting, self.done)
        tasks = self.env["project.task"].with_user(self.engineer)
        own = [("project_id", "=", self.project.id)]
        self.assertEqual(tasks.search([*own, ("autopay_state", "=", False)]), plain)
        for state, found in (("asked", asked), ("waiting", waiting)):
            domain = [*own, ("autopay_state", "=", state)]
            self.assertEqual(tasks.search(domain), found)
            domain = [*own, ("autopay_state", "!=", state)]
            self.assertIn(plain, tasks.search(domain))
        views = tasks.get_views([(False, "form"), (False, "list"), (False, "search")])
        self.assertIn("autopay_words", views["views"]["form"]["arch"])
        self.assertNotIn("autopay_has_invoices", views["views"]["form"]["arch"])
