from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayConfigurationPortal(ConfigurationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "customer", groups="base.group_portal")
        cls.user.partner_id.parent_id = cls.customer
        cls.other_customer = cls._create_customer("Harbour Bakery")
        cls.consent = {"text": "I agree.", "ip_address": "192.0.2.7"}

    def setUp(self):
        super().setUp()
        self.own = self.env["autopay.configuration.portal"].with_user(self.user)

    def _add(self, token=None, conditions=None, **values):
        rows = conditions or [{"kind": "amount_total", "operator": ">=", "number": 100}]
        values.update(token_id=(token or self.visa).id, conditions=rows)
        return self.own._add(self.company, values, self.consent)

    def test_customer_adds_a_configuration_and_it_pays(self):
        configuration = self._add()
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.configuration, configuration)
        self.assertFalse(decision.blocker)

    def test_agreement_is_recorded_as_given_in_the_portal(self):
        self._add()
        consent = self.visa.autopay_authorization_ids
        self.assertEqual(
            (consent.channel, consent.text, consent.ip_address),
            ("portal", "I agree.", "192.0.2.7"),
        )

    def test_method_without_agreement_is_refused(self):
        with self.assertRaisesRegex(UserError, "Agree"):
            self.own._add(
                self.company,
                {
                    "token_id": self.visa.id,
                    "conditions": [
                        {"kind": "age", "operator": ">=", "number": 3},
                    ],
                },
            )

    def test_method_of_another_customer_is_refused(self):
        foreign = self._create_token(customer=self.other_customer)
        with self.assertRaises(AccessError):
            self._add(foreign)

    def test_configuration_of_another_customer_cannot_be_reached(self):
        foreign = self._configure(
            self._create_token(customer=self.other_customer),
            partner_id=self.other_customer.id,
        )
        for act in (
            lambda: self.own._change(self.company, foreign.id, {"max_amount": 1}),
            lambda: self.own._set_enabled(self.company, foreign.id, False),
            lambda: self.own._remove(self.company, foreign.id),
        ):
            with self.subTest(act=act), self.assertRaises(AccessError):
                act()
        self.assertTrue(foreign.exists().enabled)

    def test_condition_that_is_for_staff_is_refused(self):
        journal = self.company_data["default_journal_sale"]
        row = {"kind": "journal", "operator": "in", "values": journal.ids}
        with self.assertRaises(AccessError):
            self._add(conditions=[row])

    def test_products_of_others_cannot_be_found_out(self):
        row = {
            "kind": "line_product",
            "operator": "in",
            "values": self.product_a.ids,
        }
        with self.assertRaises(AccessError):
            self._add(conditions=[row])

    def test_values_of_a_wrong_kind_are_refused_in_words(self):
        good = {"kind": "amount_total", "operator": ">=", "number": 100}
        rows = [
            {"number": "a lot"},
            {"number": True},
            {"number": float("nan")},
            {"number": 1e300},
            {"number": 10**400},
            {"operator": ["in"]},
            {"operator": "drop"},
            {"kind": ["amount_total"]},
            {"kind": "line_text", "text": "nul\0"},
            {"kind": "line_text", "operator": "contains", "text": {"a": 1}},
            {"kind": "line_product", "operator": "in", "values": "12"},
            {"kind": "line_product", "operator": "in", "values": [[1]]},
        ]
        wrong = [{"conditions": [{**good, **row}]} for row in rows]
        wrong += [
            {"conditions": "all"},
            {"conditions": ["all"]},
            {"conditions": [{"kind": "amount_total", "number": 100}]},
            {"token_id": [self.visa.id]},
            {"token_id": str(self.visa.id)},
            {"max_amount": "1,000"},
            {"cap_rule": {}},
            {"cap_rule": "free"},
        ]
        for values in wrong:
            asked = {"token_id": self.visa.id, "conditions": [good], **values}
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "cannot be used"),
            ):
                self.own._add(self.company, asked, self.consent)
        with self.assertRaisesRegex(UserError, "cannot be used"):
            self.own._reorder(self.company, ["first", None])
        self.assertFalse(self.own._get_own(self.company))

    def test_fields_that_are_for_staff_are_left_out(self):
        configuration = self._add(
            locked=True, lock_reason="mine", sequence=-5, partner_id=1
        )
        self.assertFalse(configuration.locked)
        self.assertEqual(configuration.partner_id, self.customer)

    def test_customer_changes_conditions_and_method(self):
        configuration = self._add()
        self.own._change(
            self.company,
            configuration.id,
            {
                "token_id": self.bank.id,
                "conditions": [{"kind": "overdue", "operator": ">", "number": 2}],
            },
            self.consent,
        )
        self.assertEqual(configuration.token_id, self.bank)
        self.assertEqual(configuration.condition_ids.kind, "overdue")

    def test_contradiction_is_refused_and_nothing_is_lost(self):
        configuration = self._add()
        with self.assertRaises(ValidationError):
            self.own._change(
                self.company,
                configuration.id,
                {
                    "conditions": [
                        {"kind": "age", "operator": ">", "number": 9},
                        {"kind": "age", "operator": "<", "number": 2},
                    ]
                },
            )
        self.env.invalidate_all()
        self.assertEqual(configuration.condition_ids.kind, "amount_total")

    def test_locked_configuration_is_out_of_the_customers_reach(self):
        configuration = self._add()
        configuration.write({"locked": True, "lock_reason": "By contract"})
        row = {"kind": "age", "operator": ">", "number": 9}
        for act in (
            lambda: self.own._change(
                self.company, configuration.id, {"conditions": [row]}
            ),
            lambda: self.own._change(
                self.company, configuration.id, {"token_id": self.bank.id}
            ),
            lambda: self.own._set_enabled(self.company, configuration.id, False),
            lambda: self.own._remove(self.company, configuration.id),
        ):
            with (
                self.subTest(act=act),
                self.assertRaisesRegex(UserError, "By contract"),
            ):
                act()
        self.assertEqual(configuration.token_id, self.visa)
        self.assertTrue(configuration.enabled)

    def test_nothing_is_moved_above_a_locked_configuration(self):
        locked, second, third = (self._add() for _number in range(3))
        locked.write({"locked": True, "lock_reason": "By contract"})
        with self.assertRaises(ValidationError):
            self.own._reorder(self.company, [second.id, locked.id, third.id])
        self.own._reorder(self.company, [locked.id, third.id, second.id])
        self.assertEqual(self.own._get_own(self.company), locked | third | second)

    def test_order_of_a_list_that_changed_meanwhile_is_refused(self):
        first, second = self._add(), self._add()
        second.unlink()
        with self.assertRaisesRegex(UserError, "have changed"):
            self.own._reorder(self.company, [second.id, first.id])

    def test_stranger_who_is_not_logged_in_gets_nothing(self):
        public = self.env.ref("base.public_user")
        service = self.env["autopay.configuration.portal"].with_user(public)
        with self.assertRaises(AccessError):
            service._get_own(self.company)

    def test_customer_has_no_rights_on_the_records_themselves(self):
        configuration = self._add().with_user(self.user)
        for act in (
            lambda: configuration.read(["sequence"]),
            lambda: configuration.write({"sequence": 0}),
            configuration.unlink,
        ):
            with self.subTest(act=act), self.assertRaises(AccessError):
                act()


@tagged("post_install", "-at_install")
class TestAutopayConfigurationMerge(ConfigurationCommon):
    def setUp(self):
        super().setUp()
        self.twin = self._create_customer("Green Valley Dairy Ltd")
        self.kept = self._configure(self.visa, [{"number": 100.0}])
        self.came = self._configure(
            self._create_token(customer=self.twin), partner_id=self.twin.id
        )

    def _merge(self, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.with_user(user or self.env.user)
        wizard._merge((self.customer | self.twin).ids, self.customer)
        self.env.invalidate_all()

    def test_configurations_of_a_merged_customer_come_last(self):
        self.came.sequence = -5
        self._merge()
        listed = self.customer.autopay_configuration_ids
        self.assertEqual(listed._get_ordered(), self.kept | self.came)

    def test_merging_does_not_overtake_what_is_locked(self):
        self.came.write({"locked": True, "lock_reason": "By contract"})
        self._merge()
        listed = self.customer.autopay_configuration_ids
        self.assertEqual(listed._get_ordered(), self.came | self.kept)

    def test_merging_revives_no_consent(self):
        theirs = self.came.token_id
        self.twin.with_company(self.company).autopay_token_id = theirs
        theirs.autopay_authorization_ids.action_revoke()
        revoked = theirs.autopay_authorization_ids
        self.kept.unlink()
        self.came.unlink()
        self._merge()
        self.assertEqual(self.customer.autopay_token_id, theirs)
        self.assertEqual(theirs.autopay_authorization_ids, revoked)
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.blocker, "authorization_revoked")

    def test_only_billing_managers_merge_what_is_locked(self):
        self.kept.write({"locked": True, "lock_reason": "By contract"})
        user = new_test_user(
            self.env,
            "merger",
            groups="account.group_account_invoice,base.group_partner_manager",
        )
        with self.assertRaisesRegex(AccessError, "billing managers"):
            self._merge(user)
