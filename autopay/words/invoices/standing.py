"""How invoices stand, in a few words for a sentence about something else."""

from odoo.tools import format_list

from ...const.invoice import SCHEDULED_STANDINGS
from ..days import say_day

# Nothing is charged as things stand, until somebody has done something.
HALTED_STANDINGS = ("blocked", "failed", "refunded", "charged_back")


def say_standing(env, move):
    """Return the number of an invoice, with how it stands and why, or when it is paid.

    :param move: the ``account.move``, read by the superuser
    """
    labels = dict(move._fields["autopay_standing"]._description_selection(env))
    words = [labels.get(move.autopay_standing), _get_detail(env, move)]
    state = ": ".join(filter(None, words))
    return f"{move.name} ({state})" if state else move.name


def say_halted(env, moves):
    """Return which of these invoices are not charged as things stand, as a sentence.

    :param moves: open ``account.move``, read by the superuser
    :return: "" when all of them are being collected
    """
    if not moves:
        return ""
    parts = [say_standing(env, move) for move in moves]
    return env._("Not charged as things stand: %s.", format_list(env, parts))


def is_halted(move):
    """Return whether an open invoice is not charged as things stand.

    One that is not on autopay is among them.
    """
    return not move.autopay_standing or move.autopay_standing in HALTED_STANDINGS


def needs_look(move):
    """Return whether somebody ought to see that an open invoice was not charged yet."""
    return move._is_autopay_open() and (
        is_halted(move) or move.autopay_standing == "retry"
    )


def _get_detail(env, move):
    """Return why it is blocked, or on which day it is charged."""
    if move.autopay_standing == "blocked":
        reasons = dict(move._fields["autopay_reason"]._description_selection(env))
        return reasons.get(move.autopay_reason)
    if move.autopay_standing in SCHEDULED_STANDINGS:
        return say_day(env, move.autopay_next_date)
    return ""
