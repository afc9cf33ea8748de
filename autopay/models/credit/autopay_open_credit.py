from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .credit import Credit

# Fields that are looked at: a change that is not saved yet counts as well.
LOOKED_AT = {
    "account.move": (
        "autopay_replaced_id",
        "move_type",
        "payment_state",
        "reversed_entry_id",
        "state",
    ),
    "account.move.line": (
        "account_id",
        "amount_residual",
        "amount_residual_currency",
        "company_id",
        "parent_state",
        "partner_id",
        "reconciled",
    ),
    "account.payment": (
        "amount",
        "invoice_ids",
        "move_id",
        "partner_id",
        "payment_transaction_id",
        "payment_type",
        "state",
    ),
    "autopay.attempt": ("aside_amount", "aside_date", "transaction_id"),
    "autopay.attempt.line": ("attempt_id", "discount_amount", "move_id"),
    "res.partner": ("commercial_partner_id",),
}

# Items on receivable accounts in the customer's favour, of which something is open.
# Money that a person has kept aside stays aside, and what was collected for an invoice
# that was issued anew is meant for the new one as long as that is open.
OPEN_ITEMS = """
    item.reconciled IS NOT TRUE
    AND item.parent_state = 'posted'
    AND item.amount_residual < 0
    AND item.amount_residual_currency < 0
    AND item.account_id IN (
        SELECT id FROM account_account WHERE account_type = 'asset_receivable')
    AND NOT EXISTS (
        SELECT FROM account_payment paid
          JOIN autopay_attempt attempt
            ON attempt.transaction_id = paid.payment_transaction_id
         WHERE paid.move_id = item.move_id
           AND ((attempt.aside_date IS NOT NULL
                 AND attempt.aside_amount + (
                     -- A discount stands in the books with the money.
                     SELECT sum(coalesce(share.discount_amount, 0))
                       FROM autopay_attempt_line share
                      WHERE share.attempt_id = attempt.id)
                     >= -item.amount_residual_currency)
                OR EXISTS (
                    SELECT FROM autopay_attempt_line share
                      JOIN account_move anew
                        ON anew.autopay_replaced_id = share.move_id
                     WHERE share.attempt_id = attempt.id
                       AND anew.state <> 'cancel'
                       AND anew.payment_state IN ('not_paid', 'partial'))))
"""
# Payments without a journal entry; those of a posted invoice pay that one.
OPEN_PAYMENTS = """
    payment.move_id IS NULL
    AND payment.state IN ('in_process', 'paid')
    AND payment.payment_type = 'inbound'
    AND payment.partner_type = 'customer'
    AND NOT EXISTS (
        SELECT FROM account_move__account_payment paid
          JOIN account_move invoice ON invoice.id = paid.invoice_id
         WHERE paid.payment_id = payment.id AND invoice.state = 'posted')
    AND NOT EXISTS (
        SELECT FROM autopay_attempt attempt
         WHERE attempt.transaction_id = payment.payment_transaction_id)
"""
OWN_ITEMS = f"""
      FROM account_move_line item
     WHERE {OPEN_ITEMS}
       AND item.company_id IN (
           SELECT id FROM res_company WHERE parent_path LIKE %(family)s)
       AND item.partner_id IN (
           SELECT id FROM res_partner WHERE commercial_partner_id IN %(payer_ids)s)
"""  # noqa: S608
OWN_PAYMENTS = f"""
      FROM account_payment payment
     WHERE {OPEN_PAYMENTS}
       AND payment.company_id IN (
           SELECT id FROM res_company WHERE parent_path LIKE %(family)s)
       AND payment.partner_id IN (
           SELECT id FROM res_partner WHERE commercial_partner_id IN %(payer_ids)s)
"""  # noqa: S608
# Whether any of these customers has something open.
ANY_QUERY = f"""(
    EXISTS (SELECT {OWN_ITEMS})
    OR EXISTS (SELECT {OWN_PAYMENTS})
    OR EXISTS (
        SELECT FROM account_move note
         WHERE note.state = 'draft'
           AND note.move_type = 'out_refund'
           AND note.reversed_entry_id IS NOT NULL
           AND note.commercial_partner_id IN %(payer_ids)s))
"""  # noqa: S608
# Rows of (customer, invoice, journal item, document and its model): each is open for
# all the invoices of a customer, or for one.
OWN_QUERY = f"""
    SELECT (SELECT commercial_partner_id FROM res_partner WHERE id = item.partner_id),
           NULL::int, item.id, item.move_id, 'account.move'
           {OWN_ITEMS}
     UNION ALL
    SELECT (SELECT commercial_partner_id FROM res_partner
             WHERE id = payment.partner_id),
           NULL, NULL, payment.id, 'account.payment'
           {OWN_PAYMENTS}
     UNION ALL
    SELECT NULL, note.reversed_entry_id, NULL, note.id, 'account.move'
      FROM account_move note
     WHERE note.state = 'draft'
       AND note.move_type = 'out_refund'
       AND note.reversed_entry_id IN %(move_ids)s
"""  # noqa: S608
# Money paid for an invoice, or its order, in the name of another customer.
LINKED_QUERY = f"""
    SELECT NULL::int, link.invoice_id, item.id, item.move_id, 'account.move'
      FROM (%(links)s) link (invoice_id, transaction_id)
      JOIN account_payment payment
        ON payment.payment_transaction_id = link.transaction_id
      JOIN account_move_line item ON item.move_id = payment.move_id
     WHERE {OPEN_ITEMS}
     UNION
    SELECT NULL, link.invoice_id, NULL, payment.id, 'account.payment'
      FROM (%(links)s) link (invoice_id, transaction_id)
      JOIN account_payment payment
        ON payment.payment_transaction_id = link.transaction_id
     WHERE {OPEN_PAYMENTS}
"""  # noqa: S608


class AutopayOpenCredit(models.AbstractModel):
    """Finds what is open in favour of customers: payments, credit notes, entries.

    Charging an invoice beside it may collect more than the customer owes.
    """

    _name = "autopay.open.credit"
    _description = "Open Credit of Customers"

    # === QUERIES === #

    @api.model
    def _get_any_query(self, company, payer_ids):
        """Return the part of a query that says whether customers have open credit."""
        return SQL(ANY_QUERY, family=self._get_family(company), payer_ids=payer_ids)

    @api.model
    def _flush(self):
        """Write down what the queries look at."""
        for model, names in LOOKED_AT.items():
            self.env[model].flush_model(names)

    @api.model
    def _get_linked_moves(self, moves):
        """Return the invoices that online payments are linked with; hook as below."""
        return moves.filtered("transaction_ids")

    @api.model
    def _get_link_query(self, move_ids):
        """Return a query for the online payments of invoices: invoice, transaction.

        Hook for add-ons that know of more than Odoo's own link.
        """
        return SQL(
            "SELECT invoice_id, transaction_id FROM account_invoice_transaction_rel"
            " WHERE invoice_id IN %s",
            move_ids,
        )

    def _get_family(self, company):
        """Return the pattern of the company's tree: branches are one legal entity."""
        root_id, _slash, _rest = (company.sudo().parent_path or "").partition("/")
        return f"{root_id}/%"

    # === FINDING === #

    @api.model
    def _find_of(self, moves):
        """Return {move id: [Credit]} of customer invoices, whatever their company."""
        found = {}
        for company, own in moves.grouped("company_id").items():
            unapplied = own._get_autopay_unapplied()
            linked = self._get_linked_moves(own)
            found.update(self._find(company, own, unapplied, True, linked))
        return found

    @api.model
    def _find(self, company, moves, unapplied, seen, linked):
        """Return {move id: [Credit], the oldest first} of what counts.

        What a person has passed over for an invoice does not, nor what is spoken of as
        collected by autopay for it.

        :param moves: customer invoices of the company
        :param unapplied: {move id: ``Unapplied``}
        :param bool seen: whether the customers have any open credit of their own
        :param linked: those that online payments are linked with
        """
        by_payer, by_move = defaultdict(list), defaultdict(list)
        for payer_id, move_id, *pair in self._get_pairs(company, moves, seen, linked):
            (by_move[move_id] if move_id else by_payer[payer_id]).append(pair)
        if not (by_payer or by_move):
            return {}
        found = {}
        for move in moves.sudo():
            own = by_payer[move.commercial_partner_id._origin.id]
            linked = by_move[move._origin.id]
            made = self._make_all(move, own, linked)
            credits = self._filter(move, made, unapplied.get(move._origin.id))
            if credits:
                found[move._origin.id] = sorted(credits, key=_get_place)
        return found

    def _get_pairs(self, company, moves, seen, linked):
        """Return [(customer id, invoice id, journal item, document)], read together."""
        rows = self._get_rows(company, moves, seen, linked)
        item_ids = [row[2] for row in rows if row[2]]
        document_ids = defaultdict(list)
        for *_place, document_id, model in rows:
            document_ids[model].append(document_id)
        items = self.env["account.move.line"].sudo()
        return [
            (
                payer_id,
                move_id,
                items.browse(item_id).with_prefetch(item_ids),
                self.env[model]
                .sudo()
                .browse(document_id)
                .with_prefetch(document_ids[model]),
            )
            for payer_id, move_id, item_id, document_id, model in rows
        ]

    def _get_rows(self, company, moves, seen, linked):
        move_ids = tuple(moves._origin.ids)
        queries = []
        if seen and move_ids:
            values = {
                "family": self._get_family(company),
                "payer_ids": tuple(moves.commercial_partner_id._origin.ids),
                "move_ids": move_ids,
            }
            queries.append(SQL(OWN_QUERY, **values))
        if linked._origin.ids:
            queries.append(
                SQL(LINKED_QUERY, links=self._get_link_query(tuple(linked._origin.ids)))
            )
        if not queries:
            return []
        self._flush()
        return self.env.execute_query(SQL(" UNION ALL ").join(queries))

    def _make_all(self, move, own, linked):
        """Return what was found for an invoice, each once.

        :param own: [[journal item, document]] in the name of its customer
        :param linked: the same that is linked with the invoice
        """
        made = [self._make(move, True, *pair) for pair in own]
        made += [self._make(move, False, *pair) for pair in linked if pair not in own]
        return made

    def _make(self, move, is_own, line, document):
        """Return what was found as a :class:`Credit` for an invoice.

        :param bool is_own: whether it is open in the name of the invoice's customer
        """
        if not line:
            is_note = document._name == "account.move"
            amount = document.amount_total if is_note else document.amount
            key = f"{document._name},{document.id}"
            return Credit(key, document, document.currency_id, amount, line, False)
        key, currency = f"{line._name},{line.id}", line.currency_id
        amount = -line.amount_residual_currency
        if not is_own or line.account_id not in self._get_receivables(move):
            return Credit(key, document, currency, amount, line.browse(), False)
        here = line.company_id == move.company_id
        is_plain = here and currency == move.currency_id
        return Credit(key, document, currency, amount, line, is_plain)

    def _get_receivables(self, move):
        """Return the accounts on which an invoice is owed."""
        terms = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        return terms.account_id

    def _filter(self, move, made, open_money):
        """Return what counts of the credits that were found for an invoice.

        :param open_money: its ``Unapplied`` money, perhaps None
        """
        collected = open_money and open_money.attempt.payment_id.move_id
        return [
            credit
            for credit in made
            if not credit.currency.is_zero(credit.amount)
            and credit.document != collected
            and not self._is_waived(move, credit)
        ]

    def _is_waived(self, move, credit):
        """Return whether a person has passed over so much of a credit."""
        waived = move.autopay_waived_credit or {}
        known = waived.get(credit.key, 0.0)
        return credit.currency.compare_amounts(credit.amount, known) <= 0

    # === WEIGHING === #

    @api.model
    def _weigh(self, decision, facts):
        """Return whether open credit holds an invoice; note what would be applied.

        What it pays altogether is *covered*, and not held.

        By the policy *apply* what can be applied is, before the rest is charged: the
        decision then is about the rest. An early-payment discount would be lost by it,
        as Odoo grants none on a part: a person weighs the two.
        """
        found = facts.credits.get(decision.move_id)
        if not found:
            return False
        decision.values["credits"] = found
        decision.values["can_apply"] = any(credit.line for credit in found)
        if not self._is_to_apply(decision, facts, found):
            return True
        self._plan(decision, facts, found)
        decision.values["covered"] = bool(decision.credits) and (
            decision.move.currency_id.compare_amounts(decision.amount, 0) <= 0
        )
        return False

    def _is_to_apply(self, decision, facts, found):
        """Return whether what was found is applied without asking anybody."""
        wanted = facts.company.autopay_credit_policy == "apply" and not facts.final
        plain = all(credit.is_plain for credit in found)
        return wanted and plain and not decision.discount

    def _plan(self, decision, facts, found):
        """Lower a decision by what is applied first, the oldest credit first."""
        currency = decision.move.currency_id
        left = decision.move._get_autopay_amount()
        for credit in found:
            free = credit.amount - self._get_used(credit, decision, facts)
            amount = currency.round(max(0.0, min(free, left)))
            if currency.is_zero(amount):
                continue
            decision.credits.append((credit, amount))
            left = currency.round(left - amount)
        total = sum(amount for _credit, amount in decision.credits)
        decision.due = currency.round(max(0.0, decision.due - total))
        decision.amount = min(decision.amount, decision.due)

    def _get_used(self, credit, decision, facts):
        """Return what other invoices, decided before, take of a credit."""
        taken = facts.credited.get(credit.key, {})
        return sum(
            amount for move_id, amount in taken.items() if move_id != decision.move_id
        )

    @api.model
    def _add_used(self, decision, facts):
        """Have later decisions know what this one takes, when it takes it."""
        if decision.blocker and not decision.values.get("covered"):
            return
        for credit, amount in decision.credits:
            facts.credited.setdefault(credit.key, {})[decision.move_id] = amount


def _get_place(credit):
    return (credit.document.date, credit.document._name, credit.document.id, credit.key)
