"""README.md, taken apart: what it prints as code, addresses and menus."""

import re

from tools.environment import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
URL = re.compile(r"https?://[^\s<>)\]]+")
LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
# Invoicing > Configuration > Payment Providers, until the words are no titles any more.
TITLE = r"[A-Z]\w*(?: [A-Z]\w*)*"
MENU = re.compile(rf"{TITLE}(?: > {TITLE})+")


def get_code():
    """Return what is printed as code, each once: lines of blocks, then spans."""
    lines = [line for block in FENCE.findall(TEXT) for line in block.splitlines()]
    spans = [" ".join(span.split()) for span in SPAN.findall(FENCE.sub("", TEXT))]
    return list(dict.fromkeys([*lines, *spans]))


def get_urls():
    """Return the addresses of other places than this checkout."""
    return sorted(set(URL.findall(TEXT)))


def get_links():
    """Return the files that are linked to or shown, from the top of the checkout."""
    return sorted(set(LINK.findall(TEXT)))


def get_menus():
    """Return the ways through menus, each as a tuple of titles."""
    words = " ".join(TEXT.split())
    return sorted({tuple(menu.split(" > ")) for menu in MENU.findall(words)})
