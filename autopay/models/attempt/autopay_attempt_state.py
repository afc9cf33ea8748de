import json
import logging
from collections import defaultdict

from odoo import fields, models

from ... import const
from ...const.attempt import UNCHARGED_STATES, WAITING_STATES
from ...gateways.base import (
    ABSENT,
    CANCELED,
    DECLINED,
    PENDING,
    PREPARED,
    REFUSED,
    SUCCEEDED,
    UNKNOWN,
)
from ..guard.each_write import write_each

_logger = logging.getLogger(__name__)

# Fields of which a later success leaves no trace.
DECLINE_FIELDS = (
    "decline_class",
    "decline_code",
    "network_code",
    "advice_code",
    "message",
)


class AutopayAttemptState(models.AbstractModel):
    """How an attempt changes its state, and takes in what a provider answers."""

    _name = "autopay.attempt.state"
    _description = "State of an Autopay Charge"

    # === STATE === #

    def _update_state(self, target, **vals):
        """Move the attempts to a state that the table of transitions allows.

        :return: the attempts that were moved; the others are left alone and logged
        """
        allowed = const.attempt.ATTEMPT_TRANSITIONS[target]
        movable = self.filtered(lambda attempt: attempt.state in allowed)
        for attempt in self - movable:
            _logger.log(
                logging.INFO if attempt.state == target else logging.WARNING,
                "Autopay attempt %s stays %s, refused to become %s.",
                attempt.name,
                attempt.state,
                target,
            )
        movable.write({"state": target, **vals})
        return movable

    def _set_prepared(self, object_refs):
        """The providers' objects exist; no money has been asked for."""
        moved = self._update_state("prepared", prepared_date=fields.Datetime.now())
        if moved == self:
            self._write_each({"object_ref": object_refs})
        return moved

    def _set_charging(self):
        """From here on money may move."""
        return self._update_state("charging", charging_date=fields.Datetime.now())

    def _set_succeeded(self, **vals):
        return self._set_outcome("succeeded", provider_closed=True, **vals)

    def _set_pending(self, **vals):
        return self._set_outcome("pending", **vals)

    def _set_action_required(self, **vals):
        moved = self._set_outcome("action_required", **vals)
        moved._start_confirmation()
        return moved

    def _set_declined(self, **vals):
        return self._set_outcome("declined", **vals)

    def _set_canceled(self, **vals):
        return self._set_outcome("canceled", provider_closed=True, **vals)

    def _set_unknown(self, **vals):
        return self._set_outcome("unknown", **vals)

    def _set_outcome(self, state, **vals):
        """Take in an answer of the provider: attempt and transaction together."""
        vals.setdefault("outcome_date", fields.Datetime.now())
        moved = self._update_state(state, **vals)
        moved.transaction_id._autopay_set_state(state, vals.get("message") or False)
        return moved

    def _write_each(self, columns):
        """Write on each attempt values of its own, see ``write_each``."""
        write_each(self, columns)

    # === OUTCOMES === #

    def _process_each(self, outcomes):
        """Take in what the provider answered, in one go where money was simply taken.

        :param dict outcomes: {attempt id: ``ChargeOutcome``}; others stay as they are
        """
        collected = self.filtered(
            lambda attempt: attempt._is_simply_collected(outcomes.get(attempt.id))
        )
        collected._process_collected([outcomes[attempt.id] for attempt in collected])
        for attempt in self - collected:
            if outcome := outcomes.get(attempt.id):
                attempt._process(outcome)

    def _is_simply_collected(self, outcome):
        """Return whether an answer says that money was taken, and nothing else."""
        return (
            bool(outcome)
            and outcome.kind == SUCCEEDED
            and not outcome.mismatch
            and not self.provider_closed
            and self.state in const.attempt.ATTEMPT_TRANSITIONS["succeeded"]
        )

    def _process_collected(self, outcomes):
        """Take in that money was taken, as ``_process`` does for each by itself.

        :param list outcomes: the answers, in the order of the attempts
        """
        known = defaultdict(list)
        for attempt, outcome in zip(self, outcomes, strict=True):
            vals = attempt._prepare_outcome_vals(outcome)
            own = {key: vals[key] for key in vals if key not in DECLINE_FIELDS}
            known[tuple(own)].append((attempt.id, own))
        for names, rows in known.items():
            ids, values = zip(*rows, strict=True)
            columns = {name: [each[name] for each in values] for name in names}
            self.browse(ids)._write_each(columns)
        self._set_succeeded(**dict.fromkeys(DECLINE_FIELDS, False))
        self._save_provider_references([each.object_ref for each in outcomes])

    def _process(self, outcome):
        """Take in what the provider answered, in any order and any number of times.

        :param outcome: a ``ChargeOutcome`` of :mod:`gateways.base`
        """
        self.ensure_one()
        state = const.attempt.OUTCOME_STATES.get(outcome.kind, "unknown")
        vals = self._prepare_outcome_vals(outcome)
        if outcome.mismatch:
            self.env["autopay.notification"]._alert_mismatch(self, outcome)
        if state == self.state:
            return self.write(vals) if vals else True
        if state == "unknown" and self._is_state_kept(outcome):
            return True
        if self.provider_closed or not getattr(self, f"_set_{state}")(**vals):
            return self._set_contradicted(outcome)
        self._save_provider_references([outcome.object_ref])
        return True

    def _is_state_kept(self, outcome):
        """Return whether a lost answer changes nothing that is known of a debit."""
        return self.state in WAITING_STATES and not outcome.mismatch

    def _process_preparations(self, outcomes):
        """Take in whether the provider made its objects.

        :param dict outcomes: {attempt id: ``ChargeOutcome``}; without one, the request
            was not sent
        """
        ready = self.filtered(
            lambda attempt: (
                attempt.state in const.attempt.ATTEMPT_TRANSITIONS["prepared"]
            )
        )
        made = ready.filtered(
            lambda attempt: (
                bool(outcomes.get(attempt.id)) and outcomes[attempt.id].kind == PREPARED
            )
        )
        references = [outcomes[attempt.id].object_ref for attempt in made]
        made._save_provider_references(references)
        made._set_prepared(references)
        for attempt in self - made:
            attempt._process_preparation(outcomes.get(attempt.id))

    def _process_preparation(self, outcome):
        """Take in whether the provider made its object.

        :param outcome: None when the request was not sent
        """
        self.ensure_one()
        if not outcome:
            return self._set_canceled()
        if outcome.kind == PREPARED:
            self._save_provider_references([outcome.object_ref])
            return self._set_prepared([outcome.object_ref])
        vals = self._prepare_outcome_vals(outcome)
        if outcome.kind != REFUSED:
            self._schedule_check()
            return self.write(vals)
        if outcome.stop_reason:
            return self._set_canceled(**vals)
        return self._set_declined(provider_closed=True, **vals)

    def _process_withdrawal(self, outcome):
        """Take in whether the provider's object was closed for good.

        :param outcome: None when the provider was not or could not be asked
        """
        self.ensure_one()
        if not outcome and self._can_be_asked():
            return self._schedule_check()
        outcome = outcome or self._get_late_outcome()
        if outcome and outcome.kind not in (CANCELED, ABSENT):
            return self._process_unclosed(outcome)
        return self._process_closed(bool(outcome) and outcome.kind == CANCELED)

    def _process_closed(self, confirmed):
        """Take in that the provider's object is closed.

        :param bool confirmed: whether the provider said so itself
        """
        if self.state == "declined":
            # A provider that cannot be asked may still report a success.
            known = self._can_be_asked()
            return self.write({"provider_closed": True, "resolution_confirmed": known})
        if self.state == "action_required":
            return self._set_declined(
                provider_closed=True, decline_class="authentication"
            )
        if confirmed or self.state in UNCHARGED_STATES:
            return self._set_canceled()
        return self._schedule_check()

    def _process_unclosed(self, outcome):
        """Take in what an object is that could not be closed."""
        if outcome.kind in (UNKNOWN, DECLINED, PREPARED):
            return self._schedule_check()
        return self._process(outcome)

    def _save_provider_references(self, object_refs):
        """Keep the names of the providers' objects on the transactions.

        :param list object_refs: one for each attempt; empty ones keep what is known
        """
        for attempt, reference in zip(self, object_refs, strict=True):
            transaction = attempt.transaction_id
            if reference and reference != transaction.provider_reference:
                transaction.provider_reference = reference

    def _prepare_outcome_vals(self, outcome):
        """Return what an answer writes; empty texts keep what we know."""
        found = {
            "object_ref": outcome.object_ref,
            "charge_ref": outcome.charge_ref,
            "decline_class": outcome.decline_class,
            "decline_code": outcome.code,
            "network_code": outcome.network_code,
            "advice_code": outcome.advice_code,
            "message": outcome.message,
            "wait_hours": outcome.wait_hours,
            "answered_date": self._get_answered_date(outcome),
            "response": outcome.response and json.dumps(dict(outcome.response)),
        }
        vals = {name: value for name, value in found.items() if value}
        if outcome.kind in (SUCCEEDED, PENDING):
            vals.update(dict.fromkeys(DECLINE_FIELDS, False))
        if outcome.mismatch:
            vals["mismatch"] = True
        if outcome.retry_limit is not None:
            vals["retry_limit"] = outcome.retry_limit
        return vals

    def _get_answered_date(self, outcome):
        """Return when the provider answered, as long as an answer is awaited."""
        awaited = outcome.kind != UNKNOWN and not self.provider_closed
        return awaited and fields.Datetime.now()

    def _set_contradicted(self, outcome):
        """The provider says something that our record rules out: call a person."""
        _logger.error(
            "Autopay attempt %s is %s but the provider reports %s.",
            self.name,
            self.state,
            outcome.kind,
        )
        if outcome.kind in ("succeeded", "pending"):
            self.mismatch = True
            self.env["autopay.notification"]._alert_contradiction(self, outcome)
        return False
