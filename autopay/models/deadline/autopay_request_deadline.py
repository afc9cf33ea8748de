from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain

from ...const.deadline import REQUEST_WAITS
from .call import Call

# Customers that the note of a call names.
NAMED_CUSTOMERS = 10


class AutopayRequestDeadline(models.AbstractModel):
    """Calls a person about customers who were asked and did not answer.

    One call tells of all of a company: who asks hundreds needs one list, not hundreds
    of calls. It stands at the first of them.
    """

    _name = "autopay.request.deadline"
    _description = "Deadlines of Payment Method Requests"

    @api.model
    def _find_requests(self):
        """Return calls about requests that reached nobody, or that nobody answered."""
        calls = []
        for state, wait in REQUEST_WAITS.items():
            late = Domain("state", "=", state) & self._get_late(wait)
            late &= Domain("replaced_by_id", "=", False)
            found = self._search_home("autopay.method.request", late).sorted("id")
            for company, requests in found.grouped("company_id").items():
                calls.append(self._get_request_call(wait, company, requests))
        return calls

    def _get_request_call(self, wait, company, requests):
        """Return the call about all requests of a company that wait for the same."""
        names = requests.partner_id.mapped("display_name")
        what = names[0] if len(names) == 1 else str(len(names))
        items = [
            Markup("<li>%s</li>")
            % request._get_html_link(title=request.partner_id.display_name)
            for request in requests[:NAMED_CUSTOMERS]
        ]
        if len(requests) > NAMED_CUSTOMERS:
            items.append(Markup("<li>...</li>"))
        summary = self.env._(
            "Waiting for too long for %(awaited)s: %(what)s",
            awaited=self.env._(wait.awaits),
            what=what,
        )
        note = Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._(wait.advice),
            Markup("").join(items),
        )
        return Call(requests[0], company, summary, note)
