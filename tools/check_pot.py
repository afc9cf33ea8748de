"""Translation templates: compare them with what Odoo exports, or write them anew."""

import argparse
import difflib
import re
import tempfile
from pathlib import Path

from tools.environment import ROOT, addons, is_glue, run_odoo

DATES = re.compile(r'^"PO(T-Creation|-Revision)-Date: .*\n', re.MULTILINE)


def template_of(addon):
    return addon / "i18n" / f"{addon.name}.pot"


def exported(addon, database):
    """Return the text of an add-on's template as Odoo exports it now."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / f"{addon.name}.pot"
        run_odoo("i18n", "export", addon.name, "-d", database, "-o", str(output))
        return output.read_text()


def difference(addon, new):
    path = template_of(addon)
    old = path.read_text() if path.exists() else ""
    lines = [DATES.sub("", text).splitlines() for text in (old, new)]
    name = str(path.relative_to(ROOT))
    return list(difflib.unified_diff(*lines, name, "exported", n=1, lineterm=""))


def main(args):
    """Return how many templates are out of date, none after an update."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--database", required=True)
    parser.add_argument("--glue", action="store_true", help="of glue, not of the rest")
    options = parser.parse_args(args)
    wanted = [addon for addon in addons() if is_glue(addon) == options.glue]
    return sum(not check(addon, options) for addon in wanted)


def check(addon, options):
    new = exported(addon, options.database)
    lines = difference(addon, new)
    if not lines:
        return True
    if not options.update:
        print("\n".join(lines[:40]), "\nout of date: run bin/test --update-pot")
        return False
    template_of(addon).parent.mkdir(exist_ok=True)
    template_of(addon).write_text(new)
    print(f"wrote {template_of(addon).relative_to(ROOT)}")
    return True
