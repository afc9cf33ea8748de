"""Odoo in this process, on one database, as the scheduler would run it."""

import contextlib

from tools.environment import TEST_CONF


@contextlib.contextmanager
def odoo_environment(database):
    """Give an environment of the superuser on a database; committed at the end."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["-c", str(TEST_CONF), "-d", database, "--no-http"]
    config.parse_config([*options, "--log-handler=:WARNING"], setup_logging=True)
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
