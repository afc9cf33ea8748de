import pytest
import stripe

from .support import create


@pytest.fixture
def intents(api, customer):
    """Five intents, oldest first."""
    return [create(api, customer, amount=1000 + n).id for n in range(5)]


def ids(page):
    return [item.id for item in page.data]


def test_intents_are_listed_newest_first(api, customer, intents):
    page = api.payment_intents.list({"customer": customer})
    assert ids(page) == intents[::-1]
    assert not page.has_more


def test_pages_follow_each_other_without_gap_or_overlap(api, customer, intents):
    first = api.payment_intents.list({"customer": customer, "limit": 2})
    after = {"customer": customer, "limit": 2, "starting_after": first.data[-1].id}
    second = api.payment_intents.list(after)
    assert (ids(first), first.has_more) == ([intents[4], intents[3]], True)
    assert ids(second) == [intents[2], intents[1]]


def test_the_sdk_walks_through_all_pages(api, customer, intents):
    page = api.payment_intents.list({"customer": customer, "limit": 2})
    assert [item.id for item in page.auto_paging_iter()] == intents[::-1]


def test_ending_before_gives_the_page_before(api, customer, intents):
    page = api.payment_intents.list(
        {"customer": customer, "limit": 2, "ending_before": intents[1]}
    )
    assert ids(page) == [intents[3], intents[2]]


def test_only_intents_of_the_customer_are_listed(api, intents):
    other = api.customers.create({}).id
    own = create(api, other).id
    assert ids(api.payment_intents.list({"customer": other})) == [own]


def test_intents_are_found_by_the_time_of_their_creation(api, admin, customer, intents):
    moment = admin.advance(3600)
    late = create(api, customer).id
    since = {"customer": customer, "created": {"gte": moment}}
    before = {"customer": customer, "created": {"lt": moment}}
    assert ids(api.payment_intents.list(since)) == [late]
    assert ids(api.payment_intents.list(before)) == intents[::-1]


def test_limit_beyond_a_hundred_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.list({"limit": 101})
    assert refused.value.code == "parameter_invalid_integer"


def test_list_can_expand_the_objects_in_it(api, customer, card):
    create(api, customer, card)
    page = api.payment_intents.list({"expand": ["data.payment_method"]})
    assert page.data[0].payment_method.card.last4 == "4242"


def test_unknown_cursor_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.list({"starting_after": "pi_none"})
    assert (refused.value.code, refused.value.param) == (
        "resource_missing",
        "starting_after",
    )
