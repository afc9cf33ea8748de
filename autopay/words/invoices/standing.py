"""How an invoice stands, in a few words for a sentence about something else."""


def say_standing(env, move):
    """Return the number of an invoice, with how it stands and why it is blocked.

    :param move: the ``account.move``, read by the superuser
    """
    labels = dict(move._fields["autopay_standing"]._description_selection(env))
    reasons = dict(move._fields["autopay_reason"]._description_selection(env))
    words = [labels.get(move.autopay_standing)]
    if move.autopay_standing == "blocked":
        words.append(reasons.get(move.autopay_reason))
    state = ": ".join(filter(None, words))
    return f"{move.name} ({state})" if state else move.name
