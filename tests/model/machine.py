"""Random stories: invoices are charged while anything may happen."""

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.model.books import LONG_AGO
from tests.model.invariants import get_breaches, get_late_breaches
from tests.model.moments import ACTIONS, Moments
from tests.model.pocket_engine import Died, PocketEngine
from tests.model.pocket_stripe import BEHAVIOURS, FAULTS

# Days after which even the last of the automatic tries was made.
LONG = 8
ROUNDS = 12

behaviours = st.sampled_from(sorted(BEHAVIOURS))
faults = st.lists(st.sampled_from(["ok", *FAULTS]), max_size=8)
moments = st.tuples(st.integers(0, 30), st.sampled_from(["", *ACTIONS]))


class CollectingInvoices(RuleBasedStateMachine):
    """Rules are what people, banks, networks and processes do."""

    def __init__(self):
        super().__init__()
        self.moments = Moments()
        self.engine = PocketEngine(self.moments)
        self.stripe = self.engine.stripe

    # === PEOPLE === #

    @initialize(methods=st.lists(behaviours, min_size=1, max_size=3))
    def start(self, methods):
        for behaviour in methods:
            self.post_invoice(behaviour, 10)

    @precondition(lambda self: len(self.engine.all("account.move")) < 6)
    @rule(behaviour=behaviours, amount=st.integers(1, 500))
    def post_invoice(self, behaviour, amount):
        add = self.engine.database.add
        method = f"pm_{len(self.stripe.behaviours) + 1}"
        self.stripe.behaviours[method] = behaviour
        token = add(
            "payment.token",
            provider_ref="cus_1",
            stripe_payment_method=method,
            is_debit=behaviour == "debits",
        )
        add("res.partner")
        add(
            "account.move",
            amount=amount,
            residual=amount,
            token_id=token.id,
            authorization_id=add("autopay.authorization").id,
        )

    @rule(data=st.data(), behaviour=behaviours)
    def method_behaves_otherwise(self, data, behaviour):
        method = data.draw(st.sampled_from(sorted(self.stripe.behaviours)))
        self.stripe.behaviours[method] = behaviour

    @rule(data=st.data())
    def customer_revokes(self, data):
        move = data.draw(st.sampled_from(list(self.engine.all("account.move"))))
        move.authorization_id.revoked_date = LONG_AGO

    @rule(data=st.data())
    def customer_removes_method(self, data):
        move = data.draw(st.sampled_from(list(self.engine.all("account.move"))))
        move.token_id.active = False

    # === BANKS === #

    @rule(data=st.data(), paid=st.booleans())
    def bank_settles(self, data, paid):
        for intent in self._choose(data, "processing"):
            self.stripe.settle(intent, paid)

    @rule(data=st.data(), passed=st.booleans())
    def customer_confirms_online(self, data, passed):
        for intent in self._choose(data, "requires_payment_method"):
            error = intent["last_payment_error"]
            if error["code"] == "authentication_required":
                self.stripe.authenticate(intent, passed)

    def _choose(self, data, status):
        """Return one intent of a status, if there is one."""
        intents = self.stripe.intents.values()
        names = [intent["id"] for intent in intents if intent["status"] == status]
        if not names:
            return []
        return [self.stripe.intents[data.draw(st.sampled_from(names))]]

    @rule()
    def late_requests_arrive(self):
        self.stripe.let_late_requests_arrive()

    # === PROCESSES === #

    @rule(faults=faults, moment=moments)
    def charge(self, faults, moment):
        self._carry_out(self.engine.run, faults, moment)

    @rule(faults=faults, moment=moments)
    def resolve(self, faults, moment):
        self.engine.let_time_pass()
        self._carry_out(self.engine.resolve, faults, moment)

    @rule(days=st.integers(0, LONG))
    def time_passes(self, days):
        self.engine.let_time_pass(days)

    def _carry_out(self, job, faults, moment):
        self.moments.plan(*moment)
        self.stripe.faults = list(faults)
        try:
            job()
        except Died:
            pass
        finally:
            # Nobody sees what a dead process had in hand.
            self.moments.plan(0, "")
            self.stripe.faults = []

    # === WHAT MUST HOLD === #

    @invariant()
    def money_and_books_are_in_order(self):
        breaches = list(get_breaches(self.engine))
        assert not breaches, breaches

    def teardown(self):
        """Let everything come to rest: money and books agree, and stay as they are."""
        self.stripe.let_late_requests_arrive()
        before = None
        for _round in range(ROUNDS):
            if before == (before := self._get_facts()):
                break
            self._run_both_jobs()
        else:
            raise AssertionError(f"I14: still changing after {ROUNDS} rounds")
        breaches = list(get_late_breaches(self.engine))
        assert not breaches, breaches

    def _run_both_jobs(self):
        self.engine.let_time_pass(LONG)
        self.engine.run()
        self.engine.resolve()

    def _get_facts(self):
        states = self.engine.all("autopay.attempt").mapped("state")
        statuses = self.engine.all("account.move").mapped("autopay_status")
        return states, statuses, list(self.engine.booking.payments)
