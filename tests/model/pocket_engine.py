"""The add-on's engine and resolver, on books in memory and with a model of Stripe.

Their stages are the add-on's own methods. What is replaced is what needs Odoo: looking
for what is due, creating records, posting payments, and how a stage is committed.
"""

from concurrent.futures import Future

from odoo.addons.autopay import const
from odoo.addons.autopay.gateways.base import Credentials
from odoo.addons.autopay.gateways.run_context import RunContext
from odoo.addons.autopay.gateways.stripe.gateway import StripeGateway
from odoo.addons.autopay.models.configuration.choice import Choice
from odoo.addons.autopay.models.decision.facts import Decision
from odoo.addons.autopay.models.engine.autopay_booking import AutopayBooking
from odoo.addons.autopay.models.engine.autopay_engine import AutopayEngine
from odoo.addons.autopay.models.engine.autopay_reservation import AutopayReservation
from odoo.addons.autopay.models.engine.autopay_resolver import AutopayResolver
from odoo.addons.autopay.models.engine.autopay_stage import AutopayStage
from odoo.addons.autopay.models.event.autopay_method_refusal import AutopayMethodRefusal

from tests.model.books import LONG_AGO, MODELS
from tests.model.pocket_stripe import PocketStripe
from tests.model.rows import Database, borrow

STAGES = ["_send", "_get_calls", "_record", "_settle", "_close_refused"]
STAGES += ["_withdraw_open", "_record_withdrawn"]
ENGINE = ["_run_batch", "_run_stages", "_prepare", "_record_prepared", "_gate"]
ENGINE += ["_open_gate", "_charge", "_record_charged", "_charge_one_by_one"]
ENGINE += ["_is_chosen", "_stop_unbooked", "_reserve_one_by_one"]
RESOLVER = ["_resolve_batch", "_ask", "_mark_unknown", "_record_read"]
RESOLVER += ["_is_to_withdraw", "_read_from_odoo"]
REQUESTS = ["_prepare_request_vals", "_get_charge_order", "_get_key"]


class Died(BaseException):
    """The process is gone: nothing in the add-on may catch this."""


class Threads:
    """Calls in order where the engine would use threads: runs can be repeated."""

    def submit(self, call, *args):
        """Call at once; return what came of it."""
        future = Future()
        future.set_result(call(*args))
        return future


class PocketContext(RunContext):
    """The add-on's own context, without threads."""

    def __enter__(self):
        self.pool.threads = Threads()
        return self

    def __exit__(self, *exc_info):
        """Nothing to close."""


class Notification:
    """Notes who would be told what."""

    def __init__(self):
        self.alarms = []

    def _notify(self, attempts):
        done = attempts.filtered(lambda attempt: attempt._is_finished())
        done.next_check_date = False
        return attempts

    def _alert_contradiction(self, attempt, outcome):
        self.alarms.append(f"{attempt.name}: {outcome.kind}")

    def _alert_unresolved(self, attempt):
        self.alarms.append(f"{attempt.name}: unresolved")


@borrow(AutopayMethodRefusal, names=["_is_suspect"])
class MethodRefusal:
    """Holds the model of Stripe to its methods, of which none is ever removed."""

    def _read_refused(self, _ctx, attempts):
        suspects = attempts.filtered(lambda rec: self._is_suspect(rec, ("stripe",)))
        assert not suspects, f"no request asks for a removed method: {suspects}"


class Combination:
    """Holds the model to charges of one invoice."""

    def _stop_after(self, attempts):
        assert all(len(attempt.line_ids) == 1 for attempt in attempts)


class Pace:
    """Lets all requests go at once: the model of Stripe counts no seconds."""

    def _take(self, calls):
        return [0.0] * len(calls)

    def _slow(self, provider_ids):
        assert not provider_ids


class Fallback:
    """Leaves declines to people, as companies do that have not said otherwise."""

    def _offer(self, attempts):
        assert not any(attempts.line_ids.mapped("live"))


@borrow(
    AutopayBooking,
    names=["_book", "_book_now", "_release", "_show_waiting"]
    + ["_prepare_released_vals", "_set_booking_error"],
)
class Booking:
    """Books in memory: a payment is a line in a list."""

    def __init__(self, env):
        self.env = env
        self.payments = []

    def with_env(self, _env):
        return self

    def _book_collected(self, attempts):
        for line in attempts.line_ids:
            self.payments.append((line.attempt_id.name, line.amount))
            line.move_id.residual -= line.amount
        attempts.line_ids.live = False
        attempts.booked_date = LONG_AGO
        attempts.line_ids.move_id.write(
            {"autopay_status": "success", "autopay_retry_date": False}
        )


@borrow(AutopayStage, names=STAGES)
@borrow(AutopayEngine, names=ENGINE)
@borrow(AutopayResolver, names=RESOLVER)
@borrow(AutopayReservation, names=REQUESTS)
class PocketEngine:
    """A whole installation in memory.

    :param moments: decides what happens around each commit and each request
    """

    def __init__(self, moments):
        self.database = Database()
        self.moments = moments
        for model in MODELS:
            self.database.add_model(model)
        self.stripe = PocketStripe(self._pass_moment)
        credentials = Credentials(1, "sk_test_pocket", livemode=False)
        self.gateway = self.stripe.connect(StripeGateway(credentials))
        self.notification = Notification()
        self.booking = Booking(self.env)
        self.env.services.update(
            {
                "autopay.notification": self.notification,
                "autopay.booking": self.booking,
                "autopay.combination": Combination(),
                "autopay.fallback": Fallback(),
                "autopay.method.refusal": MethodRefusal(),
                "autopay.pace": Pace(),
                "autopay.decision": self,
                "ir.cron": self,
            }
        )
        for model in ("res.company", "payment.provider", "res.currency"):
            self.database.add(model)

    @property
    def env(self):
        return self.database.env

    def all(self, model):
        return self.database.all(model)

    def with_context(self, **_values):
        return self

    # === STAGES === #

    def _pass_moment(self, label):
        self.moments.pass_one(self, label)

    def _apply(self, stage, records, *args, **_hooks):
        """Run a stage and commit it; what dies before the commit never happened."""
        if not records:
            return self.env["autopay.attempt"]
        before = self.database.snapshot()
        payments = list(self.booking.payments)
        try:
            done = stage(records, *args)
            again = self.moments.is_in_conflict(self)
        except Died:
            self._roll_back(before, payments)
            raise
        if again:
            self._roll_back(before, payments)
            done = stage(records, *args)
        self._pass_moment("committed")
        return done

    def _roll_back(self, tables, payments):
        self.database.restore(tables)
        self.booking.payments = payments

    def _commit(self):
        """Nothing is left to commit between the stages."""

    def _get_gateway(self, _ctx, _provider):
        return self.gateway

    def _get_database_uuid(self):
        return "pocket"

    # === RUNS === #

    def run(self, ctx=None):
        """Charge what is due, as the scheduled action does."""
        self.recover()
        run = self.database.add("autopay.run")
        try:
            with ctx or PocketContext() as ctx:
                self._run_batch(run, self._get_due().ids, ctx)
        except Died:
            run.dead = True
            raise
        run.state = "done"

    def resolve(self):
        """Find out what became of what is open, as the scheduled action does."""
        self.recover()
        due = self.all("autopay.attempt").filtered(
            lambda attempt: attempt.next_check_date == LONG_AGO
        )
        with PocketContext() as ctx:
            if due:
                self._resolve_batch(ctx, due)

    def recover(self):
        """Close dead runs: see ``autopay.janitor._close_dead``."""
        runs = self.all("autopay.run").filtered(lambda run: run.state == "running")
        for run in runs._filter_dead():
            for move in self.env["account.move"].browse(run.in_hand):
                move.autopay_crash_count += 1
            run.state = "interrupted"
            attempts = self.all("autopay.attempt").filtered("next_check_date")
            attempts.filtered(lambda rec, run=run: rec.run_id == run)._check_soon()

    def let_time_pass(self, days=0):
        """Have everything looked at that waits, some days later."""
        self.all("res.company").day += days
        attempts = self.all("autopay.attempt")
        attempts.filtered("next_check_date").next_check_date = LONG_AGO
        if days:
            attempts.filtered("outcome_date").outcome_date = LONG_AGO
            attempts.filtered("confirm_deadline").confirm_deadline = LONG_AGO

    # === SELECT AND RESERVE === #

    def _get_due(self):
        today = self.all("res.company")._get_autopay_today()
        return self.all("account.move").filtered(lambda move: self._is_due(move, today))

    def _is_due(self, move, today):
        if move.autopay_crash_count >= const.engine.CRASHES_BEFORE_SET_ASIDE:
            return False
        retry = move.autopay_retry_date
        again = move.autopay_status == "error" and retry and retry <= today
        return move.autopay_status == "eligible" or again

    def _decide(self, moves, _mode="scheduled", _tokens=None):
        """Stand in for ``autopay.decision``: what matters after a reservation."""
        return {move: self._decide_one(move) for move in moves}

    def _decide_one(self, move):
        choice = Choice(move.token_id, False, "customer", False)
        residual = float(move.residual)
        decision = Decision(move, choice, move.authorization_id, residual, residual)
        if not move.residual:
            decision.blocker = "nothing_due"
        elif not move.token_id.active:
            decision.blocker = "method_archived"
        elif move.authorization_id.revoked_date:
            decision.blocker = "authorization_revoked"
        return decision

    def _reserve(self, moves, run, ctx):
        lines = self.all("autopay.attempt.line").filtered("live")
        free = moves.filtered(lambda move: move not in lines.move_id)
        chosen = free.filtered(
            lambda move: self._is_chosen(self._decide_one(move), ctx)
        )
        attempts = self.env["autopay.attempt"]
        for move in chosen:
            attempts |= self._create_attempt(move, run, ctx)
        return attempts

    def _create_attempt(self, move, run, ctx):
        number = len(self.all("autopay.attempt")) + 1
        links = {"token_id": move.token_id.id, "provider_id": 1, "currency_id": 1}
        transaction = self.database.add(
            "payment.transaction", reference=f"INV{move.id}-AP{number}", **links
        )
        vals = {"amount": float(move.residual), "amount_minor": move.residual * 100}
        attempt = self.database.add(
            "autopay.attempt",
            name=f"AP{number}",
            run_id=run.id,
            company_id=1,
            authorization_id=move.authorization_id.id,
            transaction_id=transaction.id,
            partner_id=1,
            **links,
            **vals,
            **self._prepare_request_vals(vals, transaction, ctx),
        )
        self.database.add(
            "autopay.attempt.line",
            attempt_id=attempt.id,
            move_id=move.id,
            amount=move.residual,
            previous_status=move.autopay_status,
        )
        move.autopay_status = "in_progress"
        return attempt
