from odoo import fields
from odoo.exceptions import MissingError, UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.portal.autopay_portal_coming import PAGE_SIZE
from ..words.portal.coming import get_row_words
from .portal_common import AutopayPortalCommon

PATH = "/my/autopay/coming"
# The services that change a coming charge, by the last word of the address.
CHANGES = {"skip": "_skip", "undo": "_undo", "move": "_move"}
# Pages beyond are nobody's: PostgreSQL counts no further either.
MAX_PAGE = 100000


class AutopayPortalComing(AutopayPortalCommon):
    """Shows what is charged when, and what a customer can change of it."""

    @route(
        [PATH, f"{PATH}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def autopay_coming(self, page=1, company=None, **_others):
        """Show the coming charges, by date."""
        company = self._get_company(company)
        service = request.env["autopay.portal.coming"]
        pager = portal_pager(
            url=PATH,
            url_args={"company": company.id},
            total=service._count(company),
            page=min(page, MAX_PAGE),
            step=PAGE_SIZE,
        )
        values = {
            "rows": service._get_page(company, pager["offset"]),
            "pager": pager,
            "words": get_row_words(request.env),
            # Later than all that is invoiced: on the last page.
            "also": page >= pager["page_count"] and service._get_also(company),
        }
        return self._render("autopay.portal_coming", values, company)

    @route(
        f"{PATH}/<int:move_id>/<any(skip, undo, move):act>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def autopay_coming_change(self, move_id, act, company=None, day=None, **_others):
        """Skip an invoice, have it charged on another day, or take that back."""
        company, move_id = self._get_company(company), self._read_id(move_id)
        values = (self._read_day(day),) if act == "move" else ()
        change = getattr(request.env["autopay.portal.coming"], CHANGES[act])
        return self._do(lambda: change(company, move_id, *values), PATH, company)

    @route(
        f"{PATH}/<int:move_id>/pay",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def autopay_coming_pay(self, move_id, company=None, amount=None, **_others):
        """Charge one invoice at once with the saved method."""
        company, move_id = self._get_company(company), self._read_id(move_id)
        service = request.env["autopay.portal.coming"]
        # Without a savepoint: the engine commits what it has begun.
        try:
            told = service._pay_now(company, move_id, self._read_amount(amount))
        except MissingError:
            self._not_found()
        except UserError as error:
            told = error, "danger"
        self._notify_visitor(*told)
        return self._go(PATH, company)

    def _read_day(self, text):
        """Return the date that a browser sent, None when it is none."""
        try:
            return fields.Date.to_date(str(text or "")[:10]) or None
        except ValueError:
            return None

    def _read_amount(self, text):
        """Return the amount that a page had shown, as a float; -1 when it is none."""
        try:
            amount = float(str(text or "")[:30])
        except ValueError:
            return -1.0
        return amount if 0 < amount < 1e15 else -1.0
