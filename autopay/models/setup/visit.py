"""The visitor who saves a payment method, and why that fails, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from odoo import models
from odoo.exceptions import UserError


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person in a browser who wants to save a payment method.

    :param text_hash: SHA-256 of the authorization as it was shown; it is compared
    :param contact: the ``res.partner`` who agrees, empty when it is not known
    :param ip_address: where the browser is
    :param user_agent: what the browser calls itself
    :param name: the name that somebody typed who is not logged in
    :param old_token: the ``payment.token`` that is replaced, for that purpose
    :param recollect: ids of the failed invoices that the new method is to pay
    :param asked: the ``autopay.method.request`` whose link led there
    :param link_until: until when another link that led there counts, in UTC
    """

    text_hash: str
    contact: models.Model
    ip_address: str = ""
    user_agent: str = ""
    name: str = ""
    old_token: models.Model | None = None
    recollect: tuple[int, ...] = ()
    asked: models.Model | None = None
    link_until: datetime | None = None


class SetupError(UserError):
    """A reason why there is no page, with a sentence for the customer.

    :param code: a key of ``PROBLEM_SENTENCES``
    """

    def __init__(self, code: str, sentence: str) -> None:
        """Keep the code; the sentence is the message."""
        super().__init__(sentence)
        self.code = code
