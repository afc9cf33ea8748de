"""Say *charge* where records that updates leave alone still say *attempt*."""

ACTION = """
    UPDATE ir_act_server
       SET name = name || jsonb_build_object('en_US', %(new)s::text)
     WHERE name ->> 'en_US' = %(old)s
"""
CRON = "UPDATE ir_cron SET cron_name = %(new)s WHERE cron_name = %(old)s"
SEQUENCE = "UPDATE ir_sequence SET name = %(new)s WHERE name = %(old)s"
TEMPLATE = """
    UPDATE mail_template
       SET description = description || jsonb_build_object('en_US', %(new)s::text)
     WHERE description ->> 'en_US' = %(old)s
"""
RENAMED = (
    (ACTION, "Autopay: resolve open attempts", "Autopay: follow open charges"),
    (CRON, "Autopay: resolve open attempts", "Autopay: follow open charges"),
    (SEQUENCE, "Autopay Attempt", "Autopay Charge"),
    (
        TEMPLATE,
        "Sent to customers when a charge failed and is tried again by itself",
        "Sent to customers when a charge failed and is tried again automatically",
    ),
)


def migrate(cr, version):
    """Rename what still has its former name: a name of one's own stays.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    for statement, old, new in RENAMED:
        cr.execute(statement, {"old": old, "new": new})
