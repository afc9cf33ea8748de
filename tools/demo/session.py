"""Odoo in this process, on the demonstration's database."""

import contextlib

from tools.environment import LOCAL

DEMO_CONF = LOCAL / "demo.conf"


def log_file(database):
    """Return where Odoo writes its log, here and in the server."""
    return LOCAL / f"{database}.log"


def open_odoo(database):
    """Load Odoo with its log in a file; to be called once, before the others."""
    from odoo.tools import config

    options = ["-c", str(DEMO_CONF), "-d", database, "--no-http"]
    log = ["--logfile", str(log_file(database))]
    config.parse_config([*options, *log], setup_logging=True)


@contextlib.contextmanager
def environment(database):
    """Give an environment of the administrator's; committed at the end."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        yield env(user=env.ref("base.user_admin").id, su=True)


def close_odoo():
    """Close the connections to the database: the server has its own."""
    from odoo import sql_db

    sql_db.close_all()
