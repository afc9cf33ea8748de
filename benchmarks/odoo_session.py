"""Odoo in this process, on one database, as the scheduler would run it."""

import contextlib

from tools.environment import TEST_CONF


@contextlib.contextmanager
def odoo_environment(database):
    """Give an environment of the superuser on a database; committed at the end."""
    with superuser_environment(load_registry(database)) as env:
        yield env


def load_registry(database):
    """Load Odoo's models for a database; several may be loaded in one process."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["-c", str(TEST_CONF), "-d", database, "--no-http"]
    config.parse_config([*options, "--log-handler=:WARNING"], setup_logging=True)
    return Registry(database)


@contextlib.contextmanager
def superuser_environment(registry):
    """Give an environment of the superuser; committed at the end."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
