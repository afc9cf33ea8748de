import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ... import const
from ...const.reversal import (
    MAX_CHECKS,
    OVERLAP_MINUTES,
    POLL_MINUTES,
    UNANSWERED_HOURS,
    UNRECORDED,
)
from ...gateways.base import RAISED

_logger = logging.getLogger(__name__)

# The provider's answer when there is no such object in its account.
ABSENT = "resource_missing"
# Prefixes of the provider's ids, and the kinds they stand for.
KINDS = {"re_": "refund", "pyr_": "refund", "dp_": "dispute", "du_": "dispute"}


class AutopayReversalWatch(models.AbstractModel):
    """Learns of money that went back, by asking, and has it booked.

    Events only say where to look; without any, the lists of the provider are read every
    hour and what is not final once a day.
    """

    _name = "autopay.reversal.watch"
    _inherit = "autopay.stage"
    _description = "Watch over Refunds and Disputes"

    # === ASK === #

    @api.model
    def _poll(self):
        """Read the lists of the providers whose turn it is; book what is open."""
        for provider in self._get_due_providers():
            self._poll_safely(provider)
            self._apply(self.env["autopay.reversal.poll"]._alert_unread, provider)
        due = self.env["autopay.reversal"].search(
            [("next_check_date", "<=", fields.Datetime.now()), *self._get_home()],
            order="next_check_date, id",
            limit=MAX_CHECKS,
        )
        self._read_each(due)
        self._settle()

    @api.model
    def _process_refs(self, provider, refs):
        """Read what these ids of a provider speak of, record and book it.

        :return: whether the provider answered
        """
        reader = self._get_reader(provider)
        if not reader:
            return False
        intents = self._find_attempts(provider, refs, refs).values()
        object_refs = {attempt.object_ref for attempt in intents} - {False}
        self._commit()
        readings = []
        for reading in self._read_refs(reader, object_refs, refs):
            readings.append(reading)
            if self._is_unanswered(reading):
                # The others would only wait for the same time-out.
                break
        for reading in readings:
            self._take_in(provider, reading)
        self._settle()
        return not any(map(self._is_unanswered, readings))

    def _read_refs(self, reader, object_refs, refs):
        """Yield what the provider says of payments, and of refunds and disputes."""
        for ref in object_refs:
            yield reader.list_of(ref)
        for ref in refs:
            if kind := KINDS.get(ref[: ref.find("_") + 1]):
                yield reader.read(kind, ref)

    def _is_unanswered(self, reading):
        """Return whether the provider itself could not be asked or understood."""
        return reading.problem not in ("", ABSENT)

    @api.model
    def _check(self, reversals):
        """Ask about these refunds and disputes now, and book what is open."""
        self._read_each(reversals)
        self._settle()

    @api.model
    def _poll_soon(self, providers):
        """Have the lists of these providers read by the next run of the resolver."""
        polls = self.env["autopay.reversal.poll"].sudo()
        for provider in providers:
            polls._get(provider).asked_date = False
        cron = self.env.ref("autopay.ir_cron_resolve_open_attempts")
        cron.sudo()._trigger()

    def _get_due_providers(self):
        """Return the providers that can be asked and were not for a while."""
        since = fields.Datetime.now() - timedelta(minutes=POLL_MINUTES)
        asked = self.env["autopay.reversal.poll"].search([("asked_date", ">", since)])
        providers = self.env["payment.provider"]
        codes = providers._get_autopay_codes("reversals")
        return providers.search(
            [("code", "in", codes), ("id", "not in", asked.provider_id.ids)]
        )

    def _get_reader(self, provider):
        """Return what reads the provider's lists, None when it cannot be asked."""
        try:
            return self._connect(provider)
        except ValueError as error:
            _logger.info("Provider %s cannot be asked: %s", provider.name, error)
            return None

    def _connect(self, provider):
        """Return what reads the provider's lists, None when it has none we know.

        :raises ValueError: with a code when the provider is not set up to be asked
        """
        account = provider._get_autopay_gateway()
        return account and account.reversals

    def _poll_safely(self, provider):
        """Poll a provider; what goes wrong stops no other."""
        try:
            self._poll_provider(provider)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("What went back at %s could not be read.", provider)
            self._apply(self._set_problem, provider, RAISED)

    def _poll_provider(self, provider):
        """Read all that went back since the last complete reading, and record it."""
        since = self._get_since(provider)
        if not since:
            return
        try:
            reader = self._connect(provider)
        except ValueError as error:
            _logger.warning("Provider %s cannot be asked: %s", provider.name, error)
            self._apply(self._set_problem, provider, str(error))
            return
        asked = fields.Datetime.now()
        self._commit()
        reading = reader.list_since(int(since.timestamp()))
        complete = self._take_in(provider, reading)
        problem = "" if complete else reading.problem or UNRECORDED
        self._apply(self._set_polled, provider, asked, problem)

    def _get_since(self, provider):
        """Return from when on to read; False when there is nothing to look after."""
        own = [("provider_id", "=", provider.id)]
        first = self.env["autopay.attempt"].search(
            [*own, *self._get_home()], order="id", limit=1
        )
        known = self.env["autopay.reversal.poll"].search(own).complete_date
        since = first and (known or first.reserved_date)
        return since and since - timedelta(minutes=OVERLAP_MINUTES)

    def _get_home(self):
        return self.env["res.company"]._get_autopay_home_domain()

    def _set_polled(self, provider, asked, problem):
        """Keep when the provider was asked, and up to when we know all."""
        vals = {"asked_date": asked, "problem": problem}
        if not problem:
            vals["complete_date"] = asked
            self.env["payment.transaction"]._autopay_end_refund_doubts(provider, asked)
        self.env["autopay.reversal.poll"]._get(provider).write(vals)

    def _set_problem(self, provider, problem):
        """Keep why a provider could not even be asked."""
        self.env["autopay.reversal.poll"]._get(provider).problem = problem

    def _read_each(self, reversals):
        """Read these refunds and disputes one by one, and record what they are."""
        for provider, part in reversals.grouped("provider_id").items():
            reader = self._get_reader(provider)
            if not reader:
                # They make room for those of other providers.
                self._apply(self._set_unanswered, part)
                continue
            asked = [
                ("refund" if reversal.kind == "refund" else "dispute", reversal.ref)
                for reversal in part
            ]
            self._commit()
            for reversal, (kind, ref) in zip(part, asked, strict=True):
                reading = reader.read(kind, ref)
                self._take_in(provider, reading, reversal)
                if self._is_unanswered(reading):
                    # The others wait for a later run, rather than for time-outs.
                    self._apply(self._set_unanswered, part)
                    break

    # === RECORD === #

    def _take_in(self, provider, reading, reversal=None):
        """Record what was read of our attempts.

        :param reversal: the one that was asked about
        :return: whether all of it was read and recorded
        """
        if reading.problem:
            _logger.warning("Provider %s answered %s.", provider.name, reading.problem)
            self._apply(self._set_unanswered, reversal or [])
        reports = self._group_by_attempt(provider, reading.rows)
        attempts = self.env["autopay.attempt"].browse(reports)
        recorder = self.env["autopay.reversal.report"]
        recorded = attempts.browse()
        # Without the others it is not complete: they may be looked after here one day.
        home = attempts.filtered_domain(self._get_home())
        for ids in split_every(const.engine.BATCH_SIZE, home.ids, list):
            part = attempts.browse(ids)
            recorded |= self._apply(recorder._record_reports, part, reports)
        return reading.complete and recorded == attempts

    def _group_by_attempt(self, provider, rows):
        """Return {attempt id: reports}; what is of no attempt of ours is left out."""
        livemode = provider._is_autopay_charging_live()
        rows = [row for row in rows if row.livemode == livemode]
        by_ref = self._find_attempts(
            provider,
            {row.object_ref for row in rows} - {""},
            {row.charge_ref for row in rows} - {""},
        )
        reports = {}
        for row in rows:
            attempt = by_ref.get(row.object_ref) or by_ref.get(row.charge_ref)
            if attempt:
                reports.setdefault(attempt.id, []).append(row)
        return reports

    def _find_attempts(self, provider, object_refs, charge_refs):
        """Return {provider object or charge: attempt}."""
        attempts = self.env["autopay.attempt"].search(
            [
                ("provider_id", "=", provider.id),
                "|",
                ("object_ref", "in", list(object_refs)),
                ("charge_ref", "in", list(charge_refs)),
            ]
        )
        by_charge = {rec.charge_ref: rec for rec in attempts if rec.charge_ref}
        by_object = {rec.object_ref: rec for rec in attempts if rec.object_ref}
        return {**by_charge, **by_object}

    def _set_unanswered(self, reversals):
        """Ask about these again in a while."""
        reversals.next_check_date = fields.Datetime.now() + timedelta(
            hours=UNANSWERED_HOURS
        )

    # === BOOK === #

    def _settle(self):
        """Book what the books do not say yet; what fails is tried by the next run."""
        booking = self.env["autopay.reversal.booking"]
        notice = self.env["autopay.reversal.notice"]
        waiting = self.env["autopay.reversal"].search(
            [
                ("state", "=", "open"),
                ("attempt_id.booked_date", "!=", False),
                *self._get_home(),
            ],
            order="id",
        )
        for ids in split_every(const.engine.BATCH_SIZE, waiting.ids, list):
            part = waiting.browse(ids)
            self._apply(
                booking._book_reversals, part, on_failure=notice._set_booking_error
            )
