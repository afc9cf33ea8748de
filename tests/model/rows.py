"""Rows in memory that can be handled like Odoo's recordsets, as far as needed.

The add-on's own methods run on them: what is under test is its code, not a copy.
"""

from operator import attrgetter


class Database:
    """Tables of rows; committed and rolled back as a whole."""

    def __init__(self):
        self.tables = {}
        self.classes = {}
        self.env = Environment(self)

    def add_model(self, rows_class):
        """Make a table for the rows of a class."""
        self.tables[rows_class._name] = {}
        self.classes[rows_class._name] = rows_class

    def snapshot(self):
        """Return what :meth:`restore` brings back."""
        return {
            name: {row_id: dict(row) for row_id, row in table.items()}
            for name, table in self.tables.items()
        }

    def restore(self, tables):
        """Roll back to a snapshot."""
        self.tables = tables

    def add(self, model, **values):
        """Add a row with the defaults of its model and return it as a recordset."""
        table, rows_class = self.tables[model], self.classes[model]
        row_id = len(table) + 1
        table[row_id] = {**rows_class.defaults, **values, "id": row_id}
        return rows_class(self, [row_id])

    def all(self, model):
        """Return all rows of a model, oldest first."""
        return self.classes[model](self, list(self.tables[model]))


class Environment:
    """Gives models by their names; services are plain objects under their names."""

    def __init__(self, database):
        self._database = database
        self.services = {}

    def __getitem__(self, name):
        if name in self.services:
            return self.services[name]
        return self._database.classes[name](self._database, [])

    def _(self, text, *_args, **_values):
        return text


class Rows:
    """A set of rows of one model, in order; one row has its fields as attributes."""

    _name = ""
    # Values of a new row; of links the ids.
    defaults = {}
    # Field: model that it links to.
    links = {}

    def __init__(self, database, ids):
        vars(self).update(database=database, ids=list(dict.fromkeys(ids)))

    @property
    def env(self):
        return self.database.env

    # === FIELDS === #

    def __getitem__(self, name):
        return getattr(self, name)

    def __getattr__(self, name):
        if name in self.links:
            found = [row[name] for row in self._rows() if row[name]]
            return self.database.classes[self.links[name]](self.database, found)
        if name not in self.defaults and name != "id":
            raise AttributeError(f"{self._name} has no {name}")
        assert len(self.ids) <= 1, f"{name} of {self}"
        return self._rows()[0][name] if self.ids else False

    def __setattr__(self, name, value):
        self.write({name: value})

    def write(self, vals):
        """Write the values on all rows."""
        unknown = set(vals) - set(self.defaults)
        assert not unknown, f"{self._name} has no {unknown}"
        for row in self._rows():
            row.update(vals)
        return True

    def _rows(self):
        table = self.database.tables[self._name]
        return [table[row_id] for row_id in self.ids]

    def ensure_one(self):
        assert len(self.ids) == 1, f"one row expected: {self}"

    # === SETS === #

    def _of(self, ids):
        return type(self)(self.database, ids)

    def __iter__(self):
        return iter([self._of([row_id]) for row_id in self.ids])

    def __len__(self):
        return len(self.ids)

    def __contains__(self, row):
        return set(row.ids) <= set(self.ids)

    def __eq__(self, other):
        return (self._name, set(self.ids)) == (other._name, set(other.ids))

    def __hash__(self):
        return hash((self._name, frozenset(self.ids)))

    def __sub__(self, other):
        return self._of([row_id for row_id in self.ids if row_id not in other.ids])

    def __and__(self, other):
        return self._of([row_id for row_id in self.ids if row_id in other.ids])

    def __or__(self, other):
        return self._of(self.ids + other.ids)

    def __repr__(self):
        return f"{self._name}{self.ids}"

    def browse(self, ids=()):
        """Return the rows with these ids."""
        return self._of([ids] if isinstance(ids, int) else ids)

    def filtered(self, condition):
        """Return the rows for which a function, or a field, is true."""
        if isinstance(condition, str):
            return self._of([row["id"] for row in self._rows() if row[condition]])
        return self._of([row.ids[0] for row in self if condition(row)])

    def mapped(self, name):
        """Return the values of a field that is no link."""
        return [row[name] for row in self._rows()]

    def sorted(self, name):
        """Return the rows in the order of a field."""
        rows = sorted(self._rows(), key=lambda row: row[name])
        return self._of([row["id"] for row in rows])

    def grouped(self, key):
        """Return {value of a function, or of a field: its rows}."""
        get_value = key if callable(key) else attrgetter(key)
        groups = {}
        for row in self:
            value = get_value(row)
            groups[value] = groups.get(value, self._of([])) | row
        return groups

    # === WHAT ROWS IN MEMORY DO NOT NEED === #

    def _same(self, *_args, **_values):
        return self

    sudo = with_context = with_company = try_lock_for_update = exists = _same


def borrow(*sources, names=None):
    """Return a class decorator that takes over functions of the add-on's classes.

    :param names: only these; everything that the class does not define without it
    """

    def decorate(target):
        for source in sources:
            for name, value in vars(source).items():
                wanted = names is None or name in names
                if wanted and _is_method(value) and name not in vars(target):
                    setattr(target, name, value)
        missing = [name for name in names or () if not hasattr(target, name)]
        assert not missing, f"the add-on has no {missing} any more"
        return target

    return decorate


def _is_method(value):
    return callable(value) and hasattr(value, "__code__")
