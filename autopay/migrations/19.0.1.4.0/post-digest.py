"""Show the key figures of autopay in Odoo's digest."""


def migrate(cr, version):
    """Switch them on in the digest that every database has.

    Its data is changed once, when the add-on is installed.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE digest_digest
           SET kpi_autopay_collected = TRUE,
               kpi_autopay_failed = TRUE,
               kpi_autopay_rate = TRUE
         WHERE id IN (SELECT res_id
                        FROM ir_model_data
                       WHERE module = 'digest' AND name = 'digest_digest_default'
                         AND model = 'digest.digest')
        """
    )
