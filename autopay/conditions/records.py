"""How links of invoices to other records are compared."""

from odoo.fields import Domain


class RecordTest:
    """Looks for links to some records, archived or not, in SQL and in memory alike.

    Archiving a tag or a category must not change which invoices are paid.

    :param name: the field with the links
    :param records: the records
    """

    def __init__(self, name, records):
        self.name = name
        self.ids = set(records.ids)

    def holds(self, record):
        """Return whether one of the record's links is to one of them."""
        return not self.ids.isdisjoint(self.get_linked(record)._ids)

    def get_linked(self, record):
        """Return what the record links to."""
        # Single links are to what is archived as well; a context takes its time.
        if record._fields[self.name].type != "many2one":
            record = record.with_context(active_test=False)
        return record[self.name]

    def get_sql(self, model, alias, query):
        """Return the same test as a condition on the record's table."""
        model = model.with_context(active_test=False)
        return self.get_domain().optimize_full(model)._to_sql(model, alias, query)

    def get_domain(self):
        """Return the same test as a domain that leaves out what is archived."""
        return Domain(self.name, "in", list(self.ids))


class HierarchyTest(RecordTest):
    """The same with all that is below the records."""

    def __init__(self, name, records):
        super().__init__(name, records)
        self.paths = tuple(records.exists().mapped("parent_path"))

    def holds(self, record):
        """Return whether one of the record's links is to one of them or below."""
        linked = self.get_linked(record)
        return any(each.parent_path.startswith(self.paths) for each in linked)

    def get_domain(self):
        """Return the same test as a domain that leaves out what is archived."""
        below = [Domain("parent_path", "=like", f"{path}%") for path in self.paths]
        return Domain(self.name, "any", Domain.OR(below))
