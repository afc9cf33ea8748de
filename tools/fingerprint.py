"""The sources of a prepared database as a hash: another hash, another database."""

import hashlib
import importlib.util
from pathlib import Path

from tools.environment import LOCAL, ROOT

# Changes there do not change what is in a database.
FREE_FOLDERS = {"tests", "static", "readme", "i18n", "__pycache__"}


def odoo_files():
    """Return the files that change when Odoo or its packages do."""
    release = Path(importlib.util.find_spec("odoo.release").origin)
    return [ROOT / "requirements.txt", release]


def glue_files():
    """Return the files that change when what glue joins does, Odoo aside."""
    return [ROOT / "requirements-nodeps.txt"]


def installed_files(modules):
    """Return the files of our add-ons that end up in a database, sorted."""
    return sorted(
        path
        for module in modules
        for path in (ROOT / module).rglob("*")
        if path.is_file() and not FREE_FOLDERS & set(path.relative_to(ROOT).parts)
    )


def digest_of(parts):
    """Return a hash of words, and of the names and contents of files.

    Files of other places (Odoo's) may lie anywhere: checkouts that share their packages
    find them through different links.
    """
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else b""
        digest.update(f"{_get_name(part)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _get_name(part):
    if not isinstance(part, Path):
        return part
    inside = part.is_relative_to(ROOT) and not part.is_relative_to(LOCAL)
    return str(part.relative_to(ROOT)) if inside else part.name
