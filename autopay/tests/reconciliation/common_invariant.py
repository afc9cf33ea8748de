from ..common import AutopayCommon

LONG_AGO = "'2020-01-01'"


def describe(finding, shown=5):
    """Return the offenders of a finding as text, the first of them by name."""
    rows = [f"{model},{res_id}: {text}" for model, res_id, text in finding.offenders]
    more = [f"... {finding.count - shown} more"] if finding.count > shown else []
    return "\n".join([*rows[:shown], *more])


class InvariantCommon(AutopayCommon):
    """Charges of every kind, and writes behind Odoo's back that breach something."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    # === FACTORIES === #

    def _collect(self, amount=100.0):
        self._enrol()
        invoice = self._create_due_invoice(amount)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertTrue(attempt.booked_date)
        return attempt

    def _decline(self):
        self._enrol("pm_card_visa_chargeDeclined")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "declined")
        return attempt

    def _wait_for_bank(self):
        self._enrol({"kind": "processing"})
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "pending")
        return attempt

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _set(self, record, **values):
        """Write on a record behind Odoo's back; values are SQL."""
        columns = ", ".join(f"{name} = {value}" for name, value in values.items())
        self._sql(f"UPDATE {record._table} SET {columns} WHERE id = %s", record.id)

    def _check(self, code):
        return self.env["autopay.invariant"].sudo()._check_one(code)

    def _assert_holds(self, code):
        finding = self._check(code)
        self.assertNotEqual(finding.verdict, "breach", describe(finding))

    def _assert_breached(self, code, record, text):
        """Check that the invariant names this record."""
        finding = self._check(code)
        self.assertEqual(finding.verdict, "breach")
        found = [
            row for row in finding.offenders if row[:2] == (record._name, record.id)
        ]
        self.assertTrue(found, describe(finding))
        self.assertIn(text, found[0][2])
