from itertools import chain

from odoo import models


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
        # There is nothing to compare the distribution of new lines with.
        drafts = self.env["account.move"].with_context(skip_analytic_sync=True)
        moves = drafts.create(self._prepare_entries_vals(payments, write_offs or {}))
        self._write_each(payments, "move_id", moves.ids)

    def _prepare_entries_vals(self, payments, write_offs):
        """Return the entries that Odoo would make, as values."""
        entries = [
            payment._generate_move_vals(write_offs.get(payment.id))
            for payment in payments
        ]
        if not self.env["account.analytic.distribution.model"].search_count(
            [], limit=1
        ):
            # Where there is no rule, Odoo need not search one for each line.
            for _command, _id, line in chain.from_iterable(
                entry["line_ids"] for entry in entries
            ):
                line.setdefault("analytic_distribution", False)
        return entries

    def _write_each(self, records, name, values):
        """Write on each record a value of its own, then see what depends on them.

        The steps are those of Odoo's `write`, which knows only one value for all.
        """
        field = records._fields[name]
        records.modified([name], before=True)
        for record, value in zip(records, values, strict=True):
            field.write(record, value)
        records.modified([name])
        records._validate_fields([name])
        records._check_company([name])
