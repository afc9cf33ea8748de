from dataclasses import replace

from odoo.exceptions import MissingError, UserError
from odoo.http import request, route

from ...const.links.stop import STOP_PATH
from ...words.portal.pages import get_under_way_words
from .portal_links import AutopayPortalLinks

PAGE = f"{STOP_PATH}<string:token>"
ROUTE = {"type": "http", "auth": "public", "website": True, "sitemap": False}


class AutopayPortalStop(AutopayPortalLinks):
    """Lets a customer stop charges, or have one wait: from mails and the portal."""

    @route("/my/autopay/stop", type="http", auth="user", website=True, methods=["GET"])
    def autopay_to_stop(self, company=None, **_others):
        """Lead to the same page as the mails do."""
        company = self._get_company(company)
        links = request.env["autopay.stop.link"]
        payer = self._get_payer()
        return self._lead(links._get_path(payer, company, self._may_change()))

    @route(PAGE, methods=["GET"], **ROUTE)
    def autopay_stop(self, token, **_others):
        """Show what is coming and what can be stopped; mail scanners look as well."""
        return self._show_stop(token, self._find_linked(token))

    @route(f"{PAGE}/<int:move_id>/<any(skip, undo):act>", methods=["POST"], **ROUTE)
    def autopay_stop_one(self, token, move_id, act, **_others):
        """Have one charge wait until the customer takes that back, or take it back."""
        coming = request.env["autopay.stop.link"]._get_coming(self._find_usable(token))
        change = coming._skip if act == "skip" else coming._undo
        company = self._find_usable(token).company
        return self._do_linked(token, lambda: change(company, self._read_id(move_id)))

    @route(f"{PAGE}/leave", methods=["POST"], **ROUTE)
    def autopay_stop_all(self, token, **_others):
        """Withdraw all agreements of the customer in the company."""
        linked = self._find_usable(token)
        consent = request.env["autopay.stop.link"]._get_consent(linked)
        return self._do_linked(token, lambda: consent._leave(linked.company))

    def _do_linked(self, token, act):
        """Do what was pressed and show the page anew, with what became of it."""
        try:
            with request.env.cr.savepoint():
                told, kind = act(), "success"
        except MissingError:
            self._not_found()
        except UserError as error:
            told, kind = error, "danger"
        self._notify_visitor(told, kind)
        return self._lead(STOP_PATH + token)

    def _find_linked(self, token):
        """Return the ``Linked`` of a link, and speak its customer's language.

        :raises NotFound: when the link is nobody's
        """
        linked = request.env["autopay.stop.link"]._find_by_link(token)
        if not linked:
            self._not_found()
        self._speak_language_of(linked.payer)
        return request.env["autopay.stop.link"]._find_by_link(token)

    def _find_usable(self, token):
        """Return the same of a link that is not over, and may change something.

        :raises NotFound: when it may not
        """
        linked = self._find_linked(token)
        usable = request.env["autopay.stop.link"]._is_valid(linked)
        return linked if usable and linked.may_change else self._not_found()

    def _show_stop(self, token, linked):
        links = request.env["autopay.stop.link"]
        if not links._is_valid(linked):
            return self._render_linked(
                "autopay.stop_closed_page", linked.company, {}, 410
            )
        coming, consent = links._get_coming(linked), links._get_consent(linked)
        late = consent._get_unstoppable(linked.company)
        values = {
            "customer": linked.payer,
            "path": STOP_PATH + token,
            "may_change": linked.may_change,
            "rows": coming._get_page(linked.company),
            # The link lets nobody into other documents.
            "also": [
                replace(each, path="") for each in coming._get_also(linked.company)
            ],
            "count": coming._count(linked.company),
            "consents": consent._get_consents(linked.company),
            "late_words": [get_under_way_words(request.env, each) for each in late],
        }
        return self._render_linked("autopay.stop_page", linked.company, values)
