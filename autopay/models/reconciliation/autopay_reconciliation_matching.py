from collections import defaultdict
from dataclasses import dataclass
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ...const.reconciliation import (
    BOOKING_MINUTES,
    POSTED_PAYMENT_STATES,
    READING_MARGIN,
)
from ...const.reversal import MONEY_GONE
from .case import TAKEN_STATUSES, Case

ATTEMPT_ROWS = """
    SELECT a.id, a.name, a.state, a.amount::float8 AS amount, a.amount_minor,
           lower(c.name) AS currency, a.currency_id, a.partner_id, a.provider_id,
           a.object_ref, a.transaction_id, t.reference AS tag,
           a.state = 'succeeded' OR t.payment_id IS NOT NULL AS took,
           coalesce(a.next_check_date >= %(old)s, false) AS watched,
           extract(epoch FROM coalesce(a.charging_date, a.reserved_date))::int
               AS sent_at,
           extract(epoch FROM coalesce(a.outcome_date, a.charging_date,
                                       a.reserved_date))::int AS answered_at
      FROM autopay_attempt a
      JOIN payment_transaction t ON t.id = a.transaction_id
      JOIN res_currency c ON c.id = a.currency_id
"""
PAYMENT_ROWS = """
    SELECT p.id, p.payment_transaction_id AS transaction_id, p.amount::float8 AS amount,
           lower(c.name) AS currency
      FROM account_payment p
      JOIN res_currency c ON c.id = p.currency_id
 LEFT JOIN account_move m ON m.id = p.move_id
     WHERE p.payment_transaction_id = ANY(%(ids)s)
       AND p.payment_type = 'inbound' AND p.autopay_reversal_id IS NULL
       AND p.state = ANY(%(states)s) AND (m.id IS NULL OR m.state = 'posted')
  ORDER BY p.id
"""
# Attempts sent, answered or booked in the period.
ATTEMPTS_OF_PERIOD = """
     WHERE a.provider_id = %(provider)s AND (
           coalesce(a.charging_date, a.reserved_date) BETWEEN %(since)s AND %(until)s
        OR a.outcome_date BETWEEN %(since)s AND %(until)s
        OR a.booked_date BETWEEN %(since)s AND %(until)s
        OR a.transaction_id IN (
               SELECT p.payment_transaction_id FROM account_payment p
                WHERE p.date BETWEEN %(first)s AND %(last)s
                  AND p.payment_transaction_id IS NOT NULL))
"""
ATTEMPTS_OF_CHARGES = """
     WHERE a.object_ref = ANY(%(refs)s) OR t.reference = ANY(%(tags)s)
"""
# Amounts taken for each invoice of these attempts, by these and by others.
SHARES = """
    SELECT l.move_id, l.attempt_id, l.amount::float8 AS amount,
           m.amount_total::float8 AS total
      FROM autopay_attempt_line l
      JOIN autopay_attempt a ON a.id = l.attempt_id
      JOIN account_move m ON m.id = l.move_id
     WHERE (a.id = ANY(%(ids)s) OR a.state = 'succeeded')
       AND NOT a.id = ANY(%(returned)s)
       AND a.amount_minor > coalesce((
               SELECT sum(r.amount_minor) FROM autopay_reversal r
                WHERE r.attempt_id = a.id AND r.finding = ANY(%(gone)s)), 0)
       AND l.move_id IN (
               SELECT move_id FROM autopay_attempt_line WHERE attempt_id = ANY(%(ids)s))
  ORDER BY l.attempt_id
"""
REVERSAL_ROWS = """
    SELECT r.attempt_id,
           coalesce(sum(r.amount_minor) FILTER (
               WHERE r.kind = 'refund' AND r.finding = ANY(%(gone)s)), 0)::bigint
               AS returned_minor,
           count(*) FILTER (WHERE r.kind <> 'refund') AS disputes,
           count(*) FILTER (WHERE r.state = 'open') AS open_reversals
      FROM autopay_reversal r
     WHERE r.attempt_id = ANY(%(ids)s)
  GROUP BY r.attempt_id
"""


@dataclass(frozen=True, slots=True)
class Sides:
    """Our side of a period, before the provider is asked.

    :param attempts: {attempt id: row}
    :param since: unix seconds from which the provider's charges are read
    :param until: unix seconds until which they are read
    """

    attempts: dict
    since: int
    until: int

    def get_unseen_refs(self, reading):
        """Return the provider's objects that took money and are not in its list.

        Clocks differ, and so do the moments at which the two sides date a charge: it
        may be elsewhere in the provider's time, and is looked up by its id.
        """
        seen = {row.object_ref for row in reading.rows if row.status in TAKEN_STATUSES}
        refs = [row["object_ref"] for row in self.attempts.values() if row["took"]]
        return sorted({ref for ref in refs if ref} - seen)


class AutopayReconciliationMatching(models.AbstractModel):
    """Finds what belongs together: attempts, charges of the provider and payments."""

    _name = "autopay.reconciliation.matching"
    _description = "Matching of Charges"

    # === OUR SIDE === #

    @api.model
    def _get_sides(self, reconciliation):
        """Return the attempts of the period, and from when to when to ask.

        A charge belongs to the moment at which it was sent, its answer or its booking
        may come days later: the provider is asked for all that time.
        """
        since, until = reconciliation._get_period()
        attempts = self._get_rows(
            ATTEMPT_ROWS + ATTEMPTS_OF_PERIOD,
            provider=reconciliation.provider_id.id,
            since=since,
            until=until,
            first=reconciliation.date_from,
            last=reconciliation.date_to,
        )
        sent = [row["sent_at"] for row in attempts]
        answered = [row["answered_at"] for row in attempts]
        return Sides(
            attempts={row["id"]: row for row in attempts},
            since=min([_seconds(since), *sent]) - READING_MARGIN,
            until=max([_seconds(until), *answered]) + READING_MARGIN,
        )

    def _get_rows(self, query, **params):
        """Return the rows of a query as dicts."""
        now = fields.Datetime.now()
        params.setdefault("old", fields.Datetime.subtract(now, minutes=BOOKING_MINUTES))
        self.env.flush_all()
        self.env.cr.execute(SQL(query, **params))  # pylint: disable=sql-injection
        return self.env.cr.dictfetchall()

    # === MATCHING === #

    @api.model
    def _match(self, reconciliation, sides, reading):
        """Return what belongs together in a period.

        :param reading: the provider's charges; None when it cannot be asked
        :return: [Case], and how many charges are not ours
        """
        rows = reading.rows if reading else ()
        taken = [row for row in rows if row.status in TAKEN_STATUSES]
        ours, foreign = self._split_foreign(taken)
        attempts = self._add_attempts_of(ours, sides.attempts)
        pairs, strangers = self._pair(reconciliation, attempts, ours)
        inside = self._filter_inside(reconciliation, taken)
        known = self._filter_known(attempts, sides, pairs, inside)
        cases = self._prepare_cases(reconciliation, known, pairs, reading)
        self._add_books(cases)
        self._mark_twice(cases)
        relevant = [case for case in cases if case.is_relevant()]
        others = self._filter_inside(reconciliation, foreign)
        return relevant, len(others) + strangers

    def _filter_known(self, attempts, sides, pairs, inside):
        """Return the attempts that belong to the period, or have a charge in it."""
        refs = {charge.charge_ref for charge in inside}
        return {
            key: row
            for key, row in attempts.items()
            if key in sides.attempts
            or any(charge.charge_ref in refs for charge in pairs.get(key, ()))
        }

    def _split_foreign(self, charges):
        """Split charges by whether this database made them."""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        refs = self._get_known_refs([charge.object_ref for charge in charges])
        ours, foreign = [], []
        for charge in charges:
            mine = charge.tag and charge.database == uuid
            (ours if mine or charge.object_ref in refs else foreign).append(charge)
        return ours, foreign

    def _get_known_refs(self, refs):
        query = (
            "SELECT object_ref FROM autopay_attempt WHERE object_ref = ANY(%(refs)s)"
        )
        return {row["object_ref"] for row in self._get_rows(query, refs=refs)}

    def _add_attempts_of(self, charges, attempts):
        """Return the attempts of the period and those of the charges, by id."""
        rows = self._get_rows(
            ATTEMPT_ROWS + ATTEMPTS_OF_CHARGES,
            refs=[charge.object_ref for charge in charges if charge.object_ref],
            tags=[charge.tag for charge in charges if charge.tag],
        )
        return {**{row["id"]: row for row in rows}, **attempts}

    def _pair(self, reconciliation, attempts, charges):
        """Give each charge its attempt, by the provider's object or by the tag.

        :return: {attempt id, or None: [charges]}, and how many charges of the period
            belong to another provider of this database that shares the account
        """
        by_ref = {row["object_ref"]: row for row in attempts.values()}
        by_tag = {row["tag"]: row for row in attempts.values()}
        provider_id = reconciliation.provider_id.id
        pairs, strangers = defaultdict(list), []
        for charge in sorted(charges, key=lambda row: row.created_at):
            row = by_ref.get(charge.object_ref) or by_tag.get(charge.tag)
            if row and row["provider_id"] != provider_id:
                strangers.append(charge)
            else:
                pairs[row and row["id"]].append(charge)
        return pairs, len(self._filter_inside(reconciliation, strangers))

    def _filter_inside(self, reconciliation, charges):
        """Return the charges of the period itself, without its margins."""
        since, until = map(_seconds, reconciliation._get_period())
        return [charge for charge in charges if since <= charge.created_at <= until]

    def _prepare_cases(self, reconciliation, attempts, pairs, reading):
        """Return a case for each charge of the period and each of its attempts.

        :param attempts: {attempt id: row}, those of the period and of the charges
        """
        common = {
            "asked": reading is not None,
            "complete": reading is None or reading.complete,
            "now": _seconds(fields.Datetime.now()),
        }
        orphans = self._filter_inside(reconciliation, pairs.pop(None, []))
        cases = [Case(charge=charge, **common) for charge in orphans]
        for attempt_id, row in attempts.items():
            for number, charge in enumerate(pairs.get(attempt_id) or [None]):
                # Two charges for one attempt: one of them is one too many.
                cases.append(Case(row, charge, twice=number > 0, **common))
        return cases

    # === THE BOOKS === #

    def _add_books(self, cases):
        """Add posted payments, and what the books say went back."""
        first = {}
        for case in cases:
            if case.attempt:
                first.setdefault(case.attempt["id"], case)
        by_transaction = {
            case.attempt["transaction_id"]: case for case in first.values()
        }
        for row in self._get_rows(
            PAYMENT_ROWS, ids=list(by_transaction), states=list(POSTED_PAYMENT_STATES)
        ):
            by_transaction[row["transaction_id"]].payments.append(row)
        for row in self._get_rows(
            REVERSAL_ROWS, ids=list(first), gone=list(MONEY_GONE)
        ):
            case = first[row["attempt_id"]]
            case.returned_minor = row["returned_minor"]
            case.disputes = row["disputes"]
            case.open_reversals = row["open_reversals"]

    def _mark_twice(self, cases):
        """Mark charges by which invoices were charged for more than their total."""
        taken = {case.attempt["id"]: case for case in _filter_taken(cases)}
        returned = [key for key, case in taken.items() if _is_returned(case)]
        rows = self._get_rows(
            SHARES, ids=list(taken), returned=returned, gone=list(MONEY_GONE)
        )
        sums = defaultdict(float)
        for row in rows:
            sums[row["move_id"]] += row["amount"]
            too_much = sums[row["move_id"]] > row["total"] + 0.001
            if too_much and row["attempt_id"] in taken:
                taken[row["attempt_id"]].twice = True


def _filter_taken(cases):
    """Return the cases of attempts that took money."""
    return [case for case in cases if case.attempt and case.took]


def _is_returned(case):
    """Return whether the provider says that all it took went back."""
    return bool(case.charge) and case.charge.refunded_minor >= case.charged_minor


def _seconds(moment):
    """Return a naive UTC datetime as unix seconds."""
    return int(moment.replace(tzinfo=timezone.utc).timestamp())
