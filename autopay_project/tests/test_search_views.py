import re

from lxml import etree

from odoo.tests import TransactionCase, tagged

# At the beginning of a path: what comes after a dot is of another model.
NAMED = {
    "domain": re.compile(r"(?<=['\"])autopay_\w+"),
    "filter_domain": re.compile(r"(?<=['\"])autopay_\w+"),
    "context": re.compile(r"(?<='group_by': ')autopay_\w+"),
}


@tagged("post_install", "-at_install")
class TestSearchViews(TransactionCase):
    """Odoo's reports take over search views of other models, with our filters."""

    def test_filters_name_fields_of_the_model_they_are_shown_for(self):
        views = self.env["ir.ui.view"].search(
            [("type", "=", "search"), ("mode", "=", "primary")]
        )
        met = set()
        for view in views.filtered(lambda view: view.model in self.env):
            names = self._find_own_fields(view.get_combined_arch())
            with self.subTest(view=view.xml_id):
                self.assertLessEqual(names, self.env[view.model]._fields.keys())
            met.update([view.model] if names else [])
        self.assertLessEqual({"project.task", "project.project", "account.move"}, met)

    def _find_own_fields(self, arch):
        """Return the names of our fields that a search view looks at."""
        return {
            name
            for node in etree.fromstring(arch).iter("field", "filter")
            for attribute, pattern in NAMED.items()
            for name in pattern.findall(node.get(attribute, ""))
        }
