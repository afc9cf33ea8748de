"""Keep the time that customers had to confirm what waits for them already."""


def migrate(cr, version):
    """Give charges that wait for their customer the deadline they had: three days.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        "UPDATE autopay_attempt SET confirm_deadline ="
        " coalesce(outcome_date, reserved_date) + interval '72 hours'"
        " WHERE state = 'action_required' AND confirm_deadline IS NULL"
    )
