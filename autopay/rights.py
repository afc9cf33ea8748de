"""Who may do what, checked on the server behind every button."""

from odoo.exceptions import AccessError

BILLING_GROUP = "account.group_account_invoice"
MANAGER_GROUP = "account.group_account_manager"


def check_billing(records):
    """Let only billing users pass who may write these records.

    :raises AccessError: when the user may not
    """
    user = records.env.user
    if not (records.env.su or user.has_group(BILLING_GROUP)):
        raise AccessError(
            records.env._("Only billing users may do this. Ask an accountant.")
        )


def check_manager(records):
    """Let only billing managers pass, who decide how a company collects.

    :raises AccessError: when the user is not one
    """
    user = records.env.user
    if not (records.env.su or user.has_group(MANAGER_GROUP)):
        raise AccessError(records.env._("Only billing managers may configure autopay."))
