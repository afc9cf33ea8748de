from functools import partial

from odoo.http import request, route

from ..words.portal.confirmations import get_deadline_words
from ..words.portal.pages import get_status_words
from .portal_common import AutopayPortalCommon


class AutopayPortalHome(AutopayPortalCommon):
    """Shows a customer how it stands with a company, and what happens next."""

    @route("/my/autopay", type="http", auth="user", website=True, methods=["GET"])
    def autopay_home(self, company=None, **_others):
        """Show whether the company collects by itself, with which method, and when."""
        company = self._get_company(company)
        status = request.env["autopay.portal"]._get_status(company)
        confirmation = request.env["autopay.confirmation"]
        values = {
            "status": status,
            "status_words": get_status_words(request.env, status),
            "autopay_to_confirm": confirmation._get_waiting(company, self._get_payer()),
            "deadline_words": partial(get_deadline_words, request.env),
        }
        return self._render("autopay.portal_home", values, company)
