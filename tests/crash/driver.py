"""Processes of Odoo that can be killed.

    python -m tests.crash.driver DATABASE SOCKET

Odoo is loaded once, for the prepared database. Every connection to the socket then gets
a process of its own, forked from this one: as good as a newly started Odoo, with its
own database connections and an empty cache, but there at once. The process does what
the lines of JSON say that come in, and answers each with a line.
"""

import json
import os
import select
import signal
import socket
import sys
import traceback

from tools.environment import TEST_CONF

WARM_MODELS = ("autopay", "account.move", "account.pa", "account.full", "payment.t")
WARM_MODELS += ("mail.message", "mail.activity")


def main(database, address):
    """Serve until the standard input is closed, that is: until the tests are over."""
    load(database)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
            connection, _address = server.accept()
            fork(server, connection, database)


def load(database):
    """Load Odoo's models; leave no connection behind that a child could share."""
    import odoo.cli  # noqa: F401 - makes the short names of the package
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["-c", str(TEST_CONF), "-d", database, "--no-http", "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    warm_up(Registry(database))
    sql_db.close_all()


def warm_up(registry):
    """Find out once which field recomputes which: the same in every database."""
    for name in registry:
        if name.startswith(WARM_MODELS):
            for field in registry[name]._fields.values():
                registry.get_field_trigger_tree(field)


def fork(server, connection, database):
    # Nobody waits for the children: the kernel buries them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.fork():
        connection.close()
        return
    server.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection, connection.makefile("rw") as stream:
        answer_all(stream, database)
    os._exit(0)


def answer_all(stream, database):
    """Do what the lines say, one after the other."""
    from tests.crash.commands import Commands

    commands = Commands(database)
    for line in stream:
        verb, values = json.loads(line)
        try:
            answer = {"result": getattr(commands, verb)(**values)}
        except Exception:  # noqa: BLE001 - told to whoever asked
            answer = {"error": traceback.format_exc()}
        stream.write(json.dumps(answer) + "\n")
        stream.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
