"""The configuration and the method that were chosen for an invoice."""

import datetime
from dataclasses import dataclass

from odoo import models


@dataclass(slots=True)
class Choice:
    """The method that pays one invoice, and the rule that chose it.

    :param token: the ``payment.token``; empty when there is none
    :param configuration: the one that matched, if one did
    :param source: *person* (who charges now), *invoice* (its own method),
        *fallback* (another one, after a decline), *configuration*, *customer* (the
        Autopay Token), or *none*: the customer has configurations and none pays
    :param invalid: the first that matched and is not valid, when none pays
    :param unfit: instead of it, the first that matched with a method of a kind that may
        not pay the invoice
    :param day: from when it pays, where no configuration does on the invoice's own day
        and time alone makes one match later; None otherwise
    """

    token: models.Model
    configuration: models.Model
    source: str
    invalid: models.Model
    unfit: models.Model | None = None
    day: datetime.date | None = None

    @property
    def is_open(self):
        """Whether no configuration has anything to say of the invoice on that day."""
        return self.source == "none" and not (self.invalid or self.unfit)
