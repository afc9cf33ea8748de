import json
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ... import const
from ...gateways import base
from ..common import AutopayCommon
from ..fault import fault

ATTEMPT_LOG = "odoo.addons.autopay.models.attempt.autopay_attempt"


@tagged("post_install", "-at_install")
class TestAutopayAttempt(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()
        self._run_autopay()
        self.attempt = self.invoice.autopay_attempt_ids.sudo()

    @mute_logger(ATTEMPT_LOG)
    def test_only_the_transitions_of_the_table_are_possible(self):
        states = [state for state, _label in const.attempt.ATTEMPT_STATES]
        for source in states:
            for target, sources in const.attempt.ATTEMPT_TRANSITIONS.items():
                self.attempt.state = source
                moved = self.attempt._update_state(target)
                with self.subTest(source=source, target=target):
                    self.assertEqual(bool(moved), source in sources)
                    self.assertEqual(
                        self.attempt.state, target if source in sources else source
                    )

    def test_nothing_leads_back_to_a_state_before_the_charge(self):
        for state in ("prepared", "charging"):
            sources = const.attempt.ATTEMPT_TRANSITIONS[state]
            self.assertLessEqual(set(sources), set(const.attempt.UNCHARGED_STATES))

    def test_postgres_refuses_a_second_live_line_for_one_invoice(self):
        line = self.attempt.line_ids
        line.live = True
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            line.copy({"attempt_id": self.attempt.id})
            self.env.flush_all()

    def test_keys_depend_on_the_transaction_and_the_step(self):
        engine = self.env["autopay.engine"].sudo()
        transaction = self.attempt.transaction_id
        keys = {engine._get_key(transaction, step) for step in ("prepare", "charge")}
        self.assertEqual(keys, {self.attempt.prepare_key, self.attempt.charge_key})
        self.assertEqual(len(keys), 2)

    @fault(51)
    def test_outcome_that_comes_twice_changes_nothing(self):
        names = set(self.attempt._fields) - {"write_date", "write_uid"}
        before = self.attempt.read(names)
        self.attempt._process(base.ChargeOutcome(kind=base.SUCCEEDED))
        self.assertEqual(self.attempt.read(names), before)

    def test_response_shows_no_secret(self):
        text = json.dumps(self.attempt.read(["response", "message"])[0], default=str)
        self.assertNotIn("sk_test", text)
        self.assertNotIn("client_secret", text)

    def test_link_leads_to_the_payment_in_stripes_dashboard(self):
        self.assertFalse(self.attempt.provider_url, "a stand-in has no dashboard")
        self.attempt.invalidate_recordset()
        self.startPatcher(patch.dict("os.environ", {"AUTOPAY_STRIPE_API_BASE": ""}))
        self.assertEqual(
            self.attempt.provider_url,
            f"https://dashboard.stripe.com/test/payments/{self.attempt.object_ref}",
        )

    @fault(80)
    def test_billing_user_cannot_change_money_or_state_of_its_transaction(self):
        billing = self.env["res.users"].create(
            {
                "name": "Billing",
                "login": "billing-user",
                "group_ids": [self.env.ref("account.group_account_invoice").id],
                "company_ids": self.company.ids,
                "company_id": self.company.id,
            }
        )
        transaction = self.attempt.transaction_id.with_user(billing).sudo(False)
        for vals in ({"state": "draft"}, {"amount": 1}, {"provider_reference": "x"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                transaction.write(vals)

    @fault(55)
    def test_odoos_sweep_never_books_a_second_payment(self):
        payment = self.attempt.payment_id
        transaction = self.attempt.transaction_id
        self.assertTrue(transaction.is_post_processed)
        transaction.is_post_processed = False
        transaction._post_process()
        self.assertEqual(transaction.payment_id, payment)
        self.assertTrue(transaction.is_post_processed)
