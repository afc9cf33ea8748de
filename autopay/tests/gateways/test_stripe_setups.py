from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count

from odoo.tests import BaseCase, tagged

from ...gateways import base
from ...gateways.base import Credentials, SetupOrder
from ...gateways.stripe.account import StripeAccount
from ...gateways.stripe.setups import METHOD_GONE, MISMATCH, UNSAFE_ADDRESS
from ..common_simulator import TEST_KEY, SimulatorMixin, canned_stripe

SESSION = "cs_test_1"
PATH = "/v1/checkout/sessions"
_numbers = count(1)


def session(status="complete", **values):
    """Return a session whose card was saved, as Stripe shows it."""
    return {
        "id": SESSION,
        "object": "checkout.session",
        "mode": "setup",
        "livemode": False,
        "status": status,
        "customer": "cus_1",
        "client_reference_id": "V1",
        "url": "https://checkout.stripe.com/c/pay/cs_test_1",
        "expires_at": 1800000000,
        "setup_intent": intent(),
        **values,
    }


def intent(status="succeeded", **values):
    """Return the setup intent of a saved card, as Stripe shows it."""
    method = {
        "id": "pm_1",
        "object": "payment_method",
        "type": "card",
        "customer": "cus_1",
        "card": {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028},
    }
    return {
        "id": "seti_1",
        "object": "setup_intent",
        "status": status,
        "customer": "cus_1",
        "client_secret": "seti_1_secret_x",
        "payment_method": method,
        **values,
    }


@tagged("post_install", "-at_install")
class TestStripeSetups(SimulatorMixin, BaseCase):
    def setUp(self):
        super().setUp()
        self.setups = self._get_setups()

    def _get_setups(self, key=TEST_KEY, livemode=False):
        return StripeAccount(Credentials(1, key, livemode)).setups

    def _get_order(self, **values):
        number = next(_numbers)
        defaults = {
            "reference": f"V{number}",
            "key": f"setup-{number}",
            "currency": "USD",
            "success_url": "http://127.0.0.1:1/back?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:1/cancel",
        }
        customer = values.pop("customer_ref", None) or self._create_customer()
        return SetupOrder(customer_ref=customer, **{**defaults, **values})

    def _open(self, **values):
        made = self.setups.create_session(self._get_order(**values))
        self.assertEqual(made.kind, base.PREPARED, made)
        return made

    def _visit(self, *deeds, **values):
        """Return what became of a visit on which a customer did this."""
        made = self._open(**values)
        self.admin.visit(made.url, *deeds)
        return self.setups.read_session(made.ref)

    def _create_canned(self, body, status=200):
        order = SetupOrder("V1", "key", "cus_1", "usd", "https://example.com/back")
        with canned_stripe({f"POST {PATH}": (status, body)}):
            return self._get_setups().create_session(order)

    def _read_canned(self, body, status=200):
        with canned_stripe({f"GET {PATH}/{SESSION}": (status, body)}):
            return self._get_setups().read_session(SESSION)

    def _get_sent(self):
        sent = [row for row in self.admin.requests() if row["path"] == PATH]
        return sent[-1]["body"]

    # === THE PAGE === #

    def test_page_is_made_for_the_customer(self):
        order = self._get_order(
            text="You agree.", display_name="My Company", locale="de"
        )
        made = self.setups.create_session(order)
        seen = self._create_client().v1.checkout.sessions.retrieve(made.ref)
        self.assertEqual((made.kind, made.url), (base.PREPARED, seen.url))
        self.assertEqual(made.expires_at, seen.expires_at)
        self.assertEqual(seen.customer, order.customer_ref)
        self.assertEqual(seen.custom_text.submit.message, "You agree.")
        self.assertEqual(seen.branding_settings.display_name, "My Company")
        self.assertEqual((seen.locale, seen.currency), ("de", "usd"))

    def test_page_and_what_it_saves_carry_our_tags(self):
        made = self._open(reference="V/7", metadata={"autopay_database": "uuid"})
        expand = {"expand": ["setup_intent"]}
        seen = self._create_client().v1.checkout.sessions.retrieve(made.ref, expand)
        tags = {"autopay_tx": "V/7", "autopay_database": "uuid"}
        self.assertEqual(seen.metadata.to_dict(), tags)
        self.assertEqual(seen.setup_intent.metadata.to_dict(), tags)
        outcome = self.setups.read_session(made.ref)
        self.assertEqual((outcome.reference, outcome.metadata), ("V/7", tags))

    def test_what_is_not_wanted_is_not_sent(self):
        self._open(cancel_url="")
        absent = {
            *("allowed_payment_method_types", "branding_settings", "cancel_url"),
            *("custom_text", "expires_at", "locale"),
        }
        self.assertFalse(absent & set(self._get_sent()))

    def test_kinds_of_method_and_end_can_be_chosen(self):
        end = self.admin.now() + 3600
        made = self._open(method_types=("card",), expires_at=end)
        seen = self._create_client().v1.checkout.sessions.retrieve(made.ref)
        self.assertEqual(seen.payment_method_types, ["card"])
        self.assertEqual((made.expires_at, seen.expires_at), (end, end))

    def test_same_key_makes_one_page(self):
        order = self._get_order()
        first, again = (self.setups.create_session(order) for _time in range(2))
        self.assertEqual(first, again)

    def test_answer_that_was_lost_is_had_again(self):
        order = self._get_order()
        self.admin.add_fault("reset_after", times=2, path=PATH)
        lost = self.setups.create_session(order)
        self.assertEqual((lost.kind, lost.ref), (base.UNKNOWN, ""))
        self.assertEqual(lost.stop_reason, base.STOP_UNREACHABLE)
        made = self.setups.create_session(order)
        sessions = self._create_client().v1.checkout.sessions
        mine = sessions.list({"customer": order.customer_ref}).data
        self.assertEqual([item.id for item in mine], [made.ref])

    def test_threads_share_an_account(self):
        order = self._get_order()
        customers = [self._create_customer() for _number in range(6)]
        orders = [
            SetupOrder(f"T{i}", f"thread-{i}", ref, "usd", order.success_url)
            for i, ref in enumerate(customers)
        ]
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(self.setups.create_session, orders))
            read = list(pool.map(self.setups.read_session, [one.ref for one in made]))
        self.assertEqual([one.customer_ref for one in read], customers)
        self.assertEqual([one.reference for one in read], [o.reference for o in orders])

    # === NO PAGE === #

    def test_refusal_is_definite_and_says_what_was_refused(self):
        made = self.setups.create_session(self._get_order(customer_ref="cus_none"))
        self.assertEqual(made.kind, base.REFUSED)
        self.assertEqual((made.code, made.param), ("resource_missing", "customer"))
        bad = self.setups.create_session(self._get_order(success_url="/back"))
        self.assertEqual((bad.kind, bad.param), (base.REFUSED, "success_url"))

    def test_key_without_the_right_stops_the_provider(self):
        setups = self._get_setups("rk_test_without_checkout")
        made = setups.create_session(self._get_order())
        self.assertEqual(made.kind, base.REFUSED)
        self.assertEqual(made.stop_reason, base.STOP_CREDENTIALS)
        self.assertIn("rak_checkout_write", made.message)

    def test_key_used_for_another_order_says_nothing(self):
        first = self._get_order()
        self.setups.create_session(first)
        made = self.setups.create_session(self._get_order(key=first.key))
        self.assertEqual(made.kind, base.UNKNOWN)

    def test_anything_but_the_session_asked_for_is_unknown(self):
        cases = [
            (session(livemode=True), 200),
            (session(customer="cus_2"), 200),
            (session(client_reference_id="V2"), 200),
            (session(mode="payment"), 200),
            (session(object="charge"), 200),
            (session(id=None), 200),
            ("<html>", 200),
            ("<html>", 404),
            ({"error": {"type": "api_error"}}, 500),
            ({"error": {"type": "rate_limit_error"}}, 429),
            ({"error": {"type": "idempotency_error"}}, 400),
        ]
        for body, status in cases:
            with self.subTest(status=status, body=str(body)[:60]):
                made = self._create_canned(body, status)
                self.assertEqual((made.kind, made.url), (base.UNKNOWN, ""))
        self.assertEqual(self._create_canned(session("open")).kind, base.PREPARED)

    def test_customers_are_sent_to_https_only(self):
        addresses = [
            "http://checkout.stripe.com/c/pay/1",
            "http://127.0.0.1:1/c/pay/1",
            "javascript:alert(1)",
            "//example.com/c/pay/1",
            "https:///c/pay/1",
            "",
            None,
        ]
        for url in addresses:
            with self.subTest(url=url):
                made = self._create_canned(session("open", url=url))
                self.assertEqual(made.kind, base.UNKNOWN)
                self.assertEqual((made.code, made.url), (UNSAFE_ADDRESS, ""))

    def test_customers_are_sent_to_verify_an_account_on_https_only(self):
        for url in ("https://payments.stripe.com/x", "javascript:alert(1)", 7, None):
            with self.subTest(url=url):
                action = {"verify_with_microdeposits": {"hosted_verification_url": url}}
                waiting = intent("requires_action", next_action=action)
                found = self._read_canned(session("complete", setup_intent=waiting))
                self.assertEqual(found.state, base.SETUP_WAITING)
                safe = str(url).startswith("https")
                self.assertEqual(found.verify_url, url if safe else "")

    # === WHAT BECAME OF A VISIT === #

    def test_visit_is_open_until_the_customer_is_done(self):
        made = self._open()
        outcome = self.setups.read_session(made.ref)
        self.assertEqual((outcome.state, outcome.method_ref), (base.SETUP_OPEN, ""))

    def test_saved_card_is_known_with_its_parts(self):
        outcome = self._visit("card")
        self.assertEqual(outcome.state, base.SETUP_DONE)
        self.assertEqual(outcome.method_type, "card")
        self.assertEqual((outcome.label, outcome.last4), ("visa", "4242"))
        self.assertEqual(outcome.expiry_date, date(2034, 12, 31))
        self.assertEqual((outcome.mandate_ref, outcome.reason), ("", ""))
        method = self._create_client().v1.payment_methods.retrieve(outcome.method_ref)
        self.assertEqual(outcome.customer_ref, method.customer)
        self.assertEqual(outcome.fingerprint, method.card.fingerprint)

    def test_what_odoo_processes_comes_without_the_secret(self):
        outcome = self._visit("card")
        self.assertEqual(outcome.intent["id"], outcome.setup_ref)
        self.assertEqual(outcome.intent["payment_method"]["id"], outcome.method_ref)
        self.assertNotIn("client_secret", outcome.intent)
        self.assertNotIn("seti_", repr(outcome).replace(outcome.setup_ref, ""))

    def test_same_card_is_recognised(self):
        customer = self._create_customer()
        first, again = (
            self._visit("card", customer_ref=customer) for _time in range(2)
        )
        other = self._visit("mastercard", customer_ref=customer)
        self.assertNotEqual(first.method_ref, again.method_ref)
        self.assertEqual(first.fingerprint, again.fingerprint)
        self.assertNotEqual(first.fingerprint, other.fingerprint)

    def test_bank_accounts_are_saved_with_their_mandates(self):
        accounts = {
            "us_bank_account": "usd",
            "sepa_debit": "eur",
            "bacs_debit": "gbp",
            "au_becs_debit": "aud",
        }
        for kind, currency in accounts.items():
            with self.subTest(kind=kind):
                outcome = self._visit(kind, currency=currency)
                self.assertEqual(outcome.state, base.SETUP_DONE)
                self.assertEqual(outcome.method_type, kind)
                self.assertTrue(outcome.mandate_ref.startswith("mandate_"))
                self.assertTrue(outcome.last4 and outcome.fingerprint)
                self.assertIsNone(outcome.expiry_date)

    def test_declined_card_leaves_the_page_open(self):
        outcome = self._visit("card_declined")
        self.assertEqual(outcome.state, base.SETUP_OPEN)
        self.assertEqual(outcome.reason, "generic_decline")
        self.assertEqual(outcome.message, "Your card was declined.")
        self.assertEqual(outcome.method_ref, "")

    def test_authentication_is_passed_failed_or_abandoned(self):
        passed = self._visit("card_3ds", "pass")
        failed = self._visit("card_3ds", "fail")
        left = self._visit("card_3ds", "leave")
        self.assertEqual(passed.state, base.SETUP_DONE)
        self.assertEqual(failed.state, base.SETUP_OPEN)
        self.assertEqual(failed.reason, "setup_intent_authentication_failure")
        self.assertEqual((left.state, left.reason), (base.SETUP_OPEN, ""))

    def test_complete_session_waits_for_the_deposit(self):
        outcome = self._visit("us_bank_account_deposits")
        self.assertEqual(outcome.state, base.SETUP_WAITING)
        self.assertIn("/c/deposits/", outcome.verify_url)
        self.assertEqual(
            (outcome.method_type, outcome.last4), ("us_bank_account", "6789")
        )
        self.admin.answer_deposit(outcome.setup_ref)
        done = self.setups.read_session(outcome.ref)
        self.assertEqual((done.state, done.verify_url), (base.SETUP_DONE, ""))
        self.assertEqual(done.method_ref, outcome.method_ref)
        self.assertEqual(done.mandate_ref, outcome.mandate_ref)

    def test_account_that_is_not_verified_is_not_saved(self):
        outcome = self._visit("us_bank_account_deposits")
        self.admin.answer_deposit(outcome.setup_ref, "exceeded")
        failed = self.setups.read_session(outcome.ref)
        self.assertEqual(failed.state, base.SETUP_FAILED)
        self.assertTrue(failed.reason.endswith("attempts_exceeded"))
        self.assertEqual(failed.method_ref, "")

    def test_method_taken_away_meanwhile_is_not_saved(self):
        outcome = self._visit("card")
        self._create_client().v1.payment_methods.detach(outcome.method_ref)
        gone = self.setups.read_session(outcome.ref)
        self.assertEqual((gone.state, gone.reason), (base.SETUP_FAILED, METHOD_GONE))

    # === THE END === #

    def test_page_is_closed_once(self):
        made = self._open()
        closed = self.setups.expire_session(made.ref)
        self.assertEqual(closed.state, base.SETUP_EXPIRED)
        again = self.setups.expire_session(made.ref)
        self.assertEqual(again.state, base.SETUP_EXPIRED)

    def test_page_that_was_used_is_not_closed(self):
        outcome = self._visit("card")
        truth = self.setups.expire_session(outcome.ref)
        self.assertEqual(truth.state, base.SETUP_DONE)
        self.assertEqual(truth.method_ref, outcome.method_ref)

    def test_nobody_saves_on_a_closed_page(self):
        made = self._open()
        self.setups.expire_session(made.ref)
        with self.assertRaisesRegex(Exception, "its time is over"):
            self.admin.visit(made.url, "card")

    # === DOUBT === #

    def test_every_pair_of_states_has_a_meaning(self):
        cases = {
            ("open", "requires_payment_method"): base.SETUP_OPEN,
            ("open", "requires_confirmation"): base.SETUP_OPEN,
            ("open", "requires_action"): base.SETUP_OPEN,
            ("open", "processing"): base.SETUP_OPEN,
            ("open", "succeeded"): base.SETUP_DONE,
            ("complete", "succeeded"): base.SETUP_DONE,
            ("expired", "succeeded"): base.SETUP_DONE,
            ("complete", "processing"): base.SETUP_WAITING,
            ("complete", "requires_action"): base.SETUP_WAITING,
            ("complete", "requires_payment_method"): base.SETUP_FAILED,
            ("complete", "canceled"): base.SETUP_FAILED,
            ("expired", "canceled"): base.SETUP_EXPIRED,
            ("expired", "requires_payment_method"): base.SETUP_EXPIRED,
            ("open", "canceled"): base.UNKNOWN,
            ("later", "succeeded"): base.UNKNOWN,
            ("complete", "later"): base.UNKNOWN,
        }
        for (status, of_intent), state in cases.items():
            with self.subTest(session=status, intent=of_intent):
                body = session(status, setup_intent=intent(of_intent))
                outcome = self._read_canned(body)
                self.assertEqual(outcome.state, state)
                self.assertEqual(outcome.ref, SESSION)

    def test_answer_that_contradicts_itself_is_for_a_person(self):
        stranger = {**intent()["payment_method"], "customer": "cus_2"}
        cases = [
            session(livemode=True),
            session(id="cs_test_2"),
            session(object="setup_intent"),
            session(mode="payment"),
            session(status=None),
            session(setup_intent="seti_1"),
            session(setup_intent=None),
            session(setup_intent=intent(status=None)),
            session(setup_intent=intent(customer="cus_2")),
            session(setup_intent=intent(payment_method="pm_1")),
            session(setup_intent=intent(payment_method=None)),
            session(setup_intent=intent(payment_method=stranger)),
        ]
        for number, body in enumerate(cases):
            with self.subTest(number):
                outcome = self._read_canned(body)
                self.assertEqual(outcome.state, base.UNKNOWN)
                self.assertEqual((outcome.reason, outcome.mismatch), (MISMATCH, True))

    def test_session_that_the_account_does_not_know_is_absent(self):
        outcome = self.setups.read_session("cs_test_none")
        self.assertEqual((outcome.state, outcome.ref), (base.ABSENT, "cs_test_none"))
        self.assertEqual(self.setups.expire_session("cs_test_none").state, base.ABSENT)

    def test_no_answer_is_no_state(self):
        answers = [
            ("<html>", 200),
            ("<html>", 404),
            ({"error": {"type": "api_error"}}, 500),
            ({"error": {"type": "invalid_request_error"}}, 401),
            ({"error": {"type": "rate_limit_error"}}, 429),
        ]
        for body, status in answers:
            with self.subTest(status=status, body=str(body)[:40]):
                outcome = self._read_canned(body, status)
                self.assertEqual(outcome.state, base.UNKNOWN)
                self.assertTrue(outcome.reason)

    def test_provider_out_of_reach_is_said(self):
        self.admin.add_fault("refuse", times=None)
        outcome = self.setups.read_session("cs_test_1")
        self.assertEqual(outcome.state, base.UNKNOWN)
        made = self.setups.create_session(self._get_order_offline())
        self.assertEqual((made.kind, made.url), (base.UNKNOWN, ""))

    def _get_order_offline(self):
        return SetupOrder("V0", "offline", "cus_1", "usd", "https://example.com/back")

    def test_defect_of_ours_is_unknown_and_keeps_quiet(self):
        order = SetupOrder("V0", "k", "cus_1", None, "https://example.com/back")
        with self.assertLogs("odoo.addons.autopay.gateways.stripe.setups") as logs:
            made = self.setups.create_session(order)
        self.assertEqual((made.kind, made.code), (base.UNKNOWN, base.RAISED))
        self.assertNotIn("example.com", "".join(logs.output))

    def test_secrets_are_kept_out_of_messages(self):
        error = {"code": "x", "message": "The key sk_test_abc123 of 4242424242424242."}
        body = session("open", setup_intent=intent("requires_payment_method"))
        body["setup_intent"]["last_setup_error"] = error
        message = self._read_canned(body).message
        self.assertEqual(message, "The key sk_test_**** of ****4242.")
