from datetime import timedelta

from .common_condition import ConditionCommon

# (operator, values, names of the amounts that match)
AMOUNT_ROWS = [
    (">=", {"number": 100.0}, ["100.00", "100.01", "280.00"]),
    (">", {"number": 100.0}, ["100.01", "280.00"]),
    (">", {"number": 0.0}, ["99.99", "100.00", "100.01", "280.00"]),
    ("<=", {"number": 100.0}, ["0.00", "99.99", "100.00"]),
    ("<", {"number": 100.0}, ["0.00", "99.99"]),
    ("=", {"number": 100.0}, ["100.00"]),
    ("=", {"number": 100.004}, ["100.00"]),
    ("!=", {"number": 100.0}, ["0.00", "99.99", "100.01", "280.00"]),
    ("!=", {"number": 0.0}, ["99.99", "100.00", "100.01", "280.00"]),
    ("between", {"number": 99.99, "number_to": 100.0}, ["99.99", "100.00"]),
    ("between", {"number": 0.0, "number_to": 1.0}, ["0.00"]),
    ("between", {"number": 281.0, "number_to": 300.0}, []),
]
AMOUNTS = [0.0, 99.99, 100.0, 100.01, 280.0]

# Days after the date on which one day is counted, that match; out of -11 to 11.
NUMBER_ROWS = [
    (">=", {"number": 10}, {10, 11}),
    (">", {"number": 10}, {11}),
    ("<=", {"number": -10}, {-11, -10}),
    ("<", {"number": -10}, {-11}),
    ("=", {"number": 0}, {0}),
    ("=", {"number": 10}, {10}),
    ("between", {"number": -1, "number_to": 10}, {-1, 0, 1, 10}),
    (">=", {"number": 3650}, set()),
    ("<", {"number": 3650}, {-11, -10, -1, 0, 1, 10, 11}),
]
DAYS = [-11, -10, -1, 0, 1, 10, 11]


class TestAutopayConditionAmount(ConditionCommon):
    def test_amount(self):
        invoices = {
            f"{amount:.2f}": self._create_invoice({"price_unit": amount})
            for amount in AMOUNTS
        }
        self._check_rows(invoices, [("amount_total", *row) for row in AMOUNT_ROWS])

    def test_amount_due_is_what_is_left(self):
        invoices = {
            f"{amount:.2f}": self._create_paid_invoice(500.0, 500.0 - amount)
            for amount in AMOUNTS
        }
        self._check_rows(invoices, [("amount_due", *row) for row in AMOUNT_ROWS])

    def _create_paid_invoice(self, amount, paid):
        invoice = self._create_invoice({"price_unit": amount})
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": paid})._create_payments()
        return invoice

    def test_partly_paid_invoice_keeps_its_amount(self):
        invoices = {"paid": self._create_paid_invoice(500.0, 450.0)}
        rows = [
            ("amount_total", ">=", {"number": 500.0}, ["paid"]),
            ("amount_due", ">=", {"number": 500.0}, []),
            ("amount_due", "=", {"number": 50.0}, ["paid"]),
        ]
        self._check_rows(invoices, rows)


class TestAutopayConditionCurrency(ConditionCommon):
    """One euro is 1/2 of the company's unit at first, 1/4 from the 30th day on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env["res.currency"].create(
            {"name": "XEU", "symbol": "e", "rounding": 0.01}
        )
        cls.first, cls.second = cls._get_days(60, 30)
        cls._set_rate(cls.first, 2.0)
        cls._set_rate(cls.second, 4.0)

    @classmethod
    def _get_days(cls, *ages):
        return [cls.today - timedelta(days=age) for age in ages]

    @classmethod
    def _set_rate(cls, day, rate, company=None):
        cls.env["res.currency.rate"].create(
            {
                "name": day,
                "rate": rate,
                "currency_id": cls.euro.id,
                "company_id": company.id if company else False,
            }
        )

    def _create_euro_invoice(self, amount, day, **values):
        return self._create_invoice(
            {"price_unit": amount},
            currency_id=self.euro.id,
            invoice_date=day,
            **values,
        )

    def test_rate_of_the_invoice_date_counts(self):
        invoices = {
            str(age): self._create_euro_invoice(100.0, self._get_days(age)[0])
            for age in (61, 60, 31, 30, 29, 0)
        }
        half, quarter = ["61", "60", "31"], ["30", "29", "0"]
        rows = [
            ("amount_total", "=", {"number": 50.0}, half),
            ("amount_due", "=", {"number": 25.0}, quarter),
            ("amount_total", ">", {"number": 25.0}, half),
            ("amount_total", "<=", {"number": 25.0}, quarter),
            ("amount_total", "!=", {"number": 25.0}, half),
            ("amount_total", "between", {"number": 25.0, "number_to": 26.0}, quarter),
        ]
        self._check_rows(invoices, rows)

    def test_draft_without_date_takes_the_rate_of_today(self):
        invoices = {"draft": self._create_euro_invoice(100.0, False)}
        rows = [("amount_total", "=", {"number": 25.0}, ["draft"])]
        self._check_rows(invoices, rows)

    def test_limit_in_another_currency_than_the_invoice(self):
        invoices = {
            "old": self._create_invoice({"price_unit": 50.0}, invoice_date=self.first),
            "new": self._create_invoice({"price_unit": 50.0}),
        }
        euro = {"currency_id": self.euro.id}
        rows = [
            ("amount_total", "=", {"number": 100.0, **euro}, ["old"]),
            ("amount_total", ">=", {"number": 200.0, **euro}, ["new"]),
        ]
        self._check_rows(invoices, rows)

    def test_limit_in_the_currency_of_the_invoice_is_not_converted(self):
        invoices = {"euro": self._create_euro_invoice(100.0, self.today)}
        values = {"number": 100.0, "currency_id": self.euro.id}
        self._check_rows(invoices, [("amount_total", "=", values, ["euro"])])

    def test_rate_of_the_company_goes_before_the_one_for_all(self):
        self._set_rate(self.first, 10.0, self.company)
        invoices = {"euro": self._create_euro_invoice(100.0, self.today)}
        rows = [
            ("amount_total", "=", {"number": 10.0}, ["euro"]),
            ("amount_total", "=", {"number": 25.0}, []),
        ]
        self._check_rows(invoices, rows)

    def test_rate_of_another_company_does_not_count(self):
        self._set_rate(self.first, 10.0, self.setup_other_company()["company"])
        invoices = {"euro": self._create_euro_invoice(100.0, self.today)}
        self._check_rows(invoices, [("amount_total", "=", {"number": 25.0}, ["euro"])])

    def test_branch_takes_the_rates_of_its_parent(self):
        self._set_rate(self.first, 10.0, self.company)
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        invoices = {"euro": self._create_euro_invoice(100.0, self.today)}
        rows = [
            ("amount_total", "=", {"number": 10.0, "company": branch}, ["euro"]),
        ]
        self._check_rows(invoices, rows)

    def test_converted_amount_is_compared_as_it_would_be_rounded(self):
        self._set_rate(self.today, 3.0)
        invoices = {"third": self._create_euro_invoice(100.0, self.today)}
        rows = [
            ("amount_total", "=", {"number": 33.33}, ["third"]),
            ("amount_total", ">=", {"number": 33.33}, ["third"]),
            ("amount_total", ">", {"number": 33.33}, []),
            ("amount_total", "<", {"number": 33.34}, ["third"]),
            ("amount_total", "!=", {"number": 33.33}, []),
        ]
        self._check_rows(invoices, rows)

    def test_currency_without_rates_counts_one_to_one(self):
        other = self.env["res.currency"].create(
            {"name": "XNO", "symbol": "n", "rounding": 0.01}
        )
        invoice = self._create_invoice({"price_unit": 7.0}, currency_id=other.id)
        rows = [("amount_total", "=", {"number": 7.0}, ["other"])]
        self._check_rows({"other": invoice}, rows)


class TestAutopayConditionDays(ConditionCommon):
    def _check_days(self, kind, field, direction):
        """Check a kind on all operators.

        :param direction: 1 where days are counted from the date on, -1 until it
        """
        invoices = {
            days: self._create_invoice(
                invoice_payment_term_id=False,
                **{
                    "invoice_date": self.today,
                    "invoice_date_due": self.today,
                    field: self._day(-direction * days),
                },
            )
            for days in DAYS
        }
        rows = [(kind, *row) for row in NUMBER_ROWS]
        rows += [(kind, "!=", {"number": 10}, set(DAYS) - {10})]
        self._check_rows(invoices, rows)

    def test_age(self):
        self._check_days("age", "invoice_date", 1)

    def test_days_until_due(self):
        self._check_days("due_in", "invoice_date_due", -1)

    def test_days_past_due(self):
        self._check_days("overdue", "invoice_date_due", 1)

    def test_draft_without_date_has_no_age(self):
        invoices = {"draft": self._create_invoice(invoice_date=False)}
        rows = [
            ("age", operator, {"number": 0}, [])
            for operator in (">=", ">", "<=", "<", "=")
        ]
        rows += [
            ("age", "!=", {"number": 0}, ["draft"]),
            ("age", "between", {"number": -3650, "number_to": 3650}, []),
        ]
        self._check_rows(invoices, rows)
