from odoo import Command

from ...conditions.contradictions import find_contradiction
from .common_condition import ConditionCommon

# (operator, number, number to) of two conditions of one kind, and whether they exclude
# each other.
NUMBER_ROWS = [
    ((">", 100), ("<", 50), True),
    ((">=", 100), ("<", 100), True),
    ((">", 100), ("<=", 100), True),
    ((">=", 100), ("<=", 100), False),
    ((">", 50), ("<", 100), False),
    (("=", 100), ("=", 100), False),
    (("=", 100), ("=", 101), True),
    (("=", 100), ("!=", 100), True),
    (("=", 100), ("!=", 101), False),
    ((">=", 100), ("!=", 100), False),
    (("!=", 100), ("!=", 101), False),
    (("=", 100), (">", 100), True),
    (("=", 100), (">=", 100), False),
    (("between", 10, 20), (">", 20), True),
    (("between", 10, 20), (">=", 20), False),
    (("between", 10, 20), ("between", 21, 30), True),
    (("between", 10, 20), ("between", 20, 30), False),
    (("between", 10, 20), ("=", 5), True),
    (("between", 10, 20), ("<", 10), True),
    (("between", 10, 10), ("!=", 10), False),
]
# (operator, letters of the values) of two conditions: whether they exclude each other
# when an invoice has one such value at most, and when it may have several.
SET_ROWS = [
    (("in", "a"), ("in", "a"), False, False),
    (("in", "a"), ("in", "b"), True, False),
    (("in", "ab"), ("in", "bc"), False, False),
    (("in", "a"), ("not in", "a"), True, True),
    (("in", "a"), ("not in", "ab"), True, True),
    (("in", "ab"), ("not in", "a"), False, False),
    (("in", "a"), ("not in", "b"), False, False),
    (("not in", "a"), ("not in", "b"), False, False),
]
TEXT_ROWS = [
    (("contains", "a"), ("not contains", "a"), True),
    (("contains", "A"), ("not contains", "a; b"), True),
    (("contains", "a; b"), ("not contains", "a"), False),
    (("contains", "ab"), ("not contains", "a"), False),
    (("contains", "a"), ("not contains", "ab"), False),
    (("contains", "a"), ("contains", "b"), False),
    (("contains", "a"), ("not in", "a"), False),
    (("in", "a"), ("not contains", "b"), False),
    (("not contains", "a"), ("not contains", "b"), False),
]


class TestContradictions(ConditionCommon):
    def _check(self, conditions, excluded):
        """Check two conditions in either order."""
        for ordered in (conditions, conditions[::-1]):
            found = find_contradiction(ordered)
            self.assertEqual(bool(found), excluded)
            if excluded:
                self.assertEqual(list(found), ordered)

    def _check_numbers(self, kind):
        for *rows, excluded in NUMBER_ROWS:
            with self.subTest(kind=kind, rows=rows):
                self._check([self._new_number(kind, *row) for row in rows], excluded)

    def _new_number(self, kind, operator, number, number_to=0, **values):
        return self._new_condition(
            kind, operator, number=number, number_to=number_to, **values
        )

    def test_amounts(self):
        self._check_numbers("amount_total")
        self._check_numbers("amount_due")

    def test_days(self):
        for kind in ("age", "due_in", "overdue"):
            self._check_numbers(kind)

    def test_amounts_in_two_currencies_are_not_compared(self):
        euro = self.setup_other_currency("EUR").id
        above = self._new_number("amount_total", ">", 100)
        self._check([above, self._new_number("amount_total", "<", 50)], True)
        below = self._new_number("amount_total", "<", 50, currency_id=euro)
        self._check([above, below], False)

    def test_amounts_that_round_to_the_same_do_not_exclude_each_other(self):
        same = [self._new_number("amount_total", "=", each) for each in (5.001, 5.004)]
        self._check(same, False)

    def test_conditions_of_two_kinds_are_not_compared(self):
        above = self._new_number("amount_total", ">", 100)
        self._check([above, self._new_number("amount_due", "<", 50)], False)

    def test_amount_below_zero_excludes_itself(self):
        for row in (("<", 0), ("<=", -1), ("=", -5), ("between", -9, -1)):
            with self.subTest(row=row):
                condition = self._new_number("amount_total", *row)
                found = find_contradiction([condition])
                self.assertEqual(found, (condition, condition))

    def test_days_before_the_date_do_not_exclude_themselves(self):
        self._check([self._new_number("age", "<", 0)], False)

    def test_texts(self):
        for kind in ("line_text", "reference"):
            for *rows, excluded in TEXT_ROWS:
                with self.subTest(kind=kind, rows=rows):
                    self._check_texts(kind, rows, excluded)

    def test_lists_of_texts(self):
        for *rows, single, several in SET_ROWS:
            rows = [(operator, "; ".join(letters)) for operator, letters in rows]
            with self.subTest(rows=rows):
                self._check_texts("reference", rows, single)
                self._check_texts("line_text", rows, several)

    def _check_texts(self, kind, rows, excluded):
        conditions = [
            self._new_condition(kind, operator, text=text) for operator, text in rows
        ]
        self._check(conditions, excluded)

    def test_lists_of_records(self):
        names = "abc"
        journals = self._create("account.journal", names, type="sale")
        products = self._create("product.product", names)
        categories = self._create("product.category", names)
        for *rows, single, several in SET_ROWS:
            with self.subTest(rows=rows):
                self._check_records("journal", "journal_ids", journals, rows, single)
                self._check_records(
                    "line_product", "product_ids", products, rows, several
                )
                # Others may be below both.
                self._check_records(
                    "category", "category_ids", categories, rows, several
                )

    def _create(self, model, names, **values):
        records = self.env[model].create(
            [
                {"name": name, **values, **({"code": name} if values else {})}
                for name in names
            ]
        )
        return dict(zip(names, records, strict=True))

    def _check_records(self, kind, field, records, rows, excluded):
        conditions = []
        for operator, letters in rows:
            ids = [records[letter].id for letter in letters]
            values = {field: [Command.set(ids)]}
            conditions.append(self._new_condition(kind, operator, **values))
        self._check(conditions, excluded)

    def test_condition_without_value_excludes_nothing(self):
        without = self._new_condition("journal", "in")
        journal = self.company_data["default_journal_sale"].id
        other = self._new_condition(
            "journal", "in", journal_ids=[Command.set([journal])]
        )
        self._check([without, other], False)
