"""Finds, in the registry, all that the add-ons add to models, so that tests walk it."""

import re
import traceback
from contextlib import contextmanager

from odoo.tests import Form

OURS = re.compile(r"odoo\.addons\.autopay(_\w+)?\b")
ADDON_FILE = re.compile(r"[\\/]addons[\\/](\w+)[\\/]")
# Fields that people empty before they fill in something else.
EMPTIED_TYPES = {"many2one", "date", "datetime", "selection", "char"}


def is_ours(cls):
    """Return whether a class of Python was written in one of the add-ons."""
    return bool(OURS.match(cls.__module__))


def get_models(env, own):
    """Return the models with tables that the add-ons bring along, or extend.

    :param bool own: those of the add-ons themselves, else those they share with Odoo
    """
    models = [
        env[name]
        for name, cls in env.registry.items()
        if not cls._abstract
        and any(is_ours(base) for base in cls.__mro__)
        and name.startswith("autopay.") == own
    ]
    return sorted(models, key=lambda model: model._name)


def get_override(model, name):
    """Return the class of the add-ons that overrides a method of others, or None."""
    defining = [cls for cls in type(model).__mro__ if name in vars(cls)]
    ours = [cls for cls in defining if is_ours(cls)]
    return ours[0] if ours and len(ours) < len(defining) else None


def get_fields(model):
    """Return the fields that run code of the add-ons when they are read."""

    def is_run(field):
        compute = field.compute if isinstance(field.compute, str) else ""
        added = any(module.startswith("autopay") for module in field._modules)
        return added or (compute and get_override(model, compute))

    return [field for field in model._fields.values() if is_run(field)]


def is_our_fault(error):
    """Return whether the last add-on that ran before an error was one of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    found = [ADDON_FILE.search(frame.filename) for frame in frames]
    # The framework and what all models share is called by everybody.
    names = [match[1] for match in found if match and match[1] not in ("base", "web")]
    names = [name for name in names if name != "bus"]
    return bool(names) and names[-1].startswith("autopay")


class Walk:
    """Collects what goes wrong, so that one test tells of all of it."""

    def __init__(self, tolerated=()):
        self.faults = {}
        self.count = 0
        self.tolerated = tolerated

    @contextmanager
    def step(self, *names, stock=False):
        """Run one step; note what it raises.

        :param stock: whether Odoo's own code may raise here as well
        """
        self.count += 1
        try:
            yield
        except self.tolerated:
            return
        except Exception as error:  # noqa: BLE001 - all of them are told at the end
            if not stock or is_our_fault(error):
                last = traceback.extract_tb(error.__traceback__)
                where = [
                    frame
                    for frame in last
                    if "autopay" in frame.filename and "tests" not in frame.filename
                ][-1:]
                key = f"{type(error).__name__}: {error} {where}"
                self.faults.setdefault(key, []).append(" ".join(map(str, names)))

    def get_report(self):
        """Return what went wrong, and where it did first."""
        return "\n".join(
            f"{fault} ({len(steps)}: {', '.join(steps[:3])})"
            for fault, steps in self.faults.items()
        )


def open_form(model, **context):
    """Return the form of a new record as the web client opens it."""
    return Form(model.with_context(**context))


def empty_in_form(form, record, name):
    """Do to the server what the web client does when a field is emptied."""
    values = {**form._get_onchange_values(), name: False}
    return record.onchange(values, [name], form._view["fields_spec"])


def get_emptied(form, model):
    """Return the names of the fields in a form that somebody can empty."""
    return [
        name
        for name in form._view["fields"]
        if name in model._fields and model._fields[name].type in EMPTIED_TYPES
    ]
