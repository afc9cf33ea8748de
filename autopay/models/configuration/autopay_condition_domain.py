from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ...conditions.amounts import AmountTest
from ...conditions.kinds import KINDS, NEGATED_OPERATORS
from ...conditions.paths import PathTest, as_domain
from ...conditions.records import HierarchyTest, RecordTest
from ...conditions.texts import TextTest
from ...schedules.days import shift
from ...words.conditions import PHRASES

# Dates beyond the calendar are cut off: whatever is asked, something is compared.
MAX_DAYS = 36500

# Comparisons of a number of days with a date: later dates mean fewer days of age.
MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}


class AutopayConditionDomain(models.AbstractModel):
    """Turns conditions into domains on invoices.

    The domain of a condition answers in SQL and in memory alike. A signature holds all
    that a condition says, as plain values: conditions of the same signature are the
    same question.
    """

    _name = "autopay.condition.domain"
    _description = "Domain of a Condition"

    @api.model
    def _get_kinds(self):
        """Return {code: Kind}. Hook: other modules add rows.

        A kind whose values need more than its row says has a method
        ``_get_<code>_domain(operator, values, today)``.
        """
        return dict(KINDS)

    @api.model
    def _get_phrases(self):
        """Return {(code, operator): what follows "Pay invoices"}. Hook: other modules
        add rows; kinds without any are spoken of in general words.
        """
        return dict(PHRASES)

    # === SIGNATURES === #

    def _get_signatures(self, today):
        """Return what each of these conditions says, hashable.

        :param date today: the date from which days are counted
        """
        return [condition._get_signature(today) for condition in self]

    def _group_by_day(self, move_ids, days):
        """Return [(date, ids of invoices)]: those that need not be asked one by one.

        Where none of these conditions counts days one date does for all, the same for
        each configuration: what is looked up for one of them serves all.

        :param dict days: {move id: the date from which its days are counted}
        """
        kinds = self._get_kinds()
        counted = any(
            each.kind in kinds and kinds[each.kind].value == "days" for each in self
        )
        if not counted:
            return [(min(days.values()), move_ids)]
        groups = defaultdict(set)
        for move_id in move_ids:
            groups[days[move_id]].add(move_id)
        return list(groups.items())

    def _get_signature(self, today):
        kind = self._get_kinds().get(self.kind)
        if not kind or not self.operator:
            return (self.kind or "", self.operator or "", (), today)
        values = getattr(self, f"_get_{kind.value}_values")(kind)
        counted = today if kind.value in ("days", "amount") else None
        return (self.kind, self.operator, values, counted)

    def _get_amount_values(self, kind):
        """Return the limits in major units, their currency, and whose rates hold."""
        company = self.configuration_id.company_id.root_id
        if not self.currency_id:
            return ()
        return (self.number, self.number_to, self.currency_id.id, company.id)

    def _get_days_values(self, kind):
        return (int(self.number), int(self.number_to))

    def _get_text_values(self, kind):
        return tuple(self._split_text())

    def _get_records_values(self, kind):
        return tuple(sorted(self._get_records(kind)._origin.ids))

    def _get_records(self, kind):
        """Return the chosen records: none is lost because somebody may not see it.

        A condition that forgot an archived product would match more, or less, than
        what was agreed.
        """
        return self.sudo().with_context(active_test=False)[kind.values]

    def _split_text(self):
        """Return the texts to compare with: semicolons separate them."""
        return [text.strip() for text in (self.text or "").split(";") if text.strip()]

    # === DOMAINS === #

    def _get_domain(self, today):
        """Return this condition as a ``Domain`` on invoices.

        :param date today: the date from which days are counted
        """
        self.ensure_one()
        return self._get_domain_of(self._get_signature(today))

    @api.model
    def _get_domain_of(self, signature):
        """Return a signature as a ``Domain``; what is incomplete never holds."""
        code, operator, values, today = signature
        kind = self._get_kinds().get(code)
        if not kind or not values:
            return Domain.FALSE
        positive = NEGATED_OPERATORS.get(operator, operator)
        special = getattr(self, f"_get_{code}_domain", None)
        if special:
            domain = special(positive, values, today)
        else:
            build = getattr(self, f"_get_{kind.value}_domain")
            domain = build(kind, positive, values, today)
        return domain if positive == operator else ~domain

    def _get_records_domain(self, kind, operator, values, today):
        model = self.env[self._fields[kind.values].comodel_name].sudo()
        make_test = HierarchyTest if kind.hierarchy else RecordTest
        tests = [
            PathTest(path, lambda name: make_test(name, model.browse(values)))
            for path in (kind.path, kind.also)
            if path
        ]
        return Domain.OR(map(as_domain, tests))

    def _get_text_domain(self, kind, operator, values, today):
        test = PathTest(kind.path, lambda name: TextTest(name, operator, values))
        return as_domain(test)

    def _get_series_domain(self, operator, values, today):
        """Return the invoices of a recurring series, with the one it started from."""
        started = Domain("auto_post_origin_id", "in", list(values))
        return started | Domain("id", "in", list(values))

    # === DAYS === #

    def _get_days_domain(self, kind, operator, values, today):
        first, last = values
        if operator == "between":
            return self._get_days_domain(
                kind, ">=", values, today
            ) & self._get_days_domain(kind, "<=", (last, last), today)
        day = _add_days(today, -kind.days * first)
        return Domain(kind.path, MIRRORED[operator] if kind.days > 0 else operator, day)

    # === AMOUNTS === #

    def _get_amount_domain(self, kind, operator, values, today):
        """Return the invoices of such an amount, in the currency of the condition.

        Amounts of other currencies are converted at the invoice date, with the rates
        that Odoo itself takes (``res.currency._get_rates``).
        """
        low, high, currency_id, company_id = values
        limits = (low, high) if operator == "between" else (low, low)
        test = AmountTest(self.env, kind.path, operator, limits, currency_id)
        return Domain.custom(
            to_sql=lambda model, alias, query: test.get_sql(
                model, alias, query, company_id, today
            ),
            predicate=lambda move: test.holds(move, company_id, today),
        )


def _add_days(day, days):
    """Return the day so many days later, within the calendar."""
    return shift(day, max(-MAX_DAYS, min(MAX_DAYS, days)))
