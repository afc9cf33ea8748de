"""All that rests on one saved payment method, as plain values."""

from dataclasses import dataclass
from typing import Any

from odoo import models


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything a saved method pays, and what is being charged with it.

    :param companies: those in which it is the customer's default payment method
    :param configurations: the enabled ``autopay.configuration`` that name it
    :param moves: the open invoices on autopay that name it
    :param late: the ``autopay.attempt`` that nobody can call back any more
    """

    companies: models.Model
    configurations: models.Model
    moves: models.Model
    late: models.Model

    def __bool__(self) -> bool:
        """Return whether anything rests on it."""
        return bool(self.get_companies() or self.late)

    def get_companies(self) -> models.Model:
        """Return all companies in which something would be paid with it."""
        return self.companies | self.configurations.company_id | self.moves.company_id


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another saved method that can pay instead, and the words to agree to.

    :param terms: its ``Terms``
    """

    token: models.Model
    terms: Any
