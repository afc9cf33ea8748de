"""What a decision about an invoice is made of, as plain values."""

import datetime
from dataclasses import dataclass, field

from odoo import models

from .blocker_words import get_blocker_words, get_charge_words


@dataclass(slots=True)
class Decision:
    """Whether one invoice would be charged now, with what, or why not.

    :param blocker: a code of ``const.BLOCKERS``; False when it would be charged
    :param values: what the words about the blocker mention
    :param date: from when the blocker could be gone, when that can be said
    """

    move: models.Model
    token: models.Model
    authorization: models.Model
    amount: float = 0.0
    blocker: str | bool = False
    values: dict = field(default_factory=dict)
    date: datetime.date | None = None

    def get_words(self, env):
        """Return the decision as a sentence in the language of the environment."""
        if self.blocker:
            return get_blocker_words(env, self)
        return get_charge_words(env, self)


@dataclass(slots=True)
class Facts:
    """What is looked up once for a whole set of invoices of one company."""

    company: models.Model
    today: datetime.date
    neutralized: bool
    copied: bool
    live: dict
    returned: dict
    pending: set
    doubtful: dict
    authorizations: dict
    refused: dict
    exhausted: set
