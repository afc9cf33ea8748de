"""Lets a customer of the cast who has no payment method yet log in to the portal."""

from odoo.fields import Command

NAME = "Cardboard Submarines"
LOGIN = "customer"


def make_visitor(env, partners):
    """Give a contact of that customer a login; its password is the same word.

    :param dict partners: {name: partner}
    """
    contact = env["res.partner"].create(
        {
            "name": f"Accounts Payable, {NAME}",
            "email": "payable@example.com",
            "parent_id": partners[NAME].id,
        }
    )
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "login": LOGIN,
            "password": LOGIN,
            "partner_id": contact.id,
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )
