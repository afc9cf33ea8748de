from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_dry_run import DryRunCommon

# The fields that a form of a dry run asks for.
SPEC = {"trial_values": {}, "trial_words": {}}


@tagged("post_install", "-at_install")
class TestAutopayDryRunTrial(DryRunCommon):
    """Users try out nothing whose names are hidden from them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Second Company"})
        cls.reader = cls._create_user("trial_reader", "account.group_account_readonly")
        cls.foreign = cls._create_foreign_records()

    # === FACTORIES === #

    @classmethod
    def _create_foreign_records(cls):
        """Return {field of a trial: record of the other company that it may name}."""
        env = cls.env(user=cls.env.user, su=True)
        customer = env["res.partner"].create(
            {"name": "Their Customer", "company_id": cls.other.id}
        )
        journal = env["account.journal"].create(
            {
                "name": "Their Sales",
                "type": "sale",
                "code": "THEIR",
                "company_id": cls.other.id,
            }
        )
        plan = env["account.analytic.plan"].create({"name": "Their Plan"})
        account = env["account.analytic.account"].create(
            {"name": "Their Project", "plan_id": plan.id, "company_id": cls.other.id}
        )
        series = env["account.move"].create(
            {"move_type": "entry", "journal_id": journal.id}
        )
        return {
            "partner_id": customer,
            "company_id": cls.other,
            "journal_ids": journal,
            "analytic_account_ids": account,
            "series_ids": series,
        }

    def _get_values(self, kind=None, name=None, ids=(), **values):
        """Return what a form would send of a configuration of ours."""
        condition = {"kind": kind, "operator": "in", name: list(ids)}
        amount = {"kind": "amount_total", "operator": ">=", "number": 1.0}
        return {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "token_id": self.visa.id,
            "conditions": [condition if kind else amount],
            **values,
        }

    def _get_stolen_values(self):
        """Return values that name what is hidden from the reader."""
        conditions = (
            ("journal", "journal_ids"),
            ("analytic", "analytic_account_ids"),
            ("series", "series_ids"),
        )
        return [
            *(
                self._get_values(kind, name, self.foreign[name].ids)
                for kind, name in conditions
            ),
            *(
                self._get_values(**{name: self.foreign[name].id})
                for name in ("partner_id", "company_id")
            ),
        ]

    def _ask(self, values, **more):
        """Create a dry run as the reader."""
        self.env.invalidate_all()
        return (
            self.env["autopay.dry.run"]
            .with_user(self.reader)
            .create(
                {
                    "company_ids": [Command.set(self.company.ids)],
                    "date_from": self.today,
                    "date_to": self.today,
                    "trial_values": values,
                    **more,
                }
            )
        )

    def _assert_refused(self, error, call, *args, **kwargs):
        with self.assertRaises(error), self.env.cr.savepoint():
            call(*args, **kwargs)

    # === WHAT IS NAMED === #

    def test_what_the_user_may_read_is_tried_out(self):
        tag = self.env["res.partner.category"].create({"name": "Good Customers"})
        record = self._ask(self._get_values("tag", "tag_ids", tag.ids))
        self.assertIn("Good Customers", record.trial_words)
        self.assertIn("4242", record.trial_words)
        record.action_run()
        self.assertEqual(record.state, "done")

    def test_names_hidden_from_the_user_are_not_told_when_asked(self):
        for values in self._get_stolen_values():
            with self.subTest(values=values):
                self._assert_refused(AccessError, self._ask, values)

    def test_names_hidden_from_the_user_are_not_told_by_default_values(self):
        for values in self._get_stolen_values():
            model = self.env["autopay.dry.run"].with_user(self.reader)
            model = model.with_context(default_trial_values=values)
            question = {"company_ids": [Command.set(self.company.ids)]}
            with self.subTest(values=values):
                self._assert_refused(AccessError, model.create, question)

    def test_names_hidden_from_the_user_are_not_told_when_asked_otherwise(self):
        record = self._ask(self._get_values())
        for values in self._get_stolen_values():
            with self.subTest(values=values):
                change = {"trial_values": values}
                self._assert_refused(AccessError, record.write, change)

    def test_names_hidden_from_the_user_are_not_told_to_a_form(self):
        for values in self._get_stolen_values():
            model = self.env["autopay.dry.run"].with_user(self.reader)
            self.env.invalidate_all()
            with self.subTest(values=values):
                self._assert_refused(
                    AccessError,
                    model.onchange,
                    {"trial_values": values},
                    ["trial_values"],
                    SPEC,
                )

    def test_configuration_of_another_company_is_not_linked(self):
        hidden = self._configure(self.visa)
        user = self._create_user(
            "trial_other", "account.group_account_invoice", company=self.other
        )
        model = self.env["autopay.dry.run"].with_user(user)
        self._assert_refused(
            AccessError,
            model.create,
            {
                "company_ids": [Command.set(self.other.ids)],
                "configuration_id": hidden.id,
            },
        )

    # === WHAT IT IS === #

    def test_what_is_no_configuration_is_refused_in_words(self):
        for values in (
            "words",
            [1],
            {"conditions": "words"},
            {"conditions": {"kind": "tag"}},
            {"conditions": ["words"]},
            {"conditions": [{"kind": ["tag"]}]},
            {"conditions": [{"kind": "tag", "tag_ids": 5}]},
            {"conditions": [{"kind": "tag", "tag_ids": [[6, 0, [5]]]}]},
            {"conditions": [{"kind": "tag", "tag_ids": ["5"]}]},
            {"conditions": [{"kind": "age", "number": "many"}]},
            {"conditions": [{"kind": "age", "number": 10**400}]},
            {"conditions": [{"kind": "line_text", "text": 5}]},
            {"token_id": [self.visa.id]},
            {"token_id": True},
            {"token_id": 2**40},
            {"partner_id": "1"},
            {"max_amount": "much"},
            {"is_advanced": "yes"},
        ):
            with (
                self.subTest(values=str(values)[:60]),
                self.assertRaisesRegex(UserError, "not a payment rule"),
                self.env.cr.savepoint(),
            ):
                self._ask(values)
