"""The final state of a database and a provider, as plain rows."""

from dataclasses import dataclass, field

INVOICES = """
    SELECT move.id, move.ref, move.name, move.state, move.payment_state,
           move.amount_residual, move.amount_total, move.autopay_status,
           COALESCE(move.autopay_crash_count, 0) AS crash_count,
           COALESCE(others.amount, 0) AS paid_otherwise
      FROM account_move move
 LEFT JOIN LATERAL (
               SELECT SUM(part.amount) AS amount
                 FROM account_partial_reconcile part
                 JOIN account_move_line debit ON debit.id = part.debit_move_id
                 JOIN account_move_line credit ON credit.id = part.credit_move_id
            LEFT JOIN account_payment payment ON payment.move_id = credit.move_id
            LEFT JOIN autopay_attempt attempt
                   ON attempt.transaction_id = payment.payment_transaction_id
                WHERE debit.move_id = move.id AND attempt.id IS NULL
                  AND payment.autopay_reversal_id IS NULL
           ) others ON TRUE
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
     WHERE payment.autopay_reversal_id IS NULL
       AND NOT EXISTS (
               SELECT FROM payment_transaction tx
                WHERE tx.id = payment.payment_transaction_id
                  AND tx.reference LIKE 'portal-%'
           )
       AND (payment.payment_transaction_id IS NOT NULL
            OR payment.memo IS DISTINCT FROM 'by transfer')
  ORDER BY payment.id
"""
REVERSALS = """
    SELECT reversal.id, reversal.kind, reversal.ref, reversal.finding, reversal.state,
           reversal.amount_minor, reversal.amount, attempt.name AS attempt,
           tx.reference, COALESCE(SUM(
               CASE payment.payment_type WHEN 'outbound' THEN payment.amount
               ELSE -payment.amount END
           ), 0) AS booked
      FROM autopay_reversal reversal
      JOIN autopay_attempt attempt ON attempt.id = reversal.attempt_id
      JOIN payment_transaction tx ON tx.id = attempt.transaction_id
 LEFT JOIN account_payment payment ON payment.autopay_reversal_id = reversal.id
  GROUP BY reversal.id, attempt.id, tx.id
  ORDER BY reversal.id
"""
EVENTS = """
    SELECT id, type, state, try_count, reason FROM autopay_event ORDER BY id
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
    "reversals": REVERSALS,
    "events": EVENTS,
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
    reversals: list = field(default_factory=list)
    events: list = field(default_factory=list)

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
    """Return the rows of the later state that were not in the earlier one.

    Runs that are over are no change: as long as something waits there is one more.
    """
    for title in QUERIES | SHOWN:
        known = getattr(before, title)
        for row in getattr(after, title):
            is_over = title == "runs" and row["state"] == "done"
            if row not in known and not is_over:
                yield title + describe_row(title, row)
