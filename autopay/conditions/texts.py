"""How texts are compared: regardless of case, the same in SQL and in memory."""

import re

from odoo.tools import SQL

# Blanks that may stand around a text that a field reads.
BLANKS = "[ \t\r\n]*"
LINE_END = "[ \t\r]*(?:\n|\\Z)"


class TextTest:
    """Looks for any of some texts in a field, in SQL and in memory alike.

    PostgreSQL ignores case by the rules of its database, which may know no accents, and
    Python by its own. Here both match the same pattern, with the cases written out.

    :param name: the field
    :param operator: *contains*, or *in*: the field's first line reads so
    :param texts: what is looked for, literally
    """

    def __init__(self, name, operator, texts):
        self.name = name
        found = "|".join(map(get_pattern, texts))
        self.pattern = f"(?:{found})"
        if operator == "in":
            self.pattern = f"\\A{BLANKS}{self.pattern}{LINE_END}"
        self._regex = re.compile(self.pattern)

    def holds(self, record):
        """Return whether the record's text has one of the texts."""
        return bool(self._regex.search(record[self.name] or ""))

    def get_sql(self, model, alias, query):
        """Return the same test as a condition on the record's table."""
        text = model._field_to_sql(alias, self.name, query)
        return SQL("%s ~ %s", text, self.pattern)


def get_pattern(text):
    """Return a text as a regular expression that PostgreSQL and Python read alike."""
    return "".join(map(_get_character_pattern, text))


def _get_character_pattern(character):
    cases = {character, character.lower(), character.upper()}
    single = sorted(case for case in cases if len(case) == 1)
    if len(single) > 1:
        return f"[{''.join(single)}]"
    plain = character.isalnum() or not character.isascii() or character in " \t\r\n"
    return character if plain else f"\\{character}"
