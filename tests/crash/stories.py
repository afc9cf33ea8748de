"""Random stories over real Odoo: people, banks and processes act in any order."""

import contextlib

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.crash.checker import assert_consistent
from tests.crash.conftest import new_world
from tests.crash.processes import ProcessDiedError
from tests.crash.test_crash_matrix import BOUNDARIES, EVENT_BOUNDARIES
from tests.crash.test_crash_matrix import MENDING_BOUNDARIES as MENDING
from tests.crash.test_crash_network import CHARGE, CLOSE, PREPARE
from tests.crash.world import OUTCOMES, at

ANYTHING = {"path": "*"}
FAULTS = [
    *((kind, CHARGE) for kind in ("reset_before", "reset_after", "garbage")),
    *((kind, CHARGE) for kind in ("error_500_before", "error_500_after")),
    *((kind, PREPARE) for kind in ("reset_after", "error_500_after")),
    *((kind, CLOSE) for kind in ("reset_after", "conflict_409")),
    *((kind, ANYTHING) for kind in ("reset_before", "rate_limit_429", "truncate")),
]
CUSTOMERS = ("card", "other", "declining", "debit")
REVERSALS = ("refund", "dispute", "return")

customers = st.sampled_from(CUSTOMERS)
amounts = st.sampled_from([12.5, 30.0, 99.99])
boundaries = st.sampled_from(["", "", *BOUNDARIES])
mending_points = {
    **{name: point for name, (_first, point) in MENDING.items()},
    **{name: point for name, (_first, point) in EVENT_BOUNDARIES.items()},
}
mending = st.sampled_from(["", "", *mending_points])
faults = st.lists(
    st.tuples(st.sampled_from(FAULTS), st.integers(1, 3), st.integers(1, 4)),
    max_size=2,
)


class RealStory(RuleBasedStateMachine):
    """Each rule is one act; when all is over, money and books must agree.

    :param movements: a list that gets the ledger of each story
    """

    def __init__(self, simulator, processes, movements):
        super().__init__()
        self.movements = movements
        self.closing = contextlib.ExitStack()
        self.world = self.closing.enter_context(new_world(simulator, processes))
        self.person = self.closing.enter_context(self.world.start())
        self.world.bystanders.append(self.person.pid)
        self.count = 0
        self.reversed = set()

    @initialize(with_events=st.booleans())
    def begin(self, with_events):
        self.world.make_due(*OUTCOMES)
        if with_events:
            self.closing.enter_context(self.world.webhooks())

    def act(self, deed, **values):
        """Have a person do something; Odoo may refuse it."""
        return self.person.call("act", deed=deed, **values)

    def draw_invoice(self, data, condition="TRUE"):
        """Return the reference of an invoice, None when there is none like that."""
        rows = self.world.sql(
            "SELECT ref FROM account_move WHERE move_type = 'out_invoice' AND ("
            f"{condition}) AND autopay_status IS NOT NULL ORDER BY id"
        )
        return data.draw(st.sampled_from([row["ref"] for row in rows] or [None]))

    # === PEOPLE AND INVOICES === #

    @rule(customer=customers, amount=amounts)
    def post_invoice(self, customer, amount):
        self.count += 1
        ref = f"new-{self.count}"
        self.act("post_invoice", customer=customer, ref=ref, amount=amount)

    @rule(data=st.data(), verb=st.sampled_from(["credit", "pay_by_transfer"]))
    def settle_a_part(self, data, verb):
        if ref := self.draw_invoice(data, "state = 'posted' AND amount_residual > 20"):
            self.act(verb, ref=ref, amount=10.0)

    @rule(data=st.data())
    def pay_the_rest_by_transfer(self, data):
        if ref := self.draw_invoice(data, "state = 'posted' AND amount_residual > 0"):
            query = "SELECT amount_residual FROM account_move WHERE ref = %s"
            [row] = self.world.sql(query, ref)
            self.act("pay_by_transfer", ref=ref, amount=float(row["amount_residual"]))

    @rule(data=st.data(), verb=st.sampled_from(["cancel", "reset_to_draft"]))
    def withdraw_invoice(self, data, verb):
        unpaid = "state = 'posted' AND amount_residual = amount_total"
        if ref := self.draw_invoice(data, unpaid):
            self.act(verb, ref=ref)

    @rule(data=st.data())
    def post_again(self, data):
        if ref := self.draw_invoice(data, "state = 'draft'"):
            self.act("post_again", ref=ref)

    @rule(data=st.data())
    def charge_now(self, data):
        if ref := self.draw_invoice(data, "state = 'posted' AND amount_residual > 0"):
            self.act("charge_now", refs=[ref])

    @rule(data=st.data(), finish=st.booleans())
    def pay_online(self, data, finish):
        ref = self.draw_invoice(data, "state = 'posted' AND amount_residual > 0")
        reference = ref and self.act("begin_online_payment", ref=ref)
        if reference and finish and not reference.startswith("refused"):
            self.act("finish_online_payment", reference=reference)

    # === PEOPLE AND METHODS === #

    @rule(
        customer=customers,
        verb=st.sampled_from(["archive_method", "revoke", "restore_method"]),
    )
    def change_method(self, customer, verb):
        self.act(verb, customer=customer)

    @rule(customer=customers)
    def authorize_again(self, customer):
        self.act("restore_method", customer=customer)
        self.act("authorize", customer=customer)

    @rule(enabled=st.booleans())
    def switch_provider(self, enabled):
        self.act("switch_provider", enabled=enabled)

    # === BANKS AND STRIPE === #

    @rule(outcome=st.sampled_from(["succeeded", "failed"]))
    def banks_settle_debits(self, outcome):
        for intent in self.world.read_intents():
            if intent["status"] == "processing":
                self.world.admin.settle(intent["id"], outcome)

    @rule(data=st.data(), kind=st.sampled_from(REVERSALS))
    def money_goes_back(self, data, kind):
        paid = {
            intent["id"]: intent
            for intent in self.world.read_intents()
            if intent["status"] == "succeeded" and intent["id"] not in self.reversed
        }
        if paid:
            intent = paid[data.draw(st.sampled_from(sorted(paid)))]
            self.reversed.add(intent["id"])
            getattr(self, f"_{kind}")(intent)

    def _refund(self, intent):
        params = {"payment_intent": intent["id"], "amount": intent["amount"] // 2}
        self.world.stripe.v1.refunds.create(params)

    def _dispute(self, intent):
        self.world.admin.open_dispute(intent["id"])

    def _return(self, intent):
        if "us_bank_account" in intent["payment_method_types"]:
            self.world.admin.return_debit(intent["id"])

    @rule(mode=st.sampled_from(["hold_deliveries", "lose_deliveries"]))
    def messages_stop(self, mode):
        getattr(self.world.admin, mode)()

    @rule(seed=st.integers(0, 99), copies=st.integers(1, 2))
    def messages_arrive_in_any_order(self, seed, copies):
        self.world.admin.release(order="random", seed=seed, copies=copies)
        self.world.admin.send_deliveries()

    # === PROCESSES === #

    @rule(boundary=boundaries, faults=faults)
    def charge(self, boundary, faults):
        points = [BOUNDARIES[boundary]] if boundary else []
        self._run("charge", points, faults)

    @rule(boundary=mending, faults=faults)
    def resolve(self, boundary, faults):
        points = [mending_points[boundary]] if boundary else []
        self._run("resolve", points, faults)

    def _run(self, job, points, faults):
        """Run a job; whether it gets as far as where it would die is open."""
        self.world.let_time_pass()
        for (kind, request), nth, times in faults:
            self.world.admin.add_fault(kind, nth=nth, times=times, **request)
        where = [at(*point[:3], nth=point[3]) for point in points]
        with contextlib.suppress(ProcessDiedError):
            self.world.run_job(job, *where)
        self.world.admin.clear_faults()

    @precondition(lambda self: self.count)
    @rule()
    def days_go_by(self):
        self.world.sql(
            "UPDATE account_move SET autopay_retry_date = CURRENT_DATE"
            " WHERE autopay_retry_date IS NOT NULL"
        )

    # === THE END === #

    def teardown(self):
        """Let everything come to rest, and compare money and books."""
        try:
            self.world.admin.send_deliveries()
            self.act("switch_provider", enabled=True)
            state = self.world.converge()
            self.movements.append(state.ledger)
            assert_consistent(state, {})
        finally:
            self.closing.close()
