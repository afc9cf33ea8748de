from odoo.http import request, route

from ..browser_values import read_text
from ..const.methods.setup import CONSENT_PURPOSES
from ..models.setup.visit import SetupError, Visitor
from ..words.methods.setups import (
    get_purpose_title,
    get_return_words,
)
from .portal_common import AutopayPortalCommon

NEW = "/my/autopay/method/new"
# Purposes that a browser may name; others come from our own pages.
PURPOSES = ("autopay", "replace", "store")
# Answers to what is refused for now, by code of a ``SetupError``.
STATUS = {"busy": 429, "unavailable": 503, "unreachable": 503}
# Failed invoices that are ticked at most.
MOST_RECOLLECTED = 500


class AutopayPortalMethods(AutopayPortalCommon):
    """Lets customers save payment methods, and agree to be charged with them."""

    # === SAVE === #

    @route(NEW, type="http", auth="user", website=True, methods=["GET"], sitemap=False)
    def autopay_method_new(self, company=None, purpose="autopay", token=None, **_rest):
        """Show the words that a customer agrees to, and the way on; change nothing."""
        company = self._get_company(company)
        old_token = self._read_old_token(company, purpose, token)
        return self._render_new(company, purpose, old_token)

    @route(NEW, type="http", auth="user", website=True, methods=["POST"], sitemap=False)
    def autopay_method_begin(
        self, company=None, purpose="autopay", token=None, text_hash="", **_rest
    ):
        """Send the customer to the page on which the provider saves the method."""
        company = self._get_company(company)
        old_token = self._read_old_token(company, purpose, token)
        if not self._may_change():
            return self._render_new(company, purpose, old_token)
        visitor = self._get_visitor(text_hash, old_token)
        setups = request.env["autopay.method.setup"]
        try:
            address = setups._open(
                self._get_payer(), company, purpose, "portal", visitor
            )
        except SetupError as problem:
            return self._render_new(company, purpose, old_token, problem)
        return self._forbid_keeping(request.redirect(address, code=303, local=False))

    def _read_old_token(self, company, purpose, value):
        """Return the method that is to be replaced, or none for other purposes.

        :raises NotFound: when there is no such purpose, or no such method of theirs
        """
        if purpose not in PURPOSES:
            self._not_found()
        if purpose != "replace":
            return request.env["payment.token"].sudo()
        return self._get_own_token(company, value)

    def _may_replace(self, company):
        """Return whether the user can put a new method in the place of another one."""
        opener = request.env["autopay.setup.opener"]
        return self._may_change() and opener._get_provider(company, self._get_payer())

    def _get_own_token(self, company, value):
        payer = self._get_payer().with_company(company)
        token_id = self._read_id(value)
        saved = payer.autopay_available_token_ids.sudo()
        return saved.filtered(lambda token: token.id == token_id) or self._not_found()

    def _get_visitor(self, text_hash, old_token=None, name=""):
        """Return who is at it, as far as the request says."""
        return Visitor(
            text_hash=read_text(text_hash),
            contact=request.env.user.partner_id.sudo(),
            **self._read_visitor(),
            name=name,
            old_token=old_token or None,
            recollect=self._read_recollected(),
        )

    def _read_recollected(self):
        """Return the ids of the failed invoices that the customer has ticked."""
        sent = request.httprequest.form.getlist("recollect")[:MOST_RECOLLECTED]
        return tuple(sorted({self._read_id(value) for value in sent}))

    def _render_new(self, company, purpose, old_token, problem=None):
        payer = self._get_payer()
        opener = request.env["autopay.setup.opener"].sudo()
        saved = request.env["autopay.saved.method"].sudo()
        own, others = saved._get_ways(company, payer)
        text = opener._get_text(payer, company, purpose, old_token)
        values = {
            "purpose": purpose,
            "old_token": old_token,
            "title": get_purpose_title(request.env, purpose, old_token),
            "text": text,
            "text_hash": opener._get_text_hash(text),
            "provider": own,
            "kinds": own and opener._get_methods(own),
            "others": others,
            "choices": saved._get_choices(company, payer),
            "waiting": saved._get_waiting(company),
            "failed_moves": purpose in CONSENT_PURPOSES
            and request.env["autopay.recollect"]._get_moves(company, payer),
            "due_moves": purpose in CONSENT_PURPOSES
            and request.env["autopay.recollect"]._get_due_moves(company, payer),
            "problem": problem and str(problem),
        }
        response = self._render("autopay.portal_method_new", values, company)
        response.status_code = STATUS.get(problem.code, 200) if problem else 200
        return response

    # === COME BACK === #

    @route(
        "/my/autopay/method/return/<string:setup_id>/<string:access_token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def autopay_method_return(self, setup_id, access_token, **_rest):
        """Say what became of a visit; the provider is asked, the browser not believed.

        Who comes back by a mailed link is not logged in: the address is the key.
        """
        setups = request.env["autopay.method.setup"]
        setup = setups._get_by_access(self._read_id(setup_id), access_token)
        if not setup:
            self._not_found()
        setup._look()
        title, sentence = get_return_words(request.env, setup)
        public = request.env.user._is_public()
        values = {
            "setup": setup,
            "title": title,
            "sentence": sentence,
            "logged_in": not public,
            "may_change": True,
            "new_path": f"{NEW}?company={setup.company_id.id}",
            **({"page_name": False} if public else {}),
        }
        template = "autopay.portal_method_return"
        response = self._render(template, values, setup.company_id)
        # The address is the key: the provider's pages need not learn it.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
