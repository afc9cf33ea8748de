"""One name, one place: a model's file is named after it, every module is imported."""

import ast
import sys

from tools.environment import ROOT, addons

MODEL_FOLDERS = ("models", "wizards", "report")
IMPORTED_FOLDERS = (*MODEL_FOLDERS, "controllers", "tests")


def check_addon(addon):
    """Yield a sentence for each breach in an add-on's folder."""
    for folder in MODEL_FOLDERS:
        for path in modules_in(addon / folder):
            yield from misplaced_models(path)
    for folder in IMPORTED_FOLDERS:
        yield from unimported_modules(addon / folder)


def modules_in(folder):
    return [path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]


def misplaced_models(path):
    for node in ast.parse(path.read_text()).body:
        model = model_of(node)
        if model and model.replace(".", "_") != path.stem:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: holds the model {model}"


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


def unimported_modules(folder):
    init = folder / "__init__.py"
    pattern = "test_*.py" if folder.name == "tests" else "*.py"
    modules = [path for path in modules_in(folder) if path.match(pattern)]
    imported = imported_names(ast.parse(init.read_text())) if init.exists() else set()
    for path in modules:
        if path.stem not in imported:
            yield f"{path.relative_to(ROOT)}: not imported in {init.relative_to(ROOT)}"


def imported_names(tree):
    return {
        name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in [node.module, *(alias.name for alias in node.names)]
    }


if __name__ == "__main__":
    breaches = [breach for addon in addons() for breach in check_addon(addon)]
    print("\n".join(breaches), end="\n" if breaches else "")
    sys.exit(bool(breaches))
