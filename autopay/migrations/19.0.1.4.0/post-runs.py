"""Number runs by year, and keep what was skipped in older ones by reason."""


def migrate(cr, version):
    """Change the prefix where it is still ours; numbers that were given stay.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE ir_sequence
           SET prefix = 'RUN/%(year)s/'
         WHERE code = 'autopay.run' AND prefix = 'APR'
        """
    )
    # The invoices themselves were not kept.
    cr.execute(
        """
        INSERT INTO autopay_run_reason (run_id, blocker, invoice_count, create_date,
                                        write_date)
             SELECT run.id, reason.key, reason.value::int, run.date_end, run.date_end
               FROM autopay_run run
              CROSS JOIN LATERAL jsonb_each_text(run.skipped) reason
              WHERE run.skipped_count > 0
                AND NOT EXISTS (SELECT FROM autopay_run_reason known
                                 WHERE known.run_id = run.id)
        """
    )
