from odoo import Command, models
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import AutopayCommon

GROUPS = ("account.group_account_invoice", "account.group_account_manager")
MAGIC = ("id", "display_name", *models.LOG_ACCESS_COLUMNS)

# Readonly in forms, and yet for people to write, who are checked.
OPEN = {("account.move", "autopay_status")}


@tagged("post_install", "-at_install")
class TestAttackReadonly(AutopayCommon):
    """People with every other right cannot write the results of autopay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = "base.group_partner_manager"
        cls.people = [
            cls._create_user(group[8:], f"{group},{contacts}") for group in GROUPS
        ]

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()
        self._run_autopay()
        self.attempt = self.invoice.autopay_attempt_ids

    # === ALL FIELDS === #

    def _get_engine_fields(self):
        """Return [(model, field)] of all readonly fields of ours that are stored."""
        return [
            (model, field)
            for name, model in sorted(self.env.items())
            if not model._abstract and not model._transient
            for field in model._fields.values()
            if field.readonly and field.store and field.name not in MAGIC
            if name.startswith("autopay.") or field.name.startswith("autopay_")
            if (name, field.name) not in OPEN
        ]

    def _forge(self, field):
        forged = {
            "binary": "Zm9yZ2Vk",
            "boolean": True,
            "date": "2001-01-01",
            "datetime": "2001-01-01 00:00:00",
            "char": "forged",
            "text": "forged",
            "html": "forged",
            "one2many": [Command.create({})],
            "many2many": [Command.clear()],
        }
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        return forged.get(field.type, 1)

    def test_there_are_such_fields_of_shared_models(self):
        found = {
            (model._name, field.name) for model, field in self._get_engine_fields()
        }
        for expected in (
            ("payment.transaction", "autopay_doubt_date"),
            ("payment.token", "autopay_paused_date"),
            ("account.move", "autopay_crash_count"),
            ("account.payment", "autopay_reversal_id"),
            ("res.company", "autopay_database_uuid"),
            ("payment.provider", "autopay_webhook_token"),
            ("autopay.attempt", "state"),
        ):
            self.assertIn(expected, found)

    def test_nobody_writes_them(self):
        for user in self.people:
            for model, field in self._get_engine_fields():
                with self.subTest(user=user.login, field=str(field)):
                    record = model.sudo().search([], limit=1).with_user(user)
                    with self.assertRaises(AccessError):
                        record.write({field.name: self._forge(field)})
                    with self.assertRaises(AccessError):
                        record.write({field.name: False})

    def test_nobody_creates_records_with_them(self):
        for user in self.people:
            for model, field in self._get_engine_fields():
                vals = {field.name: self._forge(field)}
                context = self.subTest(user=user.login, field=str(field))
                with context, self.assertRaises(AccessError):
                    model.with_user(user).create(vals)

    def test_default_of_the_caller_does_not_count(self):
        for model, field in self._get_engine_fields():
            forged = {f"default_{field.name}": self._forge(field)}
            with self.subTest(field=str(field)):
                names = [field.name]
                self.assertEqual(
                    model.with_context(**forged).default_get(names),
                    model.default_get(names),
                )

    # === WAYS ROUND === #

    def test_copy_takes_none_along(self):
        manager = self.people[1]
        draft = self._create_posted_invoice().with_user(manager)
        with self.assertRaises(AccessError):
            draft.copy({"autopay_crash_count": -100})
        draft.sudo().write({"autopay_crash_count": 1, "autopay_retry_date": self.today})
        copied = draft.copy()
        self.assertEqual(
            (copied.autopay_crash_count, copied.autopay_retry_date), (0, False)
        )

    def test_imported_file_sets_none(self):
        invoices = self.env["account.move"].with_user(self.people[1])
        result = invoices.load(
            [".id", "autopay_retry_date"], [[str(self.invoice.id), "2001-01-01"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("by hand", result["messages"][0]["message"])

    def test_command_of_another_record_sets_none(self):
        manager = self.people[1]
        other = self._create_posted_invoice()
        [line] = self.attempt.line_ids
        payer = self.customer.with_user(manager)
        for vals in (
            {"payment_token_ids": [Command.update(self.token.id, self._paused())]},
            {"invoice_ids": [Command.update(other.id, {"autopay_crash_count": -1})]},
            {"autopay_authorization_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                payer.write(vals)
        with self.assertRaises(AccessError):
            other.with_user(manager).write(
                {"autopay_attempt_line_ids": [Command.link(line.id)]}
            )

    def _paused(self):
        return {"autopay_paused_date": False}

    def test_saved_form_sets_none(self):
        manager = self.people[1]
        with self.assertRaises(AccessError):
            self.invoice.with_user(manager).web_save({"autopay_crash_count": -1}, {})

    def test_manager_releases_with_the_button_only(self):
        self.token._pause_autopay("Stolen.")
        manager = self.token.with_user(self.people[1])
        with self.assertRaises(AccessError):
            manager.write({"autopay_paused_date": False})
        manager.action_autopay_release()
        self.assertFalse(self.token.autopay_paused_date)

    # === WHAT STAYS FREE === #

    def test_people_write_what_is_theirs(self):
        biller = self.people[0]
        invoice = self._create_posted_invoice().with_user(biller)
        invoice.write(
            {"autopay_status": "eligible", "autopay_date": self.today, "ref": "PO 7"}
        )
        self.assertEqual(invoice.sudo().autopay_marked_by_id, biller)
        invoice.action_autopay_remove()
        invoice.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_status, "eligible")
        self.customer.with_user(biller).autopay_policy = "manual"

    def test_ordinary_write_asks_the_database_nothing_for_it(self):
        invoice = self._create_posted_invoice().with_user(self.people[0])
        invoice.env.registry.clear_cache()
        invoice._get_autopay_engine_fields()
        with self.assertQueryCount(0):
            invoice._check_autopay_own([{"ref": "PO 8"}])
