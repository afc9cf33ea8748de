from odoo import api, models
from odoo.tools import SQL

from ...words.invoices.bookings import INVOICE_REASONS, get_booking_sentence

# Fields that are glanced at: a change that is not saved yet counts as well.
LOOKED_AT = {
    "account.account": ("account_type", "active", "company_ids", "currency_id"),
    "account.journal": ("active", "company_id"),
    "account.payment.method": ("payment_type",),
    "account.payment.method.line": (
        "journal_id",
        "payment_account_id",
        "payment_method_id",
        "payment_provider_id",
        "sequence",
    ),
}

# One row when nothing is wrong with the journal, line and account of a provider: the
# currency of the account, and whether receivable accounts are archived.
GLANCE_QUERY = """
    SELECT account.currency_id,
           EXISTS (
               SELECT
                 FROM account_account receivable
                 JOIN account_account_res_company_rel rel
                   ON rel.account_account_id = receivable.id
                WHERE receivable.account_type = 'asset_receivable'
                  AND receivable.active IS NOT TRUE
                  AND rel.res_company_id IN %(company_ids)s
           )
      FROM (
          SELECT line.journal_id
            FROM account_payment_method_line line
           WHERE line.payment_provider_id = %(provider_id)s
             AND line.journal_id IS NOT NULL
           ORDER BY line.sequence, line.id
           LIMIT 1
      ) chosen
      JOIN account_journal journal ON journal.id = chosen.journal_id
      JOIN LATERAL (
          SELECT line.payment_account_id
            FROM account_payment_method_line line
            JOIN account_payment_method method ON method.id = line.payment_method_id
           WHERE line.journal_id = journal.id
             AND line.payment_provider_id = %(provider_id)s
             AND method.payment_type = 'inbound'
           ORDER BY line.sequence, line.id
           LIMIT 1
      ) line ON TRUE
      JOIN account_account account ON account.id = line.payment_account_id
     WHERE journal.active
       AND journal.company_id IN %(company_ids)s
       AND account.active
       AND EXISTS (
           SELECT
             FROM account_account_res_company_rel rel
            WHERE rel.account_account_id = account.id
              AND rel.res_company_id IN %(company_ids)s
       )
"""


class AutopayBookable(models.AbstractModel):
    """Finds out before money moves whether its payment could be booked.

    It looks at what Odoo asks for when a payment is posted (``action_post``,
    ``_check_constrains_account_id_journal_id``, ``_check_company``): once for each
    provider and set of invoices, not for each invoice. A lock date is no reason: Odoo
    then books on the first day that is open.
    """

    _name = "autopay.bookable"
    _description = "Autopay Bookable"

    @api.model
    def _get_reason(self, move, provider, facts):
        """Return why the payment of an invoice could not be booked.

        :param provider: the ``payment.provider`` that would be charged
        :param facts: the ``Facts`` of the decision; what is found is kept in them
        :return: (code of ``BOOKING_SENTENCES``, what its words mention); the code is
            empty when it could be booked
        :rtype: tuple
        """
        found = facts.bookable
        if provider not in found:
            found[provider] = self._glance_at_provider(
                provider, facts
            ) or self._look_at_provider(provider.sudo(), facts.company)
        code, values = found[provider]
        if code:
            return code, values
        return self._look_at_invoice(move.sudo(), provider.sudo(), facts)

    @api.model
    def _get_discount_reason(self, decision, company):
        """Return the code why the discount of a decision could not be booked, or none.

        Odoo books it as a loss, and what another rate makes of it as well.
        """
        loss = company.account_journal_early_pay_discount_loss_account_id
        is_foreign = decision.move.currency_id != company.currency_id
        rates = (
            company.expense_currency_exchange_account_id,
            company.income_currency_exchange_account_id,
        )
        needed = (loss, *(rates if is_foreign else ()))
        if decision.discount and not all(account.active for account in needed):
            return "no_discount_account"
        return ""

    @api.model
    def _get_sentence(self, code, values):
        """Return a reason in the words of the user's language."""
        return get_booking_sentence(self.env, code, values)

    @api.model
    def _get_provider_sentence(self, provider):
        """Return why nothing could be booked that a provider collects, or False."""
        code, values = self._look_at_provider(provider.sudo(), provider.company_id)
        return self._get_sentence(code, values) if code else False

    @api.model
    def _is_of_provider(self, code):
        """Return whether a reason concerns all that is charged through a provider."""
        return code not in INVOICE_REASONS

    def _glance_at_provider(self, provider, facts):
        """Return what ``_look_at_provider`` would, in one query, if all is as usual.

        :return: nothing when it takes a closer look: something is wrong, or the account
            is that of the company
        """
        company_ids = tuple(facts.company.sudo().parent_ids.ids)
        for model, names in LOOKED_AT.items():
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(GLANCE_QUERY, provider_id=provider.id, company_ids=company_ids)
        )
        for currency_id, has_archived in rows:
            if not has_archived:
                facts.bookable["receivables"] = self.env["account.account"].sudo()
            currency = self.env["res.currency"].sudo().browse(currency_id)
            return "", {"account_currency": currency.name}
        return None

    def _look_at_provider(self, provider, company):
        booking = self.env["autopay.booking"].sudo()
        journal = provider.journal_id
        line = booking._get_method_line(provider)
        account = booking._get_outstanding_account(provider, company)
        own = company.sudo().parent_ids
        reasons = (
            ("no_journal", not journal),
            ("journal_archived", not journal.active),
            ("journal_company", journal.company_id not in own),
            ("no_method_line", not line),
            ("no_account", not account),
            ("account_archived", not account.active),
            ("account_company", not account.company_ids & own),
        )
        values = {
            "provider": provider.name,
            "journal": journal.display_name,
            "account": account.display_name,
            "account_currency": account.currency_id.name,
        }
        return next((code for code, holds in reasons if holds), ""), values

    def _look_at_invoice(self, move, provider, facts):
        company = facts.company.sudo()
        customer_company = move.commercial_partner_id.company_id
        if customer_company and customer_company not in company.parent_ids:
            return "customer_company", self._look_at_provider(provider, company)[1]
        _code, values = facts.bookable[provider]
        forced = values["account_currency"]
        if forced and forced not in (company.currency_id.name, move.currency_id.name):
            return "account_currency", self._look_at_provider(provider, company)[1]
        archived = self._get_archived_receivables(facts)
        lines = archived and move.line_ids.filtered(
            lambda line: (
                line.display_type == "payment_term" and line.account_id in archived
            )
        )
        if lines:
            return "receivable_archived", {"account": lines[0].account_id.display_name}
        return "", values

    def _get_archived_receivables(self, facts):
        """Return the archived receivable accounts of the company; mostly there is none.

        Only when there are some are the lines of invoices looked at.
        """
        if "receivables" not in facts.bookable:
            accounts = self.env["account.account"].sudo()
            facts.bookable["receivables"] = accounts.search(
                [
                    ("account_type", "=", "asset_receivable"),
                    ("active", "=", False),
                    ("company_ids", "in", facts.company.sudo().parent_ids.ids),
                ]
            )
        return facts.bookable["receivables"]
