from odoo import fields
from odoo.exceptions import MissingError, UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.portal.autopay_portal_coming import PAGE_SIZE
from .portal_common import AutopayPortalCommon

PATH = "/my/autopay/coming"
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
        }
        return self._render("autopay.portal_coming", values, company)

    @route(
        f"{PATH}/<int:move_id>/skip",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def autopay_coming_skip(self, move_id, company=None, **_others):
        """Have an invoice not be charged until the customer takes that back."""
        return self._change_coming("_skip", move_id, company)

    @route(
        f"{PATH}/<int:move_id>/undo",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def autopay_coming_undo(self, move_id, company=None, **_others):
        """Take back that an invoice was skipped or moved."""
        return self._change_coming("_undo", move_id, company)

    @route(
        f"{PATH}/<int:move_id>/move",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def autopay_coming_move(self, move_id, company=None, day=None, **_others):
        """Have an invoice be charged on another day."""
        return self._change_coming("_move", move_id, company, self._read_day(day))

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
        self._tell(*told)
        return self._go(PATH, company)

    def _change_coming(self, name, move_id, company, *values):
        """Do what a service of that name does with one coming charge."""
        company, move_id = self._get_company(company), self._read_id(move_id)
        act = getattr(request.env["autopay.portal.coming"], name)
        return self._do(lambda: act(company, move_id, *values), PATH, company)

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
