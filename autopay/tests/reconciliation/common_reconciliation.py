from datetime import timedelta
from unittest.mock import patch

from ..common import AutopayCommon


class ReconciliationCommon(AutopayCommon):
    """Charges, booked and not, and comparisons of them with the simulator."""

    def setUp(self):
        super().setUp()
        # Charges of other tests are none of ours.
        self.admin.reset()

    # === FACTORIES === #

    def _collect(self, amount=100.0, **values):
        """Charge an invoice and book it; return its attempt."""
        self._enrol()
        invoice = self._create_due_invoice(amount, **values)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertTrue(attempt.booked_date)
        self._grow_old(attempt)
        return attempt

    def _grow_old(self, attempt):
        """Let so much time pass that nothing is on its way any more."""
        self._sql(
            "UPDATE autopay_attempt SET charging_date = charging_date - interval '2 h',"
            " reserved_date = reserved_date - interval '2 h' WHERE id = %s",
            attempt.id,
        )

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _charge_outside(self, amount_minor, metadata, currency="usd"):
        """Charge at the simulator without Odoo; return the intent."""
        customer = self.stripe.v1.customers.create({}).id
        method = self.stripe.v1.payment_methods.attach(
            "pm_card_visa", {"customer": customer}
        )
        return self.stripe.v1.payment_intents.create(
            {
                "amount": amount_minor,
                "currency": currency,
                "customer": customer,
                "payment_method": method.id,
                "allowed_payment_method_types": ["card"],
                "metadata": metadata,
                "confirm": True,
            }
        )

    def _get_uuid(self):
        return self.env["ir.config_parameter"].get_param("database.uuid")

    def _create_reconciliation(self, provider=None, **values):
        provider = provider or self.provider
        return self.env["autopay.reconciliation"].create(
            {
                "provider_choice": str(provider.id),
                "date_from": self.today - timedelta(days=1),
                "date_to": self.today,
                **values,
            }
        )

    def _compare(self, provider=None, later=True, **values):
        """Compare, and return the reconciliation."""
        record = self._create_reconciliation(provider, **values)
        self._press_compare(record, later)
        return record

    def _press_compare(self, record, later=True):
        self.env.flush_all()
        minutes = 0 if later else 60
        target = "odoo.addons.autopay.models.reconciliation.case.BOOKING_MINUTES"
        with (
            patch(target, minutes),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            record.with_env(record.env(cr=cr)).action_compare()
        self.env.invalidate_all()

    def _get_kinds(self, record):
        return sorted(record.line_ids.mapped("kind"))

    # === WHAT DIFFERS === #

    def _unbook(self, attempt):
        """Take the payment of a collected attempt out of the books."""
        payment = attempt.transaction_id.payment_id
        self._sql(
            "UPDATE account_payment SET state = 'draft' WHERE id = %s", payment.id
        )

    def _assert_difference(self, kind, record=None):
        record = record or self._compare()
        self.assertIn(kind, record.line_ids.mapped("kind"))
        self.assertEqual(record.state, "differs")
        line = record.difference_ids.filtered(lambda line: line.kind == kind)
        self.assertTrue(line[:1].explanation)
        return line
