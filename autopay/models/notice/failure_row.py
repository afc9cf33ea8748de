"""One line of a report of failures, as a plain value."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class FailureRow:
    """The failures of one customer for one reason.

    :param customer: the name
    :param url: where it is seen to
    :param reason: why it failed, for staff
    :param next_step: what happens now
    :param sums: {``res.currency``: amount in major units}
    :param names: of the invoices
    """

    customer: str
    url: str
    reason: str
    next_step: str
    sums: dict = field(default_factory=dict)
    names: list = field(default_factory=list)
