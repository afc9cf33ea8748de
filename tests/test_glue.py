"""Add-ons that join autopay with others: found, kept apart, gone without a trace."""

import json

import pytest

from tools import check_layout
from tools.databases import COPY_PREFIX, GLUED, PLAIN, copy_of, prepare
from tools.environment import ROOT, run_odoo
from tools.run_tests import NO_TESTS, join_statuses, needs_glue, split_targets

GLUE = [
    "autopay_contract",
    "autopay_credit_control",
    "autopay_project",
    "autopay_queue_job",
    "autopay_sale",
    "autopay_sale_stock",
]

CONFIGURE = """
provider = env["payment.provider"].search([("code", "=", "demo")], limit=1)
provider.write({"state": "test", "allow_tokenization": True})
customer = env["res.partner"].create({"name": "Green Valley Dairy"})
token = env["payment.token"].create({
    "provider_id": provider.id,
    "payment_method_id": provider.payment_method_ids[:1].id,
    "partner_id": customer.id,
    "provider_ref": "demo",
    "demo_simulated_state": "done",
})
order = env["sale.order"].create({"partner_id": customer.id})
tag = env["crm.tag"].create({"name": "Prepaid"})
contract = env["contract.contract"].create({
    "name": "Hosting 2026", "partner_id": customer.id,
})
for row in (
    {"kind": "sale_order", "sale_order_ids": order.ids},
    {"kind": "sale_tag", "sale_tag_ids": tag.ids},
    {"kind": "contract", "contract_ids": contract.ids},
):
    configuration = env["autopay.configuration"].create({
        "partner_id": customer.id,
        "token_id": token.id,
        "condition_ids": [(0, 0, row)],
    })
    assert not configuration.issue_code, configuration.issue
env.cr.commit()
modules = env["ir.module.module"].search([("name", "in", %s)])
modules.button_immediate_uninstall()
"""

LOOK = """
import json
env.cr.execute(
    "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_name LIKE 'autopay%%'"
    " AND (table_name ~ 'contract|sale|crm' OR column_name ~ 'contract|sale|crm')"
)
columns = [name for (name,) in env.cr.fetchall()]
data = env["ir.model.data"].search([("module", "in", %s)])
fields = env["ir.model.fields"].search([
    ("name", "in", ["contract_ids", "sale_order_ids", "sale_tag_ids"]),
    ("model", "=like", "autopay.%%"),
])
found = env["autopay.configuration"].search([])
print("FOUND" + json.dumps({
    "columns": columns,
    "data": data.mapped("complete_name"),
    "fields": fields.mapped("name"),
    "issues": found.mapped("issue_code"),
    "kinds": sorted(found.condition_ids.mapped("kind")),
    "joined": env["ir.module.module"].search_count([
        ("name", "in", ["sale", "contract"]), ("state", "=", "installed"),
    ]),
}))
"""


def test_glue_is_tested_on_a_database_of_its_own():
    parts = split_targets(["autopay/tests", "autopay_sale/tests", "tests"])
    assert parts == [["autopay_sale/tests"], ["autopay/tests", "tests"]]


@pytest.mark.parametrize(
    ("target", "needed"),
    [
        ("autopay_contract/tests/test_x.py::TestX::test_y", True),
        ("autopay/tests", False),
        ("tests", False),
        (".", False),
    ],
)
def test_target_tells_which_database_it_needs(target, needed):
    assert needs_glue(target) == needed


@pytest.mark.parametrize(
    ("statuses", "joined"),
    [([0, 0], 0), ([NO_TESTS, 0], 0), ([0, 1], 1), ([NO_TESTS, NO_TESTS], NO_TESTS)],
)
def test_several_runs_fail_when_one_does(statuses, joined):
    assert join_statuses(statuses) == joined


def test_autopay_is_installed_alone_and_glue_beside_it():
    assert [addon.name for addon in PLAIN.addons] == ["autopay"]
    assert [addon.name for addon in GLUED.addons] == ["autopay", *GLUE]


def test_name_of_an_unknown_add_on_is_found(tmp_path, monkeypatch):
    addon = make_addon(tmp_path, monkeypatch, "LGPL-3", ["sale"])
    (addon / "models.py").write_text("# as in\n# autopay_sale\n")
    assert list(check_layout.strange_names(addon)) == [
        "other/models.py:2: names autopay_sale"
    ]


@pytest.mark.parametrize(("own", "strict"), [("LGPL-3", 1), ("AGPL-3", 0)])
def test_dependency_under_the_agpl_binds_who_depends_on_it(
    tmp_path, monkeypatch, own, strict
):
    addon = make_addon(tmp_path, monkeypatch, own, ["sale", "contract"])
    found = list(check_layout.strict_dependencies(addon))
    assert len(found) == strict


def make_addon(folder, monkeypatch, licence, depends):
    """Make an add-on of which the checks think that it lies in this checkout."""
    addon = folder / "other"
    addon.mkdir()
    text = repr({"license": licence, "depends": depends})
    (addon / "__manifest__.py").write_text(text)
    monkeypatch.setattr(check_layout, "ROOT", folder)
    monkeypatch.setattr(check_layout, "addons", lambda: [ROOT / name for name in GLUE])
    return addon


@pytest.mark.full
def test_uninstalled_glue_leaves_a_warning_and_no_trace():
    ready = prepare(glue=True)
    with copy_of(ready, COPY_PREFIX) as database:
        options = ("shell", "-d", database, "--no-http", "--log-level=error")
        run_odoo(*options, script=CONFIGURE % GLUE)
        log = run_odoo(*options, script=LOOK % GLUE)
    assert json.loads(log.partition("FOUND")[2].splitlines()[0]) == {
        "columns": [],
        "data": [],
        "fields": [],
        "issues": ["condition_incomplete"] * 3,
        "kinds": ["contract", "sale_order", "sale_tag"],
        "joined": 2,
    }
