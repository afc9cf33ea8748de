import logging
import random

from odoo import models

from ...const.engine import REHEARSALS
from ...gateways.run_context import RunContext

_logger = logging.getLogger(__name__)


class AutopayRehearsal(models.AbstractModel):
    """Tries out, without asking for money, what failed before.

    A rehearsal does in the database what a charge would do there and rolls all of it
    back, whatever comes of it.
    """

    _name = "autopay.rehearsal"
    _inherit = "autopay.reservation"
    _description = "Autopay Rehearsal"

    # === BOOKINGS === #

    def _retry_unbooked(self, company):
        """Book what earlier runs collected and could not book.

        :return: the ids of the providers through which something is left unbooked
        :rtype: set
        """
        attempts = self.env["autopay.attempt"]
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "succeeded"),
            ("booked_date", "=", False),
            ("booking_error", "!=", False),
            # Unfinished attempts have one, and it is indexed.
            ("next_check_date", "!=", False),
        ]
        # The resolver retries all of them; a few tell whether the cause is mended.
        recent = attempts.search(domain, order="id desc", limit=REHEARSALS)
        booking = self.env["autopay.booking"]
        self._apply(booking._book, recent, on_failure=booking._set_booking_error)
        return set(attempts.search(domain).provider_id.ids)

    def _rehearse_bookings(self, run, moves, ctx):
        """Look, for providers that left something unbooked, whether it works by now.

        A provider with which no invoice tried can be booked is stopped in this run; an
        invoice that cannot be booked where others can waits for a later run.
        """
        for provider, decisions in self._get_suspects(moves, ctx).items():
            errors = {}
            for decision in decisions:
                error = self._rehearse_booking(run, decision, ctx)
                if not error:
                    ctx.unbookable.update(errors)
                    break
                errors[decision.move.id] = error
            else:
                ctx.pool.stopped[provider.id] = f"booking_failed:{error}"
            ctx.suspects.discard(provider.id)

    def _get_suspects(self, moves, ctx):
        """Return {provider: decisions to try out}, some at random."""
        decide = self.env["autopay.decision"]._decide_safely
        decisions = decide(moves, ctx.mode, ctx.tokens)
        suspects = {}
        for decision in random.sample(list(decisions.values()), len(decisions)):
            provider = decision.token.provider_id
            if not decision.blocker and provider.id in ctx.suspects:
                suspects.setdefault(provider, []).append(decision)
        return {provider: some[:REHEARSALS] for provider, some in suspects.items()}

    def _rehearse_booking(self, run, decision, ctx):
        """Reserve and book one invoice, and take all of it back.

        :return: why it failed, in Odoo's words; empty when it works
        :rtype: str
        """
        try:
            attempt = self._create_attempts(run, [[decision]], ctx)
            self.env["autopay.booking"]._book_now(attempt)
            self.env.flush_all()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is charged
            _logger.info("A payment could not be booked on trial: %s", error)
            return str(error) or type(error).__name__
        finally:
            self.env.cr.rollback()
        return ""

    # === RESERVATIONS === #

    def _release_mended(self, companies):
        """Take up again what was set aside because of a fault that is mended."""
        crashes = self.env["autopay.crash"]
        for company in companies:
            engine = self.with_company(company)
            for move_ids in crashes._get_set_aside(company).values():
                moves = self.env["account.move"].browse(move_ids)
                tried = random.sample(move_ids, min(REHEARSALS, len(move_ids)))
                if any(map(engine._rehearse_reservation, moves.browse(tried))):
                    crashes._release_safely(moves)

    def _rehearse_reservation(self, move):
        """Reserve one invoice that was set aside, and take all of it back.

        :return: whether it works
        """
        try:
            modes = self.env["autopay.decision"]
            decision = modes._decide(move, "gate_scheduled")[move]
            if decision.blocker:
                return False
            vals = {"name": "-", "company_id": move.company_id.id}
            run = self.env["autopay.run"].create({**vals, "trigger": "scheduled"})
            self._take(run, [[decision]], RunContext())
            self.env.flush_all()
        except Exception as error:  # noqa: BLE001 - then it stays set aside
            _logger.info("Invoice %s stays set aside: %s", move.id, error)
            return False
        finally:
            self.env.cr.rollback()
        return True
