import os
from dataclasses import replace

from hypothesis import assume, given, reproduce_failure
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from tests.model.replay import VARIABLE, make_settings

from ...conditions.contradictions import find_contradiction
from ...conditions.kinds import KINDS, VALUE_OPERATORS
from ..common_pool import TEXTS, PoolCommon
from .condition_facts import Row

RECORDS = {
    "line_product": ("product_ids", "products"),
    "category": ("category_ids", "categories"),
    "journal": ("journal_ids", "journals"),
    "salesperson": ("user_ids", "users"),
    "analytic": ("analytic_account_ids", "accounts"),
    "tag": ("tag_ids", "tags"),
    "currency": ("currency_ids", "currencies"),
    "payment_term": ("payment_term_ids", "terms"),
    "series": ("series_ids", "series"),
}
AMOUNTS = "0 0.01 16.13 32.26 49.99 50 50.005 50.01 99.99 100 100.01 100.02 200 280 560"
NUMBERS = {
    "amount": [float(amount) for amount in AMOUNTS.split()],
    "days": [-20, -5, -1, 0, 1, 4, 5, 10, 15, 20, 21],
}
PARTS = [*TEXTS, "host", "%", "_", "\\", "ménage", "menage", ".", "plan", "MAY", "["]
ALL_ROWS = [
    (kind, operator)
    for kind, row in KINDS.items()
    for operator in VALUE_OPERATORS[row.value]
]


class TestAutopayConditionProperty(PoolCommon):
    """Random conditions on random invoices, against what is worked out by hand.

    A failure prints the line to tell it again with, see ``tests/model/replay.py``.
    """

    def _run_examples(self, count, check, *strategies):
        """Run a check on random values, or on those that the environment names."""
        test = given(*strategies)(check)
        version, _colon, blob = os.environ.get(VARIABLE, "").partition(":")
        if blob:
            test = reproduce_failure(version, blob.encode())(test)
        make_settings(count, 1)(test)()

    # === WHAT IS DRAWN === #

    def _rows(self, kinds=ALL_ROWS):
        return st.sampled_from(kinds).flatmap(lambda each: self._rows_of(*each))

    def _rows_of(self, kind, operator):
        """Return random values for a kind and operator."""
        value = KINDS[kind].value
        currency = st.sampled_from(self.currencies.ids)
        if value in NUMBERS:
            pair = st.tuples(*[st.sampled_from(NUMBERS[value])] * 2)
            values = pair.map(lambda found: tuple(sorted(found)))
        elif value == "text":
            values = _some(PARTS)
        else:
            values = _some(self._get_records(kind).ids)
        return st.builds(
            Row, st.just(kind), st.just(operator), values, currency=currency
        )

    def _get_records(self, kind):
        return getattr(self, RECORDS[kind][1])

    def _prepare_condition(self, row):
        """Return the values of a condition."""
        vals = {
            "kind": row.kind,
            "operator": row.operator,
            "currency_id": row.currency,
        }
        if row.kind in RECORDS:
            return {**vals, RECORDS[row.kind][0]: [Command.set(row.values)]}
        if KINDS[row.kind].value == "text":
            return {**vals, "text": "; ".join(row.values)}
        return {**vals, "number": row.values[0], "number_to": row.values[1]}

    def _new_conditions(self, rows):
        """Return conditions of a configuration that is not saved."""
        configuration = self.env["autopay.configuration"].new(
            {
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "condition_ids": [
                    Command.create(self._prepare_condition(row)) for row in rows
                ],
            }
        )
        return configuration.condition_ids

    def _get_expected(self, *rows):
        """Return the invoices that fulfil all conditions, worked out by hand."""
        return {
            move
            for move, facts in self.facts.items()
            if all(self.judge.holds(facts, row) for row in rows)
        }

    # === WHAT HOLDS === #

    def test_sql_memory_and_a_reading_by_hand_find_the_same_invoices(self):
        pool = Domain("id", "in", self.pool.ids)
        seen = set()

        def check(row):
            condition = self._new_conditions([row])
            domain = condition._get_domain(self.today)
            expected = self._get_expected(row)
            self.assertEqual(set(self.pool.filtered_domain(domain)), expected)
            self.assertEqual(set(self.pool.search(pool & domain)), expected)
            seen.add((row.kind, row.operator))

        self._run_examples(400, check, self._rows())
        for kind, operator in ALL_ROWS:
            if (kind, operator) not in seen:
                self._run_examples(3, check, self._rows_of(kind, operator))
        self.assertEqual(seen, set(ALL_ROWS))

    def test_conditions_that_exclude_each_other_match_nothing(self):
        found = set()

        def check(rows):
            rows = [replace(row, currency=rows[0].currency) for row in rows]
            conditions = self._new_conditions(rows)
            assume(not any(rec._get_problem() for rec in conditions))
            if find_contradiction(conditions):
                self.assertFalse(self._get_expected(*rows))
                found.update(KINDS[row.kind].value for row in rows)

        for value in VALUE_OPERATORS:
            kinds = [kind for kind, row in KINDS.items() if row.value == value]
            same_kind = st.sampled_from(kinds).flatmap(self._lists_of)
            self._run_examples(60, check, same_kind)
        self.assertEqual(found, set(VALUE_OPERATORS))

    def _lists_of(self, kind):
        rows = self._rows([row for row in ALL_ROWS if row[0] == kind])
        return st.lists(rows, min_size=1, max_size=3)

    def test_first_in_order_whose_conditions_all_hold_pays(self):
        sources = set()

        def check(lists):
            with self.env.cr.savepoint() as savepoint:
                rows = self._create_lists(lists)
                self._check_choices(rows, sources)
                savepoint.rollback()
                self.env.invalidate_all()

        one = st.tuples(
            st.lists(self._rows(), min_size=1, max_size=3),
            st.sampled_from(["enabled", "enabled", "enabled", "disabled", "flawed"]),
            st.integers(0, 9),
        )
        self._run_examples(60, check, st.lists(one, min_size=1, max_size=5))
        self.assertEqual(sources, {"configuration", "customer", "none"})

    def _create_lists(self, lists):
        """Create configurations; return [(configuration, rows, state)] in order."""
        created = []
        expired = self.bank
        expired.autopay_expiry_date = False
        for rows, state, sequence in lists:
            try:
                with self.env.cr.savepoint():
                    configuration = self._configure(
                        expired if state == "flawed" else self.visa,
                        [self._prepare_condition(row) for row in rows],
                        enabled=state != "disabled",
                        sequence=sequence,
                    )
            except ValidationError:
                continue
            created.append((configuration, rows, state))
        expired.autopay_expiry_date = self._yesterday()
        return sorted(created, key=lambda each: (each[0].sequence, each[0].id))

    def _yesterday(self):
        return self.today.replace(year=self.today.year - 1)

    def _check_choices(self, created, sources):
        choices = self.env["autopay.configuration.choice"]._choose(
            self.company, self.pool, day=self.today
        )
        enabled = [each for each in created if each[2] != "disabled"]
        for move, facts in self.facts.items():
            matching = [
                (configuration, state)
                for configuration, rows, state in enabled
                if all(self.judge.holds(facts, row) for row in rows)
            ]
            valid = [each for each, state in matching if state == "enabled"]
            choice = choices[move.id]
            self.assertEqual(list(choice.configuration), valid[:1])
            flawed = [] if valid else [each for each, _state in matching][:1]
            self.assertEqual(list(choice.invalid), flawed)
            sources.add(choice.source)


def _some(values):
    return st.lists(
        st.sampled_from(list(values)), min_size=1, max_size=3, unique=True
    ).map(tuple)
