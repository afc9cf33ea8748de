from datetime import timedelta

from .common_configuration import ConfigurationCommon

CUSTOMERS = 50


class SpeedCommon(ConfigurationCommon):
    """Queries that it takes to decide about invoices."""

    def _count_queries(self, invoices):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["autopay.decision"]._decide(invoices)
        return self.env.cr.sql_log_count - before


class TestAutopayConfigurationSpeed(SpeedCommon):
    """How many queries it takes does not depend on how many invoices there are."""

    def setUp(self):
        super().setUp()
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(CUSTOMERS)]
        )
        for number, partner in enumerate(partners):
            token = self.visa.copy({"partner_id": partner.id})
            # Every customer's conditions differ, and none has the first one match.
            for amount in (5000.0, 50.0):
                self._configure(
                    token,
                    [
                        {"number": amount + number},
                        {"kind": "age", "number": number % 9},
                        {"kind": "line_text", "text": f"service;{number}"},
                    ],
                    partner_id=partner.id,
                )
        first = self._create_due_invoice(280.0)
        self.invoices = first.browse(
            [
                self._copy_due(first, partners[number % CUSTOMERS]).id
                for number in range(2 * CUSTOMERS)
            ]
        )

    def _copy_due(self, invoice, partner):
        """Copy an invoice for another customer; drafts are decided like any other."""
        return invoice.copy(
            {"partner_id": partner.id, "invoice_date": invoice.invoice_date}
        )

    def test_twice_as_many_invoices_take_no_more_queries(self):
        few = self.invoices[:CUSTOMERS]
        self._count_queries(few)
        self.assertEqual(self._count_queries(self.invoices), self._count_queries(few))
        decisions = self.env["autopay.decision"]._decide(self.invoices)
        self.assertEqual(len(decisions), 2 * CUSTOMERS)
        for decision in decisions.values():
            self.assertEqual(decision.choice.source, "configuration")
            self.assertLess(decision.configuration.condition_ids[0].number, 280.0)


class TestAutopayDaysSpeed(SpeedCommon):
    """Invoices of many days take no more queries than those of one."""

    def test_each_day_of_charges_takes_no_query_more(self):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 0.5)])
        invoices = self.env["account.move"]
        for number in range(9):
            customer = self._create_customer(f"Customer {number}")
            self._configure(
                self._enrol(customer=customer),
                [{"number": 10.0, "currency_id": currency.id}],
                partner_id=customer.id,
            )
            invoices |= self._create_due_invoice(100.0, customer)
        self._count_queries(invoices)
        same = self._count_queries(invoices)
        for number, invoice in enumerate(invoices, start=1):
            invoice.autopay_date = self.today + timedelta(days=number)
        self.assertEqual(self._count_queries(invoices), same)
        decisions = self.env["autopay.decision"]._decide(invoices)
        self.assertEqual(
            {each.blocker for each in decisions.values()}, {"date_not_reached"}
        )


class TestAutopayRestSpeed(SpeedCommon):
    """Rests of invoices that a limit divides take one query each, not many."""

    RESTS = 9

    def test_each_rest_takes_one_query_more(self):
        invoices = self.env["account.move"]
        for number in range(self.RESTS):
            customer = self._create_customer(f"Customer {number}")
            self._configure(
                self._enrol(customer=customer),
                partner_id=customer.id,
                max_month_amount=30.0,
                cap_rule="part",
            )
            invoices |= self._create_due_invoice(100.0, customer)
        self._run_autopay()
        self.assertEqual(set(invoices.mapped("amount_residual")), {70.0})
        self._count_queries(invoices[:2])
        two = self._count_queries(invoices[:2])
        every = self._count_queries(invoices)
        self.assertLessEqual(every, two + self.RESTS - 2)
