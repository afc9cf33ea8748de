from odoo.tools import SQL


def touch(records, column):
    """Make rows the business of this database transaction alone.

    They are changed, not only locked: another transaction may have begun to read before
    we commit, and only a change tells it that what it read is no longer true. It then
    fails to change them, and begins anew.

    :param records: records of one model; those that are not saved have no row
    :param str column: a column of theirs, which keeps its value
    """
    if not records.ids:
        return
    table, name = SQL.identifier(records._table), SQL.identifier(column)
    ids = tuple(sorted(records.ids))
    records.env.cr.execute(
        SQL("UPDATE %s SET %s = %s WHERE id IN %s", table, name, name, ids)
    )
