import re
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import Form, new_test_user

from ... import const
from ...const.blockers import BLOCKERS
from ...models.guard.autopay_move_guard import IDLE_STATUSES
from ..common_guard import GuardCommon

OWN_TABLE = re.compile(r'(FROM|JOIN|INTO|UPDATE) "?autopay_|"autopay_\w+" SET|ir_cron')
INVOICES = {"default_move_type": "out_invoice"}


class PresenceCommon(GuardCommon):
    """A billing user's usual work, and the queries that it takes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "presence",
            "account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(4)]
        )

    def _create_invoices(self, count):
        """Create drafts, customer by customer in turn."""
        line = {"name": "Service", "price_unit": 100.0, "tax_ids": []}
        return self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customers[number % 4].id,
                    "invoice_date": self.today,
                    "invoice_line_ids": [fields.Command.create(line)],
                }
                for number in range(count)
            ]
        )

    def _create_posted(self, count):
        invoices = self._create_invoices(count)
        invoices.action_post()
        return invoices

    def _switch_off(self):
        """Make the company one in which autopay never was on."""
        self.company.sudo().write({"autopay_enabled": False, "autopay_known": False})

    def _record(self, work, records):
        """Do a user's work with empty caches, and return the texts of its queries."""
        self.env.cr.flush()
        self.env.invalidate_all()
        queries, execute = [], Cursor.execute

        def note(cursor, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", note):
            work(records.with_user(self.user).with_context(**INVOICES))
            self.env.cr.flush()
        return queries

    # === WORK === #

    def _get_list_spec(self, moves, view="account.view_out_invoice_tree"):
        arch = moves.get_views([(self.env.ref(view).id, "list")])
        names = re.findall(r'<field name="(\w+)"', arch["views"]["list"]["arch"])
        return {name: {} for name in names}

    def _get_form_spec(self, record):
        return Form(record.with_user(self.user))._view["fields_spec"]

    def _list(self, moves):
        spec = self.list_spec
        self.assertEqual(
            len(moves.web_search_read([("id", "in", moves.ids)], spec)["records"]),
            len(moves),
        )

    def _open(self, record):
        self.assertTrue(record.web_read(self.form_spec))

    def _type_price(self, move):
        line = fields.Command.update(move.invoice_line_ids.id, {"price_unit": 5.0})
        values = {"invoice_line_ids": [line]}
        answer = move.onchange(values, ["invoice_line_ids"], self.form_spec)
        self.assertTrue(answer["value"]["tax_totals"])

    def _post_all(self, moves):
        moves.action_post()
        self.assertEqual(set(moves.mapped("state")), {"posted"})

    def _pay_all(self, moves):
        context = {"active_model": "account.move", "active_ids": moves.ids}
        wizard = self.env["account.payment.register"].with_user(self.user)
        wizard.with_context(**context).create({}).action_create_payments()
        self.assertNotIn("not_paid", moves.mapped("payment_state"))

    def _ask_payable(self, moves):
        for move in moves.sudo():
            self.assertTrue(move._has_to_be_paid())

    def _create_transaction(self, moves):
        token = self.token
        moves.env["payment.transaction"].sudo().create(
            {
                "provider_id": token.provider_id.id,
                "payment_method_id": token.payment_method_id.id,
                "token_id": token.id,
                "reference": "presence",
                "amount": 10.0,
                "currency_id": moves.currency_id.id,
                "partner_id": moves.partner_id.id,
                "operation": "offline",
                "invoice_ids": [fields.Command.set(moves.ids)],
            }
        )


class TestAutopayPresence(PresenceCommon):
    """Odoo's own screens take no query of ours that they can do without."""

    def _assert_nothing_asked(self, name, work, records):
        with self.subTest(name):
            queries = self._record(work, records)
            self.assertFalse([query for query in queries if OWN_TABLE.search(query)])

    def test_off_asks_nothing(self):
        self.token = self._create_token(customer=self.customers[0])
        self._switch_off()
        drafts, posted = self._create_invoices(2), self._create_posted(6)
        self.list_spec = self._get_list_spec(posted.with_user(self.user))
        self.form_spec = self._get_form_spec(posted[0])
        for name, work, records in (
            ("list", self._list, posted),
            ("form", self._open, posted[0]),
            ("typing", self._type_price, drafts[0]),
            ("posting", self._post_all, drafts),
            ("payable", self._ask_payable, posted),
            ("transaction", self._create_transaction, posted[0]),
            ("payment", self._pay_all, posted[1:2]),
            ("payments", self._pay_all, posted[2:4]),
        ):
            self._assert_nothing_asked(name, work, records)

    def test_off_leaves_customers_alone(self):
        self._switch_off()
        self.form_spec = self._get_form_spec(self.customers[0])
        self.assertIn("autopay_configuration_ids", self.form_spec)
        self._assert_nothing_asked("form", self._open, self.customers[0])
        [values] = self.customers[0].with_user(self.user).web_read(self.form_spec)
        self.assertEqual(values.keys() - {"id"}, self.form_spec.keys() - {"id"})
        self.assertEqual(values["autopay_configuration_ids"], [])
        self.assertFalse(values["autopay_shown"])
        self.assertFalse(values["autopay_readiness"])

    def test_off_does_not_read_the_method_of_a_customer(self):
        self._enrol(customer=self.customers[0])
        self._switch_off()
        self.form_spec = self._get_form_spec(self.customers[0])
        queries = self._record(self._open, self.customers[0])
        read = '"payment_token"."payment_method_id"'
        self.assertFalse([query for query in queries if read in query])

    def test_scheduled_actions_end_at_once(self):
        jobs = (
            ("autopay.run", "_cron_charge_due_invoices"),
            ("autopay.run", "_cron_resolve_open_attempts"),
            ("autopay.run", "_cron_check_surplus"),
            ("autopay.status", "_cron_refresh"),
            ("autopay.reconciliation.check", "_cron_compare_charges"),
        )
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        every = companies.search([])
        every.write({"autopay_enabled": False, "autopay_known": False})
        self.env.cr.flush()
        for model, name in jobs:
            with self.subTest(name):
                job = getattr(self.env[model], name)
                queries = self._record(lambda _records, job=job: job(), every)
                self.assertEqual(len(queries), 1, queries)
                self.assertIn("autopay_known", queries[0])

    def test_scheduled_actions_go_on_where_it_was_on_once(self):
        invoice, attempt = self._leave("pending")
        self.company.autopay_enabled = False
        self.admin.settle(attempt.object_ref)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self.assertTrue(attempt.booked_date)
        self.assertNotEqual(invoice.payment_state, "not_paid")

    def test_scheduled_actions_see_at_once_where_another_server_switches_on(self):
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        companies.search([]).write({"autopay_known": False})
        self.assertFalse(companies._is_autopay_known_anywhere())
        self.assertTrue(self.env["res.company"]._is_autopay_unused())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET autopay_known = TRUE WHERE id = %s",
            [self.company.id],
        )
        # The memory of this server is out of date until it is told.
        self.assertFalse(companies._is_autopay_known_anywhere())
        self.assertFalse(self.env["res.company"]._is_autopay_unused())
        # A thread that remembered it in that very moment is never told.
        self.assertTrue(companies._is_autopay_known_anywhere())

    def test_on_shows_the_tab(self):
        self._enrol()
        self.form_spec = self._get_form_spec(self.customer)
        [values] = self.customer.with_user(self.user).web_read(self.form_spec)
        self.assertTrue(values["autopay_shown"])
        self.assertEqual(values["autopay_readiness"], "ready")
        self.assertEqual(len(values["autopay_authorization_ids"]), 1)

    def test_what_is_not_on_autopay_is_not_looked_up(self):
        drafts, posted = self._create_invoices(2), self._create_posted(6)
        self.assertFalse(any(posted.mapped("autopay_status")))
        self.list_spec = self._get_list_spec(posted.with_user(self.user))
        for name, work, records in (
            ("list", self._list, posted),
            ("posting", self._post_all, drafts),
            ("payable", self._ask_payable, posted),
        ):
            self._assert_nothing_asked(name, work, records)


class TestAutopayPresenceMany(PresenceCommon):
    """With autopay on, more invoices take no more queries than Odoo needs for them."""

    def _put_on(self, moves, **values):
        moves.sudo().write({"autopay_status": "eligible", **values})

    def _count(self, work, records):
        return len(self._record(work, records))

    def _assert_even(self, work, records):
        """Expect that all of the records take no more queries than half of them."""
        few = records[: len(records) // 2]
        # Once before, for what Odoo keeps in memory.
        counts = [self._count(work, each) for each in (few, records, few, records)]
        self.assertLessEqual(counts[3], counts[2])

    def test_list(self):
        posted = self._create_posted(6)
        self._put_on(posted, autopay_date=self.today)
        self.list_spec = self._get_list_spec(posted.with_user(self.user))
        self._assert_even(self._list, posted)
        queries = self._record(self._list, posted)
        self.assertFalse([query for query in queries if OWN_TABLE.search(query)])

    def test_list_that_explains(self):
        for customer in self.customers:
            self._enrol(customer=customer)
        posted = self._create_posted(8)
        self._put_on(posted, autopay_date=self.today)
        moves = posted.with_user(self.user)
        self.list_spec = self._get_list_spec(
            moves, "autopay.account_move_view_list_autopay_credit"
        )
        self.assertIn("autopay_explanation", self.list_spec)
        # One of each customer, then two.
        self._assert_even(self._list, posted)

    def test_payable_while_held(self):
        posted = self._create_posted(6)
        self._put_on(posted, autopay_status="error")
        self._assert_even(self._ask_payable, posted)

    def test_payable_in_the_portal(self):
        buyer = new_test_user(self.env, "buyer", "base.group_portal")
        self.customers = self.customers.browse(buyer.partner_id.ids * 4)
        posted = self._create_posted(6)
        self._put_on(posted)

        def ask(moves):
            for move in moves.with_user(buyer):
                self.assertFalse(move._is_autopay_held())

        self._assert_even(ask, posted)

    def _count_form(self, record):
        self.form_spec = self._get_form_spec(record)
        # Once before, for what Odoo keeps in memory.
        return [self._count(self._open, record) for _number in range(3)][-1]

    def _assert_form(self, record, most):
        """Expect that a form takes at most so many queries more with autopay on."""
        on = self._count_form(record)
        self._switch_off()
        self.assertLessEqual(on - self._count_form(record), most)

    def test_invoice_form(self):
        self._enrol(customer=self.customers[0])
        posted = self._create_posted(1)
        self._put_on(posted, autopay_date=fields.Date.add(self.today, days=30))
        self.assertEqual(posted.sudo().autopay_blocker, "date_not_reached")
        self._assert_form(posted, 9)

    def test_customer_form(self):
        self._enrol(customer=self.customers[0])
        self.assertEqual(self.customers[0].autopay_readiness, "ready")
        # Two of them read the method, which nobody needs while autopay is off, one adds
        # up what is open, one reads what the company does by default, one what proves
        # the consents, which are read whole here.
        self._assert_form(self.customers[0], 13)

    def test_posting(self):
        self.company.autopay_policy = "automatic"
        for customer in self.customers:
            self._enrol(customer=customer)
        on = [self._count_posting(n) for n in (8, 4, 8)]
        last = self.env["account.move"].search([], order="id desc", limit=8)
        self.assertEqual(set(last.mapped("autopay_status")), {"eligible"})
        self.assertTrue(all(last.mapped("autopay_date")))
        self._switch_off()
        off = [self._count_posting(n) for n in (8, 4, 8)]
        self.assertLessEqual(on[2] - on[1], off[2] - off[1])

    def test_typing_a_price(self):
        self._enrol(customer=self.customers[0])
        # The posting puts the draft on autopay: its form says when it is charged.
        self.company.autopay_policy = "automatic"
        draft = self._create_invoices(1)
        self.form_spec = self._get_form_spec(draft)
        on = [self._record(self._type_price, draft) for _number in range(3)][-1]
        self.assertFalse([query for query in on if OWN_TABLE.search(query)])
        self._switch_off()
        self.form_spec = self._get_form_spec(draft)
        off = [self._count(self._type_price, draft) for _number in range(3)][-1]
        # Not even the fields of the invoice itself are read where it is off.
        self.assertLessEqual(len(on) - off, 2)

    def test_attempts_of_what_was_posted_once_are_shown_in_a_draft(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        invoice.button_draft()
        moves = invoice.with_user(self.user)
        moves.invalidate_recordset()
        self.assertEqual(moves.autopay_attempt_count, 1)
        self.assertTrue(moves.autopay_outcome)

    def test_paying(self):
        for customer in self.customers:
            self._enrol(customer=customer)
        # Odoo reconciles the payments one by one; their customers are marked together.
        own = [self._count_own_of_paying(count) for count in (4, 8)]
        self.assertEqual(own, [2, 2])

    def _count_own_of_paying(self, count):
        """Return how many queries of ours it takes to register so many payments."""
        posted = self._create_posted(count)
        self._put_on(posted)
        queries = self._record(self._pay_all, posted)
        return len([query for query in queries if OWN_TABLE.search(query)])

    def _count_posting(self, count):
        return self._count(self._post_all, self._create_invoices(count))


class TestAutopayFirstLook(PresenceCommon):
    """The first look, without a query, agrees with the decision."""

    def _assert_agrees(self, moves):
        first = self.env["autopay.first.look"]._look(moves)
        decisions = self.env["autopay.decision"]._decide(moves)
        for move, code in first.items():
            with self.subTest(code):
                self.assertEqual(decisions[move].blocker, code)
                sentence = self.env["autopay.first.look"]._get_sentence(code)
                self.assertEqual(decisions[move].get_words(self.env), sentence)
        return [first.get(move) for move in moves]

    def test_agrees_with_decisions(self):
        self._enrol()
        moves = self._create_posted(7) + self._create_invoices(1)
        moves[1].partner_id.autopay_policy = "off"
        moves[2].partner_id.active = False
        moves[3].autopay_status = moves[6].autopay_status = "eligible"
        moves[3]._reverse_moves([{}], cancel=True)
        own = {"autopay_crash_count": const.engine.CRASHES_BEFORE_SET_ASIDE}
        moves[6].sudo()._write_autopay(own)
        self.assertEqual(
            self._assert_agrees(moves),
            [
                "not_eligible",
                "customer_off",
                "customer_archived",
                "nothing_due",
                "not_eligible",
                "customer_off",
                "customer_archived",
                "not_posted",
            ],
        )
        moves[2].partner_id.active = True
        self.assertEqual(self._assert_agrees(moves)[6], "set_aside")
        self.company.autopay_enabled = False
        self.assertEqual(set(self._assert_agrees(moves)), {"company_off"})

    def test_leaves_the_rest_to_decisions(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self.assertEqual(self._assert_agrees(invoice), [None])
        self.assertFalse(invoice.autopay_blocker)
        self.assertIn("next run", invoice.autopay_explanation)

    def test_an_invoice_that_is_held_says_so(self):
        for state in ("pending", "action_required", "unknown", "prepared"):
            with self.subTest(state):
                invoice, _attempt = self._leave(state)
                self.assertNotIn(invoice.autopay_status, IDLE_STATUSES)
                self.assertTrue(invoice._get_autopay_live_lines())
                self.assertEqual(self._assert_agrees(invoice), [None])
                [row] = [row for row in BLOCKERS if row.code == invoice.autopay_blocker]
                self.assertEqual(row.first_look, "held")

    def test_sentences_need_nothing(self):
        for row in BLOCKERS:
            if row.first_look == "known":
                self.assertNotIn("%(", str(row.sentence))
