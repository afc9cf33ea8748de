import pytest
import stripe

from .saving import BACK, open_session, params, read
from .support import connect
from .test_shapes import differences

HOUR = 3600


def refused(api, owner, **more):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.checkout.sessions.create({**params(owner), **more})
    return error.value.code, error.value.param


def types(api, customer, **more):
    return open_session(api, customer, **more).payment_method_types


def events(api, *kinds):
    found = api.events.list({"types": list(kinds), "limit": 100}).data
    return [item.type for item in found][::-1]


# === OPENING === #


def test_session_is_open_and_has_a_page(api, sim, customer):
    made = open_session(api, customer, client_reference_id="7", metadata={"a": "1"})
    assert made.id.startswith("cs_test_")
    assert (made.status, made.mode, made.customer) == ("open", "setup", customer)
    assert made.url == f"{sim.url}/c/pay/{made.id}"
    assert made.expires_at - made.created == 24 * HOUR
    assert (made.client_reference_id, made.metadata.to_dict()) == ("7", {"a": "1"})
    assert made.payment_status == "no_payment_required"
    assert made.livemode is False


def test_session_has_the_declared_attributes(api, admin, customer):
    made = open_session(api, customer)
    kind = stripe.checkout.Session
    seldom = {
        *("line_items", "managed_payments", "presentment_details"),
        "redirect_on_completion",
    }
    declared = set(kind.__annotations__) - {"OBJECT_NAME"}
    admin.visit(made.url, "card")
    done = api.checkout.sessions.retrieve(made.id)
    for shown in (made, done):
        assert set(shown.to_dict()) == declared - seldom
    details = set(kind.CustomerDetails.__annotations__)
    assert set(done.customer_details.to_dict()) == details
    assert done.customer_details.email == "a@example.com"


def test_setup_intent_of_a_session_waits_for_a_method(api, customer):
    data = {"description": "Consent 7", "metadata": {"tx": "V1"}}
    intent = read(api, open_session(api, customer, setup_intent_data=data)).setup_intent
    assert differences(intent, stripe.SetupIntent) == set()
    assert (intent.status, intent.customer) == ("requires_payment_method", customer)
    assert (intent.description, intent.metadata.to_dict()) == (
        "Consent 7",
        {"tx": "V1"},
    )


@pytest.mark.parametrize(
    ("currency", "offered"),
    [
        ("usd", ["card", "us_bank_account"]),
        ("eur", ["card", "sepa_debit"]),
        ("gbp", ["card", "bacs_debit"]),
        ("aud", ["card", "au_becs_debit"]),
        ("chf", ["card"]),
    ],
)
def test_types_offered_are_those_of_the_currency(api, customer, currency, offered):
    assert types(api, customer, currency=currency) == offered


def test_types_offered_can_be_fewer(api, customer):
    allowed = ["card", "sepa_debit"]
    assert types(api, customer, allowed_payment_method_types=allowed) == ["card"]
    excluded = {"excluded_payment_method_types": ["card"]}
    assert types(api, customer, **excluded) == ["us_bank_account"]


def test_types_can_be_named_instead_of_a_currency(api, customer):
    given = params(customer, allowed_payment_method_types=["card", "bacs_debit"])
    del given["currency"]
    made = api.checkout.sessions.create(given)
    assert made.payment_method_types == ["card", "bacs_debit"]
    assert made.currency is None


def test_older_version_names_its_types(sim, customer):
    old = connect(sim.url, stripe_version="2025-03-31.basil")
    given = params(customer, payment_method_types=["card", "us_bank_account"])
    made = old.checkout.sessions.create(given)
    assert made.payment_method_types == ["card", "us_bank_account"]


def test_same_key_opens_one_session(api, customer):
    key = {"idempotency_key": "k"}
    first, again = (open_session(api, customer, key) for _time in range(2))
    assert (first.id, first.url) == (again.id, again.url)
    assert len(api.checkout.sessions.list({"customer": customer}).data) == 1
    with pytest.raises(stripe.IdempotencyError):
        open_session(api, customer, key, currency="eur")


# === REFUSALS === #


@pytest.mark.parametrize("name", ["mode", "success_url", "currency"])
def test_what_is_needed_is_asked_for(api, customer, name):
    given = params(customer)
    del given[name]
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.checkout.sessions.create(given)
    assert (error.value.code, error.value.param) == ("parameter_missing", name)


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({"mode": "payment"}, "parameter_not_simulated", "mode"),
        ({"mode": "save"}, None, "mode"),
        ({"ui_mode": "elements"}, "parameter_not_simulated", "ui_mode"),
        ({"success_url": "/back"}, "url_invalid", "success_url"),
        ({"cancel_url": "javascript:1"}, "url_invalid", "cancel_url"),
        ({"client_reference_id": "7" * 201}, None, "client_reference_id"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"customer_email": "a@example.com"}, None, "customer"),
        ({"currency": "xxx"}, None, "currency"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", None),
        ({"allowed_payment_method_types": ["sepa_debit"]}, None, "currency"),
        ({"metadata": "x"}, None, "metadata"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"line_items": [{"price": "p"}]}, "parameter_not_simulated", "line_items"),
        (
            {"setup_intent_data": {"on_behalf_of": "acct_1"}},
            "parameter_not_simulated",
            "setup_intent_data[on_behalf_of]",
        ),
    ],
)
def test_bad_parameter_is_refused(api, customer, given, code, param):
    found, named = refused(api, customer, **given)
    assert found == code
    assert named == (param or next(iter(given)))


def test_deleted_customer_is_refused(api, customer):
    api.customers.delete(customer)
    assert refused(api, customer) == ("resource_missing", "customer")


@pytest.mark.parametrize("after", [29 * 60, 24 * HOUR + 60])
def test_session_is_open_for_half_an_hour_to_a_day(api, admin, customer, after):
    now = admin.now()
    assert refused(api, customer, expires_at=now + after) == (None, "expires_at")
    made = open_session(api, customer, expires_at=now + HOUR)
    assert made.expires_at == now + HOUR


def test_restricted_key_needs_the_right(sim, customer):
    limited = connect(sim.url, "rk_test_without_checkout")
    with pytest.raises(stripe.PermissionError, match="checkout"):
        open_session(limited, customer)


# === THE END === #


def test_session_can_be_expired_once(api, customer):
    made = open_session(api, customer)
    ended = api.checkout.sessions.expire(made.id)
    assert (ended.status, ended.url) == ("expired", None)
    assert read(api, made).setup_intent.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        api.checkout.sessions.expire(made.id)
    assert events(api, "checkout.session.expired", "setup_intent.canceled") == [
        *("setup_intent.canceled", "checkout.session.expired"),
    ]


def test_complete_session_cannot_be_expired(api, admin, customer):
    made = open_session(api, customer)
    admin.visit(made.url, "card")
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        api.checkout.sessions.expire(made.id)
    admin.advance(25 * HOUR)
    assert api.checkout.sessions.retrieve(made.id).status == "complete"


def test_session_ends_by_itself(api, admin, customer):
    made = open_session(api, customer)
    admin.advance(24 * HOUR - 60)
    assert api.checkout.sessions.retrieve(made.id).status == "open"
    admin.advance(60)
    assert api.checkout.sessions.retrieve(made.id).status == "expired"


def test_setup_intent_of_a_session_is_not_confirmed_or_canceled(api, customer):
    intent = open_session(api, customer).setup_intent
    for call in (api.setup_intents.cancel, api.setup_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError, match="expire the session"):
            call(intent)


def test_sessions_are_listed_by_customer_and_status(api, customer):
    other = api.customers.create({}).id
    first, second = (open_session(api, customer) for _time in range(2))
    open_session(api, other)
    api.checkout.sessions.expire(first.id)
    listed = api.checkout.sessions.list
    mine = [item.id for item in listed({"customer": customer})]
    assert mine == [second.id, first.id]
    ended = [item.id for item in listed({"status": "expired"})]
    assert ended == [first.id]


def test_unknown_session_is_missing(api):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.checkout.sessions.retrieve("cs_test_none")
    assert (error.value.http_status, error.value.code) == (404, "resource_missing")


def test_session_of_another_mode_is_missing(api, sim, customer):
    made = open_session(api, customer)
    live = connect(sim.url, "sk_live_x")
    with pytest.raises(stripe.InvalidRequestError, match="similar object exists"):
        live.checkout.sessions.retrieve(made.id)


# === WHAT VISITORS DO === #


def test_card_is_saved_with_the_customer(api, admin, customer):
    made = open_session(api, customer)
    assert admin.visit(made.url, "card") == BACK.format(CHECKOUT_SESSION_ID=made.id)
    done = read(api, made, "payment_method")
    intent = done.setup_intent
    assert (done.status, done.url, intent.status) == ("complete", None, "succeeded")
    assert intent.payment_method.customer == customer
    assert intent.payment_method.card.last4 == "4242"
    seen = [item.type for item in api.events.list({"limit": 9}).data][::-1]
    assert [kind for kind in seen if kind.startswith(("setup", "checkout"))] == [
        *("setup_intent.created", "setup_intent.succeeded"),
        "checkout.session.completed",
    ]


def test_same_card_has_the_same_fingerprint_in_one_account(api, sim, admin, customer):
    def save(services, owner, deed):
        made = open_session(services, owner)
        admin.visit(made.url, deed)
        return read(services, made, "payment_method").setup_intent.payment_method

    first, second = (save(api, customer, "card") for _time in range(2))
    other = save(api, customer, "mastercard")
    elsewhere = connect(sim.url, "sk_test_acct_other")
    stranger = elsewhere.customers.create({}).id
    abroad = save(elsewhere, stranger, "card")
    assert first.id != second.id
    assert first.card.fingerprint == second.card.fingerprint
    by_hand = api.payment_methods.attach("pm_card_visa", {"customer": customer})
    assert by_hand.card.fingerprint == first.card.fingerprint
    assert len({m.card.fingerprint for m in (first, other, abroad)}) == 3


def test_other_card_can_be_tried_after_a_decline(api, admin, customer):
    made = open_session(api, customer)
    assert admin.visit(made.url, "card_declined") == made.url
    tried = read(api, made)
    error = tried.setup_intent.last_setup_error
    assert (tried.status, error.code) == ("open", "card_declined")
    assert list(api.payment_methods.list({"customer": customer})) == []
    assert events(api, "setup_intent.setup_failed") == ["setup_intent.setup_failed"]
    page = admin.visit(made.url, "card_3ds")
    assert read(api, made).setup_intent.last_setup_error is None
    admin.visit(page, "pass")
    assert read(api, made).setup_intent.status == "succeeded"


def test_bank_asks_and_the_customer_passes(api, admin, customer):
    made = open_session(api, customer)
    page = admin.visit(made.url, "card_3ds")
    assert "/c/3ds/seti_" in page
    assert read(api, made).status == "open"
    assert admin.visit(page, "pass").startswith("http://127.0.0.1:1/back")
    assert read(api, made).setup_intent.status == "succeeded"


def test_bank_asks_and_the_customer_fails(api, admin, customer):
    made = open_session(api, customer)
    assert admin.visit(made.url, "card_3ds", "fail") == made.url
    tried = read(api, made)
    error = tried.setup_intent.last_setup_error
    assert error.code == "setup_intent_authentication_failure"
    assert tried.status == "open"


def test_bank_asks_and_the_customer_leaves(api, admin, customer):
    made = open_session(api, customer)
    assert admin.visit(made.url, "card_3ds", "leave") == ""
    left = read(api, made)
    assert (left.status, left.setup_intent.status) == ("open", "requires_action")
    admin.advance(25 * HOUR)
    assert read(api, made).status == "expired"
    assert list(api.payment_methods.list({"customer": customer})) == []


def test_customer_goes_back_without_saving(api, admin, customer):
    made = open_session(api, customer)
    assert admin.visit(made.url, "back") == "http://127.0.0.1:1/cancel"
    assert read(api, made).status == "open"


@pytest.mark.parametrize(
    ("deed", "currency"),
    [
        ("us_bank_account", "usd"),
        ("sepa_debit", "eur"),
        ("bacs_debit", "gbp"),
        ("au_becs_debit", "aud"),
    ],
)
def test_bank_account_is_saved_with_a_mandate_and_charged(
    api, admin, customer, deed, currency
):
    made = open_session(api, customer, currency=currency)
    admin.visit(made.url, deed)
    intent = read(api, made, "payment_method", "mandate").setup_intent
    method, mandate = intent.payment_method, intent.mandate
    assert (method.type, method.customer) == (deed, customer)
    assert method.to_dict()[deed]["fingerprint"]
    assert (mandate.status, mandate.customer_acceptance.type) == ("active", "online")
    shown = mandate.payment_method_details.to_dict()
    assert shown["type"] == deed
    paid = api.payment_intents.create(
        {
            "amount": 1000,
            "currency": currency,
            "customer": customer,
            "payment_method": method.id,
            "allowed_payment_method_types": [deed],
        }
    )
    sent = api.payment_intents.confirm(
        paid.id, {"off_session": True, "mandate": mandate.id}
    )
    assert sent.status == "processing"
    admin.settle(paid.id)
    assert api.payment_intents.retrieve(paid.id).status == "succeeded"
