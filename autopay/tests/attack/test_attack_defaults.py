from odoo import Command, fields, models
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import AutopayCommon

MAGIC = ("id", *models.LOG_ACCESS_COLUMNS)


@tagged("post_install", "-at_install")
class TestAttackDefaults(AutopayCommon):
    """Values that come in behind the checks, as defaults of the caller."""

    def test_no_result_of_autopay_takes_a_default_of_the_caller(self):
        for name, model in self.env.items():
            if not name.startswith("autopay.") or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if not field.readonly or not field.store or field.name in MAGIC:
                    continue
                forged = {f"default_{field.name}": self._forge(field)}
                with self.subTest(field=str(field)):
                    self.assertEqual(
                        model.with_context(**forged).default_get([field.name]),
                        model.default_get([field.name]),
                    )

    def _forge(self, field):
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        forged = {
            "boolean": not (field.default and field.default(self)),
            "date": "2001-01-01",
            "datetime": "2001-01-01 00:00:00",
            "char": "forged",
            "text": "forged",
            "one2many": [Command.create({})],
            "many2many": [Command.set([7])],
        }
        return forged.get(field.type, 7)

    def test_comparison_cannot_be_made_to_agree(self):
        biller = self._create_user("forger", "account.group_account_invoice")
        self._enrol()
        self._create_due_invoice()
        self._run_autopay()
        yesterday = fields.Date.subtract(self.today, days=1)
        record = (
            self.env["autopay.reconciliation"]
            .with_user(biller)
            .with_context(default_state="agrees", default_trigger="scheduled")
            .create(
                {
                    "provider_choice": str(self.provider.id),
                    "date_from": yesterday,
                    "date_to": yesterday,
                }
            )
        )
        self.assertEqual((record.state, record.trigger), ("draft", "manual"))

    def test_own_defaults_of_a_user_do_not_count_either(self):
        for name, value in (("autopay_status", "eligible"), ("autopay_crash_count", 9)):
            self.env["ir.default"].set("account.move", name, value, user_id=True)
        invoice = self._create_posted_invoice()
        self.assertFalse(invoice.autopay_status or invoice.autopay_crash_count)

    def test_payment_cannot_be_linked_with_a_refund(self):
        payments = self.env["account.payment"].with_context(
            default_autopay_reversal_id=1
        )
        self.assertNotIn(
            "autopay_reversal_id", payments.default_get(["autopay_reversal_id"])
        )

    def test_salesperson_revives_no_consent_with_a_contact(self):
        token = self._enrol()
        [consent] = token.autopay_authorization_ids
        consent.action_revoke()
        seller = new_test_user(
            self.env,
            "seller",
            "base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        contacts = self.env["res.partner"].with_user(seller)
        values = {"name": "Buyer", "parent_id": self.customer.id}
        forged = contacts.with_context(default_autopay_token_id=token.id)
        with self.assertRaises(AccessError):
            forged.create(values)
        with self.assertRaises(AccessError):
            contacts.create({**values, "autopay_token_id": token.id})
        self.assertEqual(token.autopay_authorization_ids, consent)

    def test_invoice_of_a_superuser_takes_no_default_of_the_caller(self):
        forged = {
            "default_autopay_status": "eligible",
            "default_autopay_marked_by_id": self.env.ref("base.user_root").id,
            "default_autopay_date": self.today,
        }
        invoice = (
            self.env["account.move"]
            .sudo()
            .with_context(**forged)
            .create({"move_type": "out_invoice", "partner_id": self.customer.id})
        )
        self.assertFalse(invoice.autopay_status)
        self.assertFalse(invoice.autopay_marked_by_id)
        self.assertFalse(invoice.autopay_date)
