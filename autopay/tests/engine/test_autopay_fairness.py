from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ... import const
from ...gateways import odoo_gateway
from ...gateways.run_clock import RunClock
from ...models.payment_transaction import PaymentTransaction
from ..common import AutopayCommon
from ..fault import fault


@tagged("post_install", "-at_install")
class TestAutopayFairness(AutopayCommon):
    """No invoice, company or charge keeps others from their turn."""

    def _run_one_batch(self, size=1):
        """Run the scheduled action with time for a single batch."""
        with (
            patch.object(const.engine, "BATCH_SIZE", size),
            patch.object(RunClock, "is_time_up", lambda ctx, seconds_left: True),
        ):
            self._charge_due()

    def _charge_due(self):
        """Call the engine once; the scheduler would call it again for the rest."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr, su=True)["autopay.engine"]._charge_due_invoices()
        self.env.invalidate_all()

    def _create_blocked(self, count):
        """Create due invoices that come first and cannot be charged."""
        customer = self._create_customer("No method")
        for _number in range(count):
            self._create_due_invoice(customer=customer)

    # === PROVIDERS === #

    def _run_on_three_invoices(self, prepare=lambda: None):
        self._enrol()
        prepare()
        moves = [self._create_due_invoice() for _number in range(3)]
        self._run_autopay()
        return self.env["account.move"].union(*moves)

    def test_wrong_key_costs_one_attempt_and_keeps_the_others_eligible(self):
        moves = self._run_on_three_invoices(
            lambda: self.provider.write({"stripe_secret_key": "sk_test_invalid"})
        )
        self.assertEqual(moves.autopay_attempt_ids.mapped("state"), ["canceled"])
        self.assertEqual(set(moves.mapped("autopay_status")), {"eligible"})
        self.assertEqual(self._get_last_run().skipped, {"provider_stopped": 2})

    def test_provider_that_is_down_costs_one_attempt(self):
        moves = self._run_on_three_invoices(
            lambda: self.admin.add_fault("refuse", times=None)
        )
        self.assertEqual(len(moves.autopay_attempt_ids), 1)

    def test_invoices_behind_the_first_of_a_provider_are_charged_in_the_same_run(self):
        moves = self._run_on_three_invoices()
        self.assertEqual(set(moves.mapped("autopay_status")), {"success"})
        self.assertEqual(len(self._get_last_run().attempt_ids), 3)

    # === INVOICES === #

    @fault(1)
    def test_run_cut_short_goes_on_behind_what_it_looked_at(self):
        self._create_blocked(2)
        self._enrol()
        invoice = self._create_due_invoice()
        for _run in range(3):
            self._run_one_batch()
        self.assertEqual(invoice.autopay_status, "success")

    @fault(1)
    def test_invoices_have_their_turn_again_when_the_rest_is_done(self):
        self._create_blocked(2)
        first = self._create_due_invoice()
        self._run_one_batch(size=2)
        self.assertEqual(self._get_last_run().resume_ids, first.ids)
        self._run_one_batch(size=2)
        self.assertEqual(self._get_last_run().selected_count, 1)
        self._run_one_batch(size=2)
        self.assertEqual(self._get_last_run().selected_count, 3)

    def test_run_starts_anew_when_nothing_is_left_to_resume_with(self):
        self._create_blocked(1)
        gone = self._create_due_invoice()
        self._run_one_batch()
        gone.autopay_status = False
        self._run_one_batch()
        self.assertEqual(self._get_last_run().selected_count, 1)

    def test_invoices_that_go_alone_and_had_no_turn_come_first_next_time(self):
        self._enrol()
        first, second = self._create_due_invoice(), self._create_due_invoice()
        (first | second).sudo().autopay_crash_count = 1
        self._run_one_batch(size=100)
        statuses = (first.autopay_status, second.autopay_status)
        self.assertEqual(statuses, ("success", "eligible"))
        self.assertEqual(self._get_last_run().resume_ids, second.ids)
        self._run_one_batch(size=100)
        self.assertEqual(second.autopay_status, "success")

    # === COMPANIES === #

    @fault(1)
    def test_company_that_waited_longest_comes_first(self):
        self._create_company(name="Other", autopay_enabled=True)
        engine = type(self.env["autopay.engine"])
        order = []
        self.startPatcher(patch.object(engine, "_get_due_ids", lambda *_args: [1]))

        def note(engine, company, move_ids, ctx):
            order.append(company.id)
            engine.env["autopay.run"].create(
                {"name": "APR", "company_id": company.id, "trigger": "scheduled"}
            )
            return False

        with patch.object(engine, "_run", note):
            for _run in range(4):
                self._charge_due()
        self.assertEqual(len(order), 4)
        self.assertNotEqual(order[0], order[1])
        self.assertEqual(order[:2], order[2:])

    def test_company_that_cannot_begin_calls_a_person_and_holds_up_no_other(self):
        other = self._create_company(name="Other", autopay_enabled=True)
        self._enrol()
        invoice = self._create_due_invoice()
        values = {"name": "Runs", "code": "autopay.run", "prefix": "%(nothing)s"}
        sequences = self.env["ir.sequence"].sudo()
        broken = sequences.create({**values, "company_id": self.company.id})
        engine = type(self.env["autopay.engine"])
        get_due, run, turns = engine._get_due_ids, engine._run, []

        def note(engine, company, move_ids, ctx):
            turns.append(company.id)
            return company.id == other.id or run(engine, company, move_ids, ctx)

        def find(engine, company, *args):
            due = company.id == other.id and [1]
            return due or get_due(engine, company, *args)

        with (
            patch.object(engine, "_run", note),
            patch.object(engine, "_get_due_ids", find),
            mute_logger("odoo.addons.autopay.models.engine.autopay_engine"),
        ):
            self._charge_due()
        self.assertEqual(set(turns), {self.company.id, other.id})
        self.assertEqual(invoice.autopay_status, "eligible")
        call = self.company.partner_id.activity_ids
        self.assertIn("could not charge", call.summary)
        self.assertIn("prefix", call.note)
        broken.prefix = "APR"
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    # === CHARGES === #

    def test_charge_that_cannot_be_asked_about_starts_when_its_turn_comes(self):
        provider = self._create_provider("demo")
        for name in ("First", "Second"):
            customer = self._create_customer(name)
            self._enrol(customer=customer, provider_id=provider.id)
            self._create_due_invoice(customer=customer)
        seen = []

        def note(transaction):
            attempts = transaction.autopay_attempt_ids.run_id.attempt_ids
            seen.append(attempts.sorted("id").mapped("state"))
            return odoo_gateway.outcome_of("done")

        with patch.object(PaymentTransaction, "_autopay_charge", note):
            self._run_autopay()
        self.assertEqual(seen, [["charging"], ["succeeded", "charging"]])
