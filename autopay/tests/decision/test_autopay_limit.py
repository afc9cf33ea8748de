from datetime import timedelta

from odoo.tests import tagged

from ..configuration.common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayLimit(ConfigurationCommon):
    """The limits of a method hold whichever way the method was chosen."""

    def _consent(self, token=None, **details):
        """Record a consent on paper to a method of the customer."""
        return self.env["autopay.authorization"]._record(
            self.customer, self.company, token or self.visa, "paper", **details
        )

    def _create_invoice_with(self, token, amount):
        invoice = self._create_due_invoice(amount)
        invoice.autopay_token_id = token
        return invoice

    # === CAPS OF CONFIGURATIONS === #

    def test_cap_holds_for_the_card_named_on_the_invoice(self):
        for rule, taken in (("skip", []), ("part", [10000])):
            with self.subTest(rule=rule):
                token = self._create_token()
                self._configure(token, max_amount=100.0, cap_rule=rule)
                invoice = self._create_invoice_with(token, 5000.0)
                self._run_autopay()
                charges = self._get_charges(invoice)
                self.assertEqual([row["amount"] for row in charges], taken)

    def test_words_name_the_configuration_that_sets_the_cap(self):
        configuration = self._configure(max_amount=100.0)
        decision = self._decide(self._create_invoice_with(self.visa, 280.0))
        words = decision.get_words(self.env)
        self.assertFalse(decision.configuration)
        self.assertIn(configuration.display_name, words)
        self.assertIn("100.00", words)

    def test_cap_holds_when_its_configuration_is_switched_off(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        configuration = self._configure(max_amount=100.0)
        configuration.enabled = False
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.choice.source, "customer")
        self.assertEqual(decision.blocker, "above_cap")

    def test_cap_holds_for_another_configuration_with_the_method(self):
        other = [{"kind": "overdue", "operator": ">", "number": 900}]
        self._configure(conditions=other, max_amount=100.0)
        chosen = self._configure()
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.configuration, chosen)
        self.assertEqual(decision.blocker, "above_cap")

    def test_the_lowest_cap_counts(self):
        self._configure(max_amount=300.0)
        lower = [{"kind": "overdue", "operator": ">", "number": 900}]
        self._configure(conditions=lower, max_amount=200.0, cap_rule="part")
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual((decision.blocker, decision.amount), (False, 200.0))
        # The amount due counts for the one that refuses, whatever the other takes.
        decision = self._decide(self._create_due_invoice(301.0))
        self.assertEqual(decision.blocker, "above_cap")

    def test_cap_of_the_month_counts_all_ways_together(self):
        rule = [{"kind": "overdue", "operator": ">", "number": 900}]
        self._configure(conditions=rule, max_month_amount=250.0)
        self._configure()
        by_rule = self._create_due_invoice(100.0)
        named = self._create_invoice_with(self.visa, 100.0)
        self._run_autopay()
        self.assertEqual((by_rule | named).mapped("payment_state"), ["paid", "paid"])
        invoice = self._create_due_invoice(60.0)
        self.assertEqual(self._decide(invoice).blocker, "month_cap_reached")
        decision = self._decide(invoice, mode="now", tokens={invoice.id: self.visa})
        self.assertEqual(decision.blocker, "month_cap_reached")
        self.assertIn("50.00", decision.get_words(self.env))

    def test_cap_of_the_month_counts_named_invoices_of_one_run(self):
        self._configure(max_month_amount=150.0, cap_rule="part")
        invoices = [self._create_invoice_with(self.visa, 100.0) for _number in range(2)]
        self._run_autopay()
        taken = [row["amount"] for move in invoices for row in self._get_charges(move)]
        self.assertEqual(sorted(taken), [5000, 10000])

    def test_cap_binds_its_own_method_only(self):
        self._configure(max_amount=100.0, max_month_amount=100.0)
        self._consent(self.bank)
        decision = self._decide(self._create_invoice_with(self.bank, 280.0))
        self.assertFalse(decision.blocker)

    def test_removed_configuration_leaves_no_cap_behind(self):
        configuration = self._configure(max_amount=100.0)
        invoice = self._create_invoice_with(self.visa, 280.0)
        self.assertEqual(self._decide(invoice).blocker, "above_cap")
        configuration.unlink()
        self.assertFalse(self._decide(invoice).blocker)

    def test_raised_cap_counts_at_once(self):
        configuration = self._configure(max_amount=100.0)
        configuration.enabled = False
        invoice = self._create_invoice_with(self.visa, 280.0)
        configuration.max_amount = 280.0
        self.assertFalse(self._decide(invoice).blocker)

    # === LIMITS OF CONSENTS === #

    def test_limit_of_the_consent_per_month_counts_all_charges(self):
        self._consent(max_month_amount=250.0)
        self._configure()
        self._create_due_invoice(200.0)
        self._run_autopay()
        invoice = self._create_invoice_with(self.visa, 60.0)
        decision = self._decide(invoice)
        self.assertEqual(decision.blocker, "authorized_month_reached")
        self.assertIn("50.00", decision.get_words(self.env))
        self.assertEqual(decision.date, self._get_next_month())
        self.assertFalse(self._decide(invoice, today=decision.date).blocker)

    def _get_next_month(self):
        return (self.today.replace(day=1) + timedelta(days=32)).replace(day=1)

    def test_limit_of_the_consent_per_month_counts_invoices_of_one_run(self):
        self._consent(max_month_amount=150.0)
        self._configure()
        invoices = [self._create_due_invoice(100.0) for _number in range(2)]
        self._run_autopay()
        charged = [len(self._get_charges(invoice)) for invoice in invoices]
        self.assertEqual(charged, [1, 0])

    def test_choosing_the_method_anew_does_not_lift_limits(self):
        customer = self.customer.with_company(self.company)
        self._consent(max_amount=100.0, max_month_amount=150.0)
        customer.autopay_token_id = self.bank
        customer.autopay_token_id = self.visa
        latest = self.customer.autopay_authorization_ids.filtered(
            lambda rec: rec.token_id == self.visa
        ).sorted("id")[-1]
        self.assertEqual(latest.channel, "staff")
        self.assertEqual((latest.max_amount, latest.max_month_amount), (100.0, 150.0))
        blocker = self._decide(self._create_due_invoice(101.0)).blocker
        self.assertEqual(blocker, "above_authorization")

    def test_invoice_above_a_limit_of_the_consent_leads_to_the_customer(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        self._consent(max_amount=100.0)
        invoice = self._create_due_invoice(101.0)
        self.assertEqual(self._decide(invoice).blocker, "above_authorization")
        self.assertIn("open_customer", invoice.autopay_offers)
        self.assertIn("record that on the customer", invoice.autopay_explanation)
        action = invoice.action_autopay_open_customer()
        self.assertEqual(action["res_id"], self.customer.id)
        self._consent(max_amount=0.0, max_month_amount=100.0)
        invoice.invalidate_recordset()
        self.assertEqual(self._decide(invoice).blocker, "authorized_month_reached")
        self.assertIn("open_customer", invoice.autopay_offers)

    def test_new_consent_with_limits_of_its_own_replaces_the_old_ones(self):
        self._consent(max_amount=100.0)
        self._consent(max_amount=0.0, max_month_amount=0.0)
        self._configure()
        self.assertFalse(self._decide(self._create_due_invoice(280.0)).blocker)

    def test_authorization_shows_what_was_charged_and_who_limits_it(self):
        authorization = self._consent(max_month_amount=500.0)
        configuration = self._configure(max_amount=100.0)
        self._create_due_invoice(80.0)
        self._run_autopay()
        self.assertEqual(authorization.month_amount, 80.0)
        self.assertIn(configuration.display_name, authorization.cap_words)
        self.assertRegex(authorization.text, r"At most \$\s500.00 per month\.")

    def test_charge_now_with_another_capped_method_keeps_to_its_cap(self):
        self._configure()
        rule = [{"kind": "overdue", "operator": ">", "number": 900}]
        self._configure(self.bank, conditions=rule, max_amount=100.0, cap_rule="part")
        invoice = self._create_due_invoice(280.0)
        wizard = self.env["autopay.charge.now"].create(
            {"move_ids": invoice.ids, "token_id": self.bank.id}
        )
        self.assertEqual(wizard._get_lines().amount, 100.0)
        self.assertFalse(wizard._get_lines().blocker)

    def test_locked_and_disabled_configuration_keeps_its_cap(self):
        configuration = self._configure(max_amount=100.0, enabled=False)
        configuration.write({"locked": True, "lock_reason": "Agreed"})
        decision = self._decide(self._create_invoice_with(self.visa, 280.0))
        self.assertEqual(decision.blocker, "above_cap")

    # === WORDS === #

    def test_configuration_form_says_what_saving_records_and_who_limits(self):
        form = self._open_form_as(self.env.user)
        self.assertIn("has agreed to be charged with VISA", form.consent_note)
        self._consent(max_month_amount=500.0)
        limiting = self._configure(max_amount=100.0)
        note = self._open_form_as(self.env.user).consent_note
        self.assertNotIn("has agreed", note)
        self.assertIn(limiting.display_name, note)
        self.assertIn("500.00 per month", note)

    def test_words_of_staff_are_not_in_the_name_of_the_customer(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        text = self.customer.autopay_authorization_ids.text
        self.assertNotIn("I authorize", text)
        self.assertIn(self.env.user.name, text)
        self.assertIn("How the customer agreed was not recorded.", text)
