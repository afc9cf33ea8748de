"""The rights of users, checked on the server behind every button."""

from odoo.exceptions import AccessError

from .const.invoice import ENGINE_STATUSES

BILLING_GROUP = "account.group_account_invoice"
MANAGER_GROUP = "account.group_account_manager"
# Groups that may read why an invoice was not collected.
# The first is asked first, with each field that is read: most are billing users.
STAFF_GROUPS = f"{BILLING_GROUP},account.group_account_readonly"
# Administrators look after methods and online payments; Odoo shows them all of these.
PAYMENT_GROUPS = f"{STAFF_GROUPS},base.group_system"


def check_billing(records):
    """Let only billing users pass who may write these records.

    :raises AccessError: when the user may not
    """
    user = records.env.user
    if not (records.env.su or user.has_group(BILLING_GROUP)):
        raise AccessError(
            records.env._("Only billing users may do this. Ask an accountant.")
        )


def check_staff(records):
    """Let only those pass who may read why an invoice is collected or not.

    :raises AccessError: when the user may not
    """
    user = records.env.user
    if not (records.env.su or user.has_groups(STAFF_GROUPS)):
        raise AccessError(records.env._("Only billing users may read this."))


def check_manager(records):
    """Let only billing managers pass, who decide how a company collects.

    :raises AccessError: when the user is not one; it says who can be asked
    """
    env = records.env
    if env.su or env.user.has_group(MANAGER_GROUP):
        return
    manager = env.company.sudo()._get_autopay_managers().sorted("id")[:1]
    if not manager:
        raise AccessError(env._("Only a billing manager may do this."))
    raise AccessError(
        env._("Only a billing manager may do this: ask %s.", manager.name)
    )


def check_administrator(records):
    """Let only administrators pass, who look after payment providers.

    :raises AccessError: when the user is not one
    """
    env = records.env
    if not (env.su or env.user.has_group("base.group_system")):
        raise AccessError(env._("Only administrators may do this."))


def check_status_change(moves, vals_list):
    """Let people switch autopay on and off, but for what is being charged.

    :param moves: the invoices that get the values; empty for new ones
    :raises AccessError: when somebody but the engine sets an outcome
    """
    changes = [vals["autopay_status"] for vals in vals_list if "autopay_status" in vals]
    if moves.env.su or not changes:
        return
    busy = "in_progress" in moves.mapped("autopay_status")
    if busy or any(status in ENGINE_STATUSES for status in changes):
        raise AccessError(
            moves.env._("Only autopay itself sets this status of an invoice.")
        )
