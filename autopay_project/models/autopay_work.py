from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.autopay.rights import STAFF_GROUPS, check_staff

from ..const.completion import PRESSED_STATES, STATES
from ..words.work import say_work

WORKERS = "project.group_project_user"


class AutopayWork(models.AbstractModel):
    """A task or a project: what it has earned is collected when it is done.

    To drag it takes no longer for that: it is only noted, and a job does the rest.
    """

    _name = "autopay.work"
    _inherit = "autopay.default.guard"
    _description = "Work that Is Collected When Done"

    # Which of the two links of autopay.completion leads here, and the day it is done.
    _autopay_link = ""
    _autopay_day_field = ""

    autopay_on_date = fields.Boolean(
        string="Collect on This Date",
        copy=False,
        groups=WORKERS,
        help="On that day what Odoo finds to invoice on the sales order is invoiced, "
        "and charged on the customer's payment method, once. A day that is over "
        "already collects at once.",
    )
    autopay_state = fields.Selection(
        STATES,
        string="Autopay",
        compute="_compute_autopay_words",
        search="_search_autopay_state",
        compute_sudo=True,
        groups=WORKERS,
    )
    autopay_words = fields.Text(
        compute="_compute_autopay_words", compute_sudo=True, groups=WORKERS
    )
    autopay_shown = fields.Boolean(
        compute="_compute_autopay_words", compute_sudo=True, groups=WORKERS
    )
    autopay_has_invoices = fields.Boolean(
        compute="_compute_autopay_words", compute_sudo=True, groups=STAFF_GROUPS
    )

    @api.depends("stage_id", "autopay_on_date")
    @api.depends_context("lang", "tz")
    def _compute_autopay_words(self):
        known = self.env["res.company"]._is_autopay_known_anywhere()
        latest = self._get_autopay_latest() if known else {}
        for work in self:
            completion = latest.get(work._origin.id, self.env["autopay.completion"])
            shown = known and work._get_autopay_company().autopay_enabled
            work.autopay_shown = shown
            work.autopay_state = completion._get_shown_state()
            work.autopay_has_invoices = bool(completion.move_ids)
            work.autopay_words = shown and say_work(self.env, work, completion)

    def _get_autopay_latest(self):
        """Return {work id: its completion}, the one that somebody waits for first."""
        link = self._autopay_link
        found = self.env["autopay.completion"].sudo()
        rows = found.search([(link, "in", self._origin.ids)], order="id")
        rank = ["withdrawn", "void", "paid", "collecting", "waiting", "asked"]
        ordered = rows.sorted(lambda row: (rank.index(row.state), row.id))
        return {row[link].id: row for row in ordered}

    @api.model
    def _search_autopay_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        completions = self.env["autopay.completion"].sudo()
        states, found = set(value), "in"
        if False in states:
            states, found = set(dict(STATES)) - states, "not in"
        domain = completions._get_shown_domain(states)
        query = completions._search(domain & Domain(self._autopay_link, "!=", False))
        return [("id", found, query.subselect(self._autopay_link))]

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `project` to note what comes into a stage that collects."""
        coming = self._get_autopay_coming(vals)
        moved_date = self._autopay_day_field in vals and self.env.user.share
        result = super().write(vals)
        if coming:
            self.env["autopay.completion"]._note(coming, "stage")
        if moved_date:
            self._disarm_autopay_date()
        return result

    def _get_autopay_coming(self, vals):
        """Return those that come into a stage that collects by writing these values."""
        stage_id = vals.get("stage_id")
        if not (stage_id and self.env["res.company"]._is_autopay_known_anywhere()):
            return self.browse()
        stages = self.env[self._fields["stage_id"].comodel_name]
        if stage_id not in stages._get_autopay_collecting_ids():
            return self.browse()
        return self.sudo().filtered(
            lambda work: work.stage_id.id != stage_id and work._is_autopay_collectable()
        )

    def _is_autopay_collectable(self):
        """Return whether something can be collected at all: not for a template."""
        return self._get_autopay_company().autopay_enabled

    def _disarm_autopay_date(self):
        """Leave it to staff to collect on a day that a customer has chosen."""
        armed = self.sudo().filtered("autopay_on_date")
        armed.autopay_on_date = False
        for work in armed:
            words = self.env["autopay.notification"]._for_staff(
                work._get_autopay_company()
            )
            body = words.env._(
                "The customer has changed the date: Autopay does not collect on it "
                "any more. Tick “Collect on This Date” again if that is right."
            )
            work._message_log(body=body)

    # === ACTION METHODS === #

    def action_autopay_collect(self):
        """Have collected what waits, or what needed somebody, within a minute.

        :raises AccessError: when the user does not work in projects
        :raises UserError: when nothing waits
        """
        self.check_access("write")
        if not self.env.user.has_group(WORKERS):
            raise AccessError(self.env._("Only project users may do this."))
        for work in self.sudo():
            company = work._get_autopay_company()
            if not company.autopay_enabled:
                raise UserError(
                    self.env._("Autopay is off in %s.", company.display_name)
                )
        completions = self.env["autopay.completion"].sudo()
        own = Domain(self._autopay_link, "in", self.ids)
        shown = completions._get_shown_domain(PRESSED_STATES)
        waiting = completions.search(own & shown)
        if not waiting:
            raise UserError(self.env._("Nothing waits to be collected here."))
        waiting._press()

    def action_autopay_open_invoices(self):
        """Open the invoices that are, or were, collected for this task or project.

        :raises AccessError: when the user may not read why invoices are collected
        """
        self.ensure_one()
        self.check_access("read")
        check_staff(self)
        domain = [(self._autopay_link, "=", self.id)]
        moves = self.env["autopay.completion"].sudo().search(domain).move_ids
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(moves) == 1:
            return {**action, "views": [(False, "form")], "res_id": moves.id}
        return {**action, "domain": [("id", "in", moves.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _get_autopay_orders(self):
        """Return the sales orders of which the work is part."""
        return self.env["sale.order"]

    def _get_autopay_company(self):
        """Return the company whose Autopay collects, that of the order first."""
        work = self.sudo()
        order = work._get_autopay_orders()[:1]
        return order.company_id or work.company_id or self.env.company

    def _get_autopay_done_day(self):
        """Return the day on which it is done, in its company's time zone, or False."""
        return False

    def _get_autopay_stop(self):
        """Return why nothing is collected for this work; "" when it can be."""
        return ""

    def _get_autopay_people(self):
        """Return the users who are asked first, the first of them that may see it."""
        return self.env["res.users"]

    def _move_on_autopay(self, stage, invoices):
        """Move on what still waits in a stage, as it is paid, and say so.

        :param stage: the stage that it was to wait in
        :param str invoices: their numbers, for people
        """
        company = self._get_autopay_company()
        staff = self.env["autopay.notification"]._for_staff(company)
        paid = self.sudo().stage_id.autopay_paid_stage_id
        lines = [staff.env._("Paid by %s.", invoices)]
        if not stage or self.stage_id != stage:
            lines.append(staff.env._("It was moved meanwhile, and stays where it is."))
        elif paid and (unfit := self._get_autopay_unfit(staff, paid)):
            lines.append(unfit)
        elif paid:
            self.stage_id = paid
        self._message_log(body=" ".join(lines))

    def _get_autopay_unfit(self, staff, paid):
        """Return why it cannot move into a stage, for staff; "" when it can."""
        if paid.active:
            return ""
        return staff.env._("It stays: the stage “%s” is archived.", paid.name)
