from odoo.http import request, route

from ..words.methods.removals import get_late_words, get_use_rows
from .portal_common import AutopayPortalCommon

METHODS = "/my/autopay/methods"
PAUSE = "pause"


class AutopayPortalRemoval(AutopayPortalCommon):
    """Shows customers what their saved methods pay, and lets them take one away."""

    @route(METHODS, type="http", auth="user", website=True, methods=["GET"])
    def autopay_methods(self, company=None, **_others):
        """Show the saved methods, and what each of them pays."""
        company = self._get_company(company)
        service = request.env["autopay.method.removal"]
        values = {
            "methods": [
                (token, get_use_rows(request.env, token._get_autopay_uses()))
                for token in service._get_tokens(company)
            ],
            "may_replace": self._may_replace(company),
        }
        return self._render("autopay.portal_methods_in_use", values, company)

    @route(
        "/my/autopay/method/<string:token>/remove",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def autopay_before_removal(self, token, company=None, **_others):
        """Show what rests on a method, and what can pay instead."""
        company = self._get_company(company)
        service = request.env["autopay.method.removal"]
        method = self._find_method(service, token)
        uses = method._get_autopay_uses()
        values = {
            "method": method,
            "may_replace": uses
            and method in service._get_tokens(company)
            and self._may_replace(company),
            "use_rows": get_use_rows(request.env, uses),
            "late_words": [get_late_words(request.env, each) for each in uses.late],
            "replacements": uses and service._get_replacements(company, method),
            "remove_path": f"/my/autopay/method/{method.id}/remove",
        }
        return self._render("autopay.portal_removal", values, company)

    @route(
        "/my/autopay/method/<string:token>/remove",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def autopay_remove(self, token, company=None, instead=PAUSE, **sent):
        """Take a method away.

        :param str instead: the id of the method that pays from now on, or *pause*
        :param sent: *hash_<id>*: the hash of the text that was shown for that method
        """
        company = self._get_company(company)
        service = request.env["autopay.method.removal"]
        method = self._find_method(service, token)
        instead_id = None if instead == PAUSE else self._read_id(instead)
        text_hash = sent.get(f"hash_{instead_id}", "")
        return self._do(
            lambda: service._remove(
                company, method.id, instead_id, text_hash, **self._read_visitor()
            ),
            METHODS,
            company,
            f"/my/autopay/method/{method.id}/remove",
        )

    def _find_method(self, service, token):
        """Return one of the customer's methods.

        :raises NotFound: when it is none of theirs
        """
        found = service._find_token(self._read_id(token))
        return found or self._not_found()
