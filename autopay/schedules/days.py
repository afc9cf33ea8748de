"""Calculating with days that people and programs have given: any is possible."""

from datetime import date, timedelta


def shift(day, days):
    """Return the day so many days later, or before where it is negative.

    At the ends of the calendar it is the last, or the first, day that there is.

    :param date day: perhaps of the year 1, or 9999
    :param int days: perhaps very many
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
