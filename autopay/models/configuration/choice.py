"""The configuration and the method that were chosen for an invoice."""

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
    """

    token: models.Model
    configuration: models.Model
    source: str
    invalid: models.Model
    unfit: models.Model | None = None
