import pytest
import stripe

from stripe_simulator.memory.documented import BY_ID

from .support import attach, charge, create


def test_attaching_a_test_id_gives_the_customer_a_method_of_his_own(api, customer):
    one, two = (
        attach(api, customer, "pm_card_visa"),
        attach(api, customer, "pm_card_visa"),
    )
    assert one != two
    assert api.payment_methods.retrieve(one).customer == customer


@pytest.mark.parametrize("test_id", sorted(BY_ID))
def test_every_documented_method_can_be_saved(api, customer, test_id):
    method = api.payment_methods.retrieve(attach(api, customer, test_id))
    assert method[method.type].last4 == BY_ID[test_id].details["last4"]


def test_methods_of_a_customer_are_listed_newest_first_by_type(api, customer):
    visa = attach(api, customer, "pm_card_visa")
    bank = attach(api, customer, "pm_usBankAccount_success")
    amex = attach(api, customer, "pm_card_amex")
    every = api.payment_methods.list({"customer": customer})
    cards = api.customers.payment_methods.list(customer, {"type": "card"})
    assert [item.id for item in every] == [amex, bank, visa]
    assert [item.id for item in cards] == [amex, visa]


def test_detached_method_is_nobodys_and_cannot_be_charged(api, customer, card):
    assert api.payment_methods.detach(card).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        create(api, customer, card)
    assert list(api.payment_methods.list({"customer": customer})) == []


def test_detached_method_cannot_be_attached_again(api, customer, card):
    api.payment_methods.detach(card)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        api.payment_methods.attach(card, {"customer": customer})


def test_method_of_one_customer_cannot_be_attached_to_another(api, card):
    other = api.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        api.payment_methods.attach(card, {"customer": other})


def test_card_is_made_from_a_test_token(api, customer):
    made = api.payment_methods.create({"type": "card", "card": {"token": "tok_amex"}})
    api.payment_methods.attach(made.id, {"customer": customer})
    assert made.card.brand == "amex"
    assert charge(api, customer, made.id).status == "succeeded"


def test_raw_card_numbers_are_refused_and_not_recorded(api, admin):
    card = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2040}
    with pytest.raises(stripe.StripeError, match="unsafe"):
        api.payment_methods.create({"type": "card", "card": card})
    assert "4242424242424242" not in str(admin.requests())


def test_bank_account_is_made_from_a_test_number(api):
    bank = {
        "account_holder_type": "company",
        "account_number": "000222222227",
        "routing_number": "110000000",
    }
    made = api.payment_methods.create(
        {
            "type": "us_bank_account",
            "us_bank_account": bank,
            "billing_details": {"name": "Customer A"},
        }
    )
    assert (made.us_bank_account.last4, made.us_bank_account.account_holder_type) == (
        "2227",
        "company",
    )


def test_sepa_debit_is_made_from_a_test_iban(api):
    made = api.payment_methods.create(
        {
            "type": "sepa_debit",
            "sepa_debit": {"iban": "DE89 3704 0044 0532 0130 00"},
            "billing_details": {"name": "Customer A", "email": "a@example.com"},
        }
    )
    assert made.sepa_debit.last4 == "3000"


def test_account_number_that_is_no_test_number_is_refused(api):
    bank = {
        "account_holder_type": "company",
        "account_number": "123",
        "routing_number": "110000000",
    }
    with pytest.raises(stripe.InvalidRequestError, match="test bank account"):
        api.payment_methods.create(
            {
                "type": "us_bank_account",
                "us_bank_account": bank,
                "billing_details": {"name": "Customer A"},
            }
        )


def test_expiry_can_be_updated_and_earlier_charges_keep_the_old_one(
    api, customer, card
):
    paid = charge(api, customer, card)
    api.payment_methods.update(card, {"card": {"exp_year": 2044}})
    before = api.charges.retrieve(paid.latest_charge)
    assert api.payment_methods.retrieve(card).card.exp_year == 2044
    assert before.payment_method_details.card.exp_year == 2034


def test_expand_gives_the_customer(api, customer, card):
    method = api.payment_methods.retrieve(card, {"expand": ["customer"]})
    assert method.customer.name == "Customer A"
