"""Rules that hold at every moment, and once nothing moves any more."""

from collections import Counter

from odoo.addons.autopay import const

from tests.model.pocket_stripe import TAKEN

FINAL_STATES = ("succeeded", "declined", "canceled")


def get_breaches(engine):
    """Yield a sentence for each invariant that does not hold now."""
    yield from engine.stripe.breaches
    for move in engine.all("account.move"):
        yield from _breaches_of_move(engine, move)
    for attempt in engine.all("autopay.attempt"):
        yield from _breaches_of_attempt(engine, attempt)
    for name, count in Counter(name for name, _x in engine.booking.payments).items():
        if count > 1:
            yield f"I2: {name} was booked {count} times"


def _breaches_of_move(engine, move):
    lines = engine.all("autopay.attempt.line").filtered(
        lambda line: line.move_id == move
    )
    intents = get_intents(engine, lines.attempt_id)
    taken = sum(intent.amount for intent in intents if intent.status in TAKEN)
    if taken > move.amount * 100:
        yield f"I1: {taken} cents were taken for an invoice of {move.amount}"
    live = lines.filtered("live")
    if len(live) > 1:
        yield f"I4: {live.attempt_id.ids} are live on {move}"
    if (move.autopay_status == "in_progress") and not live:
        yield f"I5: {move} is in progress without a charge"
    yield from _breaches_of_last(engine, lines.attempt_id)


def _breaches_of_last(engine, attempts):
    """I11: a new attempt starts when nothing can come of those before any more.

    An intent that was made, but that nobody was asked to charge and nobody knows the
    name of, does no harm.
    """
    for attempt in attempts.browse(attempts.ids[:-1]):
        for intent in get_intents(engine, attempt):
            known = attempt.object_ref == intent.id
            closed = intent.status == "canceled"
            if known and not closed and not attempt.booked_date:
                yield f"I11: {attempt.name} is {intent.status}, there is a later one"


def _breaches_of_attempt(engine, attempt):
    for intent in get_intents(engine, attempt):
        if intent.amount != attempt.amount_minor:
            yield f"I9: {attempt.name} asked for another amount than reserved"
    if attempt.state not in FINAL_STATES and not attempt.next_check_date:
        yield f"I5: {attempt.name} is {attempt.state} and nobody looks after it"
    if attempt.response and "internal_error" in attempt.response:
        yield f"the gateway raised: {attempt.response}"
    wanted = const.attempt.TRANSACTION_STATES.get(attempt.state, "pending")
    if attempt.transaction_id.state != wanted:
        yield f"{attempt.name} is {attempt.state}, Odoo's transaction is not {wanted}"


def get_late_breaches(engine):
    """Yield a sentence for what is left over once everything has come to rest."""
    yield from get_breaches(engine)
    for attempt in engine.all("autopay.attempt"):
        statuses = {intent.status for intent in get_intents(engine, attempt)}
        if attempt.state not in (*FINAL_STATES, "pending"):
            yield f"{attempt.name} is still {attempt.state}"
        if (attempt.state == "succeeded") != ("succeeded" in statuses):
            yield f"I2, I3: {attempt.name} is {attempt.state}, the intent {statuses}"
        if (attempt.state == "pending") != ("processing" in statuses):
            yield f"{attempt.name} is {attempt.state}, the intent {statuses}"
        yield from _late_breaches_of(engine, attempt)


def _late_breaches_of(engine, attempt):
    names = [name for name, _amount in engine.booking.payments]
    if (attempt.state == "succeeded") != (attempt.name in names):
        yield f"I2, I3: {attempt.name} is {attempt.state}, booked: {names}"
    held = any(line.live for line in attempt.line_ids)
    if held != (attempt.state == "pending"):
        yield f"{attempt.name} is {attempt.state} and holds its invoice: {held}"


def get_intents(engine, attempts):
    """Return the intents that were made for these attempts."""
    return [
        intent
        for transaction in attempts.transaction_id
        for intent in engine.stripe.get_of_reference(transaction.reference)
    ]
