"""Narrow what accountants with read access see: the rule is not updated by itself."""

from odoo import SUPERUSER_ID, api

OLD_DOMAIN = "[(1, '=', 1)]"
NEW_DOMAIN = "[('company_id.autopay_enabled', '=', True)]"
OLD_NAME = "Accountants with read access see every saved method"
NEW_NAME = "Accountants with read access see saved methods where Autopay is on"


def migrate(cr, version):
    """Bring the rule up to date that is noupdate; one that people changed stays.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("autopay.payment_token_rule_readonly", raise_if_not_found=False)
    if rule and rule.domain_force == OLD_DOMAIN:
        rule.domain_force = NEW_DOMAIN
    if rule and rule.domain_force == NEW_DOMAIN and rule.name == OLD_NAME:
        rule.name = NEW_NAME
