"""Reads the charges of a Stripe account by period, page after page.

Lists are up to date at once, unlike Stripe's search (docs.stripe.com/search), and go
from the newest to the oldest: charges made meanwhile do not shift the pages.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ..base import ABSENT, STOP_UNREACHABLE, Credentials
from ..reports import ChargeReport, Reading
from .answer import INTERRUPTED, NEVER_CONNECTED, Answer, as_dict, as_text, id_of
from .client import get_client
from .lists import read_list
from .outcomes import METADATA_TAG, STOPS

METADATA_DATABASE = "autopay_database"
# Why a list was not read to its end, besides the codes of ``base.STOP_...``.
UNREADABLE_LIST = "unreadable"
WRONG_MODE = "wrong_mode"
# Charges looked up one by one: where more are missing, something else is wrong.
LOOK_UPS = 200
MANY_UNSEEN = "many_unseen"
NOT_FOUND = 404
_NO_ANSWER = (NEVER_CONNECTED, INTERRUPTED)


class StripeReports:
    """Reads lists of one Stripe account; changes nothing and never raises."""

    def __init__(self, credentials: Credentials) -> None:
        """Connect to nothing yet.

        :raise ValueError: when the key is missing or the address is not acceptable
        """
        self._livemode = credentials.livemode
        self._charges = get_client(credentials).v1.charges

    def list_charges(self, since: int, until: int) -> Reading:
        """Return the charges that were made in a period, whoever made them.

        :param since: unix seconds, included
        :param until: unix seconds, included
        """
        period = {"created": {"gte": since, "lte": until}}
        charges, problem = read_list(self._charges.list, period, _problem_of)
        rows = tuple(_report(as_dict(charge)) for charge in charges)
        if any(row.livemode != self._livemode for row in rows):
            return Reading((), False, WRONG_MODE)
        return Reading(rows, complete=not problem, problem=problem)

    def add_charges_of(self, object_refs: Collection[str], reading: Reading) -> Reading:
        """Return a reading with the charges of payment intents, wherever in time.

        :param object_refs: ids of payment intents
        :param reading: what was read before; as it is when it is not complete
        """
        if not reading.complete:
            return reading
        if len(object_refs) > LOOK_UPS:
            return replace(reading, complete=False, problem=MANY_UNSEEN)
        rows = list(reading.rows)
        for object_ref in object_refs:
            params = {"payment_intent": object_ref}
            charges, problem = read_list(self._charges.list, params, _problem_of_one)
            rows += [_report(as_dict(charge)) for charge in charges]
            if problem and problem != ABSENT:
                return replace(reading, complete=False, problem=problem)
        return replace(reading, rows=tuple(rows))


def _problem_of_one(answer: Answer) -> str:
    # An account that does not know the intent has no charge of it.
    return ABSENT if answer.status == NOT_FOUND else _problem_of(answer)


def _problem_of(answer: Answer) -> str:
    if answer.fault in _NO_ANSWER:
        return STOP_UNREACHABLE
    return STOPS.get(answer.status, UNREADABLE_LIST)


def _report(charge: Mapping[str, Any]) -> ChargeReport:
    tags = as_dict(charge.get("metadata"))
    return ChargeReport(
        object_ref=id_of(charge.get("payment_intent")),
        charge_ref=as_text(charge.get("id")),
        tag=as_text(tags.get(METADATA_TAG)),
        database=as_text(tags.get(METADATA_DATABASE)),
        amount_minor=_number(charge.get("amount")),
        currency=as_text(charge.get("currency")),
        created_at=_number(charge.get("created")),
        status=as_text(charge.get("status")),
        refunded_minor=_number(charge.get("amount_refunded")),
        disputed=bool(charge.get("disputed")),
        livemode=bool(charge.get("livemode")),
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
