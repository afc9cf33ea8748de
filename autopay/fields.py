"""Field types that Odoo does not have."""

from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError

# Other days are slips of a program: near the ends of the calendar nothing can be
# calculated with a day, by Odoo or by us.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)


def limit_day(day):
    """Return the nearest day that a ``Day`` can be: Odoo's own dates may be any.

    :param date day: as a due date of Odoo says; False and None stay
    """
    return day and min(max(day, FIRST_DAY), LAST_DAY)


class BigInteger(fields.Integer):
    """A 64-bit integer: amounts in minor units outgrow 32 bits (IDR, VND)."""

    _column_type = ("int8", "int8")


class Day(fields.Date):
    """A date that people and programs give, refused where it cannot be meant."""

    def convert_to_cache(self, value, record, validate=True):
        """Override of `base` to refuse days of other times.

        :raises ValidationError: which days there are
        """
        day = super().convert_to_cache(value, record, validate)
        if validate and day and not FIRST_DAY <= day <= LAST_DAY:
            env = record.env
            raise ValidationError(
                env._(
                    "%(field)s: %(date)s cannot be meant. Choose a day from %(first)s "
                    "to %(last)s.",
                    field=self._description_string(env),
                    date=day.isoformat(),
                    first=FIRST_DAY.isoformat(),
                    last=LAST_DAY.isoformat(),
                )
            )
        return day
