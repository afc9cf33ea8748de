"""Reads from the books what they say about every charge."""

from decimal import Decimal

from tools.demo.agreement import CHARGED, PENDING, Booking


def read_bookings(env, operator, code):
    """Return the Bookings of all attempts that took money, or may yet.

    :param operator: *=* for the attempts at one provider, *!=* for all others
    :param code: of the provider
    """
    attempts = env["autopay.attempt"].search(
        [("provider_id.code", operator, code)], order="id"
    )
    return [
        _read_booking(line)
        for attempt in attempts
        if attempt.state in ("succeeded", "pending") or attempt.payment_id
        for line in attempt.line_ids
    ]


def to_decimal(amount, currency):
    """Return an amount that Odoo keeps as a float, exactly (major units)."""
    return Decimal(f"{amount:.{currency.decimal_places}f}")


def _read_booking(line):
    attempt, invoice = line.attempt_id, line.move_id
    currency = attempt.currency_id
    expected = attempt.state == "pending" and not attempt.payment_id
    amount = attempt.amount if expected else _get_posted(attempt)
    return Booking(
        intent=attempt.object_ref or attempt.name,
        invoice=invoice.name,
        currency=currency.name,
        state=PENDING if expected else CHARGED,
        amount=to_decimal(amount, currency),
        reconciled=to_decimal(_get_reconciled(attempt, invoice), currency),
    )


def _get_receivable(attempt):
    """Return the posted journal items by which a payment settles what is owed."""
    return attempt.payment_id.move_id.line_ids.filtered(
        lambda line: (
            line.parent_state == "posted"
            and line.account_id.account_type == "asset_receivable"
        )
    )


def _get_posted(attempt):
    return -sum(_get_receivable(attempt).mapped("amount_currency"))


def _get_reconciled(attempt, invoice):
    """Return how much of a payment settles this invoice, in the payment's currency."""
    partials = _get_receivable(attempt).matched_debit_ids
    matched = partials.filtered(lambda part: part.debit_move_id.move_id == invoice)
    return sum(matched.mapped("credit_amount_currency"))
