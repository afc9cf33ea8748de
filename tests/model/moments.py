"""Interruptions in the middle of a run: at one of its commits and requests."""

from dataclasses import dataclass

from tests.model.pocket_engine import Died

# "conflict": the stage that is about to be committed is repeated.
ACTIONS = ("die", "die uncommitted", "conflict", "resolve", "run", "late", "pay")
INSIDE_A_STAGE = ("die uncommitted", "conflict")


@dataclass
class Moments:
    """Counts the moments of a run, and acts at one of them.

    :param number: how many moments are let pass
    :param action: one of ``ACTIONS``; empty: nothing happens
    """

    number: int = 0
    action: str = ""

    def plan(self, number, action):
        """Have something happen once, so many moments from now."""
        self.number, self.action = number, action

    def pass_one(self, engine, _label):
        """Let a moment pass in which no database transaction is open."""
        if self.action in INSIDE_A_STAGE or not self._is_now():
            return
        action, self.action = self.action, ""
        getattr(self, f"_do_{action}")(engine)

    def is_in_conflict(self, _engine):
        """Return whether the stage that was just carried out must be repeated."""
        if self.action not in INSIDE_A_STAGE or not self._is_now():
            return False
        action, self.action = self.action, ""
        if action == "conflict":
            return True
        raise Died

    def _is_now(self):
        if not self.action:
            return False
        self.number -= 1
        return self.number < 0

    def _do_die(self, _engine):
        raise Died

    def _do_resolve(self, engine):
        """The other scheduled action runs at the same time."""
        engine.let_time_pass()
        engine.resolve()

    def _do_run(self, engine):
        """A second server charges at the same time."""
        engine.run()

    def _do_late(self, engine):
        engine.stripe.let_late_requests_arrive()

    def _do_pay(self, engine):
        """Somebody pays invoices by bank transfer that nobody is collecting."""
        held = engine.all("autopay.attempt.line").filtered("live").move_id
        for move in engine.all("account.move") - held:
            if move.autopay_status == "eligible":
                move.residual = 0
