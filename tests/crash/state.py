"""What a database and a provider say after all, as plain rows."""

from dataclasses import dataclass

INVOICES = """
    SELECT move.id, move.ref, move.name, move.state, move.payment_state,
           move.amount_residual, move.autopay_status,
           COALESCE(move.autopay_crash_count, 0) AS crash_count
      FROM account_move move
     WHERE move.move_type = 'out_invoice' AND move.autopay_status IS NOT NULL
  ORDER BY move.id
"""
ATTEMPTS = """
    SELECT attempt.id, attempt.name, attempt.state, attempt.amount,
           attempt.amount_minor, attempt.object_ref, attempt.booked_date IS NOT NULL
           AS booked, attempt.notified_state, attempt.next_check_date IS NOT NULL
           AS watched, attempt.mismatch, line.live, move.ref AS invoice,
           lower(currency.name) AS currency, tx.id AS tx_id, tx.reference,
           tx.state AS tx_state, tx.provider_reference, tx.payment_id,
           tx.is_post_processed, provider.code AS provider
      FROM autopay_attempt attempt
      JOIN autopay_attempt_line line ON line.attempt_id = attempt.id
      JOIN account_move move ON move.id = line.move_id
      JOIN payment_transaction tx ON tx.id = attempt.transaction_id
      JOIN res_currency currency ON currency.id = attempt.currency_id
      JOIN payment_provider provider ON provider.id = attempt.provider_id
  ORDER BY attempt.id
"""
PAYMENTS = """
    SELECT payment.id, payment.amount, payment.state, move.state AS move_state,
           payment.payment_transaction_id AS tx_id, lower(currency.name) AS currency,
           payment.is_reconciled
      FROM account_payment payment
 LEFT JOIN account_move move ON move.id = payment.move_id
      JOIN res_currency currency ON currency.id = payment.currency_id
  ORDER BY payment.id
"""
RUNS = "SELECT id, name, state FROM autopay_run ORDER BY id"
ACTIVITIES = """
    SELECT activity.id, activity.res_model, activity.res_id, activity.summary,
           move.ref AS invoice
      FROM mail_activity activity
 LEFT JOIN account_move move
        ON activity.res_model = 'account.move' AND move.id = activity.res_id
  ORDER BY activity.id
"""
MESSAGES = """
    SELECT message.id, move.ref AS invoice, message.body
      FROM mail_message message
      JOIN account_move move ON move.id = message.res_id
     WHERE message.model = 'account.move' AND message.body LIKE '%autopay.attempt%'
  ORDER BY message.id
"""
QUERIES = {
    "invoices": INVOICES,
    "attempts": ATTEMPTS,
    "payments": PAYMENTS,
    "runs": RUNS,
    "activities": ACTIVITIES,
    "messages": MESSAGES,
}
# Of long rows, what is shown next to a breach.
SHOWN = {
    "intents": ("id", "status", "amount", "metadata"),
    "ledger": ("kind", "payment_intent", "amount", "metadata"),
}


@dataclass(frozen=True)
class State:
    """Rows as dicts; amounts in major units where not called minor.

    :param ledger: the provider's movements of money for this database
    :param intents: the provider's payment intents for this database
    """

    invoices: list
    attempts: list
    payments: list
    runs: list
    activities: list
    messages: list
    ledger: list
    intents: list

    def get_statuses(self):
        """Return {reference of the invoice: autopay status}."""
        return {invoice["ref"]: invoice["autopay_status"] for invoice in self.invoices}

    def get_attempt_states(self, ref):
        """Return the states of the attempts on an invoice, oldest first."""
        return [row["state"] for row in self.attempts if row["invoice"] == ref]


def describe(state):
    """Return the state as lines to read below a breach."""
    for title in QUERIES | SHOWN:
        yield f"--- {title}"
        yield from (describe_row(title, row) for row in getattr(state, title))


def describe_row(title, row):
    shown = ((key, row[key]) for key in SHOWN.get(title, row))
    return "  " + ", ".join(f"{key}={value}" for key, value in shown)


def describe_changes(before, after):
    """Return the rows of the later state that were not in the earlier one."""
    for title in QUERIES | SHOWN:
        known = getattr(before, title)
        for row in getattr(after, title):
            if row not in known:
                yield title + describe_row(title, row)
