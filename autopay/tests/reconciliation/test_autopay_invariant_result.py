import io
from unittest.mock import patch

from odoo import Command
from odoo.cli.command import find_command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...invariants.table import INVARIANTS
from .common_invariant import InvariantCommon


@tagged("post_install", "-at_install")
class TestAutopayInvariantResult(InvariantCommon):
    """The check with the providers, as a command and on the screen."""

    # === PROVIDERS === #

    def _check_with_provider(self):
        """Check with the provider's charges; return {code: finding}."""
        self.env.flush_all()
        with (
            patch("odoo.addons.autopay.models.reconciliation.case.BOOKING_MINUTES", 0),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr, su=True)
            findings = env["autopay.invariant"]._check(provider_days=2)
        return {finding.code: finding for finding in findings}

    def test_what_providers_know_is_not_called_well_without_them(self):
        self._collect()
        for code in ("I1", "I2", "I3", "I19"):
            finding = self._check(code)
            self.assertEqual(finding.verdict, "partial")
            self.assertIn("not asked", finding.note)

    def test_what_providers_know_holds_when_they_agree(self):
        self._collect()
        found = self._check_with_provider()
        for code in ("I1", "I2", "I3", "I19"):
            self.assertEqual(found[code].verdict, "ok", code)

    def test_i3_payment_that_the_provider_does_not_know(self):
        self._collect()
        self.admin.reset()
        finding = self._check_with_provider()["I3"]
        self.assertEqual(finding.verdict, "breach")
        self.assertIn("Booked, not charged", finding.offenders[0][2])

    def test_what_providers_know_stays_open_when_they_are_down(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        found = self._check_with_provider()
        for code in ("I1", "I2", "I3", "I19"):
            self.assertEqual(found[code].verdict, "partial", code)
            self.assertIn("No complete answer", found[code].note)

    # === COMMAND === #

    def _report(self, findings=None):
        """Return what the command prints, and its exit code."""
        command = find_command("autopay_check")()
        findings = findings or self.env["autopay.invariant"].sudo()._check()
        with patch("sys.stdout", io.StringIO()) as printed:
            code = command._report(findings)
        return printed.getvalue(), code

    def test_command_names_every_invariant(self):
        self._collect()
        text, code = self._report()
        self.assertEqual(code, 0)
        lines = [line.split()[0] for line in text.splitlines() if line[:1] == "I"]
        self.assertEqual(lines, list(INVARIANTS))
        self.assertIn("21 invariants, 0 breached, 5 not fully checked", text)

    def test_command_fails_and_says_what_breaches(self):
        attempt = self._collect()
        self._set(attempt, authorization_id="NULL")
        text, code = self._report()
        self.assertEqual(code, 1)
        self.assertIn(f"autopay.attempt,{attempt.id}: no authorization", text)

    def test_command_is_content_when_the_provider_agrees(self):
        self._collect()
        _text, code = self._report(self._check_with_provider().values())
        self.assertEqual(code, 0)

    def test_command_says_that_it_could_not_check_when_the_key_is_refused(self):
        self._collect()
        self.provider.stripe_secret_key = "pk_test_not_a_secret_key"
        text, code = self._report(self._check_with_provider().values())
        self.assertEqual(code, 2)
        self.assertIn("No complete answer", text)

    def test_command_tells_of_a_breach_even_when_the_provider_is_down(self):
        attempt = self._collect()
        self._set(attempt, authorization_id="NULL")
        self.admin.add_fault("refuse", times=None)
        _text, code = self._report(self._check_with_provider().values())
        self.assertEqual(code, 1)

    # === SCREEN === #

    def test_results_are_shown_with_what_breaches_them(self):
        attempt = self._collect()
        self._set(attempt, authorization_id="NULL")
        user = new_test_user(
            self.env,
            login="invariant_biller",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        model = self.env["autopay.invariant.result"].with_user(user)
        action = model.action_check()
        results = model.search(action["domain"])
        self.assertEqual(results.mapped("code"), list(INVARIANTS))
        breached = results.filtered(lambda result: result.verdict == "breach")
        self.assertEqual(breached.code, "I7")
        opened = breached.action_open()
        self.assertEqual(opened["res_model"], "autopay.attempt")
        self.assertEqual(opened["domain"], [("id", "in", attempt.ids)])

    def test_only_billing_users_check(self):
        user = new_test_user(self.env, login="invariant_employee")
        with self.assertRaises(AccessError):
            self.env["autopay.invariant.result"].with_user(user).action_check()

    def test_records_of_other_companies_are_counted_and_not_named(self):
        attempt = self._collect()
        self._set(attempt, authorization_id="NULL")
        other = self.env["res.company"].create({"name": "Second Company"})
        user = new_test_user(
            self.env,
            login="invariant_other",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        model = self.env["autopay.invariant.result"].with_user(user)
        results = model.search(model.action_check()["domain"])
        breached = results.filtered(lambda result: result.code == "I7")
        self.assertEqual((breached.verdict, breached.count), ("breach", 1))
        self.assertFalse(breached.offender_ids)
        self.assertNotIn(str(attempt.id), breached.note or "")
