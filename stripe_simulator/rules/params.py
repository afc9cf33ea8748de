"""Checks a request against the SDK's own parameter types.

The SDK's ``stripe.params`` are generated from the specification of the API version it
speaks.  Each type becomes, once, a function that takes the strings of a form and gives
values of the declared type or raises Stripe's error.
"""

from __future__ import annotations

import re
import sys
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from operator import attrgetter

import stripe
import stripe.params
import typing_extensions as te
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from ..memory.errors import StripeError, invalid

API_VERSION: str = stripe.api_version

Check = Callable[[object, str], object]

_INTEGER = re.compile(r"-?\d{1,18}")
_BOOLEANS = {"true": True, "false": False}
_NAMES = {"Literal": te.Literal, "StripeContext": object, "Mapping": Mapping}
_CONTAINERS = (dict, list)


@cache
def params_type(name: str) -> ObjectType:
    """Return the checker of one of the SDK's parameter types, such as
    ``PaymentIntentCreateParams``."""
    return ObjectType(attrgetter(name)(stripe.params))


class ObjectType:
    """Checks an object; its fields are compiled when one is first seen."""

    def __init__(self, declared: type):
        self._declared = declared

    @cached_property
    def fields(self) -> dict[str, Check]:
        """The check of each field, without the options of the SDK's own call."""
        module = vars(sys.modules[self._declared.__module__])
        hints = te.get_type_hints(
            self._declared, globalns={**module, **_NAMES}, include_extras=True
        )
        options = RequestOptions.__annotations__
        return {
            key: _compile(hint) for key, hint in hints.items() if key not in options
        }

    @cached_property
    def required(self) -> list[str]:
        """Fields without which the object is refused."""
        return [key for key in self.fields if key in self._declared.__required_keys__]

    def __call__(self, value: object, path: str) -> dict:
        if not isinstance(value, dict):
            raise invalid("Invalid object", path)
        return self.check(value, path)

    def check(
        self, value: dict, path: str = "", extra: Mapping[str, Check] | None = None
    ) -> dict:
        """Return ``value`` in declared types; ``extra`` adds fields by name."""
        fields = {**self.fields, **extra} if extra else self.fields
        self._check_names(value, path, fields)
        return {
            key: fields[key](item, _join(path, key))
            for key, item in value.items()
            if item != "" or not self._is_address
        }

    def _check_names(self, value: dict, path: str, fields: Mapping[str, Check]) -> None:
        unknown = [_join(path, key) for key in value if key not in fields]
        if unknown:
            raise _unknown(unknown)
        for key in self.required:
            if key not in value:
                name = _join(path, key)
                raise invalid(
                    f"Missing required param: {name}.", name, "parameter_missing"
                )

    @cached_property
    def _is_address(self) -> bool:
        # Stripe takes an empty line of an address for one that is not there.
        return self._declared.__name__.endswith("Address")


def _join(path: str, key: str) -> str:
    return f"{path}[{key}]" if path else key


def _unknown(names: list[str]):
    plural = "s" if len(names) > 1 else ""
    return invalid(
        f"Received unknown parameter{plural}: {', '.join(names)}",
        names[0],
        "parameter_unknown",
    )


def _compile(hint: object) -> Check:
    origin, arguments = te.get_origin(hint), te.get_args(hint)
    if origin in (te.NotRequired, te.Required):
        return _compile(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return _compile_union(arguments)
    if origin in (te.Literal, typing.Literal):
        return _compile_union((hint,))
    if te.is_typeddict(hint):
        return _object_type(hint)
    if origin is list:
        return _list_of(_compile(arguments[0]))
    if origin is dict:
        return _map_of_strings
    return _SCALARS.get(hint, _text)


@cache
def _object_type(declared: type) -> ObjectType:
    return ObjectType(declared)


def _compile_union(members: tuple) -> Check:
    literals = _literals(members)
    checks = [_compile(member) for member in members if _is_sent(member)]
    nested = list(filter(_is_container, checks))
    scalars = _scalars(checks, literals - {""})

    def check(value: object, path: str) -> object:
        if value == "" and "" in literals:
            return ""
        candidates = nested if isinstance(value, _CONTAINERS) else scalars
        return _first_match(candidates or nested or scalars, value, path)

    return check


def _scalars(checks: list[Check], values: set[str]) -> list[Check]:
    scalars = [check for check in checks if not _is_container(check)]
    if not values:
        return scalars
    # The SDK leaves its enumerations open for values of a later API version, and Stripe
    # refuses what is not in the list of the version in use.
    return [check for check in scalars if check is not _text] + [_one_of(values)]


def _first_match(candidates: list[Check], value: object, path: str) -> object:
    for candidate in candidates[:-1]:
        try:
            return candidate(value, path)
        except StripeError:
            continue
    return candidates[-1](value, path)


def _is_literal(member: object) -> bool:
    return te.get_origin(member) in (te.Literal, typing.Literal)


def _is_sent(member: object) -> bool:
    # The SDK's own objects, which its calls take too, go over the wire as dicts.
    return not _is_literal(member) and te.get_origin(member) is not UntypedStripeObject


def _literals(members: tuple) -> set:
    found = [te.get_args(member) for member in members if _is_literal(member)]
    return {value for values in found for value in values}


def _is_container(check: Check) -> bool:
    return isinstance(check, ObjectType) or getattr(check, "container", False)


def _list_of(item: Check) -> Check:
    def check(value: object, path: str) -> list:
        if isinstance(value, dict) and all(key.isdigit() for key in value):
            value = [value[key] for key in sorted(value, key=int)]
        if not isinstance(value, list):
            raise invalid("Invalid array", path)
        return [item(each, f"{path}[{index}]") for index, each in enumerate(value)]

    check.container = True
    return check


def _one_of(values: set[str]) -> Check:
    names = ", ".join(sorted(values))

    def check(value: object, path: str) -> str:
        if value not in values:
            raise invalid(f"Invalid {path}: must be one of {names}", path)
        return value

    return check


def _map_of_strings(value: object, path: str) -> dict:
    if not isinstance(value, dict):
        raise invalid("Invalid object", path)
    for key, item in value.items():
        if not isinstance(item, str):
            raise invalid(f"Invalid string: {item}", _join(path, key))
    return value


_map_of_strings.container = True


def _integer(value: object, path: str) -> int:
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        raise invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer")
    return int(value)


def _boolean(value: object, path: str) -> bool:
    known = _BOOLEANS.get(value.lower()) if isinstance(value, str) else None
    if known is None:
        raise invalid(f"Invalid boolean: {value}", path)
    return known


def _number(value: object, path: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise invalid(f"Invalid decimal: {value}", path) from None


def _text(value: object, path: str) -> str:
    if isinstance(value, _CONTAINERS):
        raise invalid(f"Invalid string: {value}", path)
    if value == "":
        raise invalid(
            f"You passed an empty string for '{path}'. We assume empty values are an "
            f"attempt to unset a parameter; however '{path}' cannot be unset.",
            path,
            "parameter_invalid_empty",
        )
    return value


_SCALARS: dict[object, Check] = {int: _integer, bool: _boolean, float: _number}


def text_list(value: object, path: str) -> list[str]:
    """Check an array of strings, for parameters that only older versions know."""
    return _list_of(_text)(value, path)
