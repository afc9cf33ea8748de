import json
import logging

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

    def _set_prepared(self, object_ref):
        """The provider's object exists; no money has been asked for."""
        now = fields.Datetime.now()
        return self._update_state("prepared", object_ref=object_ref, prepared_date=now)

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
        for transaction in moved.transaction_id:
            transaction._autopay_set_state(state, vals.get("message") or False)
        return moved

    # === OUTCOMES === #

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
        self._save_provider_reference(outcome.object_ref)
        return True

    def _is_state_kept(self, outcome):
        """Return whether a lost answer changes nothing that is known of a debit."""
        return self.state in WAITING_STATES and not outcome.mismatch

    def _process_preparation(self, outcome):
        """Take in whether the provider made its object.

        :param outcome: None when the request was not sent
        """
        self.ensure_one()
        if not outcome:
            return self._set_canceled()
        if outcome.kind == PREPARED:
            self._save_provider_reference(outcome.object_ref)
            return self._set_prepared(outcome.object_ref)
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

    def _save_provider_reference(self, object_ref):
        if object_ref:
            self.transaction_id.provider_reference = object_ref

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
