from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common_portal import PortalCommon

# How a company collects is no secret, and half of Odoo asks whether it does at all.
# Customers are not asked for what was refunded; their pages look at it and at plans.
# Day and status of a charge are in Odoo's own list, which is to stay as quick as it is.
# Whether a customer's form has a tab for autopay follows from the company alone.
INVOICE = {
    "autopay_credited",
    "autopay_refunded",
    "autopay_planned",
    "autopay_date",
    "autopay_shown_status",
    "autopay_standing",
}
OPEN = {
    "res.partner": {"autopay_shown"},
    "res.users": {"autopay_shown"},
    "account.move": INVOICE,
    "account.bank.statement.line": INVOICE,
    "res.company": {
        "autopay_enabled",
        "autopay_move_days",
        "autopay_known",
        "autopay_policy",
        "autopay_combine",
        "autopay_credit_policy",
        "autopay_discount_policy",
        "autopay_date_rule",
        "autopay_date_offset",
        "autopay_month_day",
        "autopay_tz_origin",
        "autopay_wire_days",
    },
}


@tagged("post_install", "-at_install")
class TestAttackRead(PortalCommon):
    """Cards, consents and charges, asked for by people without any business there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = [
            cls._create_user("reading_employee", "base.group_user"),
            cls._create_user(
                "reading_contacts", "base.group_user,base.group_partner_manager"
            ),
            cls.owner_user,
        ]

    def _get_shared_fields(self):
        """Return [field] of all that we add to models of others, but for wizards."""
        return [
            field
            for name, model in sorted(self.env.items())
            if not (model._abstract or model._transient or name.startswith("autopay."))
            for field in model._fields.values()
            if field.name.startswith("autopay_")
            and field.name not in OPEN.get(name, ())
        ]

    def test_there_are_such_fields(self):
        found = {str(field) for field in self._get_shared_fields()}
        for expected in (
            "res.partner.autopay_token_id",
            "res.partner.autopay_readiness",
            "res.users.autopay_token_id",
            "account.move.autopay_token_id",
            "payment.token.autopay_paused_date",
        ):
            self.assertIn(expected, found)

    def test_outsiders_are_not_told_that_they_exist(self):
        for user in self.outsiders:
            for field in self._get_shared_fields():
                model = self.env[field.model_name].with_user(user)
                with self.subTest(user=user.login, field=str(field)):
                    self.assertFalse(model._has_field_access(field, "read"))
                    self.assertFalse(model._has_field_access(field, "write"))

    def test_outsiders_read_none_of_a_customer(self):
        self._enrol()
        partner = self.customer
        for user in self.outsiders:
            for field in self._get_shared_fields():
                if field.model_name != "res.partner":
                    continue
                own = partner.with_user(user)
                with self.subTest(user=user.login, field=str(field)):
                    with self.assertRaises(AccessError):
                        own.read([field.name])
                    with self.assertRaises(AccessError):
                        own.search([(field.name, "!=", False)])
                    with self.assertRaises(AccessError):
                        own.web_read({field.name: {}})

    def test_customer_reads_none_of_his_invoice(self):
        self._enrol()
        invoice = self._create_due_invoice()
        mine = invoice.with_user(self.owner_user)
        self.assertTrue(mine.read(["name", "amount_total"]))
        for name in ("autopay_token_id", "autopay_status", "autopay_attempt_ids"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                mine.read([name])

    def test_staff_read_them_all(self):
        self._enrol()
        for group in ("readonly", "invoice"):
            user = self._create_user(
                f"reading_{group}", f"account.group_account_{group}"
            )
            partner = self.customer.with_user(user)
            [values] = partner.read(["autopay_token_id", "autopay_readiness"])
            self.assertEqual(values["autopay_readiness"], "ready")

    def test_contacts_are_edited_by_who_may_not_read_them(self):
        self._enrol()
        user = self.outsiders[1]
        contacts = self.env["res.partner"].with_user(user)
        contact = contacts.create({"name": "Buyer", "parent_id": self.customer.id})
        contact.write({"name": "Chief Buyer", "email": "chief@example.com"})
        self.assertEqual(contact.copy().name, "Chief Buyer (copy)")
        self.assertTrue(contacts.get_views([(False, "form"), (False, "list")]))
