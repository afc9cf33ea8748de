import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import stripe

from odoo.tests import BaseCase, tagged

from ...gateways.base import ChargeOrder
from ..common_simulator import SimulatorMixin
from ..fault import fault

ORDER = ChargeOrder(
    reference="INV/1",
    amount_minor=12345,
    currency="usd",
    customer_ref="cus_1",
    method_ref="pm_1",
    method_type="sepa_debit",
    mandate_ref="mandate_1",
    metadata={"autopay_tx": "INV/1", "autopay_database": "a database"},
)


@tagged("post_install", "-at_install")
class TestStripeGateway(SimulatorMixin, BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls._create_gateway()
        cls.stripe = cls._create_client()

    # === REQUESTS === #

    def test_every_parameter_is_one_the_sdk_knows(self):
        create, confirm = self.gateway.build_requests(ORDER)
        known = stripe.params.PaymentIntentCreateParams.__annotations__
        self.assertLessEqual(create.keys(), known.keys())
        known = stripe.params.PaymentIntentConfirmParams.__annotations__
        self.assertLessEqual(confirm.keys(), known.keys())

    def test_the_first_request_moves_no_money(self):
        create, _confirm = self.gateway.build_requests(ORDER)
        self.assertIs(create["confirm"], False)
        self.assertEqual(create["allowed_payment_method_types"], ["sepa_debit"])

    def test_the_confirmation_is_off_session_under_the_mandate(self):
        _create, confirm = self.gateway.build_requests(ORDER)
        self.assertIs(confirm["off_session"], True)
        self.assertEqual(confirm["mandate"], "mandate_1")

    def test_the_confirmation_names_no_method_that_a_late_repeat_could_charge(self):
        _create, confirm = self.gateway.build_requests(ORDER)
        self.assertNotIn("payment_method", confirm)

    def test_a_card_needs_no_mandate(self):
        order = dataclasses.replace(ORDER, mandate_ref="", method_type="card")
        _create, confirm = self.gateway.build_requests(order)
        self.assertNotIn("mandate", confirm)

    def test_odoo_finds_the_transaction_by_the_description(self):
        create, _confirm = self.gateway.build_requests(ORDER)
        self.assertEqual(create["description"], "INV/1")

    def test_the_order_of_parameters_in_the_database_does_not_matter(self):
        request = self._create_request()
        self.gateway.prepare(request)
        turned = dict(reversed(request.prepare_params.items()))
        self.gateway.prepare(replace(request, prepare_params=turned))
        first, second = self.admin.requests(2)
        self.assertEqual(list(first["body"]), list(second["body"]))
        self.assertTrue(second["replayed"])

    # === CHARGE === #

    def test_preparing_takes_no_money(self):
        request = self._prepare(self._create_request())
        self.assertEqual(self._count_charges(request), 0)

    def test_a_good_card_is_charged_the_exact_amount(self):
        request = self._prepare(self._create_request())
        outcome = self.gateway.charge(request)
        self.assertEqual(outcome.kind, "succeeded")
        self.assertEqual(outcome.amount_minor, 12345)
        self.assertEqual(outcome.object_ref, request.object_ref)
        self.assertTrue(outcome.charge_ref)
        self.assertEqual(self._count_charges(request), 1)

    def test_a_repeated_charge_takes_the_money_once(self):
        request = self._prepare(self._create_request())
        kinds = [self.gateway.charge(request).kind for _repeat in range(3)]
        self.assertEqual(kinds, ["succeeded"] * 3)
        self.assertEqual(self._count_charges(request), 1)

    @fault(42)
    def test_a_repeat_after_the_key_expired_finds_the_money_already_taken(self):
        request = self._prepare(self._create_request())
        self.gateway.charge(request)
        key = f"{request.charge_key}-new"
        outcome = self.gateway.charge(replace(request, charge_key=key))
        self.assertEqual(outcome.kind, "succeeded")
        self.assertEqual(self._count_charges(request), 1)

    def test_a_repeat_after_a_decline_cannot_charge(self):
        request = self._prepare(
            self._create_request({"kind": "decline", "succeeds_from_try": 2})
        )
        self.assertEqual(self.gateway.charge(request).kind, "declined")
        key = f"{request.charge_key}-new"
        self.gateway.charge(replace(request, charge_key=key))
        self.assertEqual(self._count_charges(request), 0)

    def test_a_repeated_preparation_makes_one_payment_intent(self):
        request = self._create_request()
        refs = {self.gateway.prepare(request).object_ref for _repeat in range(3)}
        self.assertEqual(len(refs), 1)

    def test_the_answer_to_a_charge_keeps_no_client_secret(self):
        request = self._prepare(self._create_request())
        self.assertNotIn("secret", str(self.gateway.charge(request)))

    def test_the_secret_key_is_not_shown(self):
        request = self._create_request()
        gateway = self._create_gateway("sk_test_invalid_0123456789")
        self.assertNotIn("0123456789", str(gateway.prepare(request)))

    def test_thirty_two_threads_charge_each_once_through_one_client(self):
        customer = self._create_customer()
        requests = [self._create_request(customer_ref=customer) for _n in range(32)]
        with ThreadPoolExecutor(32) as pool:
            prepared = list(pool.map(self._prepare, requests))
            outcomes = list(pool.map(self.gateway.charge, prepared))
        self.assertEqual({outcome.kind for outcome in outcomes}, {"succeeded"})
        self.assertEqual(
            [self._count_charges(request) for request in requests], [1] * 32
        )
        other = self._create_gateway()
        self.assertIs(other._intents._requestor, self.gateway._intents._requestor)

    # === DECLINES === #

    def test_a_declined_card_is_charged_nothing(self):
        request = self._prepare(
            self._create_request(
                {"kind": "decline", "decline_code": "insufficient_funds"}
            )
        )
        outcome = self.gateway.charge(request)
        self.assertEqual(outcome.kind, "declined")
        self.assertEqual(outcome.decline_class, "later")
        self.assertEqual(outcome.code, "insufficient_funds")
        self.assertEqual(self._count_charges(request), 0)

    def test_reading_a_declined_charge_says_the_same_as_the_charge(self):
        behaviour = {
            "kind": "decline",
            "decline_code": "do_not_honor",
            "advice_code": "do_not_try_again",
            "network_decline_code": "05",
        }
        request = self._prepare(self._create_request(behaviour))
        charged, read = self.gateway.charge(request), self.gateway.read(request)
        for name in ("kind", "decline_class", "code", "network_code", "advice_code"):
            self.assertEqual(getattr(charged, name), getattr(read, name), name)
        self.assertEqual(charged.decline_class, "method")

    def test_a_block_by_stripe_is_seen_behind_a_generic_decline(self):
        request = self._prepare(
            self._create_request(
                {
                    "kind": "decline",
                    "decline_code": "generic_decline",
                    "outcome_reason": "highest_risk_level",
                }
            )
        )
        outcome = self.gateway.charge(request)
        self.assertEqual(outcome.decline_class, "never")
        self.assertEqual(outcome.code, "highest_risk_level")

    def test_an_unknown_decline_code_is_marked_for_staff(self):
        request = self._prepare(
            self._create_request({"kind": "decline", "decline_code": "brand_new_code"})
        )
        outcome = self.gateway.charge(request)
        self.assertEqual(outcome.decline_class, "later")
        self.assertTrue(outcome.response["unrecognised"])

    @fault(21)
    def test_a_method_that_was_detached_meanwhile_is_declined(self):
        request = self._prepare(self._create_request())
        self.stripe.v1.payment_methods.detach(request.prepare_params["payment_method"])
        outcome = self.gateway.charge(request)
        self.assertEqual(outcome.kind, "declined")
        self.assertEqual(self._count_charges(request), 0)

    # === AUTHENTICATION === #

    def test_a_card_that_needs_the_customer_is_not_declined(self):
        request = self._prepare(
            self._create_request({"kind": "authentication_required"})
        )
        outcome = self.gateway.charge(request)
        self.assertEqual(outcome.kind, "action_required")
        self.assertEqual(self.gateway.read(request).kind, "action_required")

    @fault(36)
    def test_a_customer_who_authenticates_pays_the_same_intent(self):
        request = self._prepare(
            self._create_request({"kind": "authentication_required"})
        )
        self.gateway.charge(request)
        method = request.prepare_params["payment_method"]
        # The customer's browser does this, with the customer present.
        self.stripe.v1.payment_intents.confirm(
            request.object_ref, {"payment_method": method}
        )
        self.assertEqual(self.gateway.read(request).kind, "action_required")
        self.admin.authenticate(request.object_ref)
        self.assertEqual(self.gateway.read(request).kind, "succeeded")
        self.assertEqual(self._count_charges(request), 1)

    # === BANK DEBITS === #

    def test_a_bank_debit_is_pending_until_the_bank_says_yes(self):
        request = self._prepare(self._create_request(method_type="us_bank_account"))
        self.assertEqual(self.gateway.charge(request).kind, "pending")
        self.admin.settle(request.object_ref)
        self.assertEqual(self.gateway.read(request).kind, "succeeded")

    def test_a_returned_bank_debit_is_declined_with_the_banks_code(self):
        request = self._prepare(self._create_request(method_type="us_bank_account"))
        self.gateway.charge(request)
        self.admin.settle(request.object_ref, "failed", "insufficient_funds", "R01")
        outcome = self.gateway.read(request)
        self.assertEqual(outcome.kind, "declined")
        self.assertEqual(outcome.network_code, "R01")
        self.assertEqual(outcome.retry_limit, 2)

    # === REFUSALS === #

    @fault(21)
    def test_an_unknown_payment_method_is_refused(self):
        request = self._create_request(method_ref="pm_gone")
        outcome = self.gateway.prepare(request)
        self.assertEqual(outcome.kind, "refused")
        self.assertEqual(outcome.decline_class, "method")
        self.assertFalse(outcome.stop_reason)

    def test_an_amount_below_stripes_minimum_is_refused_as_our_error(self):
        outcome = self.gateway.prepare(self._create_request(amount_minor=1))
        self.assertEqual(outcome.kind, "refused")
        self.assertEqual(outcome.code, "amount_too_small")
        self.assertEqual(outcome.decline_class, "configuration")

    def test_a_wrong_key_stops_the_provider_and_never_says_absent(self):
        request = self._create_request()
        for key in ("sk_test_invalid", "rk_test_forbidden"):
            gateway = self._create_gateway(key)
            steps = {
                "prepare": gateway.prepare(request),
                "charge": gateway.charge(replace(request, object_ref="pi_1")),
                "read": gateway.read(replace(request, object_ref="pi_1")),
                "find": gateway.read(request),
                "withdraw": gateway.withdraw(request),
            }
            for step, outcome in steps.items():
                with self.subTest(key=key, step=step):
                    kind = "refused" if step == "prepare" else "unknown"
                    self.assertEqual(outcome.kind, kind)
                    self.assertEqual(outcome.stop_reason, "credentials")

    @fault(47)
    def test_another_account_does_not_release_what_ours_may_have_charged(self):
        request = self._prepare(self._create_request())
        other = self._create_gateway("sk_test_acct_other")
        for step in (other.charge, other.read, other.withdraw):
            with self.subTest(step=step.__name__):
                outcome = step(request)
                self.assertEqual(outcome.kind, "unknown")
                self.assertEqual(outcome.stop_reason, "credentials")

    def test_a_key_used_for_another_amount_leaves_the_outcome_unknown(self):
        request = self._create_request()
        self.gateway.prepare(request)
        params = {**request.prepare_params, "amount": 777}
        outcome = self.gateway.prepare(replace(request, prepare_params=params))
        self.assertEqual(outcome.kind, "unknown")
        self.assertEqual(outcome.code, "idempotency_error")
