"""What a process of Odoo under test can be told to do."""

import os

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

from tests.crash import interference, scenery

JOBS = {
    "charge": "autopay.ir_cron_charge_due_invoices",
    "resolve": "autopay.ir_cron_resolve_open_attempts",
}


class JobError(Exception):
    """A scheduled action raised; the text is what the scheduler logged."""


class Commands:
    """One method for every command; arguments and results are JSON."""

    def __init__(self, prepared):
        # The registry was loaded for a database of which the one to work on is a copy.
        self.registry = Registry(prepared)

    def open(self, database, api_base):
        """Work on that database, with the provider at that address."""
        os.environ["AUTOPAY_STRIPE_API_BASE"] = api_base
        self.registry.db_name = database
        self.registry._db = sql_db.db_connect(database)
        Registry.registries[database] = self.registry
        self.registry.clear_all_caches()
        return os.getpid()

    def run_job(self, name):
        """Run a scheduled action as the scheduler does."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            answer = env.ref(JOBS[name]).method_direct_trigger()
        if answer is not True:
            raise JobError(answer["params"]["data"]["debug"])

    def charge_directly(self):
        """Run the charge job without the scheduler, and so without its lock."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["autopay.run"]._cron_charge_due_invoices()

    def interfere(self, kind, model, method, **values):
        """Have something happen around a method: see ``interference``."""
        wrapper = getattr(interference, kind)(**values)
        interference.wrap(self.registry[model], method, wrapper)

    def make_scenery(self):
        """Set up what every test finds: see :mod:`tests.crash.scenery`."""
        with self.registry.cursor() as cr:
            scenery.make(api.Environment(cr, SUPERUSER_ID, {}))
