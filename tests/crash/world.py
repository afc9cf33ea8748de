"""One database, its provider and the processes that work on it."""

import contextlib
import time

import psycopg2
import psycopg2.extras
import pytest
import stripe

from tests.crash.processes import ProcessDiedError
from tests.crash.state import QUERIES, State, describe_changes

SECRET_KEY = "sk_test_autopay"
# Invoices that a test charges when it does not say otherwise: what becomes of them.
OUTCOMES = {
    "card-1": "success",
    "card-2": "success",
    "other-1": "success",
    "declining-1": "error",
    "debit-1": "in_progress",
}
# Invoices for tests that need many at once.
CROWD = [f"crowd{number}-{place}" for number in range(10) for place in range(1, 6)]
MAX_ROUNDS = 10
# When something is looked at again.
DATES = {
    "autopay_attempt": "next_check_date",
    "autopay_reversal": "next_check_date",
    "autopay_event": "next_try_date",
    "autopay_method_setup": "next_check_date",
}
WEBHOOK_PATH = "/payment/autopay/stripe/webhook/"


class World:
    """A throw-away copy of the prepared database, and what can be done to it."""

    def __init__(self, database, simulator, processes, server=None):
        self.database = database
        # Host and port of another PostgreSQL than the project's.
        self.server = server or {}
        self.simulator = simulator
        self.admin = simulator.admin
        self.stripe = stripe.StripeClient(
            SECRET_KEY, base_addresses={"api": simulator.url}
        )
        self.processes = processes
        # Processes that live longer than a job, by their ids.
        self.bystanders = []
        self._start = self.admin.now()
        self.uuid = self.sql(
            "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
        )[0]["value"]
        # Autopay charges nothing in a copy: here it counts as switched on again.
        self.sql(
            "UPDATE res_company SET autopay_database_uuid = %s,"
            " autopay_database_facts = NULL WHERE autopay_enabled",
            self.uuid,
        )

    # === DATABASE === #

    def sql(self, query, *params):
        """Run a statement in a session of its own and return its rows as dicts."""
        with contextlib.closing(self.connect()) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(query, params or None)
            rows = cursor.fetchall() if cursor.description else []
        return [dict(row) for row in rows]

    def connect(self):
        """Return another session on the database."""
        return psycopg2.connect(
            dbname=self.database,
            cursor_factory=psycopg2.extras.RealDictCursor,
            **self.server,
        )

    def make_due(self, *refs):
        """Put invoices on autopay whose date has come."""
        self.sql(
            "UPDATE account_move SET autopay_status = 'eligible',"
            " autopay_payer_id = commercial_partner_id WHERE ref = ANY(%s)",
            list(refs or OUTCOMES),
        )

    def let_time_pass(self):
        """Have all that waits looked at by the next run of the resolver."""
        for table, column in DATES.items():
            self.sql(
                f"UPDATE {table} SET {column} = now() AT TIME ZONE 'UTC'"
                f" - interval '1 second' WHERE {column} IS NOT NULL"
            )
        self.sql("UPDATE autopay_reversal_poll SET asked_date = NULL")

    def set_key(self, key):
        """Give the provider another secret key."""
        self.sql(
            "UPDATE payment_provider SET stripe_secret_key = %s WHERE code = 'stripe'",
            key,
        )

    # === PROCESSES === #

    def start(self, api_base=None):
        """Give a new process of Odoo for a block.

        :param api_base: another address of the provider
        """
        return self.processes.start(
            self.database, api_base or self.simulator.url, self.server
        )

    def run_job(self, name, *interferences, api_base=None):
        """Run a scheduled action in a new process.

        :param interferences: what happens to it, see :func:`at`
        :raises ProcessDiedError: when that kills it
        """
        try:
            with self.start(api_base) as process:
                for interference in interferences:
                    process.call("interfere", **interference)
                process.call("run_job", name=name)
        finally:
            self.wait_until_disconnected()

    def crash(self, name, *interferences):
        """Run a scheduled action that does not survive the interferences."""
        with pytest.raises(ProcessDiedError):
            self.run_job(name, *interferences)

    def wait_until_disconnected(self):
        """Wait until PostgreSQL has noticed that the killed processes are gone."""
        names = [f"odoo-{pid}" for pid in self.bystanders]
        wait_for(
            lambda: (
                not self.sql(
                    "SELECT pid FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid != pg_backend_pid()"
                    " AND application_name != ALL(%s)",
                    names,
                )
            ),
            "the killed process still has a connection",
        )

    @contextlib.contextmanager
    def webhooks(self):
        """Have the provider send its events to a process of Odoo, for a block."""
        with self.start() as listener:
            port = listener.call("listen", database=self.database)
            self.bystanders.append(listener.pid)
            [provider] = self.sql(
                "SELECT id, autopay_webhook_token AS token FROM payment_provider"
                " WHERE code = 'stripe' AND state = 'test'"
            )
            url = f"http://127.0.0.1:{port}{WEBHOOK_PATH}{provider['token']}"
            endpoint = self.stripe.v1.webhook_endpoints.create(
                {"url": url, "enabled_events": ["*"]}
            )
            self.sql(
                "UPDATE payment_provider SET autopay_webhook_secret = %s WHERE id = %s",
                endpoint.secret,
                provider["id"],
            )
            try:
                yield listener
            finally:
                # Faults that were meant for the jobs must not hit the tidying up.
                self.admin.clear_faults()
                self.stripe.v1.webhook_endpoints.delete(endpoint.id)
                self.admin.wait_for_deliveries()
                self.bystanders.remove(listener.pid)

    def converge(self):
        """Run both jobs in a new process, again and again, until nothing changes.

        :return: the state that was reached
        """
        before = self.read_state()
        with self.start() as process:
            for _round in range(MAX_ROUNDS):
                self.run_round(process)
                self.admin.wait_for_deliveries()
                after = self.read_state()
                changes = list(describe_changes(before, after))
                if not changes:
                    return after
                before = after
        raise AssertionError(
            "\n".join([f"Changing after {MAX_ROUNDS} runs:", *changes])
        )

    def run_round(self, process):
        """Let time pass, charge what is due and resolve what is open."""
        self.admin.wait_for_deliveries()
        self.let_time_pass()
        process.call("run_job", name="charge")
        process.call("run_job", name="resolve")

    def settle_debits(self):
        """Let the banks carry out the debits that are under way."""
        for entry in self.read_ledger():
            if entry["kind"] == "submitted":
                self.admin.settle(entry["payment_intent"])

    # === FACTS === #

    def read_state(self):
        """Return what database and provider say now."""
        rows = {name: self.sql(query) for name, query in QUERIES.items()}
        return State(**rows, ledger=self.read_ledger(), intents=self.read_intents())

    def read_ledger(self):
        """Return the provider's movements of money for this database."""
        entries = self.admin.ledger()["entries"]
        return [entry for entry in entries if self._is_ours(entry["metadata"])]

    def read_intents(self):
        """Return the provider's payment intents for this database, as dicts."""
        page = self.stripe.v1.payment_intents.list(
            {"limit": 100, "created": {"gte": self._start}}
        )
        intents = (intent.to_dict() for intent in page.auto_paging_iter())
        return [intent for intent in intents if self._is_ours(intent["metadata"])]

    def _is_ours(self, metadata):
        return metadata.get("autopay_database") == self.uuid


def at(model, method, kind, **values):
    """Return what happens at a method: a function of :mod:`tests.crash.interference`.

    :param values: the arguments of that function
    """
    return {"model": model, "method": method, "kind": kind, **values}


def wait_for(condition, failure, seconds=30):
    """Wait until a condition holds.

    :raises AssertionError: with the text of the failure when it never does
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"After {seconds} s, {failure}."
        time.sleep(0.05)
