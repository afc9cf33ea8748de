from dataclasses import replace
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tests import Form

from ...models.customer.autopay_payer_glance import GLANCE, Glance
from ..invoice.common_settlement import SettlementCommon

FLAGS = ("configured", "declined", "reissued", "failed")
# Parts of a customer's form that a wrong flag would make wrong.
SHOWN = ("autopay_readiness", "autopay_readiness_text", "autopay_failed_count")
LOST = "pm_card_visa_chargeDeclinedLostCard"


class PayerGlanceCommon(SettlementCommon):
    """Customers with and without what a glance looks for."""

    def setUp(self):
        super().setUp()
        self.other = self._create_customer("Blue Harbour Fish")

    def _look(self, payers=None, company=None, **options):
        payers = self.customer if payers is None else payers
        glance = self.env["autopay.payer.glance"]
        return glance._look(company or self.company, payers, **options)

    def _assert_seen(self, *flags, payers=None, company=None):
        """Expect these flags of the customers, and no other."""
        seen = self._look(payers, company)
        self.assertEqual({name for name in FLAGS if getattr(seen, name)}, set(flags))

    def _create_far_company(self):
        company = self.env["res.company"].create({"name": "Branch Far Away"})
        company.autopay_enabled = True
        self.env.user.company_ids += company
        return company

    def _configure(self, **values):
        token = values.pop("token", None) or self._create_token()
        return self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": token.id,
                "condition_ids": [Command.create({"number": 1.0})],
                **values,
            }
        )

    def _decline(self, method="pm_card_visa_chargeDeclined", **values):
        """Return an invoice whose charge was declined."""
        self._enrol(method)
        invoice = self._create_due_invoice(**values)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(invoice.autopay_attempt_ids.state, "declined")
        return invoice

    def _record(self, act):
        """Return how many queries it takes."""
        queries, execute = [], Cursor.execute

        def note(cursor, query, *args, **kwargs):
            queries.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", note):
            act()
        return len(queries)


class TestAutopayPayerGlance(PayerGlanceCommon):
    """Rare things are seen where they are, and nowhere else."""

    def test_nothing_to_see(self):
        self._enrol()
        self._create_due_invoice()
        self._assert_seen()
        self._collect(100)
        self._assert_seen()
        seen = self._look(self.customer + self.other)
        self.assertEqual(seen.company_id, self.company.id)
        self.assertEqual(set(seen.payer_ids), {self.customer.id, self.other.id})

    def test_new_customer(self):
        new = self.env["res.partner"].new({"name": "Not saved yet"})
        self.assertFalse(self._record(lambda: self._look(new)))
        self._assert_seen(payers=new)
        self.assertEqual(self._look(new).payer_ids, ())
        # A form that is open on a saved one is about that one.
        self._configure()
        self._assert_seen("configured", payers=new.new(origin=self.customer))

    def test_configured(self):
        configuration = self._configure()
        self._assert_seen("configured")
        configuration.enabled = False
        self._assert_seen("configured")
        self._assert_seen(payers=self.other)
        self._assert_seen("configured", payers=self.other + self.customer)
        self._assert_seen(company=self._create_far_company())
        configuration.unlink()
        self._assert_seen()

    def test_declined_and_failed(self):
        invoice = self._decline()
        self._assert_seen("declined", "failed")
        self._assert_seen(payers=self.other)
        self._assert_seen("declined", "failed", payers=self.other + self.customer)
        # A method goes with its owner, an invoice with its company.
        self._assert_seen("declined", company=self._create_far_company())
        invoice.sudo().autopay_status = "eligible"
        self._assert_seen("declined")

    def test_declined_method_that_a_contact_has_saved(self):
        contact = self.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": self.customer.id}
        )
        self.assertEqual(contact.commercial_partner_id, self.customer)
        invoice = self._decline()
        invoice.autopay_attempt_ids.token_id.sudo().partner_id = contact
        self._assert_seen("declined", "failed")
        contact.parent_id = False
        self.assertFalse(self._look(self.customer).declined)
        self.assertTrue(self._look(contact).declined)

    def test_reissued(self):
        invoice, attempt = self._collect(100)
        self._assert_seen()
        invoice.button_draft()
        self._assert_seen("reissued")
        invoice.button_cancel()
        self._assert_seen("reissued")
        self._assert_seen(payers=self.other)
        invoice.button_draft()
        invoice.action_post()
        self.assertTrue(attempt.booked_date)
        self._assert_seen()

    def test_nothing_that_is_not_saved_is_overlooked(self):
        invoice = self._create_due_invoice()
        self.env.flush_all()
        invoice.sudo().autopay_status = "error"
        self._assert_seen("failed")

    def test_takes_one_query(self):
        payers = self.customer + self.other
        self.env.flush_all()
        self.assertEqual(self._record(lambda: self._look(payers)), 1)
        self.env.invalidate_all()
        self._look(dated=True)
        zone = self._record(self.company._get_autopay_today)
        self.assertFalse(zone)

    def test_time_zone_that_is_found_along_the_way(self):
        self.env.invalidate_all()
        self.assertFalse(self.company._is_autopay_tz_known())
        partner = self.company.partner_id
        for name in ("Asia/Tokyo", "America/New_York"):
            partner.tz = name
            self.assertFalse(self.company._is_autopay_tz_known())
            self._look(dated=True)
            self.assertTrue(self.company._is_autopay_tz_known())
            self.assertEqual(self.company._find_autopay_tz(), (name, "contact"))
        partner.write({"tz": False, "country_id": self.env.ref("base.jp").id})
        self._look(dated=True)
        along = self.company._find_autopay_tz()
        self.env.invalidate_all()
        self.assertEqual(self.company._find_autopay_tz(), along)
        self.assertEqual(along[0], "Asia/Tokyo")


class TestAutopayPayerGlanceForm(PayerGlanceCommon):
    """A form that has glanced shows what it would show without."""

    def setUp(self):
        super().setUp()
        self.biller = self._create_user(
            "biller", "account.group_account_invoice,base.group_partner_manager"
        )

    def _read_form(self, user):
        partner = self.customer.with_user(user).with_company(self.company)
        spec = Form(partner, "base.view_partner_form")._view["fields_spec"]
        self.env.invalidate_all()
        [values] = partner.web_read(spec)
        return values

    def _assert_same(self, **expected):
        values = self._read_form(self.biller)
        self.env.invalidate_all()
        partner = self.customer.with_user(self.biller).with_company(self.company)
        for name in SHOWN:
            with self.subTest(name):
                self.assertEqual(values[name], partner[name])
        for name, value in expected.items():
            self.assertEqual(values[name], value, name)
        return values

    def test_customer_without_anything_rare(self):
        self._enrol()
        values = self._assert_same(autopay_readiness="ready", autopay_failed_count=0)
        self.assertEqual(values["autopay_configuration_ids"], [])
        self.assertTrue(values["autopay_authorization_ids"])

    def test_configured_customer(self):
        self._enrol()
        self._configure()
        values = self._assert_same(autopay_readiness="ready")
        self.assertEqual(len(values["autopay_configuration_ids"]), 1)

    def test_customer_whose_method_was_refused(self):
        self._decline(LOST)
        self._assert_same(autopay_readiness="method_refused")

    def test_customer_whose_invoice_failed(self):
        invoice = self._decline()
        invoice.sudo()._write_autopay({"autopay_retry_date": False})
        self._assert_same(autopay_failed_count=1)

    def test_whoever_sees_nothing_of_autopay_is_shown_none(self):
        self._decline()
        plain = self._create_user("plain", "base.group_user,base.group_partner_manager")
        values = self._read_form(plain)
        self.assertFalse([name for name in values if name.startswith("autopay_rea")])
        self.assertNotIn("autopay_configuration_ids", values)
        self.assertNotIn("autopay_failed_count", values)

    def test_form_of_a_new_customer(self):
        model = self.env["res.partner"].with_user(self.biller)
        form = Form(model.with_company(self.company), "base.view_partner_form")
        form.name = "Half filled"
        self.assertFalse(form.autopay_failed_count)
        self.assertEqual(form.save().autopay_readiness, "no_method")

    def test_glance_is_not_taken_from_others(self):
        payers = self.customer + self.other
        seen = self._look(payers)
        wrong = {
            "of fewer customers": replace(seen, payer_ids=(self.other.id,)),
            "of another company": replace(seen, company_id=self.company.id + 1),
            "from a browser": {"company_id": self.company.id, "failed": False},
        }
        for name, value in wrong.items():
            with self.subTest(name):
                glance = self.env["autopay.payer.glance"].with_context(
                    **{GLANCE: value}
                )
                self.assertIsNone(glance._get_known(self.company, self.customer))
        glance = self.env["autopay.payer.glance"].with_context(**{GLANCE: seen})
        self.assertIsInstance(seen, Glance)
        self.assertEqual(glance._get_known(self.company, self.customer), seen)
        # Once it is out of date, money does not rest on it: decisions look anew.
        self._configure()
        invoice = self._create_due_invoice()
        moves = invoice.with_context(**{GLANCE: seen})
        [decision] = self.env["autopay.decision"]._decide(moves).values()
        self.assertEqual(decision.choice.source, "configuration")
