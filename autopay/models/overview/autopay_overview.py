from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...rights import check_staff
from ...words.days import say_day
from ...words.filled import fill_in
from ...words.runs.overview import (
    DEADLINE,
    SECTIONS,
    STEPS_LEFT,
    get_as_of_words,
    get_card_words,
    get_section_note,
)
from .card import CARDS, SLOW_CARDS


class AutopayOverview(models.AbstractModel):
    """Answers the page that the app opens on.

    Each number is counted with the rights of the user by the domain that opens its
    list, so that both have the same records. What is said of invoices is what is kept.
    """

    _name = "autopay.overview"
    _description = "Overview of Autopay"

    # === WHERE THE APP OPENS === #

    @api.model
    def action_open_app(self):
        """Return the action of the page that the app opens on for the user.

        :raises AccessError: for users who may not read what autopay does
        """
        check_staff(self)
        if self.env["autopay.first.steps"]._is_first(self.env.company):
            return self.env["autopay.first.step"].action_open_steps()
        xml_id = "autopay.autopay_overview_action"
        return self.env["ir.actions.client"]._for_xml_id(xml_id)

    # === WHAT THE PAGE ASKS === #

    @api.model
    @api.readonly
    def action_get_overview(self):
        """Return what the page shows at once.

        :return: a dict with *sections*, each with its *cards*, *health* lines,
            *as_of*, a sentence, and *steps*, another on what is left to do first
        :raises AccessError: for users who may not read what autopay does
        """
        check_staff(self)
        companies = self._get_companies()
        cards = self._get_cards(
            companies, [card for card in CARDS if card.key not in SLOW_CARDS]
        )
        return {
            "sections": [
                {
                    "key": key,
                    "title": self.env._(title),
                    "note": get_section_note(self.env, key),
                    "cards": [each for each in cards if each["section"] == key],
                }
                for key, title in SECTIONS.items()
            ],
            "health": self._get_health_rows(companies),
            "as_of": self._get_as_of(companies),
            "is_on": any(companies.sudo().mapped("autopay_enabled")),
            "steps": self._get_steps_words(),
        }

    @api.model
    @api.readonly
    def action_get_slow_cards(self):
        """Return the cards that take longer, to be added to the page.

        :raises AccessError: for users who may not read what autopay does
        """
        check_staff(self)
        cards = [card for card in CARDS if card.key in SLOW_CARDS]
        return self._get_cards(self._get_companies(), cards)

    def _get_steps_words(self):
        """Return how many first steps are left, as a sentence; "" when none is."""
        left = self.env["autopay.first.steps"]._count_left(self.env.company)
        return left and fill_in(self.env, STEPS_LEFT, count=left) or ""

    def _get_companies(self):
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        return self.env.companies.filtered(lambda company: company.id in known_ids)

    # === CARDS === #

    def _get_cards(self, companies, cards):
        return [self._get_card(card, companies) for card in cards]

    def _get_card(self, card, companies):
        """Return a card as the page shows it, with what it opens."""
        base, facet = self._get_base(card, companies), self._get_facet(card, companies)
        domain = self._get_domain(card, base, facet)
        rows = self._get_rows(card, domain, companies)
        title, note = get_card_words(self.env, card.key)
        count = sum(row["count"] for row in rows)
        shown = {
            "key": card.key,
            "section": card.section,
            "title": title,
            "note": self._get_note(card, domain) or note,
            "count": count,
            "number": str(count),
            "level": card.level if count else "",
            "domain": list(domain),
            "action": card.action,
            "base": list(base),
            "filters": list(card.filters),
            "facet": _list_leaves(facet),
            "rows": rows,
        }
        for row in rows:
            narrowed = row.pop("narrowed")
            row["domain"] = list(domain & narrowed)
            row["facet"] = _list_leaves(facet & narrowed)
        if card.key == "rate":
            shown.update(number=self._get_rate(domain, count), rows=[])
        return shown

    def _get_base(self, card, companies):
        """Return the domain that a reader of the list cannot take off."""
        own = Domain("company_id", "in", companies.ids)
        # Nothing but customer invoices has a standing.
        invoices = card.model == "account.move"
        return own & Domain("move_type", "=", "out_invoice") if invoices else own

    def _get_facet(self, card, companies):
        """Return the domain that no search filter has: by the days of each company.

        The list shows it as a facet, which its reader can take off.
        """
        if card.days is not None:
            return self._get_until(companies, card.days)
        return self._get_this_month(companies) if card.is_monthly else Domain.TRUE

    def _get_domain(self, card, base, facet):
        """Return the domain of the records of a card."""
        return base & Domain.AND([Domain(*leaf) for leaf in card.domain]) & facet

    def _get_until(self, companies, days):
        """Return the domain of what is charged by then, on each company's own day."""
        lasts = {
            company: fields.Date.to_string(
                company.sudo()._get_autopay_today() + timedelta(days=days)
            )
            for company in companies
        }
        return self._compare_each(lasts, "autopay_next_date", "<=")

    def _get_this_month(self, companies):
        """Return the domain of what ended this month, as each company's days begin."""
        firsts = {}
        for company in companies.sudo():
            day = fields.Date.start_of(company._get_autopay_today(), "month")
            moment = company._get_autopay_day_start(day)
            firsts[company] = fields.Datetime.to_string(moment)
        return self._compare_each(firsts, "outcome_date", ">=")

    def _compare_each(self, values, name, operator):
        """Return the domain of records that compare with the value of their company.

        :param dict values: {company: value}
        """
        if len(set(values.values())) == 1:
            return Domain(name, operator, next(iter(values.values())))
        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain(name, operator, value)
            for company, value in values.items()
        )

    # === ROWS === #

    def _get_rows(self, card, domain, companies):
        """Return the rows of a card: the records by what divides them."""
        names = self._get_group_names(card)
        sums = [f"{card.amount}:sum"] if card.amount else []
        groups = self.env[card.model]._read_group(domain, names, ["__count", *sums])
        rows = {}
        for group in groups:
            values, (count, *amounts) = group[: len(names)], group[len(names) :]
            found = dict(zip(names, values, strict=True))
            currency = found.pop("currency_id", None)
            key = self._get_row_key(card, found, currency)
            row = rows.setdefault(key, self._get_row(card, found, currency, companies))
            row["count"] += count
            if amounts:
                row["amounts"].append(currency.format(amounts[0] or 0.0))
        return sorted(rows.values(), key=lambda row: -row["count"])

    def _get_group_names(self, card):
        names = ["company_id", card.by, "currency_id" if card.amount else ""]
        return [name for name in names if name]

    def _get_row_key(self, card, found, currency):
        """Return what tells rows apart; reasons have their currencies in one row."""
        values = tuple(str(value) for value in found.values())
        return values if card.by else (*values, currency and currency.id)

    def _get_row(self, card, found, currency, companies):
        narrowed = Domain.TRUE
        if card.by:
            narrowed &= Domain(card.by, "=", found[card.by])
        if len(companies) > 1:
            narrowed &= Domain("company_id", "=", found["company_id"].id)
        words = [self._get_row_label(card, found, companies)]
        if currency and not card.by:
            narrowed &= Domain("currency_id", "=", currency.id)
            words.append(currency.name)
        return {
            "label": words[0],
            "name": ", ".join(filter(None, words)),
            "count": 0,
            "amounts": [],
            "narrowed": narrowed,
        }

    def _get_row_label(self, card, found, companies):
        words = []
        if len(companies) > 1:
            words.append(found["company_id"].sudo().name)
        if card.by:
            field = self.env[card.model]._fields[card.by]
            labels = dict(field._description_selection(self.env))
            words.append(labels.get(found[card.by], self.env._("Other")))
        return ": ".join(words)

    def _get_rate(self, domain, count):
        """Return how many of these charges collected, in per cent."""
        if not count:
            return "–"
        collected = self.env["autopay.attempt"].search_count(
            domain & Domain("state", "=", "succeeded")
        )
        return f"{100 * collected // count} %"

    def _get_note(self, card, domain):
        if card.key != "disputes":
            return ""
        waiting = domain & Domain("respond_by_date", ">=", fields.Datetime.now())
        first = self.env[card.model].search(waiting, order="respond_by_date", limit=1)
        if not first:
            return ""
        day = first._get_local_day(first.respond_by_date)
        return fill_in(self.env, DEADLINE, date=say_day(self.env, day))

    # === HEALTH === #

    def _get_health_rows(self, companies):
        lines = self.env["autopay.engine.health"]._get_lines(companies)
        return [
            {
                "level": line.level,
                "text": line.text,
                "model": self._get_opened(line.model),
                "res_id": line.res_id,
            }
            for line in lines
        ]

    def _get_opened(self, model):
        """Return the model of what a line opens; "" when the user may not see it."""
        may = model and self.env[model].has_access("read")
        return model if may else ""

    def _get_as_of(self, companies):
        """Return since when what is said of invoices is known, as a sentence."""
        passes = self.env["autopay.status.pass"].sudo()
        dates = passes.search([("company_id", "in", companies.ids)]).mapped("date")
        known = min(dates) if dates and all(dates) else None
        return get_as_of_words(self.env, known)


def _list_leaves(domain):
    """Return a domain as the web client takes it, empty when it selects nothing out."""
    return [] if domain.is_true() else list(domain)
