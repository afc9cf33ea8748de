"""The records that the engine works on, with the methods of the add-on's own models."""

from datetime import datetime, timedelta

from odoo.addons.autopay import const
from odoo.addons.autopay.models.attempt.autopay_attempt import AutopayAttempt
from odoo.addons.autopay.models.attempt.autopay_attempt_resolution import (
    AutopayAttemptResolution,
)
from odoo.addons.autopay.models.attempt.autopay_attempt_schedule import (
    AutopayAttemptSchedule,
)
from odoo.addons.autopay.models.attempt.autopay_attempt_state import AutopayAttemptState
from odoo.addons.autopay.models.company.autopay_company_retry import (
    AutopayCompanyRetry,
)
from odoo.addons.autopay.models.confirmation.autopay_attempt_confirmation import (
    AutopayAttemptConfirmation,
)

from tests.model.rows import Rows, borrow

LONG_AGO = datetime(2020, 1, 1)  # noqa: DTZ001 - as Odoo keeps times


@borrow(AutopayCompanyRetry, names=["_get_autopay_retry_days"])
class Companies(Rows):
    _name = "res.company"
    defaults = {
        "day": 0,
        "autopay_retry_card": "3, 4, 7",
        "autopay_retry_debit": "4, 5",
        "autopay_retry_technical": "1, 1",
        "autopay_confirm_hours": const.links.confirmation.CONFIRM_HOURS,
    }

    def _get_autopay_today(self):
        return LONG_AGO.date() + timedelta(days=self.day)

    def _is_autopay_copied(self):
        return False


class Providers(Rows):
    _name = "payment.provider"
    defaults = {"state": "test"}


class Partners(Rows):
    _name = "res.partner"
    defaults = {"active": True}


class Authorizations(Rows):
    _name = "autopay.authorization"
    defaults = {"revoked_date": False}

    def _revoke(self, _reason):
        self.revoked_date = LONG_AGO


class Tokens(Rows):
    _name = "payment.token"
    defaults = {
        "active": True,
        "provider_ref": "",
        "stripe_payment_method": "",
        "stripe_mandate": "",
        "is_debit": False,
        "provider_id": 1,
    }
    links = {"provider_id": "payment.provider"}

    def _is_autopay_debit(self):
        return self.is_debit

    def _get_autopay_method_type(self):
        return "us_bank_account" if self.is_debit else "card"

    def _get_autopay_refs(self):
        return {
            "customer": self.provider_ref,
            "mandate": self.stripe_mandate,
            "method": self.stripe_payment_method,
        }


class Currencies(Rows):
    _name = "res.currency"
    defaults = {"name": "USD"}

    def compare_amounts(self, one, other):
        return (one > other) - (one < other)


class Transactions(Rows):
    _name = "payment.transaction"
    defaults = {
        "reference": "",
        "state": "pending",
        "provider_reference": False,
        "token_id": False,
        "provider_id": False,
        "currency_id": False,
    }
    links = {
        "token_id": "payment.token",
        "provider_id": "payment.provider",
        "currency_id": "res.currency",
    }

    def _autopay_set_state(self, attempt_state, _message=False):
        self.state = const.attempt.TRANSACTION_STATES[attempt_state]


class Runs(Rows):
    _name = "autopay.run"
    defaults = {"state": "running", "dead": False, "in_hand": ()}

    def _take_in_hand(self, move_ids):
        self.in_hand = tuple(move_ids)

    def _filter_dead(self):
        return self.filtered("dead")


class Moves(Rows):
    _name = "account.move"
    defaults = {
        "amount": 0,
        "residual": 0,
        "autopay_status": "eligible",
        "autopay_retry_date": False,
        "autopay_crash_count": 0,
        "token_id": False,
        "authorization_id": False,
        "currency_id": 1,
    }
    links = {
        "token_id": "payment.token",
        "authorization_id": "autopay.authorization",
        "currency_id": "res.currency",
    }

    @property
    def amount_residual(self):
        return self.residual

    def _is_autopay_open(self):
        return self.residual > 0

    def _update_autopay_settlement(self):
        """Expect no invoice: none is paid here but by the engine."""
        if self:
            raise AssertionError(f"{self} was paid and is released")


class Lines(Rows):
    _name = "autopay.attempt.line"
    defaults = {
        "attempt_id": False,
        "move_id": False,
        "amount": 0,
        "discount_amount": 0,
        "live": True,
        "previous_status": "eligible",
        "money_returned": False,
    }
    links = {"attempt_id": "autopay.attempt", "move_id": "account.move"}

    @property
    def currency_id(self):
        return self.move_id.currency_id


@borrow(AutopayAttemptState, AutopayAttemptSchedule, AutopayAttemptResolution)
@borrow(AutopayAttempt, names=["_get_deadline", "_is_late", "_is_silent"])
@borrow(AutopayAttemptConfirmation, names=["_start_confirmation"])
@borrow(
    AutopayAttempt,
    names=[
        "_can_be_asked",
        "_get_charge_request",
        "_is_amount_unchanged",
        "_is_line_unchanged",
        "_may_be_charged",
    ],
)
class Attempts(Rows):
    _name = "autopay.attempt"
    defaults = {
        **dict.fromkeys(
            [
                *("name", "run_id", "transaction_id", "token_id", "authorization_id"),
                *("provider_id", "partner_id", "currency_id", "company_id"),
                "configuration_id",
                *("object_ref", "charge_ref", "prepare_key", "charge_key"),
                *("prepare_params", "charge_params", "provider_closed", "mismatch"),
                *("prepared_date", "charging_date", "outcome_date", "booked_date"),
                "confirm_deadline",
                *("decline_class", "decline_code", "network_code", "advice_code"),
                *("message", "response", "notified_state", "never_sent"),
                *(
                    "booking_error",
                    "resolution",
                    "resolution_confirmed",
                    "answered_date",
                ),
            ],
            False,
        ),
        "state": "reserved",
        "trigger": "scheduled",
        "amount": 0,
        "amount_minor": 0,
        "retry_limit": -1,
        "wait_hours": 0,
        "check_count": 0,
        "reserved_date": LONG_AGO,
        "next_check_date": LONG_AGO,
    }
    links = {
        "run_id": "autopay.run",
        "transaction_id": "payment.transaction",
        "token_id": "payment.token",
        "authorization_id": "autopay.authorization",
        "provider_id": "payment.provider",
        "partner_id": "res.partner",
        "currency_id": "res.currency",
        "company_id": "res.company",
    }

    @property
    def line_ids(self):
        lines = self.database.tables["autopay.attempt.line"]
        found = [key for key, row in lines.items() if row["attempt_id"] in self.ids]
        return self.database.classes["autopay.attempt.line"](self.database, found)

    def _write_each(self, columns):
        for name, values in columns.items():
            for row, value in zip(self, values, strict=True):
                row.write({name: value})

    def _check_soon(self):
        self.next_check_date = LONG_AGO

    def _count_declines(self):
        """Return the number of declines on the same invoices, in one piece each."""
        lines = self.database.all("autopay.attempt.line")
        same = lines.filtered(lambda line: line.move_id in self.line_ids.move_id)
        return len(same.attempt_id.filtered(lambda rec: rec.state == "declined"))


MODELS = (Companies, Providers, Partners, Authorizations, Tokens, Currencies)
MODELS += (Transactions, Runs, Moves, Lines, Attempts)
