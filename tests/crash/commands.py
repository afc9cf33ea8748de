"""Commands for a process of Odoo under test."""

import os
import resource
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from odoo import SUPERUSER_ID, api, http, sql_db
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.crash import interference, people, scenery

JOBS = {
    "charge": "autopay.ir_cron_charge_due_invoices",
    "report": "autopay.ir_cron_report_failures",
    "resolve": "autopay.ir_cron_resolve_open_attempts",
    "write mails": "autopay.ir_cron_send_notices",
    "send mails": "mail.ir_cron_mail_scheduler_action",
}


class QuietHandler(WSGIRequestHandler):
    """Answers without a line in the log."""

    def log_request(self, *_args, **_values):
        """Print nothing."""


class JobError(Exception):
    """A scheduled action raised; the text is what the scheduler logged."""


class Commands:
    """One method for every command; arguments and results are JSON."""

    def __init__(self, prepared):
        # The registry was loaded for a database of which the one to work on is a copy.
        self.registry = Registry(prepared)

    def open(self, database, api_base, server=None):
        """Work on that database, with the provider at that address.

        :param server: host and port of another PostgreSQL than the project's
        """
        for name, value in (server or {}).items():
            config[f"db_{name}"] = value
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

    def write_mails_directly(self):
        """Write what customers are told without the scheduler's lock."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["autopay.notice"]._cron_send_notices()

    def send_mails_directly(self):
        """Send what is in Odoo's queue without the scheduler's lock."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["mail.mail"].process_email_queue()

    def listen(self, database):
        """Answer HTTP requests in a thread; return the port."""
        config["db_name"] = [database]
        # No name of a host is looked up, and nothing is printed.
        server = make_server(
            "127.0.0.1", 0, http.root, threaded=True, request_handler=QuietHandler
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    def act(self, deed, **values):
        """Do what a person does: a function of :mod:`tests.crash.people`.

        :return: what it returns; the word *refused* when Odoo did not let them
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                return getattr(people, deed)(env, **values)
            except UserError as error:
                cr.rollback()
                return f"refused: {error}"

    def measure_memory(self):
        """Return the most memory this process ever had, in kilobytes."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def interfere(self, kind, model, method, **values):
        """Have something happen around a method: see ``interference``."""
        wrapper = getattr(interference, kind)(**values)
        interference.wrap(self.registry[model], method, wrapper)

    def make_customers(self, numbers, invoices):
        """Create more customers, each with so many invoices."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            scenery.make_customers(env, numbers, invoices)

    def make_scenery(self):
        """Set up what every test finds: see :mod:`tests.crash.scenery`."""
        with self.registry.cursor() as cr:
            scenery.make(api.Environment(cr, SUPERUSER_ID, {}))
