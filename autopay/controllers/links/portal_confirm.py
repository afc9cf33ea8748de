from odoo.http import request, route

from ...const.links.confirmation import CONFIRM_PATH
from ...words.portal.confirmations import (
    get_deadline_words,
    get_problem_words,
    get_state_words,
)
from .portal_links import AutopayPortalLinks

PAGE = f"{CONFIRM_PATH}<string:token>"
# Pages of links that are used up: nothing is left to do there.
GONE = ("expired", "withdrawn")


class AutopayPortalConfirm(AutopayPortalLinks):
    """Lets a customer finish a charge of which the bank wants his word.

    Who has the link finishes what the customer has agreed to, no more; the bank finds
    out who it is.
    """

    @route(
        PAGE, type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    def autopay_confirm(self, token, **_others):
        """Show what is to be confirmed; mail scanners look at it as well."""
        return self._show_confirm(self._find_attempt(token))

    @route(
        PAGE, type="http", auth="public", website=True, sitemap=False, methods=["POST"]
    )
    def autopay_confirm_press(self, token, **_others):
        """Send the customer to the bank's page."""
        attempt = self._find_attempt(token)
        press = request.env["autopay.confirmation"]._press(attempt)
        if press.url:
            return self._lead(press.url, local=False)
        if press.problem:
            self._notify_visitor(
                get_problem_words(request.env, press.problem), "warning"
            )
            return self._lead(CONFIRM_PATH + token)
        return self._lead(f"{CONFIRM_PATH}{token}/back")

    @route(
        f"{PAGE}/back",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def autopay_confirm_back(self, token, **_others):
        """Say what became of it: the provider is asked, the browser not believed."""
        attempt = self._find_attempt(token)
        press = request.env["autopay.confirmation"]._look(attempt)
        attempt.invalidate_recordset()
        return self._show_confirm(attempt, press)

    @route(
        f"{PAGE}/other",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
    )
    def autopay_confirm_other(self, token, **_others):
        """Withdraw the charge, then lead to where it is paid in another way."""
        attempt = self._find_attempt(token)
        moves = request.env["autopay.confirmation"]._pay_otherwise(attempt)
        attempt.invalidate_recordset()
        if len(moves) == 1:
            return self._lead(moves.get_portal_url(query_string="&payment=True"))
        if moves:
            payer = moves.commercial_partner_id
            links = request.env["autopay.pay.link"]
            return self._lead(links._get_path(payer, attempt.company_id, moves))
        held = any(attempt.line_ids.mapped("live"))
        problem = "not_withdrawn" if held else "nothing_to_pay"
        self._notify_visitor(get_problem_words(request.env, problem), "warning")
        return self._lead(CONFIRM_PATH + token)

    def _find_attempt(self, token):
        """Return the attempt of a link, in its customer's language.

        :raises NotFound: when the link is nobody's
        """
        attempt = request.env["autopay.confirmation"]._find_by_link(token)
        if not attempt:
            self._not_found()
        self._speak_language_of(attempt.partner_id.commercial_partner_id)
        return attempt.with_context(lang=request.env.context.get("lang"))

    def _show_confirm(self, attempt, press=None):
        """Return the page of a charge, by what became of it.

        :param press: what the provider was asked for just now
        """
        confirmation = request.env["autopay.confirmation"]
        code = confirmation._get_code(attempt)
        values = {
            "attempt": attempt,
            "path": confirmation._get_path(attempt),
            "invoices": ", ".join(filter(None, attempt.move_ids.mapped("name"))),
            "deadline": get_deadline_words(request.env, attempt),
            "bank_waits": bool(press and press.url),
            "can_confirm": confirmation._can_be_confirmed(attempt),
            "can_pay": confirmation._get_payable(attempt),
        }
        if not code:
            problem = press.problem if press else ""
            values["problem"] = get_problem_words(request.env, problem)
            template = "autopay.confirm_page"
            return self._render_linked(template, attempt.company_id, values)
        title, sentence = get_state_words(request.env, attempt, code)
        values.update(code=code, title=title, sentence=sentence)
        status = 410 if code in GONE else 200
        template = "autopay.confirm_closed_page"
        return self._render_linked(template, attempt.company_id, values, status)
