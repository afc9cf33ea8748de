"""Customers on their own pages, each with a browser."""

import re

from lxml import html

from odoo.tools import mute_logger

from ..common_portal import PortalCommon


class PagesCommon(PortalCommon):
    """A customer, its colleague who may only look, a stranger, and their pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colleague = cls._create_customer("Cow Herd", parent_id=cls.customer.id)
        cls.colleague_user = cls._create_portal_user("colleague_user", colleague)

    def _open(self, path, status=200):
        """Return the page at a path as the user in the browser sees it."""
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.url_open(path)
        self.env.invalidate_all()
        self.assertEqual(answer.status_code, status, path)
        self.last_answer = answer
        return html.fromstring(answer.text)

    def _text(self, page, name):
        """Return the text of the part of a page that has this name, in one line."""
        found = page.xpath(f"//*[@name='{name}']")
        return " ".join(" ".join(part.text_content() for part in found).split())

    def _send(self, path, **values):
        """Send what a button of a page would, and follow to the next page."""
        self._open("/my/autopay")
        token = re.search(r'csrf_token: "(\w+)"', self.last_answer.text)
        return self._post(path, csrf_token=token[1], **values)

    def _post(self, path, **values):
        """Send a form as it is, and follow to the next page."""
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db", "werkzeug"):
            answer = self.url_open(path, data=values)
        self.env.invalidate_all()
        self.last_answer = answer
        return html.fromstring(answer.text)
