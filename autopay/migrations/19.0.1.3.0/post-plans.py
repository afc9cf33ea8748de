"""Note what invoices come to that have a payment plan already."""


def migrate(cr, version):
    """Take what they come to now for what was agreed.

    Nobody knows any more whether something was put on them since. Without it, all that
    is open would count as put on them later, and the plans would stop.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE autopay_plan plan
           SET currency_id = move.currency_id,
               invoice_total = move.amount_total
          FROM account_move move
         WHERE move.id = plan.move_id
           AND plan.invoice_total IS NULL
        """
    )
