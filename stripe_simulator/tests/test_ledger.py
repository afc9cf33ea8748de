"""The ledger and the objects tell the same story, whatever happens."""

import contextlib
import random

import pytest
import stripe

from stripe_simulator.admin_client import AdminError
from stripe_simulator.process import SimulatorProcess

from .support import attach, charge, connect, totals

REFUSED = (stripe.StripeError, AdminError)


class Story:
    """Random things that happen to some payments, from a seed."""

    def __init__(self, api, admin, customer, seed):
        self.api, self.admin = api, admin
        self.random = random.Random(seed)
        card = attach(api, customer, "pm_card_visa")
        bank = attach(api, customer, "pm_usBankAccount_success")
        methods = [card, bank] * 3
        self.intents = [charge(api, customer, method).id for method in methods]

    def run(self, steps):
        actions = [self.refund, self.end_refund, self.dispute, self.move_dispute]
        actions += [self.settle, self.come_back]
        for _step in range(steps):
            # A refused request must have changed nothing.
            with contextlib.suppress(*REFUSED):
                self.random.choice(actions)(self.random.choice(self.intents))

    def amount(self):
        return self.random.choice([1, 99, 333, 500, 1000, 1001])

    def refund(self, intent):
        params = {"payment_intent": intent, "amount": self.amount()}
        self.api.refunds.create(params)

    def end_refund(self, intent):
        made = self.api.refunds.list({"payment_intent": intent}).data
        outcome = self.random.choice(["succeeded", "failed", "canceled"])
        for item in made[:1]:
            self.admin.settle_refund(item.id, outcome)

    def dispute(self, intent):
        inquiry = self.random.random() < 0.4
        self.admin.open_dispute(intent, amount=self.amount(), inquiry=inquiry)

    def move_dispute(self, intent):
        admin = self.admin
        steps = [admin.win_dispute, admin.lose_dispute, admin.answer_dispute]
        steps += [admin.escalate_inquiry, admin.close_inquiry]
        for dispute in self.api.disputes.list({"payment_intent": intent}).data:
            self.random.choice(steps)(dispute.id)

    def settle(self, intent):
        self.admin.settle(intent, self.random.choice(["succeeded", "failed"]))

    def come_back(self, intent):
        self.admin.return_debit(intent)


def net(item):
    return sum(entry.amount for entry in item.balance_transactions)


@pytest.mark.parametrize("seed", range(6))
def test_ledger_agrees_with_charges_refunds_and_disputes(api, admin, customer, seed):
    Story(api, admin, customer, seed).run(60)
    charges = api.charges.list({"limit": 100}).data
    disputes = api.disputes.list({"limit": 100}).data
    paid = sum(item.amount for item in charges if item.status == "succeeded")
    found = totals(admin)
    assert found["charged"] == paid
    assert found.get("refunded", 0) == sum(item.amount_refunded for item in charges)
    assert found.get("disputed", 0) == -sum(net(item) for item in disputes)
    for item in charges:
        lost = -sum(net(each) for each in disputes if each.charge == item.id)
        assert 0 <= item.amount_refunded + lost <= item.amount


@pytest.mark.parametrize("seed", range(3))
def test_refunds_of_a_charge_add_up(api, admin, customer, seed):
    Story(api, admin, customer, seed).run(60)
    for item in api.charges.list({"limit": 100}):
        made = api.refunds.list({"charge": item.id, "limit": 100}).data
        counted = [each for each in made if each.status not in ("failed", "canceled")]
        assert sum(each.amount for each in counted) == item.amount_refunded
        assert item.refunded is (item.amount_refunded == item.amount)


def test_totals_with_refunds_survive_a_restart(tmp_path):
    path = tmp_path / "ledger.jsonl"
    with SimulatorProcess(ledger=path) as sim:
        api = connect(sim.url)
        customer = api.customers.create({}).id
        paid = charge(api, customer, attach(api, customer, "pm_card_visa"))
        api.refunds.create({"payment_intent": paid.id, "amount": 300})
        sim.admin.open_dispute(paid.id)
        before = sim.admin.ledger()
    with SimulatorProcess(ledger=path) as sim:
        assert sim.admin.ledger() == before
    assert before["totals"]["usd"] == {
        "charged": 1000,
        "pending": 0,
        "failed": 0,
        "refunded": 300,
        "disputed": 700,
    }
