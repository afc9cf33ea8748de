from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...models.company import autopay_database
from ..common import AutopayCommon
from ..fault import fault

MANAGER = "account.group_account_manager"
BUTTON = "action_autopay_adopt_database"


@tagged("post_install", "-at_install")
class TestAutopayDatabase(AutopayCommon):
    """A database is known by what its copies cannot have."""

    def setUp(self):
        super().setUp()
        self.database = self.env["autopay.database"]
        self.facts = self.database._get_facts()

    def _move(self, **facts):
        """Have autopay switched on in a database that differs in these facts."""
        home = self.company.autopay_database_facts
        self.company.sudo().autopay_database_facts = {**home, **facts}

    # === FACTS === #

    def test_company_remembers_where_autopay_was_switched_on(self):
        self.assertEqual(self.company.autopay_database_facts, self.facts)
        self.assertFalse(self.company._is_autopay_copied())

    @fault(78)
    def test_every_fact_tells_a_copy(self):
        known = {name for name, value in self.facts.items() if value}
        self.assertLessEqual({"uuid", "oid", "name", "cluster", "port"}, known)
        for name in known - {"uuid"}:
            with self.subTest(name):
                self._move(**{name: "another"})
                self.assertTrue(self.company._is_autopay_copied())
                self.assertIn(self.company, self.company._get_autopay_copied())
                self._move(**{name: self.facts[name]})
                self.assertFalse(self.company._is_autopay_copied())

    def test_what_cannot_be_read_tells_nothing(self):
        for name in ("cluster", "folder", "machine"):
            with self.subTest(name):
                self._move(**{name: None})
                self.assertFalse(self.company._is_autopay_copied())

    def test_company_of_an_older_version_is_known_by_its_uuid(self):
        self.company.sudo().autopay_database_facts = False
        self.assertFalse(self.company._is_autopay_copied())
        self.env["ir.config_parameter"].set_param("database.uuid", "of the copy")
        self.assertTrue(self.company._is_autopay_copied())

    def test_role_without_rights_reads_what_it_may(self):
        self.env.cr.execute(
            "CREATE ROLE autopay_plain;"
            "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC;"
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO autopay_plain;"
            "SET LOCAL ROLE autopay_plain"
        )
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        found = self.database._read_facts()
        self.assertEqual((found["cluster"], found["folder"]), (None, None))
        self.assertEqual(found["oid"], self.facts["oid"])
        self.assertFalse(self.database._is_elsewhere({**self.facts, **found}))

    def test_standby_says_nothing_of_its_place(self):
        rows = [{**self.database._read_facts(), "is_near": True, "is_standby": True}]
        with patch.object(
            type(self.env), "execute_query_dict", lambda _env, _query: rows
        ):
            found = self.database._read_facts()
        self.assertEqual(
            [found[name] for name in ("port", "folder", "machine")], [None] * 3
        )

    def test_machine_counts_only_where_postgresql_is_on_it(self):
        target = f"{autopay_database.__name__}.connection_info_for"
        for host, near in (("/run/postgresql", True), ("db.example.com", False)):
            with self.subTest(host), patch(target, return_value=("", {"host": host})):
                self.assertEqual(bool(self.database._read_machine()), near)

    def test_machine_without_an_id_says_nothing(self):
        with patch.object(autopay_database, "MACHINE_FILE") as path:
            for answer in (OSError, [""]):
                path.read_text.side_effect = answer
                self.assertIsNone(self.database._read_machine())

    def test_deciding_asks_for_the_facts_once_in_a_transaction(self):
        self.company._is_autopay_copied()
        with self.assertQueryCount(0):
            for _time in range(5):
                self.assertFalse(self.company._is_autopay_copied())

    def test_company_that_never_had_autopay_asks_for_nothing(self):
        company = self._create_company(name="Never On")
        company.flush_recordset()
        self.assertFalse(company.autopay_database_uuid)
        self.env.cr.cache.clear()
        with self.assertQueryCount(0):
            self.assertFalse(company._is_autopay_copied())

    # === THIS IS THE REAL ONE NOW === #

    def test_manager_says_that_this_is_the_real_one(self):
        invoice = self._create_due_invoice(100)
        self._enrol()
        self._move(oid="1")
        self._run_autopay()
        self.assertEqual(invoice.autopay_blocker, "database_copied")
        self.assertIn("a billing manager says", invoice.autopay_explanation)
        manager = self._create_user("real", MANAGER)
        invoice.with_user(manager).action_autopay_adopt_database()
        note = self.company.partner_id.message_ids[0].body
        self.assertIn("is the real one", note)
        self.assertIn(manager.name, note)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_others_do_not_say_it(self):
        self._move(oid="1")
        biller = self._create_user("biller", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.company.with_user(biller).action_autopay_adopt_database()
        other = self._create_company(name="Other")
        stranger = self._create_user("stranger", MANAGER, company=other)
        with self.assertRaises(AccessError):
            self.company.with_user(stranger).action_autopay_adopt_database()
        self.assertTrue(self.company._is_autopay_copied())

    def test_saying_it_where_it_is_true_changes_nothing(self):
        before = len(self.company.partner_id.message_ids)
        self.company.action_autopay_adopt_database()
        self.assertEqual(len(self.company.partner_id.message_ids), before)

    def test_configuration_of_managers_has_the_button_in_a_copy_only(self):
        manager = self._create_user("real", MANAGER)
        policies = self.env["autopay.policy"].with_user(manager)
        self.assertFalse(Form(policies).autopay_copied)
        self._move(cluster="1")
        with Form(policies) as form:
            self.assertTrue(form.autopay_copied)
        form.record.action_autopay_adopt_database()
        self.assertFalse(self.company._is_autopay_copied())

    def test_settings_have_the_button_in_a_copy_only(self):
        settings = self.env["res.config.settings"]
        self.assertFalse(Form(settings).autopay_copied)
        self._move(cluster="1")
        with Form(settings) as form:
            self.assertTrue(form.autopay_copied)
        form.record.action_autopay_adopt_database()
        self.assertFalse(self.company._is_autopay_copied())

    def test_the_button_warns_wherever_it_is(self):
        for model in ("account.move", "autopay.policy", "res.config.settings"):
            tree = self.env[model]._get_view()[0]
            [button] = tree.xpath(f"//button[@name='{BUTTON}']")
            self.assertIn("customers pay twice", button.get("confirm"), model)
