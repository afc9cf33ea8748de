"""Say how invoices on autopay stand that were put on it before."""


def migrate(cr, version):
    """Take what their status says; the job that looks at invoices does the rest.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE account_move
           SET autopay_standing = CASE
                   WHEN autopay_refunded AND autopay_status <> 'in_progress'
                       THEN 'refunded'
                   WHEN autopay_status = 'eligible' THEN 'scheduled'
                   WHEN autopay_status = 'success' THEN 'collected'
                   WHEN autopay_status = 'error' THEN 'failed'
                   ELSE autopay_status
               END
         WHERE autopay_status IS NOT NULL
           AND autopay_standing IS NULL
        """
    )
