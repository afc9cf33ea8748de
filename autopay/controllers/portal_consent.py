from odoo.http import request, route

from ..words.portal.pages import get_portal_sentence, get_under_way_words
from .portal_common import AutopayPortalCommon

# Characters of what a browser calls itself that are kept.
AGENT_LENGTH = 200


class AutopayPortalConsent(AutopayPortalCommon):
    """Lets a customer choose the default payment method, agree to it, and leave."""

    # === DEFAULT METHOD === #

    @route(
        "/my/autopay/default", type="http", auth="user", website=True, methods=["GET"]
    )
    def autopay_offers(self, company=None, **_others):
        """Show the saved methods, each with the words to agree to."""
        company = self._get_company(company)
        offers = request.env["autopay.portal.consent"]._get_offers(company)
        recollect, payer = request.env["autopay.recollect"], self._get_payer()
        values = {
            "offers": offers,
            "failed_moves": recollect._get_moves(company, payer),
            "due_moves": recollect._get_due_moves(company, payer),
            "may_replace": self._may_replace(company),
        }
        return self._render("autopay.portal_default", values, company)

    @route(
        "/my/autopay/default", type="http", auth="user", website=True, methods=["POST"]
    )
    def autopay_choose(
        self, company=None, token=None, text_hash=None, agree=None, **_others
    ):
        """Have a method pay by default, with the customer's agreement."""
        company = self._get_company(company)
        token_id = self._read_id(token)
        move_ids = self._read_recollected()
        if not agree:
            self._notify_visitor(
                get_portal_sentence(request.env, "not_agreed"), "warning"
            )
            return self._go("/my/autopay/default", company)
        consent = request.env["autopay.portal.consent"]
        return self._do(
            lambda: consent._choose(
                company, token_id, text_hash, move_ids, **self._read_visitor()
            ),
            "/my/autopay",
            company,
            "/my/autopay/default",
        )

    def _read_visitor(self):
        """Return where the browser is and what it calls itself, for the record."""
        browser = request.httprequest.user_agent.string or ""
        return {
            "ip_address": request.httprequest.remote_addr,
            "user_agent": browser.replace("\0", "")[:AGENT_LENGTH],
        }

    # === LEAVE === #

    @route("/my/autopay/leave", type="http", auth="user", website=True, methods=["GET"])
    def autopay_before_leaving(self, company=None, **_others):
        """Show what leaving means, and what can no longer be stopped."""
        company = self._get_company(company)
        service = request.env["autopay.portal.consent"]
        late = service._get_unstoppable(company)
        values = {
            "consents": service._get_consents(company),
            "late_words": [get_under_way_words(request.env, each) for each in late],
        }
        return self._render("autopay.portal_leave", values, company)

    @route(
        "/my/autopay/leave", type="http", auth="user", website=True, methods=["POST"]
    )
    def autopay_leave(self, company=None, **_others):
        """Withdraw all agreements of the customer in the company."""
        company = self._get_company(company)
        service = request.env["autopay.portal.consent"]
        return self._do(lambda: service._leave(company), "/my/autopay", company)
