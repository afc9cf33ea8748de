"""Who may do what, checked on the server behind every button."""

from odoo.exceptions import AccessError

BILLING_GROUP = "account.group_account_invoice"


def check_billing(records):
    """Let only billing users pass who may write these records.

    :raises AccessError: when the user may not
    """
    user = records.env.user
    if not (records.env.su or user.has_group(BILLING_GROUP)):
        raise AccessError(
            records.env._("Only billing users may do this. Ask an accountant.")
        )
