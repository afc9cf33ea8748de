"""Note who pays the invoices on autopay: a contact that moves changes nobody's mind."""


def migrate(cr, version):
    """Take the present customers for those who were meant; none was noted before.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE account_move
           SET autopay_payer_id = commercial_partner_id
         WHERE autopay_status IS NOT NULL AND autopay_payer_id IS NULL
           AND state = 'posted'
        """
    )
