from odoo.http import request, route

from ...browser_values import read_text
from ...const.links.payment import PAY_PATH
from ...models.setup.visit import SetupError, Visitor
from ..portal_request import NAME_LENGTH, STATUSES
from .portal_links import AutopayPortalLinks

PAGE = f"{PAY_PATH}<string:token>"
ROUTE = {"type": "http", "auth": "public", "website": True, "sitemap": False}


class AutopayPortalPay(AutopayPortalLinks):
    """Shows a customer the invoices whose charge has failed, and how to pay them.

    No saved method is charged from here: a mail that is forwarded moves no money.
    """

    @route(PAGE, methods=["GET"], **ROUTE)
    def autopay_pay(self, token, **_others):
        """Show the invoices that the link names; mail scanners look at it as well."""
        return self._show_payable(self._find_page(token))

    @route(f"{PAGE}/<int:move_id>", methods=["POST"], **ROUTE)
    def autopay_pay_one(self, token, move_id, **_others):
        """Lead to Odoo's own page on which one of them is paid."""
        page = self._find_usable_page(token)
        moves = page.moves.filtered(lambda move: move.id == move_id)
        if not moves:
            self._not_found()
        if not moves._has_to_be_paid():
            return self._lead(PAY_PATH + token)
        return self._lead(moves.get_portal_url(query_string="&payment=True"))

    @route(f"{PAGE}/method", methods=["POST"], **ROUTE)
    def autopay_pay_save(self, token, text_hash="", name="", **_others):
        """Send the customer to the page on which the provider saves a method."""
        page = self._find_usable_page(token)
        name = read_text(name, NAME_LENGTH)
        if not name:
            problem = request.env._("Please type your name.")
            return self._show_payable(page, problem, 400)
        links = request.env["autopay.pay.link"]
        if not links._can_save(page):
            self._not_found()
        try:
            url = links._begin(page, self._get_pay_visitor(page, text_hash, name))
        except SetupError as problem:
            status = STATUSES.get(problem.code, 200)
            return self._show_payable(page, str(problem), status)
        return self._lead(url, local=False)

    def _find_page(self, token):
        """Return the ``PayPage`` of a link, and speak its customer's language.

        :raises NotFound: when the link is nobody's
        """
        page = request.env["autopay.pay.link"]._find_by_link(token)
        if not page:
            self._not_found()
        self._speak_language_of(page.payer)
        # The invoices speak it as well.
        return request.env["autopay.pay.link"]._find_by_link(token)

    def _find_usable_page(self, token):
        """Return the same of a link that is not over.

        :raises NotFound: when it is
        """
        page = self._find_page(token)
        if not request.env["autopay.pay.link"]._is_valid(page):
            self._not_found()
        return page

    def _get_pay_visitor(self, page, text_hash, name):
        """Return who is at it; only what the link names can be charged afterwards."""
        user = request.env.user
        own = user.partner_id.commercial_partner_id == page.payer
        collectable = request.env["autopay.pay.link"]._get_collectable(page)
        ticked = set(self._read_recollected())
        return Visitor(
            text_hash=str(text_hash or ""),
            contact=user.partner_id if own else user.partner_id.browse(),
            ip_address=request.httprequest.remote_addr or "",
            user_agent=self._read_visitor()["user_agent"],
            name=name,
            link_until=page.valid_until,
            recollect=tuple(sorted(ticked & set(collectable.ids))),
        )

    def _show_payable(self, page, problem="", status=200):
        """Return the page of a link; of one that is over, a sentence.

        :param str problem: why nothing came of a press
        """
        links = request.env["autopay.pay.link"]
        values = {"customer": page.payer, "problem": problem, "rows": []}
        if not links._is_valid(page):
            template = "autopay.pay_closed_page"
            return self._render_linked(template, page.company, values, 410)
        rows = links._get_rows(page)
        can_save = links._can_save(page)
        values.update(
            rows=rows,
            path=request.httprequest.path.removesuffix("/method"),
            is_open=any(row.state in ("due", "confirm") for row in rows),
            is_ahead=links._is_ahead(page),
            can_save=can_save,
            failed_moves=links._get_collectable(page),
            typed_name=str(request.params.get("name", ""))[:NAME_LENGTH],
        )
        if can_save:
            values["consent"], values["text_hash"] = links._get_consent(page)
        return self._render_linked("autopay.pay_page", page.company, values, status)
