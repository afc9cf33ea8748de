from datetime import timedelta
from pathlib import Path
from runpy import run_path

from odoo.tests import tagged
from odoo.tools import file_path
from odoo.tools.parse_version import parse_version

from ..reversal.common_reversal import ReversalCommon

# The version of databases before the first migration.
OLD_VERSION = "19.0.1.0.0"
# Columns that databases of that version did not have. Odoo fills the others that are
# new with their defaults.
NEW_COLUMNS = {
    "account_move": (
        "autopay_date_source",
        "autopay_failed_before",
        "autopay_followup_stopped",
        "autopay_payer_id",
        "autopay_refunded",
        "autopay_standing",
    ),
    "autopay_attempt": (
        "answered_date",
        "aside_amount",
        "aside_by_id",
        "aside_date",
        "excess_activity_id",
        "excess_told",
    ),
    "autopay_plan": ("currency_id", "invoice_total"),
    "autopay_reversal": ("is_decided", "respond_by_date"),
    "res_company": ("autopay_database_facts", "autopay_known"),
}
OLD_RULE = "[(1, '=', 1)]"
NEW_RULE = "[('company_id.autopay_enabled', '=', True)]"


@tagged("post_install", "-at_install")
class TestMigration(ReversalCommon):
    """A database of an older version is updated and goes on charging, once."""

    def setUp(self):
        super().setUp()
        self.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})
        self.rule = self.env.ref("autopay.payment_token_rule_readonly")
        self.paid, _attempt = self._collect(100)
        self.refunded, attempt = self._collect(200)
        self._refund(attempt)
        # A dispute pauses the method.
        disputer = self._create_customer("Disputer")
        self._enrol(customer=disputer)
        self.disputed, attempt = self._collect(300, customer=disputer)
        self.lost, second = self._collect(310, customer=disputer)
        self.admin.open_dispute(attempt.object_ref)
        lost = self.admin.open_dispute(second.object_ref)["id"]
        self._poll()
        self.admin.lose_dispute(lost)
        self._poll()
        self.due = self._create_due_invoice(40)
        self.ruled = self._create_ahead()
        self.chosen = self._create_ahead()
        self.chosen.autopay_date = self.today + timedelta(days=2)
        self.draft = self.ruled.copy({"autopay_status": "eligible"})
        self.planned = self._create_planned()

    def _create_ahead(self):
        due = self.today + timedelta(days=20)
        invoice = self._create_posted_invoice(50, invoice_date_due=due)
        invoice.action_autopay_make_eligible()
        return invoice

    def _create_planned(self):
        invoice = self._create_ahead()
        rows = [(self.today, 20.0), (self.today + timedelta(days=9), 30.0)]
        agreed = {"channel": "phone", "agreed_date": self.today, "text": "Two parts."}
        self.env["autopay.plan"].sudo()._set_up(invoice, rows, agreed)
        invoice._update_autopay_plan()
        return invoice

    def _make_old(self):
        """Put the database into the shape that it had in the old version."""
        # Money that went back was shown as a failed charge, nobody was asked about it,
        # and an invoice whose dispute was lost stayed disputed.
        gone = self.refunded | self.lost
        gone.activity_unlink(["autopay.mail_activity_type_refund"])
        gone._write_autopay({"autopay_followup_stopped": False, "no_followup": False})
        self.lost.autopay_in_dispute = True
        self.env.flush_all()
        for table, columns in NEW_COLUMNS.items():
            emptied = ", ".join(f"{column} = NULL" for column in columns)
            self.env.cr.execute(f"UPDATE {table} SET {emptied}")
        self.env.cr.execute(
            "UPDATE account_move SET autopay_status = 'error' WHERE id IN %s",
            [tuple(gone.ids)],
        )
        self.env.cr.execute(
            "UPDATE ir_rule SET domain_force = %s WHERE id = %s",
            [OLD_RULE, self.rule.id],
        )
        self._forget()

    def _migrate(self):
        """Run all migrations as Odoo does: by version, then by name."""
        folder = Path(file_path("autopay/migrations"))
        scripts = sorted(
            folder.glob("*/post-*.py"),
            key=lambda path: (parse_version(path.parent.name), path.name),
        )
        last = parse_version(scripts[-1].parent.name)
        self.assertLessEqual(last, parse_version(self._get_version()), "never run")
        for script in scripts:
            run_path(str(script))["migrate"](self.env.cr, OLD_VERSION)
            self.env.flush_all()
        self._forget()

    def _get_version(self):
        module = self.env["ir.module.module"]._get("autopay")
        return module.latest_version

    def _forget(self):
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def _snap(self):
        """Return all that migrations may change, by invoice, company and rule."""
        self.env.flush_all()
        rows = {}
        for table, columns in NEW_COLUMNS.items():
            self.env.cr.execute(f"SELECT id, {', '.join(columns)} FROM {table}")
            rows[table] = sorted(self.env.cr.fetchall())
        self.env.cr.execute("SELECT id, autopay_status FROM account_move")
        rows["statuses"] = sorted(self.env.cr.fetchall())
        gone = self.refunded | self.lost
        rows["activities"] = gone.activity_ids.ids
        rows["no_followup"] = gone.mapped("no_followup")
        rows["rule"] = (self.rule.name, self.rule.domain_force)
        return rows

    def _make_runs_old(self):
        """Let runs be as they were; return a check that they are as they should be."""
        sequence = self.env.ref("autopay.ir_sequence_autopay_run").sudo()
        sequence.prefix = "APR"
        run = self._get_last_run().sudo()
        run._save_skipped({self.disputed.id: "in_dispute"})
        run.reason_ids.unlink()
        pulses = self.env["autopay.pulse"].sudo()
        pulses.search(self._get_own_domain()).unlink()

        def check():
            self.assertEqual(sequence.prefix, "RUN/%(year)s/")
            self.assertEqual(run.reason_ids.mapped("blocker"), ["in_dispute"])
            self.assertTrue(pulses.search(self._get_own_domain()))

        return check

    def test_updated_database_knows_what_it_would_have_noted(self):
        check_runs = self._make_runs_old()
        self._make_old()
        self._migrate()
        check_runs()
        on_autopay = self.paid | self.due | self.ruled | self.chosen
        self.assertEqual(on_autopay.autopay_payer_id, self.customer)
        self.assertFalse(self.draft.autopay_payer_id)
        self.assertEqual(self.ruled.autopay_date_source, "rule")
        self.assertEqual(self.chosen.autopay_date_source, "person")
        self.assertEqual(self.refunded.autopay_shown_status, "refunded")
        standings = (self.paid | self.due | self.refunded).mapped("autopay_standing")
        self.assertEqual(standings, ["collected", "scheduled", "refunded"])
        self.assertTrue(self.refunded.no_followup)
        self.assertEqual(len(self.refunded.activity_ids), 1)
        self.assertEqual(self.lost.autopay_shown_status, "charged_back")
        self.assertFalse(self.lost.autopay_in_dispute)
        self.assertTrue(self.lost.no_followup)
        self.assertEqual(len(self.lost.activity_ids), 1)
        self.assertEqual(self.disputed.autopay_status, "error")
        self.assertTrue(self.disputed.autopay_in_dispute)
        self.assertTrue(self.company.autopay_known)
        self.assertFalse(self.company._is_autopay_copied())
        self.assertEqual(self.rule.domain_force, NEW_RULE)

    def test_updated_database_charges_what_is_due_and_nothing_twice(self):
        charged = self._get_totals()["usd"]["charged"]
        self._make_old()
        self._migrate()
        self._run_autopay()
        self._poll()
        self._run_autopay()
        self.assertEqual(self._get_totals()["usd"]["charged"], charged + 6000)
        self._assert_paid(self.due)
        self.assertEqual(self.planned.amount_residual, 30)
        waiting = self.refunded | self.disputed | self.lost | self.ruled | self.chosen
        self.assertEqual(set(waiting.mapped("payment_state")), {"not_paid"})
        self.assertEqual(self.refunded.autopay_blocker, "money_returned")

    def test_migrations_that_run_again_change_nothing(self):
        self._make_old()
        self._migrate()
        before = self._snap()
        self._migrate()
        self.assertEqual(self._snap(), before)

    def test_names_change_unless_people_have_changed_them(self):
        cron = self.env.ref("autopay.ir_cron_resolve_open_attempts").sudo()
        sequence = self.env.ref("autopay.ir_sequence_autopay_attempt").sudo()
        names = [cron.name, sequence.name]
        cron.name = "Autopay: resolve open attempts"
        sequence.name = "Autopay Attempt"
        self._migrate()
        self.assertEqual([cron.name, cron.cron_name, sequence.name], [names[0], *names])
        cron.name = sequence.name = "Ours"
        self._migrate()
        self.assertEqual([cron.name, cron.cron_name, sequence.name], ["Ours"] * 3)

    def test_rule_that_people_changed_stays(self):
        self.rule.write({"name": "Ours", "domain_force": "[('id', '<', 0)]"})
        self._migrate()
        self.assertEqual(self.rule.name, "Ours")
        self.assertEqual(self.rule.domain_force, "[('id', '<', 0)]")
