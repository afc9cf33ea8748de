import base64
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import html2plaintext

from ..configuration.common_configuration import ConfigurationCommon

SCAN = base64.b64encode(b"%PDF-1.4 signed").decode()


@tagged("post_install", "-at_install")
class TestAutopayConsentWizard(ConfigurationCommon):
    """Staff record how a customer agreed, and see beforehand what that charges."""

    def setUp(self):
        super().setUp()
        self.biller = self._create_user("biller", "account.group_account_invoice")
        self.payer = self.customer.with_company(self.company)

    def _open(self, **values):
        """Open the dialog as a billing user who may not edit contacts."""
        action = self.payer.with_user(self.biller).action_autopay_set_up()
        model = self.env[action["res_model"]].with_user(self.biller)
        model = model.with_company(self.company)
        form = Form(model.with_context(**action["context"]))
        for name, value in values.items():
            form[name] = value
        return form

    def _record(self, **values):
        defaults = {"token_id": self.visa, "channel": "phone"}
        wizard = self._open(**{**defaults, **values}).save()
        wizard.action_confirm()
        return wizard

    # === WHAT IS RECORDED === #

    def test_billing_user_who_may_not_edit_contacts_sets_up_a_customer(self):
        with self.assertRaises(AccessError):
            self.payer.with_user(self.biller).write({"phone": "1"})
        day = self.today - timedelta(days=3)
        form = self._open(token_id=self.visa, channel="paper", agreed_date=day)
        wizard = form.save()
        wizard.write({"document": SCAN, "document_name": "m.pdf"})
        wizard.action_confirm()
        self.assertEqual(self.payer.autopay_token_id, self.visa)
        self.assertEqual(self.payer.autopay_readiness, "ready")
        [authorization] = self.customer.autopay_authorization_ids
        self.assertEqual(authorization.channel, "paper")
        self.assertEqual(authorization.user_id, self.biller)
        self.assertEqual(authorization.agreed_date, day)
        self.assertEqual(authorization.document_name, "m.pdf")
        scan = authorization.with_context(bin_size=False).document
        self.assertEqual(base64.b64decode(scan), b"%PDF-1.4 signed")
        self.assertEqual(len(authorization.document_hash), 64)
        self.assertIn("signed on paper", authorization.text)
        self.assertIn(self.biller.name, authorization.text)

    def test_dialog_shows_the_words_that_are_recorded(self):
        form = self._open(token_id=self.visa, channel="email", max_amount=500.0)
        words = form.text
        self.assertIn("500.00", words)
        wizard = form.save()
        wizard.action_confirm()
        self.assertEqual(self.customer.autopay_authorization_ids.text, words)
        note = html2plaintext(self.customer.message_ids[0].body)
        self.assertEqual(note.split(), words.split())

    def test_second_click_records_nothing_more(self):
        wizard = self._record()
        wizard.action_confirm()
        self.assertEqual(len(self.customer.autopay_authorization_ids), 1)

    def test_consent_to_a_second_method_leaves_the_first_in_use(self):
        self._record()
        self._record(token_id=self.bank, is_default=False, channel="paper")
        self.assertEqual(self.payer.autopay_token_id, self.visa)
        invoice = self._create_due_invoice(50.0)
        invoice.autopay_token_id = self.bank
        self.assertFalse(self._decide(invoice).blocker)

    def test_limits_hold_and_are_proposed_again(self):
        self._record(max_amount=100.0, max_month_amount=150.0)
        decision = self._decide(self._create_due_invoice(100.01))
        self.assertEqual(decision.blocker, "above_authorization")
        form = self._open(token_id=self.visa)
        self.assertEqual((form.max_amount, form.max_month_amount), (100.0, 150.0))
        form.max_amount = 0.0
        form.channel = "email"
        form.save().action_confirm()
        self.assertFalse(self._decide(self._create_due_invoice(100.01)).blocker)

    def test_writing_the_field_still_records_a_consent_of_staff(self):
        self.payer.autopay_token_id = self.visa
        [authorization] = self.customer.autopay_authorization_ids
        self.assertEqual(authorization.channel, "staff")
        self.assertFalse(authorization.agreed_date)

    def test_forged_context_does_not_spare_the_record(self):
        for forged in (True, 1, [2], "3"):
            with self.subTest(forged=forged):
                payer = self.payer.with_context(autopay_recorded=forged)
                payer.autopay_token_id = False
                payer.autopay_token_id = self.visa
                [latest] = self.customer.autopay_authorization_ids[:1]
                self.assertEqual(latest.token_id, self.visa)
                latest._revoke("Next")

    # === THE POLICY === #

    def test_policy_is_proposed_and_set_by_who_may_not_edit_contacts(self):
        self.company.autopay_policy = "manual"
        self.assertFalse(self._open().policy)
        self._record(policy="automatic")
        self.assertEqual(self.payer.autopay_policy, "automatic")
        self.assertIn("Automatic", self.payer.message_ids[0].body)
        self.assertEqual(self._open().policy, "automatic")
        count = len(self.payer.message_ids)
        self._record()
        self.assertEqual(self.payer.autopay_policy, "automatic")
        # The consent alone was noted: the policy is as it was.
        self.assertEqual(len(self.payer.message_ids), count + 1)
        self._record(policy=False)
        self.assertFalse(self.payer.autopay_policy)
        self.assertIn("Company default", self.payer.message_ids[0].body)

    def test_policy_that_another_has_set_meanwhile_stays(self):
        self.payer.autopay_policy = "automatic"
        form = self._open(token_id=self.visa, channel="email")
        self.assertEqual(form.policy, "automatic")
        wizard = form.save()
        self.payer.autopay_policy = "off"
        self.assertEqual(wizard.action_confirm()["res_id"], wizard.id)
        self.assertTrue(wizard.is_outdated)
        self.assertFalse(self.customer.autopay_authorization_ids)
        wizard.action_confirm()
        self.assertTrue(self.customer.autopay_authorization_ids)
        self.assertEqual(self.payer.autopay_policy, "off")

    def test_preview_knows_the_policy_that_is_chosen(self):
        self._create_due_invoice(300.0)
        form = self._open(token_id=self.visa)
        self.assertIn("1 open invoice, $", form.preview)
        form.policy = "off"
        self.assertIn("No open invoice will be charged", form.preview)
        self.assertFalse(self.payer.autopay_policy)
        self.payer.autopay_policy = "off"
        form = self._open(token_id=self.visa)
        form.policy = "manual"
        self.assertIn("1 open invoice, $", form.preview)

    # === OPENED WITH A METHOD === #

    def _open_action(self, action):
        model = self.env[action["res_model"]].with_user(self.biller)
        return Form(model.with_context(**action["context"]))

    def test_agreement_is_recorded_anew_with_payer_and_method(self):
        self._record(token_id=self.bank, max_amount=100.0)
        [old] = self.customer.autopay_authorization_ids
        self.payer.autopay_token_id = self.visa
        form = self._open_action(old.with_user(self.biller).action_new_agreement())
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual((form.token_id, form.max_amount), (self.bank, 100.0))
        # It merely records: what pays stays what it is.
        self.assertFalse(form.is_default)
        form.channel = "paper"
        form.save().action_confirm()
        self.assertEqual(self.customer.autopay_authorization_ids[:1].channel, "paper")
        self.assertEqual(self.payer.autopay_token_id, self.visa)
        self.bank.active = False
        form = self._open_action(old.with_user(self.biller).action_new_agreement())
        self.assertEqual(form.token_id, self.visa)

    def test_agreement_is_recorded_from_a_configuration(self):
        configuration = self._configure()
        self.customer.autopay_authorization_ids._revoke("Asked by letter")
        self.assertEqual(configuration.issue_code, "authorization_revoked")
        action = configuration.with_user(self.biller).action_record_agreement()
        form = self._open_action(action)
        self.assertEqual(form.token_id, configuration.token_id)
        form.channel = "phone"
        form.save().action_confirm()
        self.assertFalse(configuration.issue_code)

    def test_only_billing_users_open_the_dialog(self):
        self._record()
        reader = self._create_user("reader2", "account.group_account_readonly")
        for record, button in (
            (self.customer.autopay_authorization_ids, "action_new_agreement"),
            (self._configure(), "action_record_agreement"),
        ):
            with self.assertRaises(AccessError):
                getattr(record.with_user(reader), button)()

    # === WHAT IS REFUSED === #

    def test_what_cannot_be_is_refused_in_words(self):
        tomorrow = self.today + timedelta(days=1)
        for values, words in (
            ({"agreed_date": tomorrow}, "in the future"),
            ({"max_amount": -1.0}, "cannot be negative"),
            ({"max_month_amount": -1.0}, "cannot be negative"),
            ({"document": base64.b64encode(b"x" * (10 << 20) + b"x")}, "too large"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._record(**values)
        self.assertFalse(self.customer.autopay_authorization_ids)
        self.assertFalse(self.payer.autopay_token_id)

    def test_how_the_customer_agreed_must_be_said(self):
        wizard = self._open(token_id=self.visa, channel="phone").save()
        wizard.channel = False
        with self.assertRaisesRegex(UserError, "how and when"):
            wizard.action_confirm()

    def test_methods_of_others_are_neither_offered_nor_taken(self):
        other = self._create_token(customer=self._create_customer("Other"))
        wizard = self._open(token_id=self.visa, channel="phone").save()
        self.assertEqual(wizard.available_token_ids, self.visa | self.bank)
        wizard.token_id = other
        self.assertFalse(wizard.preview)
        with self.assertRaisesRegex(UserError, "not a payment method that"):
            wizard.action_confirm()

    def test_only_billing_users_may_record_a_consent(self):
        employee = self._create_user("employee", "base.group_user")
        reader = self._create_user("reader", "account.group_account_readonly")
        for user in (employee, reader):
            with self.assertRaises(AccessError):
                self.payer.with_user(user).action_autopay_set_up()
            with self.assertRaises(AccessError):
                self.payer.with_user(user).action_autopay_clear_method()
            with self.assertRaises(AccessError):
                self.env["autopay.consent.wizard"].with_user(user).create(
                    {"partner_id": self.customer.id, "token_id": self.visa.id}
                )

    def test_removing_the_method_leaves_the_consent(self):
        self._record()
        self.payer.with_user(self.biller).action_autopay_clear_method()
        self.assertFalse(self.payer.autopay_token_id)
        self.assertFalse(self.customer.autopay_authorization_ids.revoked_date)

    # === WHAT WILL BE CHARGED === #

    def test_preview_tells_which_invoices_are_charged_when(self):
        for amount in (5150.0, 51.5):
            self._create_due_invoice(amount)
        later = self._create_due_invoice(515.0)
        later.autopay_date = self.today + timedelta(days=14)
        held = self._create_due_invoice(33.0)
        held.autopay_in_dispute = True
        form = self._open(token_id=self.visa)
        self.assertIn("3 open invoices", form.preview)
        self.assertIn("5,716.50", form.preview)
        self.assertIn("2 at the next run, 1 on ", form.preview)
        self.assertIn("In dispute (1)", form.preview)
        form.channel = "phone"
        form.save().action_confirm()
        self._run_autopay()
        self.assertEqual(
            self.env["autopay.attempt"]
            .search([("partner_id", "=", self.customer.id)])
            .mapped("amount"),
            [51.5, 5150.0],
        )

    def test_preview_knows_limits_and_whether_the_method_pays(self):
        self._create_due_invoice(300.0)
        form = self._open(token_id=self.visa, max_amount=100.0)
        self.assertIn("No open invoice will be charged", form.preview)
        self.assertIn("Above the authorized amount (1)", form.preview)
        form.max_amount = 300.0
        self.assertIn("1 open invoice, $", form.preview)
        form.is_default = False
        self.assertIn("No open invoice will be charged", form.preview)

    def test_preview_knows_configurations_that_wait_for_the_consent(self):
        self._configure()
        self.customer.autopay_authorization_ids._revoke("Asked by letter")
        invoice = self._create_due_invoice(300.0)
        self.assertEqual(self._decide(invoice).blocker, "configuration_invalid")
        form = self._open(token_id=self.visa, is_default=False)
        self.assertIn("1 open invoice, $", form.preview)
        # Nothing of the trial stays.
        self.assertEqual(self._decide(invoice).blocker, "configuration_invalid")

    def test_what_was_not_told_is_told_before_it_is_recorded(self):
        self._create_due_invoice(50.0)
        wizard = self._open(token_id=self.visa, channel="phone").save()
        self.assertIn("1 open invoice", wizard.preview)
        self._create_due_invoice(900.0)
        action = wizard.action_confirm()
        self.assertEqual((action["res_id"], action["target"]), (wizard.id, "new"))
        self.assertFalse(self.customer.autopay_authorization_ids)
        self.assertFalse(self.payer.autopay_token_id)
        again = Form(wizard)
        self.assertTrue(again.is_outdated)
        self.assertIn("2 open invoices, $", again.preview)
        again.save().action_confirm()
        self.assertEqual(self.payer.autopay_token_id, self.visa)

    def test_preview_records_nothing(self):
        self._create_due_invoice(300.0)
        self._open(token_id=self.visa, channel="phone")
        self.assertFalse(self.customer.autopay_authorization_ids)
        self.assertFalse(self.payer.autopay_token_id)

    def test_phones_choose_methods_by_name(self):
        arch = self.env["payment.token"].get_view(view_type="kanban")["arch"]
        self.assertIn("display_name", arch)

    # === METHODS OF THE RIGHT COMPANY === #

    def test_methods_of_another_company_are_neither_offered_nor_taken(self):
        second = self.setup_other_company(name="Second Company")["company"]
        second.autopay_enabled = True
        invoice = self._create_due_invoice(80.0)
        keys = {"stripe_secret_key": "sk_test_b", "stripe_publishable_key": "pk_test"}
        provider = self.provider.copy(
            {"company_id": second.id, "state": "test", **keys}
        )
        foreign = self._create_token(provider_id=provider.id)
        self.assertEqual(invoice.autopay_available_token_ids, self.visa | self.bank)
        elsewhere = invoice.with_company(second)
        elsewhere.invalidate_recordset()
        self.assertEqual(elsewhere.autopay_available_token_ids, self.visa | self.bank)
        for record, words in (
            (invoice, "cannot be charged for"),
            (self.payer, "cannot be charged for"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                record.autopay_token_id = foreign
        user = new_test_user(
            self.env,
            "two_companies",
            "account.group_account_invoice",
            company_id=second.id,
            company_ids=[Command.set((second | self.company).ids)],
        )
        both = [second.id, self.company.id]
        model = self.env["autopay.charge.now"].with_user(user)
        model = model.with_context(allowed_company_ids=both)
        wizard = model.create({"move_ids": [Command.set(invoice.ids)]})
        self.assertEqual(wizard.autopay_available_token_ids, self.visa | self.bank)
        wizard.token_id = foreign
        self.assertEqual(wizard._get_lines().blocker, "provider_company")
