"""How a customer stands with a company, as plain values."""

from dataclasses import dataclass, field

from odoo import models

from ..forecast.plan import ForecastCharge


@dataclass(frozen=True, slots=True)
class Also:
    """Something that is charged later, of which there is no invoice yet.

    :param name: what it is, in the customer's words
    :param words: a sentence on when it is charged
    :param path: of the page that shows it; "" without one
    """

    name: str
    words: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class PortalStatus:
    """Whether a company collects from a customer by itself, with what and when.

    :param code: a key of ``autopay.readiness._get_selection``
    :param token: the method that would pay, as far as it is known
    :param default: the customer's default payment method, perhaps none
    :param configured: whether the customer's configurations choose the method
    :param is_agreed: whether there is an agreement that the customer can withdraw
    :param policy: a key of ``const.invoice.POLICIES``
    :param next: the next charge, a ``ForecastCharge``; None when none is known
    :param also: [``Also``]: what comes besides and is not invoiced yet
    """

    company: models.Model
    code: str
    token: models.Model
    default: models.Model
    configured: bool
    is_agreed: bool
    policy: str
    next: ForecastCharge | None
    also: list = field(default_factory=list)

    @property
    def is_on(self):
        """Whether the company charges by itself what it puts on autopay."""
        return self.code == "ready"
