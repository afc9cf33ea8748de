from odoo.http import request

from ..accent import get_accent
from ..portal_common import AutopayPortalCommon
from ..portal_request import HEADERS


class AutopayPortalLinks(AutopayPortalCommon):
    """Gives what the pages behind signed links share: people are not logged in there.

    The address is the key. What such a page shows is what its mail has named already.
    """

    def _speak_language_of(self, payer):
        """Have what is shown to visitors be in their customer's language."""
        if request.env.user._is_public() and payer.lang:
            request.update_context(lang=payer.lang)

    def _render_linked(self, template, company, values, status=200):
        """Return a page that a link leads to.

        :param str template: the xml id of the template, which calls
            ``autopay.request_frame``
        """
        shown = {
            "company": company,
            "autopay_messages": self._take_messages(),
            "autopay_accent": get_accent(
                company.email_secondary_color, company.primary_color
            ),
            # Odoo would show the logo of the visitor's own company.
            "res_company": company,
            **values,
        }
        response = request.render(template, shown, status=status)
        response.headers.update(HEADERS)
        return response

    def _lead(self, url, local=True):
        """Send the browser on; a page that is shown again is loaded anew.

        :param bool local: whether it must be a page of ours
        """
        response = request.redirect(url, code=303, local=local)
        response.headers.update(HEADERS)
        return response
