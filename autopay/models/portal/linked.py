"""A customer who is not logged in and has a link of ours, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from odoo import models

LINKED = "autopay_linked"


@dataclass(frozen=True, slots=True)
class Linked:
    """The customer for whom the holder of a link looks.

    It comes in the context, under ``LINKED``: no browser can send an instance.

    :param payer: the customer, a commercial entity
    :param valid_until: in UTC
    :param may_change: whether all who got the link may say how the customer pays
    """

    payer: models.Model
    company: models.Model
    valid_until: datetime
    may_change: bool


def get_linked(env):
    """Return the :class:`Linked` for whom is looked; None without a link."""
    linked = env.context.get(LINKED)
    return linked if isinstance(linked, Linked) else None


def get_actor_name(env):
    """Return who is at it, for staff."""
    linked = get_linked(env)
    if not linked:
        return env.user.name
    return env._("%s (link in a mail)", linked.payer.display_name)
