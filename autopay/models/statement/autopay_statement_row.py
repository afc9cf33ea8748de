from odoo import api, models
from odoo.exceptions import UserError

from ...const.statement import MADE_STATES, MAX_STATEMENT_ROWS
from ...words.statements.documents import get_kind_labels
from ...words.statements.refusals import get_too_many_words
from .statement import Row

# All that a row shows of an entry and of its payment, read at once.
READ = [
    "name",
    "ref",
    "move_type",
    "invoice_date_due",
    "origin_payment_id",
    "reversed_entry_id",
    "statement_line_id",
]
READ_PAYMENT = [
    "state",
    "memo",
    "autopay_reversal_id",
    "payment_transaction_id",
    "invoice_ids",
]


class AutopayStatementRow(models.AbstractModel):
    """Reads the documents of a statement: what each is and what it added to a debt."""

    _name = "autopay.statement.row"
    _description = "Documents of a Statement"

    @api.model
    def _get_rows(self, domain, opening):
        """Return the documents of these lines, oldest first, as {currency: [Row]}.

        :param Domain domain: of the lines
        :param dict opening: the balances before, {currency: amount}
        :raises UserError: when there are too many
        """
        labels = get_kind_labels(self.env)
        rows, balances = {}, dict(opening)
        for move, currency, total, day in self._get_documents(domain):
            amount = currency.round(total)
            if self._is_silent(move, currency, amount):
                continue
            balance = currency.round(balances.get(currency, 0.0) + amount)
            balances[currency] = balance
            row = Row(
                move=move,
                kind=labels[self._get_kind(move, amount)],
                date=day,
                reference=self._get_reference(move),
                due_date=self._get_due_date(move),
                amount=amount,
                balance=balance,
                payment_id=self._get_payment_id(move),
            )
            rows.setdefault(currency, []).append(row)
        return rows

    def _get_documents(self, domain):
        """Return the entries of these lines as [(move, currency, total, day)].

        The lines of an entry, as those of an invoice in parts, are one document.
        """
        groups = self.env["account.move.line"]._read_group(
            domain,
            ["move_id", "currency_id"],
            ["amount_currency:sum", "date:min"],
            limit=MAX_STATEMENT_ROWS + 1,
        )
        if len(groups) > MAX_STATEMENT_ROWS:
            raise UserError(get_too_many_words(self.env))
        moves = self.env["account.move"].union(*(group[0] for group in groups))
        moves.fetch(READ)
        moves.origin_payment_id.fetch(READ_PAYMENT)
        return sorted(groups, key=lambda group: (group[3], group[0].id))

    def _is_silent(self, move, currency, amount):
        """Return whether an entry is only ours: it says nothing in this currency.

        A difference of exchange rates is an amount in the company's currency only.
        """
        return move.move_type == "entry" and currency.is_zero(amount)

    def _get_kind(self, move, amount):
        """Return what a document is, as a code of ``get_kind_labels``."""
        if move.move_type != "entry":
            return move.move_type
        undone = move.reversed_entry_id
        if undone.origin_payment_id or undone.statement_line_id:
            return "returned"
        if not move.origin_payment_id and not move.statement_line_id:
            return "entry"
        return "payment" if amount < 0 else self._get_way_back(move)

    def _get_way_back(self, move):
        """Return whether money went back by our wish or by that of the bank."""
        kind = move.origin_payment_id.autopay_reversal_id.kind
        return "returned" if kind and kind != "refund" else "refund"

    def _get_reference(self, move):
        """Return what a document is about; what staff note on entries is theirs."""
        if self._get_kind(move, 0.0) == "entry":
            return ""
        about = self.env["autopay.payment.list"]._get_reference(move.origin_payment_id)
        return about or move.ref or ""

    def _get_payment_id(self, move):
        """Return the id of the payment that customers get a receipt of."""
        payment = move.origin_payment_id
        return payment.id if payment.state in MADE_STATES else None

    def _get_due_date(self, move):
        return move.invoice_date_due if move.move_type == "out_invoice" else None
