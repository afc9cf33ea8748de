"""One name, one place: a model's file is named after it, every module is imported.

Add-ons know what they depend on and nothing else of this checkout, and an add-on under
the LGPL depends on none under the AGPL.
"""

import ast
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from tools.environment import ROOT, addons, manifest

MODEL_FOLDERS = ("models", "wizards", "report")
IMPORTED_FOLDERS = (*MODEL_FOLDERS, "controllers", "tests")
TEXT_SUFFIXES = (".py", ".xml", ".csv", ".js", ".md", ".html", ".scss", ".pot")

# How parts of Odoo's large models are called, and their modules with an underscore, so
# that nobody takes one for a service.
PART_PREFIXES = {
    "account.move": "autopay.move.",
    "payment.provider": "autopay.provider.",
    "payment.token": "autopay.token.",
    "payment.transaction": "autopay.transaction.",
    "res.company": "autopay.company.",
    "res.partner": "autopay.partner.",
}

# Modules in one folder at most: more is a corridor that nobody finds the door in.
MODULES_IN_FOLDER = 15
# Modules that may stand outside the rooms of an add-on.
ROOT_MODULES = ("browser_values", "fields", "rights")


def check_addon(addon):
    """Yield a sentence for each breach in an add-on's folder."""
    for folder in MODEL_FOLDERS:
        for path in modules_below(addon / folder):
            yield from misplaced_models(path)
    for folder in IMPORTED_FOLDERS:
        yield from unimported_modules(addon / folder)
    yield from misnamed_parts(addon)
    yield from crowded_folders(addon)
    yield from strange_names(addon)
    yield from strict_dependencies(addon)


def modules_in(folder):
    return [path for path in sorted(folder.glob("*.py")) if path.stem[:2] != "__"]


def modules_below(folder):
    return [path for path in sorted(folder.rglob("*.py")) if path.stem[:2] != "__"]


def crowded_folders(addon):
    """Yield the folders that hold too many modules, and modules without a room."""
    for folder in (addon, *sorted(path for path in addon.rglob("*") if path.is_dir())):
        count = len(modules_in(folder))
        if count > MODULES_IN_FOLDER:
            yield f"{folder.relative_to(ROOT)}: holds {count} modules"
    for path in modules_in(addon):
        if path.stem not in ROOT_MODULES:
            yield f"{path.relative_to(ROOT)}: belongs into a room"


def misplaced_models(path):
    for node in ast.parse(path.read_text()).body:
        model = model_of(node)
        if model and not is_named_after(path.stem, model):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: holds the model {model}"


def is_named_after(stem, model):
    """Tell whether a module is called as the model it holds, or as a part of it."""
    part = PART_PREFIXES.get(model, " ")
    return stem == model.replace(".", "_") or stem.startswith(part.replace(".", "_"))


def model_of(node):
    """Return the model a class defines (`_name`) or extends (`_inherit`), or None."""
    if not isinstance(node, ast.ClassDef):
        return None
    values = {
        target.id: statement.value.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    return values.get("_name") or values.get("_inherit")


def misnamed_parts(addon):
    """Yield the parts of one model of Odoo that are called after something else."""
    heirs = {}
    for path in modules_below(addon / "models"):
        for node in ast.parse(path.read_text()).body:
            for parent in parents_of(node):
                heirs.setdefault(parent, []).append(model_of(node))
    for parent, found in sorted(heirs.items()):
        prefix = PART_PREFIXES.get(found[0], "") if len(found) == 1 else ""
        if parent.startswith("autopay.") and not parent.startswith(prefix):
            yield f"{addon.name}: {parent} is a part of {found[0]}: name it {prefix}*"


def parents_of(node):
    """Return the models that a class inherits from when it lists several."""
    if not isinstance(node, ast.ClassDef):
        return []
    return [
        element.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and ast.unparse(statement.targets[0]) == "_inherit"
        and isinstance(statement.value, ast.List)
        for element in statement.value.elts
    ]


def unimported_modules(folder):
    """Yield the models and tests that nothing imports: Odoo would not know them."""
    imported = {path for init in inits_below(folder) for path in imported_paths(init)}
    for path in needed_modules(folder):
        if path.with_suffix("") not in imported:
            yield f"{path.relative_to(ROOT)}: imported in no __init__.py"


def needed_modules(folder):
    """Return the modules, and folders of them, that Odoo has to know."""
    if folder.name == "tests":
        return [path for path in modules_below(folder) if path.match("test_*.py")]
    models = [path for path in modules_below(folder) if holds_class(path)]
    rooms = [init.parent for init in inits_below(folder) if init.parent != folder]
    return models + rooms


def inits_below(folder):
    return sorted(folder.rglob("__init__.py"))


def holds_class(path):
    """Return whether a module registers something with Odoo: a model, a controller."""
    nodes = ast.parse(path.read_text()).body
    return any(model_of(node) or is_controller(node) for node in nodes)


def is_controller(node):
    return isinstance(node, ast.ClassDef) and any(
        ast.unparse(base).endswith(("Controller", "Portal")) for base in node.bases
    )


def imported_paths(init):
    """Yield the paths, without suffix, of the modules that an ``__init__`` imports."""
    for node in ast.parse(init.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            folder = init.parent.joinpath(*(node.module or "").split("."))
            yield folder
            yield from (folder / alias.name for alias in node.names)


def strange_names(addon):
    """Yield where an add-on names another that it does not depend on."""
    known = {addon.name, *manifest(addon)["depends"]}
    strange = [other.name for other in addons() if other.name not in known]
    if not strange:
        return
    pattern = re.compile(rf"\b({'|'.join(strange)})\b")
    for path in sorted(addon.rglob("*")):
        text = path.read_text() if path.suffix in TEXT_SUFFIXES else ""
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}: names {found[0]}"


def strict_dependencies(addon):
    """Yield the dependencies that would put an add-on under another licence."""
    if manifest(addon)["license"] == "AGPL-3":
        return
    for name in manifest(addon)["depends"]:
        if manifest(folder_of(name)).get("license") == "AGPL-3":
            yield f"{addon.name}: depends on {name}, which is under AGPL-3"


def folder_of(name):
    """Return the folder of any add-on: ours, Odoo's or an installed one."""
    ours = ROOT / name
    return (
        ours if ours.is_dir() else Path(find_spec(f"odoo.addons.{name}").origin).parent
    )


if __name__ == "__main__":
    breaches = [breach for addon in addons() for breach in check_addon(addon)]
    print("\n".join(breaches), end="\n" if breaches else "")
    sys.exit(bool(breaches))
