"""Odoo's test company, made once for each database of ``bin/test``."""

import os
from typing import NamedTuple

from odoo import models

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

# Set where the database is thrown away after the tests: what it is given may stay.
THROWN_AWAY = "AUTOPAY_TEST_DATABASE_IS_THROWN_AWAY"


class Kept(NamedTuple):
    """Records that outlive the environment in which they were made."""

    model: str
    ids: tuple


class BooksCommon(AccountTestInvoicingCommon):
    """Odoo's company with its chart, journals, taxes, products and users.

    Each class of tests makes them anew in Odoo's way, which takes over two seconds.
    Where the database is thrown away, the first class leaves them there for all.
    """

    # {name of a class attribute: value} in the database that this process tests
    _books = {}

    @classmethod
    def setUpClass(cls):
        if THROWN_AWAY not in os.environ:
            super().setUpClass()
            return
        if not BooksCommon._books:
            BooksCommon._books.update(_make_books())
        # Classes of mails and browsers come after those that make the books.
        super(BaseCommon, cls).setUpClass()
        cls.env = cls.env["base"].with_context(**cls.default_env_context()).env
        cls.env = cls.env(user=BooksCommon._books["user"].ids[0])
        for name, value in BooksCommon._books.items():
            setattr(cls, name, cls._open_books(value))

    @classmethod
    def _open_books(cls, value):
        if isinstance(value, Kept):
            return cls.env[value.model].browse(value.ids)
        if isinstance(value, dict):
            return {key: cls._open_books(each) for key, each in value.items()}
        return value


def _make_books():
    """Make the books in Odoo's way, commit them and return what a class has of them."""

    class Maker(AccountTestInvoicingCommon):
        pass

    others = set(vars(AccountTestInvoicingCommon)) | {"env", "registry", "cr"}
    try:
        Maker.setUpClass()
        Maker.env.flush_all()
        # Tests may not commit: their class has forbidden it to this very cursor.
        type(Maker.cr).commit(Maker.cr)
        made = {name: _keep(value) for name, value in vars(Maker).items()}
        return {
            name: value
            for name, value in made.items()
            if name not in others and isinstance(value, (Kept, dict, int))
        }
    finally:
        Maker.doClassCleanups()


def _keep(value):
    if isinstance(value, models.BaseModel):
        return Kept(value._name, value._ids)
    if isinstance(value, dict):
        return {key: _keep(each) for key, each in value.items()}
    return value
