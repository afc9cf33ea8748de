from datetime import datetime, timedelta

import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..filled_words import fill_in

_lt = LazyTranslate(__name__)

# The zone that nobody chose: new working hours start in it.
UNCHOSEN = "UTC"
# One day of winter and one of summer, in either half of the world.
SEASONS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 - in each zone

# Where a time zone may come from, in words.
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


class AutopayTimeZone(models.AbstractModel):
    """Finds where the days of a company begin, also when nobody has said it."""

    _name = "autopay.time.zone"
    _description = "Time Zone of Autopay"

    def _get_autopay_tz(self):
        """Return the name of the time zone in which the company's days begin."""
        return self._find_autopay_tz()[0]

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
        company = self.sudo()
        candidates = (
            ("contact", lambda: company.partner_id.tz),
            ("hours", company._get_autopay_tz_of_hours),
            ("responsible", lambda: company.autopay_responsible_id.tz),
            ("manager", company._get_autopay_tz_of_manager),
            ("country", company._get_autopay_tz_of_country),
        )
        for source, find in candidates:
            name = find()
            if name:
                return name, source
        return UNCHOSEN, "nothing"

    def _get_autopay_tz_of_hours(self):
        # The field is that of a module of Odoo which Autopay can do without.
        if "resource_calendar_id" not in self._fields:
            return None
        name = self.resource_calendar_id.tz
        return name if name != UNCHOSEN else None

    def _get_autopay_tz_of_manager(self):
        """Return the zone of the manager who is asked when nobody is in charge.

        Not when it lies outside the company's country: whoever set the database up may
        sit anywhere.
        """
        name = self._get_autopay_responsible().tz
        return name if name in self._get_autopay_zones() else None

    def _get_autopay_tz_of_country(self):
        """Return the zone of the country in which a day begins last.

        A charge may be some hours late in the rest of it, and is early nowhere.
        """
        return min(self._get_autopay_zones(), key=_get_offsets, default=None)

    def _get_autopay_zones(self):
        code = self.country_id.code or self.partner_id.country_id.code or ""
        return pytz.country_timezones.get(code, [])

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


def _get_offsets(name):
    """Return a key that sorts time zones from where days begin last."""
    zone = pytz.timezone(name)
    offsets = [zone.utcoffset(day) for day in SEASONS]
    return min(offsets), sum(offsets, timedelta()), name
