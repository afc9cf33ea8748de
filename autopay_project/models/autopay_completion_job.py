from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..const.completion import COMPLETIONS_AT_ONCE, COMPLETIONS_TOGETHER
from ..words.obstacles import get_departure, get_mended, get_obstacle


class AutopayCompletionJob(models.AbstractModel):
    """Collects what tasks and projects have earned that were done.

    Each in a transaction of its own: a killed job leaves the others to the next run,
    and an invoice is made along with the note that it was.
    """

    _name = "autopay.completion.job"
    _description = "Collecting Completed Work"

    # === CRON METHODS === #

    @api.model
    def _cron_collect_completed(self):
        """Collect what is done; commits, and is safe to repeat."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        stage = self.env["autopay.stage"]
        for model in ("project.task", "project.project"):
            stage._apply(self._note_done, self._search_done(self.env[model]))
        stage._apply(self._put_off, self._search_off())
        ready = self._search_ready()
        self.env["ir.cron"]._commit_progress(remaining=len(ready))
        for completion in ready:
            stage._apply(self._collect, completion, on_failure=self._set_failed)
            if not self.env["ir.cron"]._commit_progress(1):
                return
        asked = self.search([("state", "=", "asked")], order="id")
        stage._apply_in_parts(COMPLETIONS_TOGETHER, self._let_go, asked)
        self._sync_void()
        stage._apply_in_parts(
            COMPLETIONS_TOGETHER, lambda paid: paid._settle_paid(), self._search_paid()
        )

    @api.model
    def _search_ready(self):
        ready = Domain("state", "=", "waiting")
        ready &= Domain("ready_date", "<=", fields.Datetime.now())
        # Those of a company that is switched off wait until it is on again.
        ready &= Domain("company_id.autopay_enabled", "=", True)
        home = Domain(self.env["res.company"]._get_autopay_home_domain())
        return self.search(
            ready & home, order="ready_date, id", limit=COMPLETIONS_AT_ONCE
        )

    @api.model
    def _search_off(self):
        """Return what a person was asked about in companies that are switched off."""
        off = Domain("company_id.autopay_enabled", "=", False)
        return self.search(Domain("state", "=", "asked") & off)

    @api.model
    def _search_done(self, works):
        """Return the tasks or projects whose day has come, and was not noted yet."""
        noted = Domain("kind", "=", "date") & Domain("state", "!=", "withdrawn")
        noted &= Domain(works._autopay_link, "!=", False)
        query = self._search(noted)
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        domain = Domain("autopay_on_date", "=", True)
        domain &= Domain(works._autopay_day_field, "<=", tomorrow)
        domain &= Domain("id", "not in", query.subselect(works._autopay_link))
        found = works.browse()
        last_id = 0
        # Those whose day has not come here, or whose company is off, stand in no one's
        # way.
        while len(found) < COMPLETIONS_AT_ONCE:
            page = works.search(
                domain & Domain("id", ">", last_id),
                order="id",
                limit=COMPLETIONS_AT_ONCE,
            )
            if not page:
                break
            last_id = page[-1].id
            found |= page.filtered(_is_done)
        return found

    @api.model
    def _note_done(self, works):
        """Note those whose day has come in the time zone of their company."""
        self._note(works.filtered(_is_done), "date")

    # === BUSINESS METHODS === #

    def _collect(self, completions):
        """Invoice and collect what one completion stands for, or say why not."""
        completion = completions.try_lock_for_update(allow_referencing=True)
        completion.invalidate_recordset()
        if completion.state != "waiting":
            return
        company = completion.company_id
        completion = completion.with_company(company)
        staff = self.env["autopay.notification"]._for_staff(company)
        if words := get_departure(staff.env, completion):
            completion._withdraw(words)
        elif words := get_obstacle(staff.env, completion):
            completion._ask_person(words)
        else:
            completion._collect_orders(staff)

    def _withdraw(self, words):
        """Note that nothing is collected, since it was taken back in time."""
        self.write({"state": "withdrawn", "problem": words})
        self._get_work()._message_log(body=words)
        self._close_calls(words)

    def _put_off(self, completions):
        """Ask nobody while Autopay is off: what was done waits until it is on again.

        Then it is looked at anew, and a person is asked again if need be.
        """
        for completion in completions.try_lock_for_update(allow_referencing=True):
            completion.invalidate_recordset(["state"])
            if completion.state == "asked":
                staff = self.env["autopay.notification"]._for_staff(
                    completion.company_id
                )
                completion.write({"state": "waiting", "problem": False})
                completion._close_calls(
                    staff.env._("Autopay is off: it waits until it is on again.")
                )

    def _let_go(self, completions):
        """Ask nobody any more about what was taken back since."""
        for completion in completions.try_lock_for_update(allow_referencing=True):
            staff = self.env["autopay.notification"]._for_staff(completion.company_id)
            if words := get_departure(staff.env, completion):
                completion._withdraw(words)

    def _set_failed(self, completion, error):
        """Ask a person about what could not be done; others in the way are none."""
        if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            return
        locked = completion.try_lock_for_update(allow_referencing=True)
        if locked.state == "waiting":
            staff = self.env["autopay.notification"]._for_staff(locked.company_id)
            words = staff.env._("Something went wrong: %s", error)
            if isinstance(error, UserError):
                words = str(error)
            locked._ask_person(f"{words}\n{get_mended(staff.env)}")

    def _press(self):
        """Collect in the next run, which begins at once, as a person says."""
        self.write(
            {
                "state": "waiting",
                "problem": False,
                "is_moved_by_customer": False,
                "ready_date": fields.Datetime.now(),
            }
        )
        cron = self.env.ref("autopay_project.ir_cron_collect_completed").sudo()
        cron._trigger()


def _is_done(work):
    if not work._is_autopay_collectable():
        return False
    day = work._get_autopay_done_day()
    return bool(day) and day <= work._get_autopay_company()._get_autopay_today()
