from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ...const.attempt import UNCOLLECTED_STATES
from ...const.links.confirmation import (
    CONFIRM_PATH,
    CONFIRM_SCOPE,
    REMINDED_HOURS,
    TOLD_DAYS,
)
from ...gateways.base import ACTION_REQUIRED, PREPARED, UNKNOWN
from ...gateways.run_context import RunContext
from .press import Press

# The kinds of an intent that nobody has confirmed yet.
OPEN_KINDS = (ACTION_REQUIRED, PREPARED)
# Problems that last: the charge is withdrawn, and what is still due comes anew.
VOID_PROBLEMS = ("paid", "other_amount")


class AutopayConfirmation(models.AbstractModel):
    """Lets customers finish a charge that their bank wants them to confirm.

    It is the same object at the provider that the engine made under the customer's
    consent: nothing here makes a second one, and nothing is charged that was not to be.
    The attempt stays where it is until the provider says what became of it; the
    resolver asks as well, whether or not the customer comes back.
    """

    _name = "autopay.confirmation"
    _inherit = "autopay.stage"
    _description = "Confirmation of Charges by Customers"

    # === LINK === #

    @api.model
    def _get_url(self, attempt):
        """Return the address that the customer opens; "" when there is nothing to do.

        :param attempt: an ``autopay.attempt``, perhaps none
        """
        if not (attempt and attempt._origin and attempt.sudo()._is_awaiting_customer()):
            return ""
        return attempt.get_base_url() + self._get_path(attempt)

    @api.model
    def _get_path(self, attempt):
        """Return the path of the page about a charge, whatever became of it."""
        last = attempt.sudo().reserved_date + timedelta(days=TOLD_DAYS)
        links = self.env["autopay.link"]
        return f"{CONFIRM_PATH}{links._sign(CONFIRM_SCOPE, attempt, last)}"

    @api.model
    def _find_by_link(self, text):
        """Return the attempt that a link leads to, with all rights; perhaps empty."""
        found = self.env["autopay.link"]._read(CONFIRM_SCOPE, text, "autopay.attempt")
        # One that never waited for its customer has no such link.
        return found.filtered("confirm_deadline")

    @api.model
    def _get_waiting(self, company, payer):
        """Return the customer's charges in a company that wait to be confirmed."""
        domain = [
            ("state", "=", "action_required"),
            ("company_id", "=", company.id),
            ("partner_id.commercial_partner_id", "=", payer.id),
        ]
        found = self.env["autopay.attempt"].sudo().search(domain, order="id")
        return found.filtered(lambda attempt: attempt._is_awaiting_customer())

    @api.model
    def _get_code(self, attempt):
        """Return what the page of a charge tells; "" while it can be confirmed.

        :return: a key of ``STATE_WORDS``
        """
        if attempt._is_awaiting_customer():
            return "asking" if attempt._is_confirmation_sent() else ""
        if attempt.state in ("succeeded", "pending"):
            return attempt.state
        if attempt.state in ("action_required", *UNCOLLECTED_STATES):
            return self._get_failure(attempt)
        return "asking"

    def _get_failure(self, attempt):
        """Return why a charge came to nothing, as ``_get_code`` does."""
        if attempt.state == "declined" and attempt.decline_class != "authentication":
            return "declined"
        waits = attempt.state == "action_required"
        ended = fields.Datetime.now() if waits else attempt.outcome_date
        return "expired" if ended >= attempt.confirm_deadline else "withdrawn"

    @api.model
    def _get_payable(self, attempt):
        """Return the invoices of a charge that is over which can be paid otherwise.

        Nothing holds them then: one that was made out to another customer meanwhile is
        no business of whoever has the link.
        """
        if any(attempt.line_ids.mapped("live")):
            return attempt.move_ids.browse()
        payer = attempt.partner_id.commercial_partner_id
        return attempt.move_ids.filtered(
            lambda move: move.commercial_partner_id == payer and move._has_to_be_paid()
        )

    @api.model
    def _prepare_reminders(self, attempts):
        """Return notices at half-time, for customers who have time enough.

        :param attempts: those that begin to wait for their customers
        """
        rows = []
        for attempt in attempts:
            half = (attempt.confirm_deadline - fields.Datetime.now()) / 2
            if half < timedelta(hours=REMINDED_HOURS / 2):
                continue
            event = self.env["autopay.notice.event"]
            row = event._prepare_row(attempt, "confirm_reminder", "reminder")
            rows.append({**row, "due_date": attempt.confirm_deadline - half})
        return rows

    # === ACTS OF THE CUSTOMER === #

    @api.model
    def _press(self, attempt):
        """Ask the bank to confirm a charge, at the wish of its customer; commits.

        :return: a ``Press``
        """
        attempt = self._as_system(attempt)
        service, part = self.with_env(attempt.env), self._get_part(attempt)
        if not (part and attempt._is_awaiting_customer()):
            return Press()
        if not attempt._count_look():
            return Press(problem="busy")
        outcome = service._read(attempt, part)
        press = service._apply_committed(service._take_press, attempt, outcome, part)
        if press.is_to_send:
            outcome = part.charge(attempt._get_confirmation_request())
            press = service._apply_committed(service._take_answer, attempt, outcome)
        if press.problem in VOID_PROBLEMS:
            attempt.env["autopay.resolver"]._withdraw(attempt)
        service._settle_alone(attempt)
        return press

    @api.model
    def _look(self, attempt):
        """Ask the provider what became of a charge, for who comes back; commits.

        :return: a ``Press`` with the bank's page where that still waits
        """
        attempt = self._as_system(attempt)
        service, part = self.with_env(attempt.env), self._get_part(attempt)
        if not (part and attempt.state == "action_required"):
            return Press()
        if not attempt._count_look():
            return Press(problem="busy")
        outcome = service._read(attempt, part)
        press = service._apply_committed(service._take_reading, attempt, outcome)
        service._settle_alone(attempt)
        return press

    @api.model
    def _pay_otherwise(self, attempt):
        """Withdraw a charge, so that its customer can pay in another way; commits.

        :return: the invoices that are free to be paid; none when it goes on
        """
        attempt = self._as_system(attempt)
        if attempt.state == "action_required":
            attempt.env["autopay.resolver"]._withdraw(attempt)
        return self._get_payable(attempt)

    def _as_system(self, attempt):
        """Return an attempt as the scheduled actions see it."""
        context = {"tracking_disable": True}
        env = self.env(user=SUPERUSER_ID, su=True, context=context)
        attempt = attempt.with_env(env)
        return attempt.with_company(attempt.company_id)

    # === PROVIDER === #

    @api.model
    def _can_be_confirmed(self, attempt):
        """Return whether the provider lets a customer finish this charge."""
        return bool(self._get_part(attempt.sudo()))

    def _get_part(self, attempt):
        """Return the part of the provider's account that confirms, None without it."""
        if attempt.company_id._is_autopay_copied() or not attempt._can_be_asked():
            return None
        try:
            account = attempt.provider_id._get_autopay_gateway()
        except ValueError:
            return None
        return account and account.confirmations

    def _read(self, attempt, part):
        """Ask the provider how a charge stands, with no database transaction open."""
        request = attempt._get_charge_request()
        self._commit()
        return part.read(request)

    # === STAGES === #

    def _take_press(self, attempts, outcome, part):
        """Decide under the attempt's lock what comes of a press.

        :param outcome: the ``ChargeOutcome`` that was read just now
        """
        attempt = attempts.try_lock_for_update(allow_referencing=True)
        if not attempt:
            return Press(problem="busy")
        if outcome.kind == UNKNOWN and not outcome.mismatch:
            return Press(problem="unreachable")
        if outcome.kind not in OPEN_KINDS:
            attempt._process(outcome)
            attempt._schedule_check()
            return Press()
        if not attempt._is_awaiting_customer():
            return Press()
        if problem := self._get_problem(attempt):
            return Press(problem=problem)
        if outcome.action_url:
            return Press(url=outcome.action_url)
        return self._begin(attempt, outcome, part)

    def _begin(self, attempt, outcome, part):
        """Write the request down, unless another one is under way or was the last."""
        if attempt._is_confirmation_sent() or not outcome.is_confirmable:
            return Press()
        if not attempt._may_be_confirmed_again():
            return Press(problem="too_often")
        back = f"{attempt.get_base_url()}{self._get_path(attempt)}/back"
        attempt._write_confirmation(part, back)
        return Press(is_to_send=True)

    def _get_problem(self, attempt):
        """Return why a charge may not be made any more; "" when all is as it was."""
        moves = attempt.line_ids.move_id
        if moves.try_lock_for_update(allow_referencing=True) != moves:
            return "busy"
        tokens = dict.fromkeys(moves.ids, attempt.token_id)
        decisions = self.env["autopay.decision"]._decide(moves, "gate_confirm", tokens)
        if any(decisions[move].blocker == "nothing_due" for move in moves):
            return "paid"
        if any(decisions[move].blocker for move in moves):
            return "not_now"
        same = all(
            attempt._is_amount_unchanged(line, decisions[line.move_id])
            for line in attempt.line_ids
        )
        return "" if same else "other_amount"

    def _take_answer(self, attempts, outcome):
        """Take in what the provider says to a confirmation."""
        attempt = attempts.try_lock_for_update(allow_referencing=True)
        if attempt:
            attempt._process_confirmation(outcome)
        return Press(url=outcome.action_url)

    def _take_reading(self, attempts, outcome):
        """Take in how a charge stands at the provider."""
        attempt = attempts.try_lock_for_update(allow_referencing=True)
        if not attempt:
            return Press(problem="busy")
        if outcome.kind == UNKNOWN and not outcome.mismatch:
            return Press(problem="unreachable")
        if outcome.kind != PREPARED:
            attempt._process(outcome)
        if attempt.state != "action_required":
            attempt._schedule_check()
            return Press()
        # The customer was at the bank and is not any more.
        failed = attempt.confirm_count and not outcome.action_url
        return Press(outcome.action_url, "not_confirmed" if failed else "")

    def _settle_alone(self, attempt):
        """Book or release what is over, and tell people; see ``_settle``."""
        if attempt.state != "action_required":
            with RunContext() as ctx:
                self._settle(ctx, attempt)
