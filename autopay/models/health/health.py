from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """A scheduled action that autopay needs, and that does not work.

    :param name: of the action, for people
    :param cron_id: of ``ir.cron``; 0 when it was deleted
    :param problem: *off*, *failing* or *overdue*
    :param since: in UTC without zone, None when nobody knows
    """

    name: str
    cron_id: int
    problem: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Books:
    """The last daily comparison of a provider's charges with the books.

    :param state: *agrees*, *differs* or *incomplete*
    :param compared_date: in UTC without zone
    """

    reconciliation_id: int
    state: str
    compared_date: datetime


@dataclass(slots=True)
class Health:
    """How autopay is in one company, from what the database knows.

    :param is_on: whether autopay is on and this database looks after it
    :param looked_date: when all that was due was last looked at, UTC without zone
    :param is_silent: whether that is too long ago
    :param last_run: the ``autopay.run`` begun last, or none
    :param stopped_text: why providers were left alone in it, "" when they answered
    :param interrupted_count: runs of the last days whose process died
    :param books: one for each provider
    :param unsent_count: mails that are due and should be sent by now
    """

    company: Any
    is_on: bool
    is_copied: bool
    looked_date: datetime | None
    is_silent: bool
    last_run: Any
    stopped_text: str = ""
    interrupted_count: int = 0
    books: list[Books] = field(default_factory=list)
    unsent_count: int = 0
    jobs: list[Job] = field(default_factory=list)
