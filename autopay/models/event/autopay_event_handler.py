import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...const.attempt import UNCOLLECTED_STATES
from ...const.event import (
    EVENT_BATCH_SIZE,
    EVENT_STEPS,
    EVENTS_PER_PASS,
    FAILURE_EVENT_TYPES,
    MONEY_EVENT_TYPES,
    SETUP_EVENT_TYPES,
)
from ...gateways.base import PENDING, SUCCEEDED, UNKNOWN
from ...gateways.run_context import RunContext

_logger = logging.getLogger(__name__)

# How the attempt of an event is found: field of the event, field of the attempt.
LOOKUPS = (
    ("intent_ref", "object_ref"),
    ("charge_ref", "charge_ref"),
    ("tag", "transaction_id.reference"),
    ("request_key", "charge_key"),
    ("request_key", "prepare_key"),
)

# Objects whose late truth is read again.
LATE_REFS = ("refund_ref", "dispute_ref", "charge_ref", "intent_ref")


class AutopayEventHandler(models.AbstractModel):
    """Carries out what events of a provider mean, by reading the provider's objects.

    An event is never trusted for more than that something may have changed: whatever
    arrives, in any order and any number of times, the state is what the provider says
    when it is asked.
    """

    _name = "autopay.event.handler"
    _inherit = "autopay.stage"
    _description = "Autopay Event Handler"

    @api.model
    def _process_received(self):
        """Carry out what is due of the events, within the scheduler's time."""
        event_ids = self.env["autopay.event"]._get_due(EVENTS_PER_PASS).ids
        late = False
        with RunContext() as ctx:
            for batch in split_every(EVENT_BATCH_SIZE, event_ids, list):
                self._process_batch_safely(ctx, self.env["autopay.event"].browse(batch))
                if late := ctx.clock.is_time_up(self._commit()):
                    break
        if late or len(event_ids) == EVENTS_PER_PASS:
            self._trigger()

    @api.model
    def _trigger(self):
        """Have the events looked at as soon as the scheduler can."""
        self.env.ref("autopay.ir_cron_resolve_open_attempts").sudo()._trigger()

    def _process_batch_safely(self, ctx, events):
        """Process events; whatever happens, the resolver has its turn afterwards."""
        try:
            self._process_batch(ctx, events)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Autopay events %s could not be processed.", events.ids)

    def _process_batch(self, ctx, events):
        self._apply(self._take_in, events)
        for event in events.filtered(self._is_to_handle):
            self._handle(ctx, event)
            # A provider that is slow to answer keeps nobody else waiting: attempts
            # have their turn after this, and the other events in the next pass.
            if ctx.clock.is_time_up(self._commit()):
                return

    # === ATTEMPTS === #

    def _take_in(self, events):
        """Link events with their attempts and wake those that are not finished."""
        locked = events.try_lock_for_update(allow_referencing=True)
        for provider, part in locked.grouped("provider_id").items():
            self._link_attempts(provider, part)
        attempts = locked.attempt_id
        unfinished = attempts.filtered(lambda attempt: not attempt._is_finished())
        if unfinished:
            unfinished._check_soon()
        early = locked.filtered(self._is_early)
        early._postpone("ignored", self.env._("There is no charge of this name."))
        done = (locked - early).filtered(lambda rec: not self._is_to_handle(rec))
        done.filtered("attempt_id")._set_done("processed")
        strange = done.filtered(lambda event: not event.attempt_id)
        strange._set_done("ignored", self._get_stranger_sentence())

    def _link_attempts(self, provider, events):
        """Find the attempts of events, by the surest name first."""
        for source, target in LOOKUPS:
            left = events.filtered(
                lambda event, name=source: not event.attempt_id and event[name]
            )
            found = self.env["autopay.attempt"].search(
                [
                    ("provider_id", "=", provider.id),
                    (target, "in", left.mapped(source)),
                ]
            )
            by_name = {attempt.mapped(target)[0]: attempt for attempt in found}
            for event in left:
                event.attempt_id = by_name.get(event[source])

    def _is_early(self, event):
        """Return whether an event is about an attempt that is not known yet."""
        if event.type in SETUP_EVENT_TYPES:
            return False
        return bool(event.tag) and not event.attempt_id

    # === WHAT NEEDS A QUESTION TO THE PROVIDER === #

    def _is_to_handle(self, event):
        """Return whether an event is due that asks for more than waking its attempt."""
        if event.state != "received" or self._is_early(event):
            return False
        attempt = event.attempt_id
        if event.type in FAILURE_EVENT_TYPES:
            return attempt.state == "succeeded"
        if event.type in MONEY_EVENT_TYPES:
            released = attempt.state in UNCOLLECTED_STATES
            return released and attempt._is_finished() and attempt._can_be_asked()
        return EVENT_STEPS.get(event.type) in (
            "reversal",
            "method",
            "mandate",
            "customer",
            "setup",
        )

    def _handle(self, ctx, event):
        """Carry out one event, which may ask the provider and commit in between."""
        step = getattr(self, f"_handle_{EVENT_STEPS[event.type]}")
        try:
            self._commit()
            reason = step(ctx, event)
            self._apply_committed(self._close, event, reason)
        except Exception as error:  # noqa: BLE001 - one bad event stops no other
            self.env.cr.rollback()
            self._log_failure_safely(self._handle, event, error)

    def _close(self, event, reason):
        """Note that an event was carried out, or why nothing came of it."""
        locked = event.try_lock_for_update(allow_referencing=True)
        locked._set_done("ignored" if reason else "processed", reason)

    def _log_failure(self, stage, record, error):
        """Override to look at the event again later, and to call a person in the end.

        That a provider cannot be reached is no surprise, and no error of ours.
        """
        self._apply_committed(self._set_failed, record, error)
        if not isinstance(error, UserError | ValueError):
            return super()._log_failure(stage, record, error)
        _logger.info("Autopay event %s is tried again: %s", record.event_ref, error)
        return None

    def _set_failed(self, event, error):
        """Keep why an event could not be processed."""
        locked = event.try_lock_for_update(allow_referencing=True)
        locked._postpone("failed", str(error) or type(error).__name__)
        if locked.state == "failed":
            summary = self.env._(
                "A message of %s could not be processed",
                locked.provider_id._get_autopay_name(),
            )
            self.env["autopay.notification"]._alert(
                locked, locked.company_id, summary, locked.reason
            )

    # === STEPS: return why nothing came of an event, or False === #

    def _handle_reversal(self, _ctx, event):
        """Have refunds and disputes of a charge read again."""
        refs = [event[name] for name in LATE_REFS if event[name]]
        self.env["autopay.reversal"]._read_events(event.provider_id, refs)
        return False

    def _handle_late_failure(self, ctx, event):
        """Look at a charge that was booked and is said to have failed."""
        # Nothing else would tell of what a person has stated to be paid.
        stated = event.attempt_id.filtered(lambda rec: rec.resolution == "paid")
        self._apply_committed(self._alert_failed_after_all, stated)
        return self._handle_reversal(ctx, event)

    def _alert_failed_after_all(self, attempts):
        return attempts._alert_failed_after_all()

    def _handle_money(self, ctx, event):
        """Look at a charge whose invoice was given back and that is said to be paid."""
        attempt = event.attempt_id
        resolver = self.env["autopay.resolver"]
        outcomes = resolver._send(ctx, "read", attempt)
        outcome = outcomes.get(attempt.id)
        if not outcome or outcome.kind == UNKNOWN:
            raise UserError(self.env._("The provider did not answer."))
        if outcome.kind not in (SUCCEEDED, PENDING):
            return self.env._("The provider says now that no money moves.")
        resolver._apply_committed(resolver._record, attempt, outcomes)
        resolver._settle(ctx, attempt)
        return False

    def _handle_method(self, _ctx, event):
        """Read a saved payment method again."""
        return self.env["autopay.method.reader"]._process_changed_method(
            event.provider_id, event.method_ref
        )

    def _handle_setup(self, _ctx, event):
        """Have the provider asked what a customer has saved; the reader follows."""
        setups = self.env["autopay.method.setup"].search(
            [
                ("provider_id", "=", event.provider_id.id),
                ("transaction_id.reference", "=", event.tag),
            ]
        )
        if not (event.tag and setups):
            return self._get_stranger_sentence()
        setups.next_check_date = fields.Datetime.now()
        return False

    def _get_stranger_sentence(self):
        return self.env._("Nothing of Autopay's is concerned.")

    def _handle_mandate(self, _ctx, event):
        """Read again whether a saved payment method may still be debited."""
        return self.env["autopay.method.reader"]._process_changed_mandate(
            event.provider_id, event.mandate_ref, event.method_ref
        )

    def _handle_customer(self, _ctx, event):
        """Read again whether a customer and its saved methods still exist."""
        return self.env["autopay.method.reader"]._process_deleted_customer(
            event.provider_id, event.customer_ref
        )
