from odoo import fields, models

from ..guard.each_write import write_each

# The modules that compute what entries of payments have in common.
ODOOS = ("odoo.addons.account.", "odoo.addons.analytic.", "odoo.addons.autopay.")


class AutopayEntry(models.AbstractModel):
    """Makes the journal entries of many payments at once.

    Odoo makes the entries in one go but then writes them on their payments one by one,
    and looks each time for everything that depends on a payment: half of the time that
    booking would take.
    """

    _name = "autopay.entry"
    _description = "Journal Entries of Autopay"

    def _require_entry(self, payment, account=None):
        """Give a payment an outstanding account where it would get no journal entry.

        With Odoo's Accounting, payments whose method has no outstanding account have
        none, and the bank statement is matched with the invoice itself. What goes back
        of such a payment could not be followed, so autopay books as Odoo does without
        Accounting (``create`` of account.payment).

        :param account: the one to take; by default the company's
        :raises UserError: when the company has none
        """
        if payment.outstanding_account_id:
            return
        default = account or payment._get_outstanding_account("inbound")
        payment.outstanding_account_id = default

    def _create_entries(self, payments, write_offs=None):
        """Create the draft entries of draft payments, as Odoo would on posting them.

        :param dict write_offs: {payment id: values of journal items} that pay together
            with the amount of the payment
        """
        payments = payments.filtered("outstanding_account_id")
        # Odoo would look up the fiscal position of each customer by itself.
        payments.partner_id.mapped("property_account_position_id")
        drafts = self.env["account.move"].with_context(
            # There is nothing to compare the distribution of new lines with.
            skip_analytic_sync=True,
            autopay_together=True,
        )
        moves = drafts.create(self._prepare_entries_vals(payments, write_offs or {}))
        self._set_totals(moves.line_ids)
        write_each(payments, {"move_id": moves.ids})

    def _prepare_entries_vals(self, payments, write_offs):
        """Return the entries that Odoo would make, as values."""
        entries = [
            payment._generate_move_vals(write_offs.get(payment.id))
            for payment in payments
        ]
        common = self._get_common_vals("account.move", self._prepare_common_vals())
        positions = self._get_positions(payments.partner_id)
        for payment, entry in zip(payments, entries, strict=True):
            entry.update(common)
            entry.update(positions.get(payment.partner_id, {}))
        lines = [line for entry in entries for _command, _id, line in entry["line_ids"]]
        common = self._get_common_vals("account.move.line", self._prepare_line_vals())
        for line in lines:
            for name, value in common.items():
                line.setdefault(name, value)
        return entries

    def _prepare_common_vals(self):
        """Return what Odoo computes of each entry of a payment: it is the same for all.

        A value that is given spares Odoo to compute it for each of them.
        """
        return {
            "delivery_date": False,
            "taxable_supply_date": False,
            "invoice_payment_term_id": False,
            "partner_shipping_id": False,
            "invoice_currency_rate": 0.0,
            "invoice_user_id": False,
            "invoice_date_due": fields.Date.context_today(self),
        }

    def _get_positions(self, partners):
        """Return {partner: its fiscal position as a value}, as Odoo chooses them."""
        entries, found = self.env["account.move"], {}
        if self._is_odoos(entries, "fiscal_position_id"):
            model = self.env["account.fiscal.position"]
            for partner in partners:
                address = partner.address_get(["delivery"])["delivery"]
                delivery = partner.browse(address)
                position = model._get_fiscal_position(partner, delivery=delivery)
                found[partner] = {"fiscal_position_id": position.id}
        return found

    def _prepare_line_vals(self):
        """Return what Odoo computes of each item of such an entry, see above."""
        common = {
            "display_type": "product",
            "sequence": 100,
            "quantity": 1.0,
            "price_unit": 0.0,
            "product_uom_id": False,
            "tax_ids": [],
        }
        rules = self.env["account.analytic.distribution.model"]
        if not rules.search_count([], limit=1):
            # Odoo need not search a rule for each line when there is none.
            common["analytic_distribution"] = False
        return common

    def _get_common_vals(self, model, common):
        """Return those of these values that no other module has a word in."""
        return {
            name: value
            for name, value in common.items()
            if self._is_odoos(self.env[model], name)
        }

    def _is_odoos(self, model, name):
        """Return whether Odoo's accounting computes a field, and nobody besides."""
        method = getattr(type(model), model._fields[name].compute)
        return method.__module__.startswith(ODOOS)

    def _set_totals(self, lines):
        """Set the totals of items without taxes: Odoo would compute taxes for them."""
        totals = ("price_subtotal", "price_total")
        if not all(self._is_odoos(lines, name) for name in totals):
            return
        untaxed = lines.filtered(lambda line: not line.tax_ids)
        with self.env.protecting([lines._fields[name] for name in totals], untaxed):
            for line in untaxed:
                line.price_subtotal = line.price_total = line.amount_currency
