"""Give the alarms that are closed by themselves the name by which they are found."""

ALARMS = {
    "Autopay has set this invoice aside": "set_aside",
    "Autopay lost a payment method": "lost_method",
}


def migrate(cr, version):
    """Name the open alarms, which were found by their English summaries.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    for summary, name in ALARMS.items():
        cr.execute(
            "UPDATE mail_activity SET autopay_wait = %s"
            " WHERE summary = %s AND autopay_wait IS NULL",
            (name, summary),
        )
