"""Autopay comes into a database that is in use, and goes without a trace."""

import json

import pytest

from stripe_simulator.process import SimulatorProcess
from tests.traces import TABLES, get_differences, read_facts, read_records
from tools.databases import COPY_PREFIX, TEMPLATE, copy_of, prepare
from tools.environment import ROOT, CommandError, run_odoo
from tools.postgres import execute

QUIET = ("--no-http", "--log-level=error")

# A company that has used Odoo for a while: invoices of each kind, a saved method.
LIVE = """
from odoo import Command
company = env.company
providers = env["payment.provider"].search([("code", "in", ["demo", "stripe"])])
for provider in providers.sorted("code", reverse=True):
    provider.write({
        "state": "test",
        "allow_tokenization": True,
        "stripe_publishable_key": "pk_test_autopay",
        "stripe_secret_key": "sk_test_autopay",
    })
customer = env["res.partner"].create({"name": "Green Valley Dairy"})
token = env["payment.token"].create({
    "provider_id": provider.id,
    "payment_method_id": provider.payment_method_ids[:1].id,
    "partner_id": customer.id,
    "provider_ref": "demo",
    "payment_details": "0001",
    "demo_simulated_state": "done",
})
invoices = env["account.move"].create([{
    "move_type": kind,
    "partner_id": customer.id,
    "invoice_date": "2026-01-15",
    "invoice_line_ids": [Command.create({"name": "Milk", "price_unit": 50.0})],
} for kind in ("out_invoice", "out_invoice", "out_invoice", "in_invoice")])
invoices[1:].action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=invoices[2].ids
).create({}).action_create_payments()
transaction = env["payment.transaction"].create({
    "provider_id": provider.id,
    "payment_method_id": token.payment_method_id.id,
    "amount": 12.0,
    "currency_id": company.currency_id.id,
    "partner_id": customer.id,
    "token_id": token.id,
    "operation": "offline",
})
transaction._charge_with_token()
env["ir.filters"].create({
    "name": "Large", "model_id": "account.move", "domain": "[('amount_total','>',9)]",
})
env["ir.exports"].create({
    "resource": "account.move", "name": "Some",
    "export_fields": [Command.create({"name": "name"})],
})
env.cr.commit()
"""

# The add-on is used: one charge is booked, a debit waits for the bank; and people have
# saved searches, written messages and attached files.
CHARGE = """
import sys
sys.path.insert(0, %r)
from odoo import Command
from tests.crash import scenery
provider = scenery.set_up(env)
scenery.create_customer(env, provider, "debit", "pm_usBankAccount_success", [410.1])
scenery.create_customer(env, provider, "card", "pm_card_visa", [100.0])
env["account.move"].search([("ref", "in", ["debit-1", "card-1"])]).write(
    {"autopay_status": "eligible"}
)
env.cr.commit()
env.ref("autopay.ir_cron_charge_due_invoices").method_direct_trigger()
env.cr.commit()
attempts = env["autopay.attempt"].search([])
assert sorted(attempts.mapped("state")) == ["pending", "succeeded"], attempts
for record in (attempts[0], attempts.line_ids.move_id[:1]):
    record.message_post(body="Called the customer.")
    record.message_subscribe(attempts.partner_id.ids)
    record.activity_schedule("autopay.mail_activity_type_attention", user_id=2)
    done = record.activity_schedule("autopay.mail_activity_type_attention", user_id=2)
    done.action_feedback()
env["ir.attachment"].create({
    "name": "letter", "raw": b"x",
    "res_model": attempts._name, "res_id": attempts[0].id,
})
env["ir.filters"].create([
    {"name": "Declined", "model_id": "autopay.attempt"},
    {"name": "Mine", "model_id": "account.move", "is_default": True,
     "domain": "[('partner_id.autopay_policy', '=', 'auto')]"},
])
env["ir.exports"].create({"resource": "autopay.attempt", "name": "All"})
env["ir.exports"].search([("name", "=", "Some")]).export_fields = [
    Command.create({"name": "autopay_token_id/id"})
]
env["ir.default"].set("res.partner", "autopay_policy", "manual")
env["autopay.dry.run"].create({})
env.cr.commit()
"""

# Every way to remove a module that Odoo has, and the words it is answered with.
REFUSE = """
import json
from odoo.modules.registry import Registry
said = {}
def find(*names):
    return env["ir.module.module"].search([("name", "in", names)])
def tell(way, act):
    try:
        act()
        said[way] = "done"
    except Exception as error:
        said[way] = str(error)
    env.cr.rollback()
for way in ("button_uninstall", "button_immediate_uninstall", "module_uninstall"):
    for name in ("autopay", "payment_stripe", "account_payment", "payment"):
        tell(f"{way} {name}", getattr(find(name), way))
wizard = env["base.module.uninstall"].create({"module_ids": find("autopay").ids})
tell("wizard", wizard.action_uninstall)
tell("unrelated", find("payment_demo").button_uninstall)
find("autopay").state = "to remove"
env.cr.commit()
tell("state", lambda: Registry.new(env.cr.dbname, update_module=True))
print("SAID" + json.dumps(said))
"""

SETTLE = """
import os
from stripe_simulator.admin_client import AdminClient
AdminClient(os.environ["AUTOPAY_STRIPE_API_BASE"]).settle()
env["autopay.attempt"].search([("next_check_date", "!=", False)]).next_check_date = (
    "2026-01-01"
)
env.cr.commit()
env.ref("autopay.ir_cron_resolve_open_attempts").method_direct_trigger()
env.cr.commit()
env.invalidate_all()
debit = env["account.move"].search([("ref", "=", "debit-1")])
assert debit.autopay_status == "success", debit.autopay_attempt_ids.state
"""

AGAIN = """
attempts = env["autopay.attempt"].search([])
assert not attempts, attempts
invoice = env["account.move"].search([("ref", "=", "debit-1")])
assert invoice.payment_state in ("paid", "in_payment"), invoice.payment_state
assert not invoice.autopay_status
"""


def shell(database, script):
    """Run a script in a process of its own; its output is returned."""
    return run_odoo("shell", "-d", database, *QUIET, script=script)


@pytest.fixture(scope="module")
def simulator():
    with SimulatorProcess() as process, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOPAY_STRIPE_API_BASE", process.url)
        patch.setenv("PYTHONPATH", str(ROOT))
        yield process


@pytest.fixture(scope="module")
def story(simulator):
    """A database that Autopay came into and left, and what was seen on the way."""
    prepare()
    with copy_of(TEMPLATE, COPY_PREFIX) as database:
        shell(database, LIVE)
        seen = {
            "database": database,
            "facts": read_facts(database),
            "records": read_records(database),
        }
        run_odoo("-d", database, "-i", "autopay", "--stop-after-init", *QUIET)
        shell(database, CHARGE % str(ROOT))
        seen["said"] = said_by(shell(database, REFUSE))
        seen["state"] = state_of(database)
        seen["command"] = uninstall_by_command(database)
        shell(database, SETTLE)
        # Nothing is refused that needs no refusal.
        seen["allowed"] = uninstall_by_command(database)
        seen["facts_after"] = read_facts(database)
        seen["records_after"] = read_records(database)
        yield seen


def said_by(log):
    return json.loads(log.partition("SAID")[2].splitlines()[0])


def state_of(database):
    query = "SELECT state FROM ir_module_module WHERE name = 'autopay'"
    return execute(query, database=database)[0][0]


def uninstall_by_command(database):
    """Uninstall as administrators of servers do; return what it prints when refused."""
    try:
        run_odoo("module", "uninstall", "-d", database, "autopay")
    except CommandError as error:
        return str(error)
    return ""


# === CHARGES ARE OPEN === #


def test_every_way_of_uninstalling_is_refused_while_a_charge_is_open(story):
    said = story["said"]
    assert said.pop("unrelated") == "done"
    assert len(said) == 14
    for way, words in said.items():
        assert "Open charges: 1" in words, way
        assert "Autopay > Charges" in words, way


def test_module_that_was_refused_is_still_installed(story):
    assert story["state"] == "installed"


def test_command_is_refused_in_words(story):
    assert "Open charges: 1, the oldest AP00001 of" in story["command"]


# === NOTHING IS OPEN === #


def test_nothing_is_left_behind(story):
    assert story["allowed"] == ""
    differences = get_differences(story["facts"], story["facts_after"])
    assert differences == {}


@pytest.mark.parametrize("table", TABLES)
def test_records_of_before_say_what_they_said(story, table):
    before, after = story["records"][table], story["records_after"][table]
    assert {key: after.get(key) for key in before} == before


@pytest.mark.full
def test_autopay_comes_back(story):
    database = story["database"]
    run_odoo("-d", database, "-i", "autopay", "--stop-after-init", *QUIET)
    run_odoo("-d", database, "-u", "autopay", "--stop-after-init", *QUIET)
    assert state_of(database) == "installed"
    shell(database, AGAIN)
