from odoo.http import request, route

from ..browser_values import read_text
from ..const.methods.request import REQUEST_PATH
from ..models.setup.visit import SetupError, Visitor
from ..words.methods.requests import get_closed_words
from .accent import get_accent
from .portal_common import AutopayPortalCommon

# Names that somebody types; more is no name.
NAME_LENGTH = 100

# A page that a link shows to people unknown must stay with them.
HEADERS = {
    "Cache-Control": "no-store",
    # The address is the key: the provider's page need not learn it.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
STATUSES = {"busy": 429, "unreachable": 503, "unavailable": 503}


class AutopayPortalRequest(AutopayPortalCommon):
    """Lets a customer who was asked save a payment method without logging in.

    Whoever has the link sees the names of company and customer and the text to agree
    to, nothing else, and can charge nothing.
    """

    @route(
        f"{REQUEST_PATH}<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def autopay_request(self, token, **_others):
        """Show what a customer is asked for; mail scanners look at it as well."""
        asked = self._find_request(token)
        return self._show_request(asked)

    @route(
        f"{REQUEST_PATH}<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
    )
    def autopay_request_save(self, token, text_hash="", name="", **_others):
        """Send the customer to the provider's page, once it has agreed."""
        asked = self._find_request(token)
        if not asked._is_open():
            return self._show_request(asked)
        name = read_text(name, NAME_LENGTH)
        if not name:
            problem = request.env._("Please type your name.")
            return self._show_request(asked, problem=problem, status=400)
        try:
            url = asked._begin(self._get_link_visitor(asked, text_hash, name))
        except SetupError as problem:
            status = STATUSES.get(problem.code, 200)
            return self._show_request(asked, problem=str(problem), status=status)
        response = request.redirect(url, code=303, local=False)
        response.headers.update(HEADERS)
        return response

    def _find_request(self, token):
        """Return the request of a link, and speak its customer's language.

        :raises NotFound: when the link is nobody's
        """
        asked = request.env["autopay.method.request"]._find_by_link(token)
        if not asked:
            self._not_found()
        if request.env.user._is_public() and asked.partner_id.lang:
            request.update_context(lang=asked.partner_id.lang)
        return asked.with_context(lang=request.env.context.get("lang"))

    def _get_link_visitor(self, asked, text_hash, name):
        user = request.env.user
        own = user.partner_id.commercial_partner_id == asked.partner_id
        return Visitor(
            text_hash=read_text(text_hash),
            contact=user.partner_id if own else user.partner_id.browse(),
            ip_address=request.httprequest.remote_addr or "",
            user_agent=self._read_visitor()["user_agent"],
            name=name,
        )

    def _show_request(self, asked, problem="", status=200):
        """Return the page of a link; of one that is over, why it is.

        :param str problem: why nothing came of a press
        """
        company = asked.company_id
        values = {
            "asked": asked,
            "company": company,
            "customer": asked.partner_id,
            "problem": problem,
            "typed_name": read_text(request.params.get("name"), NAME_LENGTH),
            "autopay_accent": get_accent(
                company.email_secondary_color, company.primary_color
            ),
            # Odoo would show the logo of the visitor's own company.
            "res_company": company,
        }
        if asked._is_open():
            values["consent"], values["text_hash"] = asked._get_consent()
            template = "autopay.request_page"
        else:
            values["sentence"] = get_closed_words(request.env, asked)
            template, status = "autopay.request_closed_page", 410
        response = request.render(template, values, status=status)
        response.headers.update(HEADERS)
        return response
