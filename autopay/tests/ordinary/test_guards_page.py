import inspect
import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ...controllers.portal import AutopayPortal
from .common_unfinished import is_ours

PAGE = Path(__file__).resolve().parents[3] / "docs" / "guards.md"
FILE = re.compile(r"`(\w+)\.(?:py|xml)`([^<|]*)")
METHOD = re.compile(r"`(\w+)`")


@tagged("post_install", "-at_install")
class TestGuardsPage(TransactionCase):
    """The page on what changes of Odoo's behaviour names every override."""

    def _get_listed(self):
        """Return {(file, method)} of the page."""
        listed = set()
        for row in PAGE.read_text().splitlines():
            cells = row.split("|")
            if len(cells) > 2:
                for file, methods in FILE.findall(cells[2]):
                    listed.update((file, name) for name in METHOD.findall(methods))
        return listed

    def _get_overrides(self, cls):
        """Yield (file, method) of what our classes override of those behind them."""
        for position, own in enumerate(cls.__mro__):
            behind = [base for base in cls.__mro__[position + 1 :] if not is_ours(base)]
            if not is_ours(own):
                continue
            for name, member in vars(own).items():
                overrides = any(name in vars(base) for base in behind)
                if overrides and inspect.isfunction(member):
                    yield own.__module__.rpartition(".")[2], name

    def _get_found(self):
        found = set(self._get_overrides(AutopayPortal))
        for name, cls in self.env.registry.items():
            if not name.startswith("autopay."):
                found.update(self._get_overrides(cls))
        return found

    def test_every_override_of_what_is_odoos_is_on_the_page(self):
        found = self._get_found()
        self.assertGreater(len(found), 40)
        self.assertIn(("autopay_move_guard", "_has_to_be_paid"), found)
        self.assertEqual(found - self._get_listed(), set(), "not on the page")

    def test_the_page_names_nothing_that_is_gone(self):
        self.assertEqual(self._get_listed() - self._get_found(), set(), "gone")

    def test_every_row_gives_a_reason_and_says_how_narrow_it_is(self):
        changes = PAGE.read_text().split("## Overrides")[0]
        rows = [row for row in changes.splitlines() if row.startswith("| ")][1:]
        self.assertGreater(len(rows), 15)
        for row in rows:
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            self.assertEqual(len(cells), 4, row)
            self.assertTrue(all(cells), row)
