"""The outcome of a customer's press on a button, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Press:
    """The way of a customer after a press on Confirm, or a look at what became of it.

    :param url: the bank's page; empty when there is none to go to
    :param problem: why nothing came of it, a key of ``PROBLEM_SENTENCES``; empty when
        the state of the charge says it
    :param is_to_send: whether a request was written down and is to be sent now
    """

    url: str = ""
    problem: str = ""
    is_to_send: bool = False
