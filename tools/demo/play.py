"""The demonstration from an empty database to the comparison, stage by stage."""

from tools.databases import forget_ready, prepare, replace_by_copy_of_ready
from tools.demo import charging
from tools.demo.agreement import compare
from tools.demo.bookings import read_bookings
from tools.demo.cast import read_cast
from tools.demo.company import set_up_company
from tools.demo.customers import let_time_pass, make_customers
from tools.demo.falsify import falsify
from tools.demo.invoices import make_invoices
from tools.demo.portal_visitor import make_visitor
from tools.demo.rows import read_rows
from tools.demo.session import close_odoo, environment, log_file, open_odoo


def make_database(name, fresh):
    """Put a copy of the prepared database in the place of the last demonstration's.

    :param fresh: prepare that one anew too
    """
    if fresh:
        forget_ready()
    prepare()
    replace_by_copy_of_ready(name)
    log_file(name).unlink(missing_ok=True)


def play(options, simulator, stage):
    """Fill the database, charge it and compare.

    :param stage: a context manager that tells people of a stage and its time
    :return: (rows of the table, Agreement with the ledger)
    """
    with stage("Odoo loaded"):
        open_odoo(options.database)
        with environment(options.database) as env:
            set_up_company(env, options.port)
    with environment(options.database) as env:
        invoices = _fill(env, simulator, stage)
        env.cr.commit()
        _charge(env, simulator, stage)
        for kind in options.falsify:
            falsify(kind, env, simulator)
        with stage("books and ledger compared"):
            rows = read_rows(invoices)
            agreement = compare(
                read_bookings(env, "=", "stripe"),
                simulator.admin.ledger()["entries"],
                others=read_bookings(env, "!=", "stripe"),
            )
    close_odoo()
    return rows, agreement


def _fill(env, simulator, stage):
    cast = read_cast()
    with stage(f"{len(cast)} customers with their cards and bank accounts"):
        partners = make_customers(env, simulator, cast)
    with stage(f"{sum(len(row.invoices) for row in cast)} invoices"):
        invoices = make_invoices(env, cast, partners)
        let_time_pass(env, simulator, cast, partners)
        make_visitor(env, partners)
    return invoices


def _charge(env, simulator, stage):
    with stage("scheduled action: charge due invoices"):
        charging.charge_due(env)
    with stage("a week at the banks, then scheduled action: resolve open attempts"):
        charging.let_banks_answer(env, simulator)
        charging.resolve_open(env)
    with stage("scheduled action: charge due invoices, once more"):
        charging.charge_due(env)
