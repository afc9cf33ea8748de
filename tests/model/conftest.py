"""Makes the add-on's modules importable; no database is opened."""

import importlib.util


def _find_addon():
    # Odoo's own test framework has found it already, pytest alone has not.
    if importlib.util.find_spec("odoo.addons.autopay"):
        return
    from odoo.tools import config

    from tools.environment import TEST_CONF

    config.parse_config(["-c", str(TEST_CONF)])


_find_addon()
