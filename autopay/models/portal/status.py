"""How a customer stands with a company, as plain values."""

from dataclasses import dataclass

from odoo import models

from ..forecast.plan import ForecastCharge


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
    """

    company: models.Model
    code: str
    token: models.Model
    default: models.Model
    configured: bool
    is_agreed: bool
    policy: str
    next: ForecastCharge | None

    @property
    def is_on(self):
        """Whether the company charges by itself what it puts on autopay."""
        return self.code == "ready"
