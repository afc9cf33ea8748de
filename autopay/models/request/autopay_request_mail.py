import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every
from odoo.tools.misc import clean_context

from ...const.methods.request import MAILS_AT_ONCE, OPEN_STATES
from ...const.notices.outbox import LAYOUT

_logger = logging.getLogger(__name__)

TEMPLATE = "autopay.mail_template_method_request"
REQUEST = "request"


class AutopayRequestMail(models.AbstractModel):
    """Writes the mails of requests, and learns what became of them."""

    _name = "autopay.request.mail"
    _description = "Mails of Payment Method Requests"

    # === CRON METHODS === #

    @api.model
    def _cron_send_requests(self):
        """Write the mails that are still to be written; end links that have expired."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        home = Domain(companies._get_autopay_home_domain())
        stage = self.env["autopay.stage"]
        over = Domain("state", "in", OPEN_STATES)
        over &= Domain("expiry_date", "<=", fields.Datetime.now())
        expired = self.search(over & home, order="id")
        stage._apply_in_parts(MAILS_AT_ONCE, self._expire, expired)
        unwritten = self.search(self._get_unwritten_domain() & home, order="id")
        for part in split_every(MAILS_AT_ONCE, unwritten.ids, self.browse):
            stage._apply(self._send, part)

    @api.model
    def _get_unwritten_domain(self):
        return Domain("state", "=", "queued") & Domain("written_date", "=", False)

    # === BUSINESS METHODS === #

    def _send_soon(self):
        """Write the first mails now, so that people see them go; the others soon."""
        unwritten = self.filtered_domain(self._get_unwritten_domain())
        self._send(unwritten[:MAILS_AT_ONCE])
        if len(unwritten) > MAILS_AT_ONCE:
            self.env.ref("autopay.ir_cron_send_requests").sudo()._trigger()

    @api.model
    def _send(self, requests):
        """Put the mails of requests into the queue.

        One spoilt template stops the whole batch in Odoo: then they are written one by
        one, and whatever cannot be written says why.
        """
        env = self.env(context=clean_context(self.env.context), su=True)
        # Others may have written it, or somebody withdrawn it, since it was found.
        locked = requests.with_env(env).try_lock_for_update()
        requests = locked.filtered_domain(self._get_unwritten_domain())
        if not requests:
            return
        if self._write_mails(requests):
            for request in requests if len(requests) > 1 else requests.browse():
                self._write_mails(request)
        env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _write_mails(self, requests):
        """Write the mails of requests together.

        :return: a sentence on what keeps them from being written; "" when nothing does
        """
        problem = ""
        try:
            with self.env.cr.savepoint():
                problem = self._write_checked(requests)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("The mail of %s was not written.", requests, exc_info=True)
            problem = str(error) or repr(error)
        if problem and len(requests) == 1:
            requests._set_failed(
                self.env._("The mail could not be written: %s", problem)
            )
        return problem

    def _write_checked(self, requests):
        template = requests.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            return self.env._("its template was deleted.")
        events = self.env["autopay.notice.event"]
        if events._is_off(requests.company_id, REQUEST):
            return self.env._("mails of this kind are switched off.")
        mails = template.send_mail_batch(requests.ids, email_layout_xmlid=LAYOUT)
        for request, mail in zip(requests, mails, strict=True):
            if request._get_link() not in (mail.body_html or ""):
                # It would ask for something and not say where.
                mails.unlink()
                return self.env._("the link is missing in its template.")
        requests.write({"written_date": fields.Datetime.now(), "failure": False})
        events._on_requests(dict(zip(requests, mails, strict=True)))
        return ""

    def _set_failed(self, reason):
        """Note that the customer was not reached, and why."""
        self._set_state("failed", failure=reason[:500])

    def _note_mail(self, failure):
        """Take in what became of the mails of these requests.

        :param str failure: why they were not sent; "" when they were
        """
        awaited = self.filtered(lambda request: request.state in OPEN_STATES)
        if failure:
            awaited._set_failed(failure)
        else:
            awaited._set_state("sent", failure=False)
