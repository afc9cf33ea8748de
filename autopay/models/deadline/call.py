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
    :param reason: tells calls of one kind about one record apart, "" when there is one
    """

    record: models.Model
    company: models.Model
    summary: str
    note: Markup
    reason: str = ""

    def get_key(self, kind):
        """Return the name under which the activity of this call is found again."""
        words = (kind, str(self.company.id), self.reason)
        return ":".join(word for word in words if word)
