"""How a test is asked at the end of a path of links that starts at an invoice."""

from odoo.fields import Domain

LINES = "invoice_line_ids"


class PathTest:
    """Looks for a record at the end of a path where a test holds.

    Of invoice lines only those count that carry an amount.

    :param str path: names of fields, with dots between them
    :param make: returns the test for the last of the names
    """

    def __init__(self, path, make):
        *self.links, name = path.split(".")
        self.test = make(name)

    def holds(self, move):
        """Return whether the test holds somewhere."""
        return any(map(self.test.holds, _walk(move, self.links)))

    def get_sql(self, model, alias, query):
        """Return the same test as a condition on the table of invoices."""
        leaf = as_domain(self.test)
        domain = get_nested_domain(self.links, leaf).optimize_full(model)
        return domain._to_sql(model, alias, query)


def as_domain(test):
    """Return a test as a ``Domain``."""
    return Domain.custom(to_sql=test.get_sql, predicate=test.holds)


def get_nested_domain(links, domain):
    """Return the invoices from which links lead to where a domain holds."""
    for link in reversed(links):
        if link == LINES:
            domain &= Domain("display_type", "=", "product")
        domain = Domain(link, "any", domain)
    return domain


def _walk(record, links):
    """Yield the records at the end of the links."""
    if not links:
        yield record
        return
    link, *rest = links
    for each in record[link]:
        if link != LINES or each.display_type == "product":
            yield from _walk(each, rest)
