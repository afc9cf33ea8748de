import re

import pytest

from stripe_simulator.admin_client import AdminError

from .saving import open_session, read, request
from .support import attach, create, kinds, listen

BACK = "http://127.0.0.1:1/done"


def deeds(text):
    return re.findall(r'<button name="deed" value="(\w+)"', text)


# === FOR PEOPLE === #


def test_page_shows_a_button_for_each_way(api, customer):
    status, headers, text = request("GET", open_session(api, customer).url)
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert deeds(text) == [
        *("card", "mastercard", "card_3ds", "card_declined", "card_declined_later"),
        *("us_bank_account", "us_bank_account_deposits", "back", "leave"),
    ]
    assert '<meta name="viewport" content="width=device-width' in text
    assert "<script" not in text


def test_looking_at_a_page_changes_nothing(api, admin, customer):
    made = open_session(api, customer)
    for method in ("GET", "HEAD", "GET"):
        assert request(method, made.url)[0] == 200
    admin.set_next_visitor("card")
    assert request("HEAD", made.url)[0] == 200
    assert admin.get_next_visitor() == ["card"]
    assert read(api, made).status == "open"


def test_button_saves_and_leads_back(api, customer):
    made = open_session(api, customer)
    status, headers, _text = request("POST", made.url, deed="card")
    assert status == 303
    assert headers["Location"] == f"http://127.0.0.1:1/back?session={made.id}"
    status, _headers, text = request("GET", made.url)
    assert (status, deeds(text)) == (200, [])
    assert "is saved" in text
    assert request("POST", made.url, deed="card")[0] == 400


def test_page_says_why_a_card_was_declined(api, customer):
    made = open_session(api, customer)
    status, headers, _text = request("POST", made.url, deed="card_declined")
    assert (status, headers["Location"]) == (303, f"/c/pay/{made.id}")
    text = request("GET", made.url)[2]
    assert '<p class="error" role="alert">Your card was declined' in text
    assert "card" in deeds(text)


def test_bank_has_a_page_of_its_own(api, sim, customer):
    made = open_session(api, customer)
    _status, headers, _text = request("POST", made.url, deed="card_3ds")
    page = sim.url + headers["Location"]
    assert deeds(request("GET", page)[2]) == ["pass", "fail", "leave"]
    status, headers, _text = request("POST", page, deed="pass")
    assert headers["Location"].startswith("http://127.0.0.1:1/back")
    assert deeds(request("GET", page)[2]) == []
    assert request("POST", page, deed="pass")[0] == 400


def test_bank_page_of_an_intent_without_a_session_leads_back(api, customer):
    made = api.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_card_threeDSecure2Required",
            "confirm": True,
            "return_url": "http://127.0.0.1:1/done?a=1",
        }
    )
    page = made.next_action.redirect_to_url.url
    _status, headers, _text = request("POST", page, deed="fail")
    back = f"http://127.0.0.1:1/done?a=1&setup_intent={made.id}&redirect_status=failed"
    assert headers["Location"] == back


def test_expired_page_offers_nothing(api, customer):
    made = open_session(api, customer)
    api.checkout.sessions.expire(made.id)
    text = request("GET", made.url)[2]
    assert deeds(text) == []
    assert "can no longer be used" in text


def test_words_of_the_company_are_shown_as_they_are(api, customer):
    texts = {"submit": {"message": "You agree to <b>this</b> & that."}}
    brand = {"display_name": "A & <i>B</i>"}
    made = open_session(
        api, customer, custom_text=texts, branding_settings=brand, currency="eur"
    )
    text = request("GET", made.url)[2]
    assert "You agree to &lt;b&gt;this&lt;/b&gt; &amp; that." in text
    assert "For A &amp; &lt;i&gt;B&lt;/i&gt;." in text
    assert "gives the mandate" in text
    assert made.branding_settings.display_name == "A & <i>B</i>"


@pytest.mark.parametrize("path", ["pay/cs_none", "3ds/seti_none", "other/cs_none"])
def test_unknown_page_is_not_found(sim, path):
    assert request("GET", f"{sim.url}/c/{path}")[0] == 404
    assert request("POST", f"{sim.url}/c/{path}", deed="card")[0] == 404


# === THE NEXT VISITOR === #


def test_next_visitor_is_sent_on_at_once(api, admin, customer):
    made = open_session(api, customer)
    admin.set_next_visitor("card_declined", "card")
    assert request("GET", made.url)[1]["Location"] == f"/c/pay/{made.id}"
    assert admin.get_next_visitor() == ["card"]
    assert request("GET", made.url)[1]["Location"].startswith("http://127.0.0.1:1/b")
    assert read(api, made).setup_intent.status == "succeeded"
    assert admin.get_next_visitor() == []


def test_next_visitor_passes_the_bank(api, sim, admin, customer):
    made = open_session(api, customer)
    admin.set_next_visitor("card_3ds", "pass")
    page = sim.url + request("GET", made.url)[1]["Location"]
    assert request("GET", page)[0] == 303
    assert read(api, made).status == "complete"


def test_next_visitor_leaves(api, admin, customer):
    made = open_session(api, customer)
    admin.set_next_visitor("leave")
    status, _headers, text = request("GET", made.url)
    assert (status, deeds(text)) == (200, [])
    assert read(api, made).status == "open"


def test_next_visitor_who_finds_no_such_button_is_noticed(api, admin, customer):
    made = open_session(api, customer, currency="eur")
    admin.set_next_visitor("bacs_debit")
    status, _headers, text = request("GET", made.url)
    assert status == 400
    assert "does not offer" in text
    with pytest.raises(AdminError, match="Unknown deed"):
        admin.set_next_visitor("dance")


def test_reset_forgets_the_next_visitor(admin):
    admin.set_next_visitor("card")
    admin.reset()
    assert admin.get_next_visitor() == []


def test_visit_to_no_page_is_refused(sim, admin):
    with pytest.raises(AdminError, match="There is no page"):
        admin.visit(f"{sim.url}/v1/customers", "card")


# === WHAT STRIPE TELLS === #


def test_end_of_a_visit_is_told_to_whoever_listens(api, admin, customer, receiver):
    listen(api, receiver, "checkout.session.completed", "checkout.session.expired")
    made, other = (open_session(api, customer) for _time in range(2))
    request("POST", made.url, deed="card")
    api.checkout.sessions.expire(other.id)
    admin.wait_for_deliveries()
    told = [(item["type"], item["data"]["object"]["id"]) for item in receiver.events]
    assert sorted(told) == [
        ("checkout.session.completed", made.id),
        ("checkout.session.expired", other.id),
    ]


# === THE BANK ASKS ABOUT A CHARGE === #


def confirm_on_session(api, customer, test_id="pm_card_authenticationRequired"):
    card = attach(api, customer, test_id)
    made = create(api, customer, card)
    return api.payment_intents.confirm(made.id, {"return_url": BACK})


@pytest.mark.parametrize(
    ("deed", "status", "said"),
    [
        ("pass", "succeeded", "succeeded"),
        ("fail", "requires_payment_method", "failed"),
    ],
)
def test_bank_has_a_page_for_a_charge(api, sim, admin, customer, deed, status, said):
    waiting = confirm_on_session(api, customer)
    page = waiting.next_action.redirect_to_url.url
    assert page == f"{sim.url}/c/3ds/{waiting.id}"
    assert deeds(request("GET", page)[2]) == ["pass", "fail", "leave"]
    _status, headers, _text = request("POST", page, deed=deed)
    back = f"{BACK}?payment_intent={waiting.id}&redirect_status={said}"
    assert headers["Location"] == back
    assert api.payment_intents.retrieve(waiting.id).status == status
    assert kinds(admin) == (["charge"] if deed == "pass" else [])
    assert deeds(request("GET", page)[2]) == []


def test_bank_that_was_left_still_waits(api, customer):
    waiting = confirm_on_session(api, customer)
    page = waiting.next_action.redirect_to_url.url
    assert request("POST", page, deed="leave")[0] == 200
    assert api.payment_intents.retrieve(waiting.id).next_action.redirect_to_url.url
    assert request("POST", page, deed="pass")[0] == 303
