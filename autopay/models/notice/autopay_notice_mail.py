import logging
from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every
from odoo.tools.misc import clean_context

from ...const.notices.outbox import (
    LAYOUT,
    LOST_MINUTES,
    REPEATABLE_STATES,
    SERVER_HOURS,
    SERVER_TRIES,
)

_logger = logging.getLogger(__name__)

# The name that Odoo gives to a failure before anything was sent: no server answered.
NO_SERVER = "mail_smtp"


class AutopayNoticeMail(models.AbstractModel):
    """Writes the mails of what is to be told, and learns what became of them.

    A mail comes into Odoo's queue in the same commit that calls its notice queued, so
    that it is written once. Before it is handed to a mail server, that is committed as
    well (see ``_prepare_outgoing_list`` of mail.mail): whatever dies then, it is not
    sent again.
    """

    _name = "autopay.notice.mail"
    _description = "Mails of Notices"

    # === CRON METHODS === #

    @api.model
    def _cron_send_notices(self):
        """Write the mails of all that is to be told now."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        home = Domain(companies._get_autopay_home_domain())
        # A look at many charges to come takes long: receipts do not wait for it.
        if not self._queue_due(home):
            return
        self._look_ahead()
        if not self._queue_due(home):
            return
        lost = self.search(self._get_lost_domain() & home, order="id")
        self.env["autopay.stage"]._apply(self._note_lost, lost)

    def _queue_due(self, home):
        """Write the mails of what is due, in batches that are committed.

        :param home: the domain of what this database looks after
        :return: whether all are written and there is time for more
        """
        stage = self.env["autopay.stage"]
        due_ids = self.search(self._get_due_domain() & home, order="id").ids
        time_left = self.env["ir.cron"]._commit_progress(remaining=len(due_ids))
        for part in split_every(self._get_batch_size(), due_ids, self.browse):
            stage._apply(self._queue, part, on_failure=self._note_broken)
            time_left = self.env["ir.cron"]._commit_progress(len(part))
            if not time_left:
                break
        return bool(time_left)

    def _look_ahead(self):
        """Note what is to be told of charges to come; mails of what was are written."""
        enabled = [("autopay_enabled", "=", True)]
        companies = self.env["res.company"].search(enabled, order="id")
        for model in ("autopay.notice.before", "autopay.notice.expiring"):
            try:
                self.env[model]._look(companies)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("%s could not look at what is coming.", model)

    @api.model
    def _get_due_domain(self):
        now = fields.Datetime.now()
        return Domain("state", "=", "due") & (
            Domain("due_date", "=", False) | Domain("due_date", "<=", now)
        )

    @api.model
    def _get_lost_domain(self):
        """Return what was written so long ago that its mail should be gone."""
        before = fields.Datetime.now() - timedelta(minutes=LOST_MINUTES)
        return Domain("state", "=", "queued") & Domain("write_date", "<=", before)

    def _send_soon(self):
        """Have the mails written in a moment, apart from whoever wants them.

        A job that was deleted stops no charge: a person is called.
        """
        job = self.env.ref("autopay.ir_cron_send_notices", raise_if_not_found=False)
        if job:
            job.sudo()._trigger()
        else:
            self.env["autopay.notice.alarm"]._call_no_job(self)

    # === WRITE === #

    @api.model
    def _queue(self, notices):
        """Put the mails of notices into Odoo's queue, or say why there are none."""
        env = self.env(context=clean_context(self.env.context), su=True)
        locked = notices.with_env(env).try_lock_for_update()
        due = locked.filtered(lambda notice: notice.state == "due")
        told = due.filtered(lambda notice: not notice._is_waiting())._leave_out()
        told._settle_kind()
        for _key, part in told.grouped(lambda rec: (rec.kind, rec.company_id)).items():
            self._queue_alike(part)
        if told:
            env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _queue_alike(self, notices):
        """Write mails with one template: one that fails stops no other."""
        if self._write_mails(notices) and len(notices) > 1:
            for notice in notices:
                self._write_mails(notice)

    def _write_mails(self, notices):
        """Write the mails of notices together.

        :return: a sentence on what keeps them from being written; "" when nothing does
        """
        problem = ""
        try:
            with self.env.cr.savepoint():
                self._write_checked(notices)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            problem = get_cause(error)
        except Exception as error:
            _logger.warning("The mails of %s were not written.", notices, exc_info=True)
            problem = get_cause(error)
        if problem and len(notices) == 1:
            notices._set_failed(
                self.env._("The mail could not be written: %s", problem)
            )
            self.env["autopay.notice.alarm"]._call_template(notices)
        return problem

    def _write_checked(self, notices):
        """Write the mails of notices, or none of them.

        :raises UserError: what is wrong with their template
        """
        kind = notices._get_kinds()[notices[0].kind]
        template = notices.env.ref(kind.template, raise_if_not_found=False)
        if not template:
            raise UserError(self.env._("its template was deleted."))
        mails = notices._render(template)
        notices._attach_papers(mails)
        for notice, mail in zip(notices, mails, strict=True):
            if kind.asks and escape(notice.link_url) not in (mail.body_html or ""):
                # It would ask for something and not say where.
                raise UserError(self.env._("the link is missing in its template."))
            notice._set_queued(mail)

    def _set_queued(self, mail):
        """Note the mail that tells it, which is in Odoo's queue."""
        self.write(
            {
                "state": "queued",
                "failure": False,
                "mail_id": mail.id,
                "email": self._get_emails(),
                "subject": mail.subject,
            }
        )

    def _render(self, template):
        """Return the mails of these notices, each of its own.

        Requests and consents have templates of their own models, as before there were
        notices: people have changed them.
        """
        is_own = template.sudo().model == self._name
        ids = self.ids if is_own else self.mapped("res_id")
        mails = template.send_mail_batch(ids, email_layout_xmlid=LAYOUT)
        if not is_own:
            for notice, mail in zip(self, mails, strict=True):
                mail.recipient_ids = notice.recipient_ids
        return mails

    # === NOT WRITTEN === #

    def _leave_out(self):
        """Leave out what is not to be told any more, and whoever has no address.

        :return: the others
        """
        off = self.env["autopay.notice.setting"]._get_off()
        told = self.browse()
        for notice in self:
            reason = notice._get_skip_reason()
            if (notice.company_id.id, notice.kind) in off:
                reason = self.env._("Mails of this kind are switched off.")
            if reason:
                notice._set_skipped(reason)
            elif not notice.recipient_ids:
                notice._set_skipped(self.env._("The customer has no e-mail address."))
                self.env["autopay.notice.alarm"]._call_address(notice)
            else:
                told |= notice
        return told

    def _note_broken(self, notice, error):
        """Say of a mail whose facts could not be read that it is not sent."""
        words = self.env._("The mail could not be written: %s", get_cause(error))
        notice._set_failed(words)
        self.env["autopay.notice.alarm"]._call_template(notice)

    def _filter_reachable(self):
        """Return those that had no address, or not this one, and were not sent."""
        return self.exists().filtered(
            lambda rec: (
                rec.state in REPEATABLE_STATES
                and rec.recipient_ids
                and rec.email != rec._get_emails()
            )
        )

    def _revive(self):
        """Send mails once more that can arrive now."""
        locked = self.try_lock_for_update()
        again = locked.filtered(lambda rec: rec.state in REPEATABLE_STATES)
        again._forget_mails()
        again._set_due()

    def _set_due(self):
        """Have mails that were not sent be written once more."""
        self.write(
            {"state": "due", "failure": False, "due_date": False, "try_count": 0}
        )

    def _get_emails(self):
        """Return the addresses to which a mail goes."""
        return ", ".join(self.recipient_ids.mapped("email_normalized"))

    def _set_skipped(self, reason):
        self.write({"state": "skipped", "failure": reason})

    def _set_failed(self, reason):
        """Note that customers were not reached, and why."""
        self.write({"state": "failed", "failure": reason[:500]})

    # === WHAT BECAME OF THEM === #

    def _note_mails(self, failure, failure_type, reached=False):
        """Take in what became of the mails of these notices.

        :param str failure: why they were not sent; "" when they were
        :param str failure_type: Odoo's own word for it
        :param bool reached: whether a server has taken it for some of its recipients
        """
        # One that came back, or was taken for lost, may be sent by a person later.
        awaited = self.filtered(lambda notice: notice.state in ("queued", "failed"))
        alarm = self.env["autopay.notice.alarm"]
        if not failure:
            now = fields.Datetime.now()
            awaited.write({"state": "sent", "sent_date": now, "failure": False})
            alarm._close_calls(awaited)
        elif reached:
            # Those who have it must not get it twice.
            words = self.env._("Not everybody was reached. %s", failure)
            now = fields.Datetime.now()
            awaited.write({"state": "sent", "sent_date": now, "failure": words[:500]})
            alarm._call_address(awaited)
        elif failure_type == NO_SERVER:
            for notice in awaited:
                notice._wait_for_server(failure)
            alarm._call_server(awaited, failure)
        else:
            awaited._set_failed(failure)
            alarm._call_address(awaited)

    def _wait_for_server(self, failure):
        """Have a mail written anew later: no server was there to take it."""
        self.ensure_one()
        if self.try_count >= SERVER_TRIES:
            self._set_failed(failure)
            return
        again = fields.Datetime.now() + timedelta(hours=SERVER_HOURS)
        self.write(
            {
                "state": "due",
                "due_date": again,
                "try_count": self.try_count + 1,
                "failure": failure[:500],
            }
        )

    def _set_returned(self):
        """Note that mails came back which a server had taken."""
        self._set_failed(self.env._("The mail came back: it could not be delivered."))
        self.env["autopay.notice.alarm"]._call_address(self)

    def _forget_mails(self):
        """Remove mails that were not sent: others take their place."""
        self.mail_id.filtered(lambda mail: mail.state != "sent").unlink()

    def _note_lost(self, notices):
        """Say of mails that are in no queue that nobody knows whether they were sent.

        The server stopped while it sent them, or somebody deleted them.
        """
        locked = notices.try_lock_for_update()
        queued = locked.filtered(lambda notice: notice.state == "queued")
        lost = queued.filtered(lambda notice: notice.mail_id.state != "outgoing")
        lost._set_failed(
            self.env._(
                "It is not known whether the mail was sent: the server stopped, or the "
                "mail was deleted."
            )
        )


def get_cause(error):
    """Return what an error began with, as text: Odoo quotes whole templates in it."""
    while error.__cause__:
        error = error.__cause__
    return str(error) or repr(error)
