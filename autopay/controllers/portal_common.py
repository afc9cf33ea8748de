from odoo.exceptions import MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..browser_values import is_id
from .accent import get_accent

# The key of the session under which sentences wait for the next page.
MESSAGES = "autopay_messages"


class AutopayPortalCommon(CustomerPortal):
    """Gives what all pages of a customer's own share.

    Inherit from it for each topic. Odoo makes one class of all of them: name methods
    so that no two controllers have the same. The services in ``models/portal`` decide;
    a controller reads what the browser sent, and shows what they say.
    """

    # === WHOSE PAGE === #

    def _get_payer(self):
        """Return the customer for whom the user looks, a commercial entity."""
        return request.env["autopay.portal"]._get_payer()

    def _get_companies(self):
        """Return the companies with Autopay on that the customer deals with."""
        return request.env["autopay.portal"]._get_companies()

    def _get_company(self, value=None):
        """Return the company that a page is about, with the rights of the system.

        :param value: its id as the browser sent it; without it the first company
        :raises NotFound: when it is none of the customer's, or there is none
        """
        company_id = self._read_id(value) if value else None
        company = request.env["autopay.portal"]._get_company(company_id)
        return company or self._not_found()

    def _may_change(self, payer=None, company=None):
        """Return whether the user may change how the customer pays, here and there."""
        return request.env["autopay.portal"]._may_change()

    # === WHAT CAME === #

    def _not_found(self):
        """Answer as for a page that does not exist, whatever was not found."""
        raise request.not_found()

    def _read_id(self, value):
        """Return the id of a record that a browser sent.

        :raises NotFound: when no record can have it
        """
        text = value if isinstance(value, str) else str(value)
        # Digits of other scripts are numbers to Python, too.
        number = (
            int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
        )
        return number if is_id(number) else self._not_found()

    # === WHAT IS SHOWN === #

    def _render(self, template, values=None, company=None):
        """Return a page of the customer's own.

        :param str template: the xml id of the template, which calls
            ``autopay.portal_page``
        :param dict values: what it shows
        :param company: whose page it is, as ``_get_company`` returns it
        """
        company = company or self._get_company()
        shown = {
            **self._prepare_portal_layout_values(),
            "page_name": "autopay",
            "autopay_company": company,
            "autopay_companies": self._get_companies(),
            "autopay_accent": get_accent(
                company.email_secondary_color, company.primary_color
            ),
            "autopay_messages": self._take_messages(),
            "may_change": self._may_change(),
            # Odoo would show the logo of the user's own company.
            "res_company": company,
            **(values or {}),
        }
        response = request.render(template, shown)
        return self._forbid_keeping(response)

    def _forbid_keeping(self, response):
        """Have no browser and no proxy keep what is a customer's own."""
        response.headers["Cache-Control"] = "no-store"
        return response

    # === WHAT WAS DONE === #

    def _notify_visitor(self, text, kind="success"):
        """Have the next page show a sentence, once.

        :param str kind: success, info, warning or danger
        """
        told = request.session.get(MESSAGES, [])
        request.session[MESSAGES] = [*told, {"kind": kind, "text": str(text)}]

    def _take_messages(self):
        return request.session.pop(MESSAGES, [])

    def _go(self, path, company):
        """Send the browser to one of our pages, which it then loads anew."""
        url = f"{path}?company={company.id}"
        return self._forbid_keeping(request.redirect(url, code=303))

    def _do(self, act, path, company, otherwise=None):
        """Do what a customer has asked for and say what became of it, on a page.

        :param act: a callable without arguments that returns a sentence, or None; a
            refusal is a ``UserError`` in words for the customer, a strange id a
            ``MissingError``
        :param str path: the page that is shown then
        :param str otherwise: the page that is shown after a refusal, if it is another
        """
        try:
            with request.env.cr.savepoint():
                told = act()
        except MissingError:
            self._not_found()
        except UserError as error:
            self._notify_visitor(error, "danger")
            return self._go(otherwise or path, company)
        if told:
            self._notify_visitor(told)
        return self._go(path, company)
