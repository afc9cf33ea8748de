"""What Stripe's account holds, read by period: every charge, page after page.

Lists are up to date at once, unlike Stripe's search (docs.stripe.com/search), and go
from the newest to the oldest: charges made meanwhile do not shift the pages.
"""

from collections.abc import Mapping
from typing import Any

from .base import STOP_UNREACHABLE, Credentials
from .reports import ChargeReport, Reading
from .stripe_answers import METADATA_TAG, STOPS
from .stripe_client import get_client
from .stripe_extract import (
    INTERRUPTED,
    NEVER_CONNECTED,
    Answer,
    as_dict,
    as_text,
    id_of,
)
from .stripe_lists import read_list

METADATA_DATABASE = "autopay_database"
# Why a list was not read to its end, besides the codes of ``base.STOP_...``.
UNREADABLE_LIST = "unreadable"
WRONG_MODE = "wrong_mode"
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
