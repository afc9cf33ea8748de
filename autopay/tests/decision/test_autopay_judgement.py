from ast import literal_eval
from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.misc import ReadonlyDict
from odoo.tools.translate import code_translations

from ... import const
from ...const.blockers import BLOCKERS
from ...const.invoice import OFF_BLOCKERS
from ...words.configurations import HELD_ISSUES, ISSUE_LABELS, ISSUE_SENTENCES
from ...words.readiness import READINESS_SENTENCES
from ..configuration.common_configuration import ConfigurationCommon

# Situations of a customer, a method and a company, and the code that invoice,
# configuration and customer must show: each has a method _make_<name>.
SITUATIONS = {
    "nothing_wrong": False,
    "no_method": "no_method",
    "archived": "method_archived",
    "expired": "method_expired",
    "last_day": False,
    "paused": "method_paused",
    "of_another_customer": "method_of_other_customer",
    "contact_moved_away": "method_of_other_customer",
    "of_a_contact": False,
    "provider_disabled": "provider_disabled",
    "provider_in_test_mode": False,
    "provider_of_another_company": "provider_company",
    "provider_of_a_child_company": "provider_company",
    "manual_capture": "provider_unsupported",
    "without_tokenization": "provider_unsupported",
    "incomplete": "provider_unsupported",
    "one_time_provider": False,
    "one_time_provider_and_stopped": "provider_one_time",
    "one_time_provider_and_never_authorized": "provider_one_time",
    "never_authorized": "no_authorization",
    "authorized_in_another_company": "no_authorization",
    "revoked": "authorization_revoked",
    "revoked_and_given_anew": False,
    "refused": "method_refused",
    "refused_before_consent": False,
    "declined_too_often": "method_exhausted",
    "declined_long_ago": False,
    # Two things at once: all three name the same one first.
    "archived_and_revoked": "method_archived",
    "expired_and_paused": "method_expired",
    "paused_and_provider_disabled": "method_paused",
    "manual_capture_and_refused": "provider_unsupported",
    "refused_and_declined_too_often": "method_refused",
    "customer_archived": "customer_archived",
    "customer_off": "customer_off",
    "company_off": "company_off",
    "company_off_and_archived": "company_off",
}

# These are on the customer and in the settings, and no fault of any configuration: it
# says what is wrong with itself, or nothing.
SILENT_CONFIGURATION = {
    "customer_archived": False,
    "customer_off": False,
    "company_off": False,
    "company_off_and_archived": "method_archived",
}

# Said also while autopay is switched off in the company: missing things are mended
# before it is switched on again.
SAID_FIRST = {"company_off_and_archived": "method_archived"}

# A method that is well today, and not on the day of the charge: the invoice says so,
# without and with configurations, and what is judged for today does not.
AHEAD = {"last_day": ("method_expired", "configuration_invalid")}

# A configuration is passed over for what is not in HELD_ISSUES, also when that is told
# after something which is.
PASSED_OVER = {"paused_and_provider_disabled"}


@tagged("post_install", "-at_install")
class TestAutopayJudgement(ConfigurationCommon):
    """Invoice, configuration and customer never disagree about the same method."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()
        self.configuration = self._configure(self.token, enabled=False)
        self.other = self._create_customer("Blue Harbour Shipping")
        self.far = self.setup_other_company()["company"]
        self.is_ahead = False

    # === SITUATIONS === #

    def _make_nothing_wrong(self):
        pass

    def _make_no_method(self):
        self.customer.with_company(self.company).autopay_token_id = False
        self._force(self.configuration, token_id=None)

    def _make_archived(self):
        self.token.active = False

    def _make_expired(self):
        self.token.autopay_expiry_date = self.today - timedelta(days=1)

    def _make_last_day(self):
        self.token.autopay_expiry_date = self.today

    def _make_paused(self):
        self.token._pause_autopay("The customer disputes a charge.")

    def _make_of_another_customer(self):
        self.token.partner_id = self.other

    def _make_contact_moved_away(self):
        self._make_of_a_contact()
        self.token.partner_id.parent_id = self.other

    def _make_of_a_contact(self):
        self.token.partner_id = self._create_customer(
            "Accounts", parent_id=self.customer.id
        )

    def _make_provider_disabled(self):
        self._force(self.provider, state="disabled")

    def _make_provider_in_test_mode(self):
        self._force(self.provider, state="test")

    def _make_provider_of_another_company(self):
        self._force(self.provider, company_id=self.far.id)

    def _make_provider_of_a_child_company(self):
        values = {"name": "Branch", "parent_id": self.company.id}
        branch = self.env["res.company"].create(values)
        self._force(self.provider, company_id=branch.id)

    def _make_manual_capture(self):
        self._force(self.provider, capture_manually=True)

    def _make_without_tokenization(self):
        # Of the providers that Odoo has, one that cannot save methods.
        self._force(self.provider, code="custom")

    def _make_incomplete(self):
        self._force(self.token, stripe_payment_method=None)

    def _make_one_time_provider(self):
        self.provider.autopay_usage = "one_time"

    def _make_one_time_provider_and_stopped(self):
        self._make_one_time_provider()
        self.provider.autopay_stops_consents = True

    def _make_one_time_provider_and_never_authorized(self):
        self._make_one_time_provider()
        self._make_never_authorized()

    def _make_never_authorized(self):
        for authorization in self.token.autopay_authorization_ids:
            self._force(authorization, partner_id=self.other.id)

    def _make_authorized_in_another_company(self):
        for authorization in self.token.autopay_authorization_ids:
            self._force(authorization, company_id=self.far.id)

    def _make_revoked(self):
        self.token.autopay_authorization_ids._revoke("The customer wrote")

    def _make_revoked_and_given_anew(self):
        self._make_revoked()
        self.env["autopay.authorization"]._record(
            self.customer, self.company, self.token, "staff"
        )

    def _make_refused(self):
        self._decline(decline_class="never")

    def _make_refused_before_consent(self):
        earlier = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self._decline(decline_class="never", outcome_date=earlier)

    def _make_declined_too_often(self):
        for _number in range(const.retry.MAX_DECLINES):
            self._decline()

    def _make_declined_long_ago(self):
        earlier = fields.Datetime.subtract(
            fields.Datetime.now(), days=const.retry.DECLINE_DAYS + 1
        )
        for _number in range(const.retry.MAX_DECLINES):
            self._decline(charging_date=earlier)

    def _make_archived_and_revoked(self):
        self._make_revoked()
        self._make_archived()

    def _make_expired_and_paused(self):
        self._make_paused()
        self._make_expired()

    def _make_paused_and_provider_disabled(self):
        self._make_paused()
        self._make_provider_disabled()

    def _make_manual_capture_and_refused(self):
        self._make_refused()
        self._make_manual_capture()

    def _make_refused_and_declined_too_often(self):
        self._make_declined_too_often()
        self._make_refused()

    def _make_customer_archived(self):
        self.customer.active = False

    def _make_customer_off(self):
        self.customer.with_company(self.company).autopay_policy = "off"

    def _make_company_off(self):
        self.company.autopay_enabled = False

    def _make_company_off_and_archived(self):
        self._make_company_off()
        self._make_archived()

    def _decline(self, **values):
        """Leave the trace of a declined charge of another invoice."""
        attempt = self.declined.copy({"state": "declined"})
        now = fields.Datetime.add(fields.Datetime.now(), seconds=1)
        dates = {"outcome_date": now, "charging_date": now}
        self._force(attempt, token_id=self.token.id, state="declined")
        self._force(attempt, **{"decline_class": "soft", **dates, **values})

    # === TESTS === #

    def test_invoice_configuration_and_customer_agree(self):
        self._prepare_declined()
        for name, code in SITUATIONS.items():
            with self.subTest(name), closing(self.env.cr.savepoint()) as savepoint:
                getattr(self, f"_make_{name}")()
                self._assert_agreed(name, code)
                self._assert_agreed_with_configurations(name, code)
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
            self.registry.clear_cache()

    def test_they_agree_about_an_invoice_that_waits_for_its_day(self):
        """Also where the configuration matches from that day on, and not today."""
        self._prepare_declined()
        self.is_ahead = True
        self.invoice.autopay_date = self.today + timedelta(days=15)
        # The invoice is ten days old.
        self.configuration.condition_ids.write(
            {"kind": "age", "operator": ">=", "number": 25}
        )
        for name, code in SITUATIONS.items():
            with self.subTest(name), closing(self.env.cr.savepoint()) as savepoint:
                getattr(self, f"_make_{name}")()
                self._assert_agreed(name, code)
                self._assert_agreed_with_configurations(name, code)
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
            self.registry.clear_cache()

    def _get_expected_blocker(self, name, code, configured=False):
        """Return what the invoice says, where the method is judged to be so today."""
        if not self.is_ahead:
            return code
        if name in AHEAD:
            return AHEAD[name][configured]
        return code or "date_not_reached"

    def _prepare_declined(self):
        """Have an attempt of another customer that can be copied."""
        self._enrol("pm_card_visa_chargeDeclined", self.other)
        invoice = self._create_due_invoice(customer=self.other)
        self._run_autopay()
        # Nobody charges it before it is judged.
        self.invoice = self._create_due_invoice()
        self.declined = invoice.autopay_attempt_ids.sudo()
        self.assertEqual(self.declined.state, "declined")

    def _read(self):
        self.env.flush_all()
        self.env.invalidate_all()
        payer = self.customer.with_company(self.company)
        return self.invoice.autopay_blocker, payer.autopay_readiness

    def _get_expected_readiness(self, code):
        return "off" if code in OFF_BLOCKERS else code or "ready"

    def _assert_agreed(self, name, code):
        """Check what is said of a method without enabled configurations."""
        blocker, readiness = self._read()
        self.assertEqual(blocker, self._get_expected_blocker(name, code))
        said = SAID_FIRST.get(name, code)
        self.assertEqual(readiness, self._get_expected_readiness(said))
        issue = SILENT_CONFIGURATION.get(name, code)
        self.assertEqual(self.configuration.issue_code, issue)
        self.assertEqual(bool(self.configuration.issue), bool(issue))
        payer = self.customer.with_company(self.company)
        for words in (payer.autopay_readiness_text, self.configuration.issue or ""):
            self.assertNotIn("%(", words)

    def _assert_agreed_with_configurations(self, name, code):
        """Check what is said where the configuration would pay, not the customer's.

        One that is passed over leaves nothing that pays: it is what needs attention.
        """
        self._force(self.configuration, enabled=True)
        blocker, readiness = self._read()
        held = code in HELD_ISSUES and name not in PASSED_OVER
        if code and not held and name not in SILENT_CONFIGURATION:
            code = "configuration_invalid"
        self.assertEqual(blocker, self._get_expected_blocker(name, code, True))
        said = "configuration_invalid" if name in SAID_FIRST else code
        self.assertEqual(readiness, self._get_expected_readiness(said))

    def test_each_reason_has_a_situation(self):
        codes = set(SITUATIONS.values()) - {False, "company_off"}
        table = self.env["autopay.decision"]._get_blocker_table()
        self.assertEqual(codes, set(table.payer_codes))

    def test_held_configuration_keeps_its_invoices(self):
        """A paused card is not replaced by another one behind the customer's back."""
        second = self._configure(self.bank)
        self._force(self.configuration, enabled=True, sequence=1)
        self._make_paused()
        blocker, readiness = self._read()
        self.assertEqual(blocker, "method_paused")
        # Invoices that the first one does not match are paid by the second one.
        self.assertEqual(readiness, "ready")
        self._force(second, enabled=False)
        self.assertEqual(self._read(), ("method_paused", "method_paused"))
        words = self.customer.with_company(self.company).autopay_readiness_text
        self.assertIn("The customer disputes a charge.", words)
        self.assertIn("The customer disputes a charge.", self.configuration.issue)

    def test_paused_method_may_be_configured_and_is_told_of(self):
        self._make_paused()
        self.configuration.action_enable()
        new = self._configure(self.token)
        self.assertEqual(new.issue_code, "method_paused")

    def test_invoices_of_who_has_agreed_wait_on_autopay(self):
        """The policy puts on autopay what cannot be charged for a while only."""
        self.company.autopay_policy = "automatic"
        for name, waits in (
            ("manual_capture", True),
            ("provider_disabled", True),
            ("customer_archived", True),
            ("expired", False),
            ("revoked", False),
            ("customer_off", False),
        ):
            with self.subTest(name), closing(self.env.cr.savepoint()) as savepoint:
                getattr(self, f"_make_{name}")()
                invoice = self._create_posted_invoice()
                self.assertEqual(invoice.autopay_status == "eligible", waits)
                savepoint.rollback()
            self.env.invalidate_all(flush=False)

    def test_judging_many_customers_takes_no_more_queries(self):
        customers = self.customer
        for number in range(6):
            customer = self._create_customer(f"Customer {number}")
            self._enrol(customer=customer)
            customers |= customer
        counts = [self._count_queries(customers[:size]) for size in (2, 7, 2, 7)]
        self.assertLessEqual(counts[3], counts[2])

    def _count_queries(self, customers):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read = customers.with_company(self.company).mapped("autopay_readiness")
        self.assertTrue(read)
        return self.env.cr.sql_log_count - before


class TestAutopayJudgementTables(ConfigurationCommon):
    """One table of labels, one of sentences where these are the same."""

    def test_order_is_that_of_the_blockers(self):
        table = self.env["autopay.decision"]._get_blocker_table()
        order = [row.code for row in BLOCKERS if row.of_payer]
        self.assertEqual([*table.payer_codes], order)
        issues = self.env["autopay.configuration"]._get_issue_codes()
        self.assertEqual(
            [code for code in issues if code not in ISSUE_LABELS],
            [*table.method_codes],
        )

    def test_labels_are_those_of_the_blockers(self):
        labels = {row.code: str(row.label) for row in BLOCKERS}
        own = {"ready": "Ready", "off": labels["company_off"]}
        readiness = self.env["res.partner"]._fields["autopay_readiness"]
        for code, label in readiness._description_selection(self.env):
            self.assertEqual(label, own.get(code) or labels[code])
        issue_code = self.env["autopay.configuration"]._fields["issue_code"]
        for code, label in issue_code._description_selection(self.env):
            if code not in ISSUE_LABELS:
                self.assertEqual(label, labels[code])

    def test_sentences_are_told_once(self):
        shared = {str(row.sentence) for row in BLOCKERS}
        for own in (READINESS_SENTENCES, ISSUE_SENTENCES):
            for code, sentence in own.items():
                if "detail" not in str(sentence):
                    self.assertNotIn(str(sentence), shared, code)

    def test_labels_are_translated_as_those_of_invoices(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env(context={"lang": "fr_FR"})
        terms = {"Payment method paused": "Carte en pause"}
        texts = {("autopay", "fr_FR"): ReadonlyDict(terms)}
        with patch.dict(code_translations.python_translations, texts):
            for model, name in (
                ("account.move", "autopay_blocker"),
                ("res.partner", "autopay_readiness"),
                ("autopay.configuration", "issue_code"),
                ("autopay.dry.run.line", "blocker"),
                ("autopay.charge.now.line", "blocker"),
            ):
                field = self.env[model]._fields[name]
                labels = dict(field._description_selection(french))
                self.assertEqual(labels["method_paused"], "Carte en pause")

    def test_not_ready_finds_whatever_is_not_ready(self):
        view = self.env.ref("autopay.res_partner_view_search_autopay")
        arch = etree.fromstring(view.arch)
        [domain] = arch.xpath("//filter[@name='not_ready']/@domain")
        [(_name, _operator, codes)] = literal_eval(domain)
        readiness = self.env["autopay.readiness"]._get_selection()
        every = {code for code, _label in readiness}
        self.assertEqual(set(codes), every - {"ready", "off"})
