"""Days in sentences: short, and in letters.

In figures alone 10/11 is a day in October to some, and in November to others.
"""

from datetime import datetime

from babel.dates import format_skeleton

from odoo import fields
from odoo.tools.misc import babel_locale_parse, get_lang


def say_day(env, day, today=None, year=False):
    """Return a day as sentences say it: *Dec 10*, with its year when it is another one.

    :param day: a date, or a moment: of one in UTC the day is where the reader is
    :param date today: the day of which the year is the current one
    :param bool year: whether the year is said in any case, as in what is kept for years
    """
    if not day:
        return ""
    if isinstance(day, datetime):
        known = day.tzinfo
        day = (
            day if known else fields.Datetime.context_timestamp(env.user, day)
        ).date()
    today = today or fields.Date.context_today(env.user)
    skeleton = "yMMMd" if year or day.year != today.year else "MMMd"
    locale = babel_locale_parse(get_lang(env).code)
    return format_skeleton(skeleton, day, locale=locale)
