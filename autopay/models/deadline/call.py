"""One call for a person, as a plain value."""

from dataclasses import dataclass

from markupsafe import Markup

from odoo import models


@dataclass(frozen=True, slots=True)
class Call:
    """One call for a person about something that waits.

    :param record: what waits; the person finds the buttons on its form
    :param company: whose person in charge is called
    :param summary: what waits, for the list of activities
    :param note: what can be done, in HTML
    """

    record: models.Model
    company: models.Model
    summary: str
    note: Markup
