"""Reads what became of every invoice: the rows of the table."""

from dataclasses import dataclass
from decimal import Decimal

from tools.demo.bookings import to_decimal
from tools.demo.report import format_money

# Short names of methods whose own are long.
METHOD_NAMES = {
    "ach_direct_debit": "ACH",
    "sepa_direct_debit": "SEPA",
    "amex": "Amex",
    "mastercard": "Mastercard",
    "visa": "Visa",
}
# Words of the table for states of an attempt that need no more explanation.
OUTCOMES = {
    "succeeded": "charged",
    "pending": "pending",
    "action_required": "waiting",
    "declined": "failed",
}
SKIPPED, OPEN = "skipped", "open"
# The field that says until when a blocker holds.
BLOCKER_DAYS = {
    "on_hold": "autopay_hold_date",
    "date_not_reached": "autopay_date",
    "retry_not_due": "autopay_retry_date",
}


@dataclass(frozen=True)
class Row:
    """The outcome of one invoice.

    :param amount: its total, in major units
    :param outcome: a value of ``OUTCOMES``, or *skipped*, or *open* when it cannot be
        said why nothing was taken, or whether
    :param reason: what the legend counts by
    :param detail: what is told after the reason, or instead of it for charges
    """

    invoice: str
    customer: str
    amount: Decimal
    currency: str
    method: str
    outcome: str
    reason: str
    detail: str = ""

    @property
    def why(self):
        """The reason with its detail."""
        if self.outcome == "charged":
            return self.detail
        return f"{self.reason}, {self.detail}" if self.detail else self.reason


def read_rows(invoices):
    """Return a Row for each of the invoices, in their order."""
    return [_read_row(invoice) for invoice in invoices]


def _read_row(invoice):
    attempt = invoice.autopay_attempt_ids.sorted("id")[-1:]
    outcome = _get_outcome(invoice, attempt)
    reason, detail = EXPLANATIONS[outcome](invoice, attempt)
    return Row(
        invoice=invoice.name if invoice.state != "draft" else f"draft {invoice.id}",
        customer=invoice.partner_id.name,
        amount=to_decimal(invoice.amount_total, invoice.currency_id),
        currency=invoice.currency_id.name,
        method=_get_method(attempt.token_id or _get_token(invoice)),
        outcome=outcome,
        reason=reason,
        detail=detail,
    )


def _get_token(invoice):
    return invoice._get_autopay_tokens()[invoice.id]


def _get_outcome(invoice, attempt):
    if attempt.state == "succeeded" and not attempt.booked_date:
        return OPEN
    if attempt and attempt.state != "canceled":
        return OUTCOMES.get(attempt.state, OPEN)
    return SKIPPED if invoice.autopay_blocker else OPEN


def _get_method(token):
    if not token:
        return ""
    method = token.payment_method_id
    name = METHOD_NAMES.get(method.code, method.name)
    return f"{name} {token.payment_details}"


# === EXPLANATIONS === #


def _explain_charge(invoice, attempt):
    """Return how the invoice is paid, and the payment with what is unusual about it."""
    payment = attempt.payment_id.name or "no payment"
    unusual = ""
    if attempt.amount != invoice.amount_total:
        currency = attempt.currency_id
        amount = to_decimal(attempt.amount, currency)
        unusual = f", {format_money(amount, currency.name)}"
    elif len(invoice.autopay_attempt_ids) > 1:
        unusual = ", second attempt"
    elif attempt.check_count > 1:
        unusual = ", learned later"
    return _get_label(invoice, "payment_state").lower(), f"{payment}{unusual}"


def _explain_pending(_invoice, _attempt):
    return "no answer from the bank yet", ""


def _explain_waiting(_invoice, _attempt):
    return "the customer must confirm", ""


def _explain_failure(invoice, attempt):
    code = attempt.decline_code or attempt.decline_class or "refused"
    retry = invoice.autopay_retry_date
    return (
        code.removeprefix("card_").replace("_", " "),
        f"retry {_format_day(retry)}" if retry else "no retry",
    )


def _explain_blocker(invoice, _attempt):
    blocker = invoice.autopay_blocker
    detail = ""
    if blocker in BLOCKER_DAYS:
        detail = _format_day(invoice[BLOCKER_DAYS[blocker]])
    elif blocker == "nothing_due":
        detail = _get_label(invoice, "payment_state").lower()
    return _get_label(invoice, "autopay_blocker"), detail


def _explain_open(_invoice, attempt):
    if attempt.booking_error:
        return "charged, but not booked", attempt.booking_error
    return "due, but not settled", attempt.state or "never asked for"


EXPLANATIONS = {
    "charged": _explain_charge,
    "pending": _explain_pending,
    "waiting": _explain_waiting,
    "failed": _explain_failure,
    SKIPPED: _explain_blocker,
    OPEN: _explain_open,
}


def _get_label(invoice, field):
    """Return the words for a selection field's value."""
    selection = invoice._fields[field]._description_selection(invoice.env)
    return dict(selection)[invoice[field]]


def _format_day(day):
    return f"{day.day} {day:%b}"
