"""The colour of a company on its customers' pages, always readable."""

import re
from dataclasses import dataclass

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
DARK, LIGHT = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour for buttons and badges, and that of the text on it; as in CSS."""

    colour: str
    text: str


def get_accent(*colours):
    """Return the ``Accent`` of the first of these that is a colour; None without one.

    :param colours: texts, perhaps not of a colour at all
    """
    for colour in colours:
        if isinstance(colour, str) and HEX_COLOUR.fullmatch(colour):
            text = max((DARK, LIGHT), key=lambda other: get_contrast(colour, other))
            return Accent(colour, text)
    return None


def get_contrast(one, other):
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_get_luminance(one), _get_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _get_luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
