from odoo import api, models
from odoo.tools.i18n import format_list

from ...schedules.days import shift
from ...words.amounts import format_amount
from ...words.conditions import get_age_text
from ...words.days import say_day
from ...words.invoices.blockers import get_expiring_words

# Of an invoice with many lines, so many are named.
NAMED = 5


class AutopayConfigurationTrace(models.AbstractModel):
    """Tells, condition by condition, why a configuration pays an invoice or not."""

    _name = "autopay.configuration.trace"
    _description = "Trace of a Choice"

    @api.model
    def _get_trace(self, move, day=None, trial=None):
        """Return how the method of an invoice is chosen, as plain data.

        :param date day: the date to ask for; by default that of the charge
        :param trial: a configuration to ask with as if it were saved
        :return: a dict: *source* (see ``decision.Choice``), *method* (label or ""),
            *kinds* (of method that may pay, in words, or "" for all), *day* (of the
            charge, for which all of it is asked, or False for today),
            *configurations*: a list of dicts in the order in which they are tried, the
            disabled ones last, with *id*, *sentence*, *result* (pays, ignored,
            no_match, invalid, disabled), *issue*, *locked*, *date* (when it could
            match, or False) and *conditions*: a list of dicts with *phrase*, *actual*,
            *holds* and *date*
        """
        move = move.sudo()
        company = move.company_id
        today = company._get_autopay_today()
        day = day or move._get_autopay_judged_day(today)
        choices = self.env["autopay.configuration.choice"]
        choice = choices._choose(company, move, None, day, trial)[move.id]
        lists = choices._get_lists(company, move.commercial_partner_id, trial)
        configurations = lists.get(move.commercial_partner_id, ())
        rows = [
            self._get_configuration_trace(each, move, day, choice)
            for each in configurations
        ]
        disabled = choices._get_disabled(company, move.commercial_partner_id, trial)
        rows += [
            {
                **self._get_configuration_trace(each, move, day, choice),
                "result": "disabled",
                "date": False,
            }
            for each in disabled
        ]
        return {
            "source": choice.source,
            "kinds": move._get_autopay_kind_words(),
            "day": day > today and day,
            "method": choice.token._get_autopay_label() if choice.token else "",
            "configurations": rows,
        }

    def _get_configuration_trace(self, configuration, move, day, choice):
        conditions = [
            self._get_condition_trace(condition, move, day)
            for condition in configuration.condition_ids
        ]
        matches = bool(conditions) and all(row["holds"] for row in conditions)
        issue = self._get_issue_words(configuration, day)
        unfit = not move._is_autopay_kind_allowed(
            configuration.token_id
        ) and self.env._(
            "Its method may not pay this invoice: %s.", move._get_autopay_kind_words()
        )
        return {
            "id": configuration._origin.id,
            "sentence": configuration.display_name,
            "locked": configuration.locked,
            "issue": "\n".join(filter(None, [issue, unfit])),
            "result": self._get_result(configuration, choice, matches, issue),
            "date": not matches and self._get_date(configuration, move, conditions),
            "conditions": conditions,
        }

    def _get_issue_words(self, configuration, day):
        codes = configuration._get_passing_issues(day)[configuration]
        ahead = get_expiring_words(
            self.env, configuration.token_id.sudo(), configuration.company_id
        )
        return "\n".join(
            code == "method_expired"
            and ahead
            or configuration._get_issue_sentence(code)
            for code in codes
        )

    def _get_result(self, configuration, choice, matches, issue):
        if choice.configuration == configuration and matches:
            return "pays"
        if not matches:
            return "no_match"
        return "invalid" if issue else "ignored"

    def _get_condition_trace(self, condition, move, today):
        holds = bool(move.filtered_domain(condition._get_domain(today)))
        return {
            "phrase": condition._get_phrase(),
            "actual": self._get_actual(condition, move, today),
            "holds": holds,
            "date": not holds and self._get_condition_date(condition, move, today),
        }

    # === WHAT THE INVOICE HAS === #

    def _get_actual(self, condition, move, today):
        """Return what the invoice has where the condition looks, in words."""
        kind = condition._get_kind()
        if not kind:
            return ""
        return getattr(self, f"_get_{kind.value}_actual")(condition, kind, move, today)

    def _get_amount_actual(self, condition, kind, move, today):
        amount = move[kind.path]
        wanted = condition.currency_id
        text = format_amount(self.env, move.currency_id, amount)
        if not move.currency_id or wanted == move.currency_id or not wanted:
            return text
        day = move.invoice_date or today
        converted = move.currency_id._convert(amount, wanted, move.company_id, day)
        return self.env._(
            "%(amount)s, which is %(converted)s at the rate of %(date)s",
            amount=text,
            converted=wanted.format(converted),
            date=say_day(self.env, day),
        )

    def _get_days_actual(self, condition, kind, move, today):
        day = move[kind.path]
        if not day:
            return self.env._("no date")
        days = (today - day).days * kind.days
        text = get_age_text(self.env, days, ahead=kind.days < 0)
        if today == move.company_id._get_autopay_today():
            return text
        return self.env._(
            "%(age)s on %(date)s", age=text, date=say_day(self.env, today)
        )

    def _get_text_actual(self, condition, kind, move, today):
        texts = [
            text for text in self._get_lines(kind, move).mapped(_last(kind)) if text
        ]
        return self._list(f"“{text.splitlines()[0]}”" for text in texts)

    def _get_records_actual(self, condition, kind, move, today):
        found = self._get_lines(kind, move).mapped(_last(kind))
        if kind.also:
            found |= move.mapped(kind.also)
        return self._list(found.mapped("display_name"))

    def _get_lines(self, kind, move):
        """Return where a path is read: the lines with an amount, or the invoice."""
        if not kind.path.startswith("invoice_line_ids."):
            return move
        lines = move.invoice_line_ids
        return lines.filtered(lambda line: line.display_type == "product")

    def _list(self, names):
        names = list(dict.fromkeys(names))
        if not names:
            return self.env._("none")
        more = len(names) - NAMED
        if more > 0:
            names = [*names[:NAMED], self.env._("%s more", more)]
        return format_list(self.env, names)

    # === WHEN IT COULD MATCH === #

    def _get_condition_date(self, condition, move, today):
        """Return the first later day on which a condition holds, or False."""
        kind = condition._get_kind()
        if not kind or kind.value != "days" or not move[kind.path]:
            return False
        low, high = int(condition.number), int(condition.number_to)
        # Days of age grow with time, days until a date shrink.
        needed = {
            1: {">=": low, ">": low + 1, "=": low, "between": low},
            -1: {"<=": low, "<": low - 1, "=": low, "between": high},
        }[kind.days].get(condition.operator)
        if needed is None:
            return False
        day = shift(move[kind.path], needed * kind.days)
        return day if day > today else False

    def _get_date(self, configuration, move, conditions):
        """Return the first day on which time alone makes a configuration match."""
        failed = [row for row in conditions if not row["holds"]]
        if not failed or not all(row["date"] for row in failed):
            return False
        day = max(row["date"] for row in failed)
        matching = self.env["autopay.configuration.choice"]._get_matching_domain(
            configuration, day
        )
        return day if move.filtered_domain(matching) else False

    # === WORDS === #

    @api.model
    def _explain(self, decision):
        """Add to a decision why no configuration pays, and when one could."""
        move = decision.move
        if decision.choice.invalid:
            invalid = decision.choice.invalid
            decision.values["configuration"] = invalid.display_name
            decision.values["reason"] = self._get_issue_words(invalid, decision.day)
            return
        trace = self._get_trace(move, decision.day, decision.trial)
        rows = [row for row in trace["configurations"] if row["result"] != "disabled"]
        decision.values["reason"] = " ".join(
            self._get_row_words(number, row) for number, row in enumerate(rows, start=1)
        )
        dates = [row["date"] for row in rows if row["date"] and not row["issue"]]
        decision.date = min(dates, default=None)

    @api.model
    def _get_later_words(self, decision):
        """Return why the rule that pays comes to match later, as a sentence.

        :return: "" where the rule matches on the invoice's own day
        """
        if not decision.choice.day:
            return ""
        day = decision.move._get_autopay_judged_day(decision.today)
        rows = self._get_trace(decision.move, day, decision.trial)["configurations"]
        return " ".join(
            self._get_row_words(number, row)
            for number, row in enumerate(rows, start=1)
            if row["id"] == decision.configuration._origin.id
        )

    def _get_row_words(self, number, row):
        """Return which condition of a configuration fails, and till when."""
        failed = next((each for each in row["conditions"] if not each["holds"]), None)
        if not failed:
            return ""
        if row["date"]:
            return self.env._(
                "Payment rule %(number)s pays invoices %(phrase)s (this one: "
                "%(actual)s), so it could pay from %(date)s.",
                number=number,
                phrase=failed["phrase"],
                actual=failed["actual"],
                date=say_day(self.env, row["date"]),
            )
        return self.env._(
            "Payment rule %(number)s pays invoices %(phrase)s (this one: %(actual)s).",
            number=number,
            phrase=failed["phrase"],
            actual=failed["actual"],
        )


def _last(kind):
    """Return a kind's path as seen from where it is read (``_get_lines``)."""
    return kind.path.removeprefix("invoice_line_ids.")
