from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import AutopayCommon

CONTACTS = "base.group_user,base.group_partner_manager"
BILLING = f"account.group_account_invoice,{CONTACTS}"


class PayerCommon(AutopayCommon):
    """A company that pays by card, a debtor that does not, and people who edit both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_user("payer_clerk", CONTACTS)
        cls.biller = cls._create_user("payer_biller", BILLING)
        cls.victim = cls._create_customer("Victim Inc", is_company=True)
        cls.debtor = cls._create_customer("Debtor")

    def setUp(self):
        super().setUp()
        self.card = self._enrol(customer=self.victim)

    def _merge(self, user, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        wizard._merge((source | target).ids, target.with_user(user))
        self.env.invalidate_all()

    def _get_alarms(self, records):
        return self.env["mail.activity"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )


@tagged("post_install", "-at_install")
class TestAutopayPayer(PayerCommon):
    # === WHO MAY === #

    def test_clerk_puts_no_debtor_under_a_company_that_pays(self):
        invoice = self._create_due_invoice(500, self.debtor)
        with self.assertRaisesRegex(AccessError, "billing"):
            self.debtor.with_user(self.clerk).parent_id = self.victim
        self.env.invalidate_all()
        self._run_autopay()
        self.assertFalse(self.debtor.parent_id)
        self.assertEqual(self._get_charges(invoice), [])

    def test_clerk_puts_no_contact_with_invoices_under_a_company_that_pays(self):
        self._create_posted_invoice(500, self.debtor)
        with self.assertRaises(AccessError):
            self.debtor.with_user(self.clerk).parent_id = self.victim

    def test_clerk_takes_no_contact_with_methods_away(self):
        contact = self._create_customer("Buyer", parent_id=self.victim.id)
        self._create_token(customer=contact)
        clerk = contact.with_user(self.clerk)
        for vals in ({"parent_id": False}, {"is_company": True}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                clerk.write(vals)

    def test_clerk_merges_nobody_who_is_on_autopay(self):
        self._create_due_invoice(500, self.debtor)
        for source, target in (
            (self.victim, self.debtor),
            (self.debtor, self.victim),
        ):
            with self.subTest(target=target.name), self.assertRaises(AccessError):
                self._merge(self.clerk, source, target)

    def test_clerk_merges_nobody_whose_contact_is_on_autopay(self):
        contact = self._create_customer("Buyer", parent_id=self.debtor.id)
        self._create_due_invoice(500, contact)
        other = self._create_customer("Debtor Ltd")
        with self.assertRaises(AccessError):
            self._merge(self.clerk, self.debtor, other)

    def test_clerk_edits_ordinary_contacts(self):
        clerks = self.env["res.partner"].with_user(self.clerk)
        company = clerks.create({"name": "Plain Inc", "is_company": True})
        contact = clerks.create({"name": "Buyer", "parent_id": self.victim.id})
        contact.write({"parent_id": company.id, "email": "billing@example.com"})
        self.victim.with_user(self.clerk).write({"name": "Victim Corp"})
        other = clerks.create({"name": "Buyer 2", "email": "billing@example.com"})
        self._merge(self.clerk, other, contact)
        self.assertFalse(other.exists())

    def test_off_is_as_if_it_were_not_there(self):
        self._create_due_invoice(500, self.debtor)
        never = {"autopay_enabled": False, "autopay_known": False}
        self.env["res.company"].sudo().search([]).write(never)
        debtor = self.debtor.with_user(self.clerk)
        self.env["res.company"]._is_autopay_known_anywhere()
        vals = {"parent_id": self.victim.id}
        with self.assertQueryCount(0):
            self.assertFalse(debtor._get_autopay_moved(vals))
        debtor.write(vals)
        self.assertEqual(self.debtor.commercial_partner_id, self.victim)

    # === WHAT BILLING USERS DO === #

    def test_another_payer_pays_nothing_before_somebody_confirms(self):
        invoice = self._create_due_invoice(500, self.debtor)
        self.assertEqual(invoice.autopay_payer_id, self.debtor)
        self.debtor.with_user(self.biller).parent_id = self.victim
        self.env.invalidate_all()
        self._run_autopay()
        self.assertEqual(invoice.autopay_blocker, "payer_changed")
        self.assertIn("Victim Inc would pay", invoice.autopay_explanation)
        self.assertIn("put on autopay for Debtor", invoice.autopay_explanation)
        self.assertEqual(self._get_charges(invoice), [])
        self.assertIn("Confirm who pays", self._get_alarms(self.debtor).summary)
        with self.assertRaises(AccessError):
            invoice.with_user(self.clerk).action_autopay_confirm_payer()
        invoice.with_user(self.biller).action_autopay_confirm_payer()
        self.assertEqual(invoice.autopay_payer_id, self.victim)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_engine_confirms_nobody(self):
        invoice = self._create_due_invoice(500, self.debtor)
        self.debtor.parent_id = self.victim
        invoice.sudo().autopay_status = "error"
        invoice.sudo().autopay_status = "eligible"
        self.assertEqual(invoice.autopay_payer_id, self.debtor)

    def test_person_who_puts_it_on_autopay_again_confirms(self):
        invoice = self._create_due_invoice(500, self.debtor)
        self.debtor.parent_id = self.victim
        invoice.with_user(self.biller).action_autopay_remove()
        invoice.with_user(self.biller).action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_payer_id, self.victim)

    def test_person_who_retries_what_failed_confirms_nobody(self):
        failed = self._create_due_invoice(500, self.debtor)
        other = self._create_due_invoice(300, self.debtor)
        (failed | other).sudo().autopay_status = "error"
        self.debtor.parent_id = self.victim
        failed.with_user(self.biller).action_autopay_make_eligible()
        retry = self.env["autopay.retry"].with_user(self.biller)
        retry.create({"move_ids": (failed | other).ids}).action_retry()
        for invoice in failed | other:
            self.assertEqual(invoice.autopay_payer_id, self.debtor)
            self.assertEqual(invoice.autopay_blocker, "payer_changed")
        self._run_autopay()
        self.assertFalse(self._get_charges(failed) + self._get_charges(other))

    def test_invoice_taken_off_autopay_has_no_payer(self):
        invoice = self._create_due_invoice(500, self.debtor)
        invoice.action_autopay_remove()
        self.assertFalse(invoice.autopay_payer_id)

    def test_draft_has_its_payer_when_it_is_posted(self):
        invoice = self._create_posted_invoice(500, self.debtor)
        invoice.button_draft()
        invoice.autopay_status = "eligible"
        self.assertFalse(invoice.autopay_payer_id)
        invoice.action_post()
        self.assertEqual(invoice.autopay_payer_id, self.debtor)

    def test_posting_again_confirms_nobody(self):
        invoice = self._create_due_invoice(500, self.debtor)
        self.debtor.parent_id = self.victim
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(invoice.autopay_payer_id, self.debtor)
        self.assertEqual(invoice.autopay_blocker, "payer_changed")

    def test_customer_chosen_on_a_draft_pays_it(self):
        invoice = self._create_due_invoice(500, self.debtor)
        invoice.button_draft()
        invoice.partner_id = self.victim
        invoice.action_post()
        self.assertEqual(invoice.autopay_payer_id, self.victim)
        self.assertEqual(invoice.autopay_status, "eligible")

    def test_contact_that_left_with_its_card_leaves_nobody_ready(self):
        buyer = self._create_customer("Buyer", parent_id=self.victim.id)
        victim = self.victim.with_company(self.company)
        victim.autopay_token_id = self._create_token(customer=buyer)
        invoice = self._create_due_invoice(73, self.victim)
        self.assertEqual(victim.autopay_readiness, "ready")
        buyer.with_user(self.biller).parent_id = self.debtor
        self.env.invalidate_all()
        self.assertEqual(victim.autopay_readiness, "method_of_other_customer")
        self.assertEqual(invoice.autopay_blocker, "method_of_other_customer")
        self.assertIn("another customer", victim.autopay_readiness_text)
        self.assertTrue(self._get_alarms(buyer))

    def test_person_put_under_a_company_is_told(self):
        person = self._create_customer("Single Person")
        self._enrol(customer=person)
        invoice = self._create_due_invoice(75, person)
        person.parent_id = self.debtor
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_blocker, "payer_changed")
        self.assertNotEqual(person.autopay_readiness, "ready")
        self.assertTrue(self._get_alarms(person))

    def test_payers_of_older_versions_are_those_of_now(self):
        invoice = self._create_due_invoice(500, self.debtor)
        invoice._write_autopay_payer(self.env["res.partner"])
        self.assertEqual(invoice.autopay_blocker, "payer_changed")
        self.env.flush_all()
        self._migrate()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_payer_id, self.debtor)

    def _migrate(self):
        import importlib.util

        from odoo.tools.misc import file_path

        path = file_path("autopay/migrations/19.0.1.1.0/post-payer.py")
        spec = importlib.util.spec_from_file_location("post_payer", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")


@tagged("post_install", "-at_install")
class TestAutopayPayerMerge(PayerCommon):
    """Two contacts become one: neither pays for the other before somebody says so."""

    def test_card_that_comes_along_pays_nothing_unconfirmed(self):
        invoice = self._create_due_invoice(301, self.debtor)
        [consent] = self.card.autopay_authorization_ids
        self._merge(self.biller, self.victim, self.debtor)
        self.assertEqual(self.debtor.autopay_token_id, self.card)
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(consent.merged_from, "Victim Inc")
        self.assertIn("to be confirmed", consent.revoke_reason)
        self.assertEqual(self.debtor.autopay_readiness, "authorization_revoked")
        self.assertEqual(invoice.autopay_blocker, "authorization_revoked")
        self.assertTrue(self._get_alarms(self.debtor))
        self.assertTrue(consent.may_confirm)
        consent.with_user(self.biller).action_confirm()
        consent.with_user(self.biller).action_confirm()
        self.assertEqual(len(self.card.autopay_authorization_ids), 2)
        self.env.invalidate_all()
        self.assertFalse(consent.may_confirm)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_invoices_that_come_along_are_paid_by_nobody_unconfirmed(self):
        invoice = self._create_due_invoice(302, self.debtor)
        own = self._create_due_invoice(20, self.victim)
        self._merge(self.biller, self.debtor, self.victim)
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(invoice.autopay_blocker, "payer_changed")
        self.assertEqual(len(self._get_charges(own)), 1)
        self.assertTrue(self._get_alarms(self.victim))
        invoice.with_user(self.biller).action_autopay_confirm_payer()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_rest_of_what_was_collected_is_paid_by_nobody_unconfirmed(self):
        self._enrol(customer=self.debtor)
        invoice = self._create_due_invoice(100, self.debtor)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self._merge(self.biller, self.debtor, self.victim)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice.autopay_blocker, "payer_changed")

    def test_clerk_cannot_confirm(self):
        [consent] = self.card.autopay_authorization_ids
        self._merge(self.biller, self.victim, self.debtor)
        with self.assertRaises(AccessError):
            consent.with_user(self.clerk).action_confirm()
