from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...const.notices.before import BEFORE
from ...schedules.announcements import STUCK_HOURS, Charge, Told, announce
from ...schedules.days import shift
from .candidate import NoticeFacts

# Mails that tell of coming charges; each is over with the charge that it was about.
TOLD_QUERY = """
    SELECT notice.res_id, notice.currency_id, notice.id, COALESCE(notice.part, 0),
           notice.token_id, notice.amount, notice.charge_date, notice.create_date,
           notice.state, notice.sent_date, notice.failure
      FROM autopay_notice AS notice
     WHERE notice.kind = %s
       AND notice.res_model = 'account.move'
       AND notice.res_id = ANY(%s)
       AND NOT EXISTS (
           SELECT FROM autopay_attempt_line AS line
             JOIN autopay_attempt AS attempt ON attempt.id = line.attempt_id
            WHERE line.move_id = notice.res_id
              AND COALESCE(line.part, 0) = COALESCE(notice.part, 0)
              AND attempt.state = 'succeeded'
              AND attempt.reserved_date >= notice.create_date)
  ORDER BY notice.id
"""
# Fields that the query reads.
READ_FIELDS = {
    "autopay.notice": [
        *("kind", "res_model", "res_id", "part", "token_id", "amount", "charge_date"),
        *("currency_id", "state", "sent_date", "failure"),
    ],
    "autopay.attempt.line": ["move_id", "part", "attempt_id"],
    "autopay.attempt": ["state", "reserved_date"],
}
STATES = {"queued": "due"}


class AutopayNoticeCheck(models.AbstractModel):
    """Says whether customers were told of charges in time."""

    _name = "autopay.notice.check"
    _description = "Whether Customers Were Told of Charges"

    # === FACTS === #

    def _get_notice_facts(self, company, moves, tokens):
        """Return the ``NoticeFacts`` of invoices; None where nobody is told.

        :param dict tokens: {move id: token} that is to pay
        """
        methods = self.env["payment.token"].union(*tokens.values())
        days = {
            token.id: days
            for token in (methods if company._is_autopay_telling() else ())
            if (days := company._get_autopay_notice_days(token))
        }
        if not days:
            return None
        concerned = moves.filtered(lambda move: tokens[move.id].id in days)
        return NoticeFacts(
            company._get_autopay_today(),
            days,
            self._find_told(company, concerned),
            company.sudo().autopay_notice_gate,
        )

    def _find_told(self, company, moves):
        """Return {move id: list of ``Told``} of what these customers were told."""
        for model, names in READ_FIELDS.items():
            self.env[model].flush_model(names)
        rows = self.env.execute_query(SQL(TOLD_QUERY, BEFORE, moves._origin.ids))
        currencies = {move._origin.id: move.currency_id for move in moves}
        told = defaultdict(list)
        for move_id, currency_id, *values in rows:
            currency = currencies[move_id]
            # An amount in another currency says nothing of this one.
            if currency.id == currency_id:
                told[move_id].append(_read_told(company, currency, values))
        return told

    # === CHECKS === #

    def _is_notice_undeliverable(self, decision, facts):
        """Return whether a charge waits for a mail that does not arrive."""
        notice = self._announce_charge(decision, facts)
        if not notice or not notice.is_gate or notice.state != "failed":
            return False
        return shift(notice.planned, -notice.days) <= facts.notices.today

    def _is_notice_pending(self, decision, facts):
        """Return whether a charge has to wait until its customer was told in time."""
        notice = decision.notice
        if not notice or not notice.is_gate or not notice.ready:
            return False
        late = max(notice.planned, facts.today)
        if notice.ready <= late:
            return False
        decision.date = notice.ready
        return True

    def _announce_charge(self, decision, facts):
        """Find out how the customer is told of a charge, and remember it."""
        days = facts.notices and facts.notices.days.get(decision.token.id)
        planned = days and self._get_planned_day(decision, facts)
        if not planned:
            return None
        share, currency = decision.share, decision.move.currency_id
        charge = Charge(
            share.part if share.parts > 1 else 0,
            decision.token.id,
            round(decision.amount / currency.rounding),
            planned,
        )
        told = facts.notices.told.get(decision.move_id, ())
        decision.notice = announce(
            charge, told, facts.notices.today, days, facts.notices.is_gate
        )
        return decision.notice

    def _get_planned_day(self, decision, facts):
        """Return the day of the charge if nobody had to be told; None without one."""
        move = decision.move
        day = move._get_autopay_charge_day(decision.share, facts.today)
        failed = move.autopay_status == "error" or move.sudo().autopay_failed_before
        days = (day, failed and move.autopay_retry_date)
        return max(filter(None, days), default=None)


def _read_told(company, currency, values):
    """Return a row of the query as a ``Told``."""
    number, part, token_id, amount, day, created, state, sent, failure = values
    late = fields.Datetime.now() - timedelta(hours=STUCK_HOURS)
    state = STATES.get(state, state)
    return Told(
        notice_id=number,
        part=part,
        token_id=token_id,
        units=round(float(amount or 0) / currency.rounding),
        day=day,
        written=company._get_autopay_day(created),
        state=state,
        sent=company._get_autopay_day(sent) if sent else None,
        stuck=state == "due" and created < late,
        failure=failure or "",
    )
