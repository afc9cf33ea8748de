from datetime import datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...rights import MANAGER_GROUP
from ...words.filled import fill_in

_lt = LazyTranslate(__name__)

# The zone that nobody chose: new working hours start in it.
UNCHOSEN = "UTC"
# One day of winter and one of summer, in either half of the world.
SEASONS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 - in each zone

# The sources of a time zone, in words.
TZ_SOURCES = {
    "contact": _lt("that of the company's contact"),
    "hours": _lt("that of the working hours"),
    "responsible": _lt("that of the responsible"),
    "manager": _lt("that of the billing manager who is asked"),
    "country": _lt(
        "where the day begins last in %(country)s; for another, set that of the "
        "working hours"
    ),
    "nothing": _lt("the company has neither working hours with a zone nor a country"),
}

# Fields that the query reads: a change that is not saved yet counts as well.
LOOKED_AT = {
    "res.company": ("autopay_responsible_id", "partner_id", "resource_calendar_id"),
    "res.country": ("code",),
    "res.groups": ("user_ids",),
    "res.partner": ("country_id", "type", "tz"),
    "res.users": ("active", "company_ids", "partner_id", "share"),
    "resource.calendar": ("tz",),
}
FOUND = "autopay_tz_origin"
CANDIDATES_QUERY = """
    SELECT company.id,
           contact.tz AS contact,
           NULLIF(hours.tz, %(unchosen)s) AS hours,
           person.tz AS responsible,
           -- Where its contact has another address, Odoo finds which one counts.
           CASE WHEN contact.type = 'contact' THEN coalesce(country.code, '') END
             AS country_code,
           CASE WHEN responsible.active THEN NULL ELSE manager.tz END AS manager
      FROM res_company company
      JOIN res_partner contact ON contact.id = company.partner_id
      LEFT JOIN res_country country ON country.id = contact.country_id
      LEFT JOIN resource_calendar hours ON hours.id = company.resource_calendar_id
      LEFT JOIN res_users responsible
        ON responsible.id = company.autopay_responsible_id
      LEFT JOIN res_partner person ON person.id = responsible.partner_id
      LEFT JOIN LATERAL (
          SELECT own.tz
            FROM res_users users
            JOIN res_partner own ON own.id = users.partner_id
            JOIN res_company_users_rel rel
              ON rel.user_id = users.id AND rel.cid = company.id
           WHERE users.active
             AND users.share IS NOT TRUE
             AND EXISTS (
                 SELECT
                   FROM res_groups_users_rel member
                  WHERE member.uid = users.id AND member.gid IN %(group_ids)s
             )
           ORDER BY users.id
           LIMIT 1
      ) manager ON TRUE
     WHERE company.id IN %(company_ids)s
"""


class AutopayCompanyTimeZone(models.Model):
    """Finds where the days of a company begin, also when nobody has said it."""

    _inherit = "res.company"

    autopay_tz_origin = fields.Char(
        compute="_compute_autopay_tz_origin",
        compute_sudo=True,
        help="The time zone in which the company's days begin, and what says so.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "autopay_responsible_id.active",
        "autopay_responsible_id.tz",
        "country_id",
        "partner_id.country_id",
        "partner_id.type",
        "partner_id.tz",
        "resource_calendar_id.tz",
        "user_ids.active",
        "user_ids.tz",
    )
    def _compute_autopay_tz_origin(self):
        named = self._read_autopay_tz_candidates()
        for company in self:
            found = company._choose_autopay_tz(named.get(company._origin.id) or {})
            company.autopay_tz_origin = " ".join(found)

    # === BUSINESS METHODS === #

    def _get_autopay_tz(self):
        """Return the name of the time zone in which the company's days begin."""
        return self._find_autopay_tz()[0]

    def _get_autopay_day(self, moment):
        """Return the company's day of a moment, a datetime in UTC."""
        self.ensure_one()
        there = self.with_context(tz=self._get_autopay_tz())
        return fields.Datetime.context_timestamp(there, moment).date()

    def _get_autopay_day_start(self, day):
        """Return the first moment of one of the company's days, a datetime in UTC."""
        self.ensure_one()
        first = datetime.combine(day, time(), ZoneInfo(self._get_autopay_tz()))
        return first.astimezone(timezone.utc).replace(tzinfo=None)

    def _get_autopay_day_end(self, day):
        """Return the last second of one of the company's days, a datetime in UTC."""
        self.ensure_one()
        zone = ZoneInfo(self._get_autopay_tz())
        last = datetime.combine(day, time(23, 59, 59), zone)
        return last.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _get_autopay_time_zones(self):
        """Return {id: name of the time zone} of all companies, archived ones too."""
        companies = self.sudo().with_context(active_test=False).search(Domain.TRUE)
        return {company.id: company._get_autopay_tz() for company in companies}

    def _find_autopay_tz(self):
        """Return the time zone of the company, and where it comes from.

        :return: its name, and a key of ``TZ_SOURCES``
        """
        self.ensure_one()
        zone, source = self.sudo().autopay_tz_origin.split()
        return zone, source

    def _choose_autopay_tz(self, named):
        """Return the time zone of the company, and where it comes from.

        :param dict named: {source: what it names}
        """
        for source in ("contact", "hours", "responsible"):
            if name := named.get(source):
                return name, source
        zones = self._get_autopay_zones(named)
        # The person who set the database up may sit anywhere.
        if named.get("manager") in zones:
            return named["manager"], "manager"
        if zones:
            # A charge may be some hours late in the rest of a country, early nowhere.
            return _find_last_zone(tuple(zones)), "country"
        return UNCHOSEN, "nothing"

    def _get_autopay_zones(self, named):
        code = named.get("country_code")
        if code is None:
            code = self.country_id.code or self.partner_id.country_id.code
        return pytz.country_timezones.get(code or "", [])

    def _read_autopay_tz_candidates(self):
        """Return {company id: {source: name of the time zone or None}}.

        The days of each invoice that is shown begin by it: that takes one query, not
        one for each record on the way. A manager is asked when nobody is in charge.
        """
        if not self._origin.ids:
            return {}
        rows = self.env.execute_query_dict(self._get_autopay_tz_query())
        return {row.pop("id"): row for row in rows}

    def _get_autopay_tz_query(self):
        """Return the query of what may name the time zones of these companies."""
        for model, names in LOOKED_AT.items():
            self.env[model].flush_model(names)
        manager_id = self.env["ir.model.data"]._xmlid_to_res_id(MANAGER_GROUP)
        groups = self.env["res.groups"].sudo().browse(manager_id)
        return SQL(
            CANDIDATES_QUERY,
            company_ids=tuple(self._origin.ids),
            group_ids=tuple(groups.all_implied_by_ids.ids),
            unchosen=UNCHOSEN,
        )

    def _is_autopay_tz_known(self):
        """Return whether the time zone of this company was found before."""
        company = self.sudo()
        return company.id in company._fields[FOUND]._get_cache(company.env)

    def _keep_autopay_tz(self, named):
        """Keep what another query has read of this company, as if it was asked for.

        :param dict named: {source: name of the time zone or None}
        """
        company = self.sudo()
        found = " ".join(company._choose_autopay_tz(named))
        company._fields[FOUND]._insert_cache(company, [found])

    def _get_autopay_tz_words(self):
        """Return a sentence about the time zone and where it comes from."""
        name, source = self._find_autopay_tz()
        return self.env._(
            "Days begin by the time zone %(zone)s: %(origin)s.",
            zone=name,
            origin=fill_in(
                self.env, TZ_SOURCES[source], country=self.country_id.name or ""
            ),
        )


@lru_cache
def _find_last_zone(zones):
    """Return where of these time zones days begin last."""
    return min(zones, key=_get_offsets)


def _get_offsets(name):
    """Return a key that sorts time zones from where days begin last."""
    zone = pytz.timezone(name)
    offsets = [zone.utcoffset(day) for day in SEASONS]
    return min(offsets), sum(offsets, timedelta()), name
