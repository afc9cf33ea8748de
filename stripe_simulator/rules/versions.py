"""API versions that a request may name, and what differs in older ones."""

from __future__ import annotations

import re

from ..memory.errors import invalid
from .params import API_VERSION, text_list

_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})(\.[a-z]+)?")

# First day of the major version without payment_method_types; see the SDK's changes.
_WITHOUT_METHOD_TYPES = "2026-09-30"
_WITHOUT_CHARGES = "2022-11-15"
_AUTOMATIC_METHODS = "2023-08-16"

# Parameters of intents that older versions take besides those of the SDK's version.
_OLDER_PARAMS = {"payment_method_types": text_list}


class ApiVersion:
    """A version by date; the installed SDK's unless the request names another."""

    def __init__(self, name: str | None = None):
        self.name = name or API_VERSION
        match = _VERSION.fullmatch(self.name)
        if not match:
            raise invalid(f"Invalid Stripe API version: {self.name}")
        self._date = match[1]

    @property
    def older_params(self) -> dict | None:
        """Checks of parameters of intents that this version still takes."""
        return _OLDER_PARAMS if self._date < _WITHOUT_METHOD_TYPES else None

    @property
    def lists_charges(self) -> bool:
        """Whether intents carry the list of their charges."""
        return self._date < _WITHOUT_CHARGES

    @property
    def automatic_methods(self) -> bool:
        """Whether an intent takes every method of the account unless told otherwise."""
        return self._date >= _AUTOMATIC_METHODS
