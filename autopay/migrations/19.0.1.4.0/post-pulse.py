"""Count the silence of the engine from now on."""


def migrate(cr, version):
    """Give each company that charges a sign of life.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        INSERT INTO autopay_pulse (company_id, looked_date)
             SELECT id, now() AT TIME ZONE 'UTC'
               FROM res_company
              WHERE autopay_enabled
        ON CONFLICT (company_id) DO NOTHING
        """
    )
