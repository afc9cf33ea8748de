from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ... import const
from .standing import Standing

# Invoices that are looked at between two commits.
BATCH_SIZE = 500

# Marks that are worked off at once: their customers are searched for together.
MARKS_TOGETHER = 200

# Statuses of invoices that must be decided about to know how they stand.
DECIDED_STATUSES = ("eligible", "in_progress", "error")

KEPT_FIELDS = (
    "autopay_standing",
    "autopay_reason",
    "autopay_next_date",
    "autopay_next_amount",
    "autopay_standing_date",
)


class AutopayStatus(models.AbstractModel):
    """Finds out how invoices on autopay stand, for lists, searches and counts.

    It looks at what was changed, at the invoices of customers of whom something was
    changed (``autopay.status.mark``), and once a day at all that are open. What it
    keeps is for people to read: no charge rests on it.
    """

    _name = "autopay.status"
    _description = "Status of Invoices on Autopay"

    # === CRON METHODS === #

    @api.model
    def _cron_refresh(self):
        """Look at what is out of date, as far as the time reaches."""
        if self.env["res.company"]._is_autopay_unused():
            return
        self.env["autopay.status.mark"]._save_pending()
        for company in self._get_companies():
            if not self._refresh_company(company):
                self._wake()
                return

    @api.model
    def _wake(self):
        """Have the job run soon."""
        job = self.env.ref("autopay.ir_cron_refresh_status", raise_if_not_found=False)
        if job:
            job.sudo()._trigger()

    @api.model
    def _get_companies(self):
        """Return the companies, first the one that was looked at longest ago.

        Where the time does not suffice for all of them, the others begin next time.
        """
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        companies = self.env["res.company"].sudo().browse(sorted(known_ids)).exists()
        dates = self.env["autopay.status.pass"].sudo()._get_dates(companies)
        never = companies.filtered(lambda company: not dates.get(company))
        return never + (companies - never).sorted(dates.get)

    # === BUSINESS METHODS === #

    def _refresh_company(self, company):
        """Look at what is out of date in one company.

        :return: whether all of it was looked at before the time was up
        """
        service = self.with_company(company)
        row = self.env["autopay.status.pass"].sudo()._get_of(company)
        row.turn_date = fields.Datetime.now()
        stale = service._find_stale(company)
        stale += service.env["account.move"]._find_autopay_quieted(company)
        return (
            service._refresh_batches(stale)
            and service._work_off_marks(company)
            and service._pass_through(company)
        )

    def _refresh_batches(self, move_ids):
        """Look at invoices, with a commit after each batch.

        :return: whether the time sufficed
        """
        for ids in split_every(BATCH_SIZE, move_ids, list):
            self._refresh(self.env["account.move"].browse(ids))
            if self.env["ir.cron"]._commit_progress(len(ids)) <= 0:
                return False
        return True

    def _find_stale(self, company):
        """Return the ids of the invoices that were changed since the last look."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM account_move
                    WHERE company_id = %s AND autopay_standing IN %s
                      AND (autopay_standing_date IS NULL
                           OR autopay_standing_date <= write_date)
                    ORDER BY id""",
                company.id,
                const.invoice.OPEN_STANDINGS,
            )
        )
        return [move_id for (move_id,) in rows]

    def _work_off_marks(self, company):
        """Look at the invoices of the customers that are marked.

        :return: whether the time sufficed
        """
        marks = self.env["autopay.status.mark"].sudo()
        own = Domain("company_id", "=", company.id)
        if whole := marks.search(own & Domain("partner_id", "=", False)):
            # Of the company itself something has changed: all are looked at.
            day = {"day": False, "last_move_id": 0}
            self.env["autopay.status.pass"].sudo()._get_of(company).write(day)
            whole.unlink()
        # Marks that come while somebody works on it have their turn next time.
        own &= Domain("partner_id", "!=", False)
        last = marks.search(own, limit=1, order="id desc")
        own &= Domain("id", "<=", last.id or 0)
        while found := marks.search(own, limit=MARKS_TOGETHER, order="id"):
            by_payer = found.grouped("partner_id")
            for payers, move_ids in self._get_bundles(company, found.partner_id):
                # However short the time, a job is done with some customers: the next
                # one begins with others.
                for ids in split_every(BATCH_SIZE, move_ids, list):
                    self._refresh(self.env["account.move"].browse(ids))
                    self.env["ir.cron"]._commit_progress(len(ids))
                marks.union(*(by_payer[payer] for payer in payers)).unlink()
                if self.env["ir.cron"]._commit_progress() <= 0:
                    return False
        return True

    def _get_bundles(self, company, payers):
        """Return customers who are looked at together, each with all its invoices.

        :return: [(customers, ids of their invoices)], a batch each where it fits
        """
        moves = self._search_of(company, payers).grouped("commercial_partner_id")
        bundles = []
        for payer in payers:
            own_ids = moves[payer].ids if payer in moves else []
            if bundles and len(bundles[-1][1]) + len(own_ids) <= BATCH_SIZE:
                bundles[-1][0].append(payer)
                bundles[-1][1].extend(own_ids)
            else:
                bundles.append(([payer], own_ids))
        return bundles

    def _search_of(self, company, partners):
        payers = Domain("commercial_partner_id", "in", partners.ids)
        moves = self.env["account.move"].sudo()
        return moves.search(payers & self._get_domain(company), order="id")

    def _get_domain(self, company):
        """Return the domain of a company's invoices that can stand otherwise by now."""
        open_moves = self.env["account.move"]._get_autopay_open_domain() & Domain(
            "autopay_status", "!=", False
        )
        kept = Domain("autopay_standing", "in", const.invoice.OPEN_STANDINGS)
        return Domain("company_id", "=", company.id) & (open_moves | kept)

    def _pass_through(self, company):
        """Look at all open invoices once a day: many an answer moves with the day.

        :return: whether the time sufficed
        """
        row = self.env["autopay.status.pass"].sudo()._get_of(company)
        today = company._get_autopay_today()
        moves = self.env["account.move"].sudo()
        while row.day != today:
            rest = self._get_domain(company) & Domain("id", ">", row.last_move_id)
            batch = moves.search(rest, order="id", limit=BATCH_SIZE)
            if batch:
                self._refresh(batch)
                row.last_move_id = batch[-1].id
            else:
                row.write({"day": today, "last_move_id": 0})
            if self.env["ir.cron"]._commit_progress(len(batch)) <= 0:
                return False
        row.date = fields.Datetime.now()
        return True

    @api.model
    def _refresh(self, moves):
        """Keep how these invoices stand now; only what has changed is written.

        Deciding takes longer than anybody should be kept from an invoice: it is locked
        for the moment of writing only. What somebody else works on, or has changed
        meanwhile, has its turn again.
        """
        moves = moves.sudo()
        standings = self._find(moves)
        seen = {move: move.write_date for move in standings}
        looked = self.env.cr.now()
        # Changes that others have committed meanwhile are seen from here on.
        self.env["ir.cron"]._commit_progress()
        locked = moves.try_lock_for_update(allow_referencing=True)
        self.env["autopay.status.mark"]._mark_moves(moves - locked)
        rows = [
            SQL(
                "(%s, %s::timestamp, %s, %s, %s::date, %s::numeric)",
                move.id,
                seen[move],
                *standings[move].values,
            )
            for move in locked
            if move in standings
        ]
        if rows:
            self._save(locked, rows, looked)
            locked._update_autopay_followup()

    def _find(self, moves):
        """Return {move: Standing}; what cannot be decided about is left out."""
        aside = moves.filtered(
            lambda move: (
                move.autopay_crash_count >= const.engine.CRASHES_BEFORE_SET_ASIDE
            )
        )
        asked = (moves - aside).filtered(self._is_to_decide)
        decisions = self.env["autopay.decision"].sudo()._decide_safely(asked)
        found = {move: self._get_decided(move, decisions[move]) for move in decisions}
        for move in moves - asked:
            found[move] = self._get_known(move)
        # Invoices that kill processes must not even be looked at.
        found.update(dict.fromkeys(aside, Standing("blocked", "set_aside")))
        return found

    def _is_to_decide(self, move):
        return (
            move.autopay_status in DECIDED_STATUSES
            and not move.autopay_refunded
            and move.state != "cancel"
            and (move.state == "draft" or self._is_owed(move))
        )

    def _is_owed(self, move):
        return move.autopay_status == "in_progress" or move._is_autopay_open()

    def _get_known(self, move):
        """Return how an invoice stands of which nothing is to be decided."""
        shown = move.autopay_shown_status
        if not shown or move.state == "cancel":
            return Standing()
        if shown in ("refunded", "charged_back"):
            return Standing(shown)
        return Standing("collected" if shown == "success" else "settled")

    def _get_decided(self, move, decision):
        """Return how an invoice stands that was decided about."""
        code = decision.blocker
        standing = self._get_standing(move, code)
        if standing not in const.invoice.SCHEDULED_STANDINGS:
            return Standing(standing, code)
        is_retry = standing == "retry"
        # A charge of the next run is due since then.
        since = move.autopay_retry_date if is_retry else move.autopay_date
        return Standing(standing, code, decision.date or since, decision.amount)

    def _get_standing(self, move, blocker):
        """Return the key of ``const.invoice.STANDINGS`` that a blocker comes to."""
        table = self.env["autopay.decision"]._get_blocker_table()
        standing = table[blocker].standing if blocker else "scheduled"
        # A dispute is no failed charge: that one was collected.
        if move.autopay_status != "error" or blocker in ("set_aside", "in_dispute"):
            return standing
        return {"scheduled": "retry", "blocked": "failed"}.get(standing, standing)

    @api.model
    def _get_word(self, move, blocker):
        """Return how an invoice stands that is looked at this moment, as a word.

        Lists say the same once it was looked at for them.

        :param blocker: the code of its ``Blocker``; False when it would be charged
        :return: *is_* and the key of ``const.invoice.STANDINGS``; "" when the status
            of the invoice says it
        """
        if not self._is_to_decide(move):
            return ""
        return f"is_{self._get_standing(move, blocker)}"

    def _save(self, moves, rows, looked):
        """Write what has changed, and of what was changed that it was looked at.

        The date of the invoice's own changes stays: nobody has changed it here.

        :param rows: the values of each, as SQL
        :param looked: the moment from which they are
        """
        moves.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE account_move AS move
                      SET autopay_standing = found.standing,
                          autopay_reason = found.reason,
                          autopay_next_date = found.day,
                          autopay_next_amount = found.amount,
                          autopay_standing_date = %s
                     FROM (VALUES %s)
                       AS found (id, seen, standing, reason, day, amount)
                    WHERE move.id = found.id AND move.write_date = found.seen
                      AND (move.autopay_standing_date IS NULL
                           OR move.autopay_standing_date <= move.write_date
                           OR (move.autopay_standing, move.autopay_reason,
                               move.autopay_next_date,
                               COALESCE(move.autopay_next_amount, 0))
                              IS DISTINCT FROM
                              (found.standing, found.reason, found.day, found.amount)
                          )""",
                looked,
                SQL(", ").join(rows),
            )
        )
        moves.invalidate_recordset(KEPT_FIELDS, flush=False)
