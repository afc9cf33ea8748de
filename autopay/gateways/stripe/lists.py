"""Lists of Stripe, read to their end or known to be incomplete."""

from collections.abc import Callable, Mapping
from typing import Any

from .answer import Answer
from .client import ask, get_options
from .outcomes import is_page, unknown_after_repeat

PAGE_SIZE = 100
MAX_PAGES = 2000  # 200,000 objects in one question: something is wrong beyond that
RETRIES = 1  # reading twice harms nobody
TOO_LONG = "incomplete_list"


def problem_of(answer: Answer) -> str:
    """Return the code for why an answer cannot be used."""
    return unknown_after_repeat(answer).code


def read_list(
    ask_page: Callable[[Any, Any], Any],
    params: Mapping[str, Any],
    explain: Callable[[Answer], str] = problem_of,
) -> tuple[list[Mapping[str, Any]], str]:
    """Return all objects of a list, and why it is incomplete (empty: it is not).

    :param ask_page: the SDK's ``list`` method
    :param params: its filters
    :param explain: returns the code for why an answer is no page
    """
    query: Any = {**params, "limit": PAGE_SIZE}
    found: list[Mapping[str, Any]] = []
    for _page in range(MAX_PAGES):
        answer = ask(lambda: ask_page(query, get_options(RETRIES)))
        if not is_page(answer):
            return found, explain(answer)
        found += answer.body["data"]
        if not answer.body["has_more"]:
            return found, ""
        query["starting_after"] = found[-1]["id"]
    return found, TOO_LONG
