"""Runs the add-on's scheduled actions, as the scheduler would over some days."""

CHARGE = "autopay.ir_cron_charge_due_invoices"
RESOLVE = "autopay.ir_cron_resolve_open_attempts"
# Seconds in which banks answer to all debits that the simulator lets them answer.
BANKING_WEEK = 7 * 86_400


def charge_due(env):
    """Run the scheduled action that charges what is due."""
    _run(env, CHARGE)


def let_banks_answer(env, simulator):
    """Let happen now what takes banks a week, and have every open attempt asked about.

    The simulator's clock stays where the add-on's is: the days of charges are compared.
    """
    simulator.admin.hurry(BANKING_WEEK)
    open_attempts = env["autopay.attempt"].search([("next_check_date", "!=", False)])
    open_attempts._check_soon()


def resolve_open(env):
    """Run the scheduled action that finds out what became of open attempts."""
    _run(env, RESOLVE)


def _run(env, xml_id):
    # The action works in transactions of its own: show it what was done here, and see
    # what it has committed.
    env.cr.commit()
    env.ref(xml_id).method_direct_trigger()
    env.cr.commit()
    env.invalidate_all()
