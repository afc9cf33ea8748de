"""Say *charge* where records that updates leave alone still say *attempt*."""

# Table, column (translated or not), former and present words.
RENAMED = (
    (
        "ir_act_server",
        "name",
        "Autopay: resolve open attempts",
        "Autopay: follow open charges",
    ),
    (
        "mail_template",
        "description",
        "Sent to customers when a charge failed and is tried again by itself",
        "Sent to customers when a charge failed and is tried again automatically",
    ),
)


def migrate(cr, version):
    """Rename them where nobody has given them another name since.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    for table, column, old, new in RENAMED:
        cr.execute(
            f"UPDATE {table} SET {column} ="
            f" {column} || jsonb_build_object('en_US', %s::text)"
            f" WHERE {column} ->> 'en_US' = %s",
            [new, old],
        )
    for table, column, old, new in (
        ("ir_cron", "cron_name", RENAMED[0][2], RENAMED[0][3]),
        ("ir_sequence", "name", "Autopay Attempt", "Autopay Charge"),
    ):
        cr.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [new, old])
