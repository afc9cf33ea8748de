"""What Stripe's account holds, read by period: every charge, page after page.

Lists are up to date at once, unlike Stripe's search (docs.stripe.com/search), and go
from the newest to the oldest: charges made meanwhile do not shift the pages.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .base import STOP_UNREACHABLE, Credentials
from .reports import ChargeReport, Reading
from .stripe_answers import METADATA_TAG, STOPS, is_page
from .stripe_client import ask, get_client, get_options
from .stripe_extract import INTERRUPTED, NEVER_CONNECTED, Answer, as_dict, as_text

if TYPE_CHECKING:
    from stripe.params import ChargeListParams

METADATA_DATABASE = "autopay_database"
PAGE_SIZE = 100
MAX_PAGES = 2000
RETRIES = 2
# Why a list was not read to its end, besides the codes of ``base.STOP_...``.
UNREADABLE_LIST = "unreadable"
TOO_MANY = "too_many"
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
        params: ChargeListParams = {
            "created": {"gte": since, "lte": until},
            "limit": PAGE_SIZE,
        }
        rows: list[ChargeReport] = []
        for _page in range(MAX_PAGES):
            answer = ask(lambda: self._charges.list(params, get_options(RETRIES)))
            if not is_page(answer):
                return Reading(tuple(rows), False, _problem_of(answer))
            rows += [_report(as_dict(charge)) for charge in answer.body["data"]]
            if any(row.livemode != self._livemode for row in rows[-PAGE_SIZE:]):
                return Reading((), False, WRONG_MODE)
            if not answer.body["has_more"]:
                return Reading(tuple(rows))
            params["starting_after"] = answer.body["data"][-1]["id"]
        return Reading(tuple(rows), False, TOO_MANY)


def _problem_of(answer: Answer) -> str:
    if answer.fault in _NO_ANSWER:
        return STOP_UNREACHABLE
    return STOPS.get(answer.status, UNREADABLE_LIST)


def _report(charge: Mapping[str, Any]) -> ChargeReport:
    tags = as_dict(charge.get("metadata"))
    return ChargeReport(
        object_ref=_id_of(charge.get("payment_intent")),
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


def _id_of(value: Any) -> str:
    """Return the id of an object that may be given whole or by its id."""
    return as_text(value) or as_text(as_dict(value).get("id"))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
