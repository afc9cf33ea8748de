"""Copies posted invoices inside PostgreSQL: thousands in a second.

Odoo needs a good part of a second to create and post one, so that a benchmark would
mostly wait. The copies are rows like those Odoo wrote, with numbers of their own.
"""

# Columns of the copies that differ from the original: {column: SQL expression}.
MOVE_VALUES = {
    "id": "c.id",
    "name": "o.sequence_prefix || lpad(c.number::text, 9, '0')",
    "payment_reference": "o.sequence_prefix || lpad(c.number::text, 9, '0')",
    "sequence_number": "c.number",
    "access_token": "NULL",
}
LINE_VALUES = {
    "id": "nextval('account_move_line_id_seq')",
    "move_id": "c.id",
    "move_name": "m.name",
}


def multiply_invoices(cr, move_ids, count, values=(), with_lines=True):
    """Copy the invoices in turn until there are ``count`` copies.

    :param dict values: further columns of the copies, where ``c.k`` counts them from 1
    :param bool with_lines: whether their journal items are copied as well
    """
    cr.execute(
        """CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
           SELECT nextval('account_move_id_seq') AS id, k,
                  (%(ids)s)[1 + (k - 1) %% %(originals)s] AS original_id,
                  k + (SELECT max(sequence_number) FROM account_move) AS number
             FROM generate_series(1, %(count)s) AS k""",
        {"ids": list(move_ids), "originals": len(move_ids), "count": count},
    )
    _copy_rows(
        cr,
        "account_move",
        {**MOVE_VALUES, **dict(values)},
        "account_move o ON o.id = c.original_id",
    )
    if with_lines:
        _copy_lines(cr)
    cr.execute("DROP TABLE copies")
    cr.execute("ANALYZE account_move, account_move_line")


def _copy_lines(cr):
    _copy_rows(
        cr,
        "account_move_line",
        LINE_VALUES,
        "account_move_line o ON o.move_id = c.original_id"
        " JOIN account_move m ON m.id = c.id",
    )


def _copy_rows(cr, table, values, join):
    columns = _get_columns(cr, table)
    expressions = [values.get(column, f'o."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(expressions)}"
        f" FROM copies c JOIN {join} ORDER BY c.number, o.id"
    )


def _get_columns(cr, table):
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    return [column for (column,) in cr.fetchall()]
