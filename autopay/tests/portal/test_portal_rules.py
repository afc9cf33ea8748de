import re

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_pages import PagesCommon

RULES = "/my/autopay/configurations"
ACTS = ("up", "down", "enable", "disable", "remove")
STRANGE = (0, -1, 2**31, 2**70, "x", "١", 1.5, 99999999)
CSRF_TOKEN = re.compile(r'csrf_token: "(\w+)"')


class RulesCommon(PagesCommon):
    """A customer with two payment methods, of which it has authorized the first."""

    def setUp(self):
        super().setUp()
        self.visa = self._enrol()
        self.bank = self._create_token("pm_usBankAccount_success")

    def _add_rule(self, token=None, number=100.0, customer=None, **values):
        """Make a rule as staff do."""
        customer = customer or self.customer
        rules = self.env["autopay.configuration"]
        condition = {"kind": "amount_total", "operator": ">=", "number": number}
        return rules.create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "token_id": (token or self.visa).id,
                "condition_ids": [(0, 0, condition)],
                **values,
            }
        )

    def _lock(self, rule):
        manager = self.env["res.users"].search([("login", "=", "lock_manager")])
        manager = manager or self._create_user(
            "lock_manager", "account.group_account_manager"
        )
        rule.with_user(manager).write({"locked": True, "lock_reason": "Contract"})

    def _get_rules(self):
        rules = self.env["autopay.configuration"].search(
            [("partner_id", "=", self.customer.id)]
        )
        return rules._get_ordered()

    def _get_words(self, rule):
        """Return a rule's sentence as `_text` shows it."""
        return " ".join(rule.display_name.split())

    def _send(self, path, **values):
        """Override: the token stands on every page, whether it has a form or not."""
        self._open("/my")
        token = CSRF_TOKEN.search(self.last_answer.text)[1]
        with mute_logger("odoo.http", "odoo.sql_db"):
            self.last_answer = self.url_open(path, data={"csrf_token": token, **values})
        self.env.invalidate_all()
        return html.fromstring(self.last_answer.text)

    def _read_form(self, page):
        """Return what a browser without script would send of the form of a rule."""
        (form,) = page.xpath(f"//form[starts-with(@action, '{RULES}/')]")
        values = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        return values

    def _submit(self, path, do, page=None, **changes):
        """Press a button of the form and return the page that comes."""
        values = {**self._read_form(page if page is not None else self._open(path))}
        values.update(do=do, **changes)
        with mute_logger("odoo.http", "odoo.sql_db"):
            self.last_answer = self.url_open(path, data=values)
        self.env.invalidate_all()
        return html.fromstring(self.last_answer.text)


@tagged("post_install", "-at_install")
class TestPortalRules(RulesCommon):
    """Customers say which invoices are paid with which method, each with a browser."""

    def test_rule_is_built_without_script_and_pays(self):
        self._log_in(self.owner_user)
        self.assertTrue(self._text(self._open(RULES), "no_rules"))
        path = f"{RULES}/new"
        page = self._submit(path, "add", new_kind="amount_total")
        page = self._submit(path, "add", page, new_kind="age", number_0="250")
        self.assertFalse(self._get_rules())
        self.assertEqual(page.xpath("//input[@name='number_0']/@value"), ["250"])
        page = self._submit(path, "save", page, number_1="3", token_id=self.visa.id)
        self.assertIn("saved", self._text(page, "autopay_messages"))
        self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")
        rule = self._get_rules()
        self.assertIn(self._get_words(rule), self._text(page, "words"))
        self.assertEqual(rule.condition_ids.mapped("number"), [250, 3])
        self.assertEqual(rule.currency_id, self.company.currency_id)
        small, large = self._create_due_invoice(20.0), self._create_due_invoice(300.0)
        self._run_autopay()
        self.assertEqual(large.autopay_status, "success")
        self.assertEqual(
            large.autopay_attempt_line_ids.attempt_id.configuration_id, rule
        )
        self.assertEqual(small.autopay_status, "eligible")

    def test_condition_is_taken_away_again(self):
        self._log_in(self.owner_user)
        path = f"{RULES}/new"
        page = self._submit(path, "add", new_kind="age")
        page = self._submit(path, "add", page, new_kind="overdue", number_0="3")
        page = self._submit(path, "drop_0", page, number_1="9")
        self.assertEqual(page.xpath("//input[@name='kind_0']/@value"), ["overdue"])
        self.assertEqual(page.xpath("//input[@name='number_0']/@value"), ["9"])
        self.assertFalse(page.xpath("//input[@name='kind_1']"))

    def test_what_is_wrong_is_said_and_nothing_is_lost(self):
        self._log_in(self.owner_user)
        path = f"{RULES}/new"
        page = self._submit(path, "add", new_kind="amount_total")
        good = {"number_0": "5", "token_id": self.visa.id}
        for changes, word in (
            ({"number_0": ""}, "Enter a value"),
            ({"number_0": "-5"}, "above zero"),
            ({"number_0": "x" * 50}, "cannot be used"),
            ({"number_0": "nan"}, "cannot be used"),
            ({"number_0": "1e400"}, "cannot be used"),
            ({"operator_0": "drop"}, "cannot be used"),
            ({"kind_0": "journal"}, "cannot use this type"),
            ({"cap_rule": "free"}, "cannot be used"),
            ({"max_amount": "-1"}, "negative"),
            ({"token_id": ""}, "Choose the payment method"),
            ({"token_id": "9" * 30}, "Choose the payment method"),
            ({"token_id": "99999999"}, "not one of your saved"),
        ):
            with self.subTest(changes=changes):
                answer = self._submit(path, "save", page, **{**good, **changes})
                self.assertIn(word, self._text(answer, "form_error"))
                if changes.get("number_0", "") in ("-5", "nan"):
                    kept = answer.xpath("//input[@name='number_0']/@value")
                    self.assertEqual(kept, [changes["number_0"]])
        self.assertFalse(self._get_rules())

    def test_product_is_chosen_among_those_on_own_invoices(self):
        own, foreign = self.product_a, self.product_b
        for product, customer in ((own, self.customer), (foreign, self.stranger)):
            line = {"product_id": product.id, "price_unit": 5, "tax_ids": []}
            self._create_posted_invoice(
                customer=customer, invoice_line_ids=[(0, 0, line)]
            )
        # Another company's invoices are of no use for a rule of this one.
        elsewhere = self._create_company(name="Elsewhere Ltd")
        product = self.product_a.copy()
        self.env["account.move"].with_company(elsewhere).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": self.today,
                "line_ids": [
                    (0, 0, {"product_id": product.id, "price_unit": 5, "tax_ids": []})
                ],
            }
        ).action_post()
        self._log_in(self.owner_user)
        path = f"{RULES}/new"
        page = self._submit(path, "add", new_kind="line_product")
        offered = page.xpath("//select[@name='values_0']/option/@value")
        self.assertEqual(offered, [str(own.id)])
        sent = {"token_id": self.visa.id, "values_0": [own.id, foreign.id]}
        answer = self._submit(path, "save", page, **sent)
        self.assertIn("cannot choose", self._text(answer, "form_error"))
        self._submit(path, "save", page, token_id=self.visa.id, values_0=[own.id])
        self.assertEqual(self._get_rules().condition_ids.product_ids, own)

    # === CONSENT === #

    def test_method_is_agreed_to_with_the_text_that_was_shown(self):
        rule = self._add_rule()
        self._log_in(self.owner_user)
        path = f"{RULES}/{rule.id}"
        page = self._open(path)
        text = self._text(page, "agreement")
        self.assertIn("I authorize", text)
        self.assertIn("6789", text)
        answer = self._submit(path, "save", page, token_id=self.bank.id)
        self.assertIn("Agree to be charged", self._text(answer, "form_error"))
        tampered = {f"agreement_{self.bank.id}": "0" * 64}
        answer = self._submit(
            path, "save", page, token_id=self.bank.id, agree="1", **tampered
        )
        self.assertIn("has changed", self._text(answer, "form_error"))
        self.assertEqual(rule.token_id, self.visa)
        self.assertFalse(self.bank.autopay_authorization_ids)
        self._submit(path, "save", page, token_id=self.bank.id, agree="1")
        self.assertEqual(rule.token_id, self.bank)
        consent = self.bank.autopay_authorization_ids
        self.assertEqual((consent.channel, consent.text), ("portal", text))
        self.assertEqual(consent.user_id, self.owner_user)
        self.assertTrue(consent.ip_address)
        contact = self.owner_user.partner_id
        copies = self.env["autopay.notice"].search(
            [("kind", "=", "consent"), ("contact_id", "=", contact.id)]
        )
        self.assertEqual(len(copies), 1)
        # A consent that was given is not asked for again.
        self.assertFalse(self._text(self._open(path), "agreement"))

    def test_form_and_agreement_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        field = self.env.ref("autopay.field_autopay_configuration__cap_rule")
        for label in field.selection_ids.with_context(lang="fr_FR"):
            label.name = f"fr: {label.value}"
        self.registry.clear_cache("stable")
        self.colleague_user.lang = "fr_FR"
        self.colleague_user.partner_id.autopay_portal_manager = True
        rule = self._add_rule()
        self._log_in(self.colleague_user)
        page = self._open(f"{RULES}/{rule.id}")
        self.assertEqual(
            page.xpath("//select[@name='cap_rule']/option/text()"),
            ["fr: skip", "fr: part"],
        )
        self.assertEqual(page.xpath("//input[@name='number_0']/@value"), ["100"])
        path = f"{RULES}/{rule.id}"
        self._submit(path, "save", page, token_id=self.bank.id, agree="1")
        # The payer's own language is another one.
        self.assertEqual(self.bank.autopay_authorization_ids.lang, "fr_FR")

    # === THE LIST === #

    def test_rules_are_moved_switched_and_removed(self):
        first, second = self._add_rule(), self._add_rule(number=5.0)
        self._log_in(self.owner_user)
        page = self._open(RULES)
        self.assertEqual(len(page.xpath("//li[@name='rule']")), 2)
        self._send(f"{RULES}/{second.id}/up", company=self.company.id)
        self.assertEqual(self._get_rules(), second + first)
        self._send(f"{RULES}/{second.id}/up")
        self._send(f"{RULES}/{second.id}/down")
        self.assertEqual(self._get_rules(), first + second)
        page = self._send(f"{RULES}/{first.id}/disable")
        self.assertFalse(first.enabled)
        self.assertIn("switched off", self._text(page, "autopay_messages"))
        self._send(f"{RULES}/{first.id}/enable")
        self.assertTrue(first.enabled)
        page = self._send(f"{RULES}/{first.id}/remove")
        self.assertEqual(self._get_rules(), second)
        self.assertIn("removed", self._text(page, "autopay_messages"))

    def test_locked_rule_is_grey_with_its_reason_and_refused(self):
        rule, other = self._add_rule(), self._add_rule(number=5.0)
        self._lock(rule)
        self._log_in(self.owner_user)
        page = self._open(RULES)
        self.assertIn("Contract", self._text(page, "lock_reason"))
        locked, free = page.xpath("//li[@name='rule']")
        self.assertEqual(len(locked.xpath(".//button[@disabled]")), 2)
        self.assertFalse(locked.xpath(".//a"))
        self.assertFalse(free.xpath(".//button[@disabled]"))
        # It cannot be tried before what is locked.
        self.assertFalse(free.xpath(".//button[@name='up']"))
        page = self._open(f"{RULES}/{rule.id}")
        self.assertTrue(page.xpath("//fieldset[@disabled]"))
        before = (self._get_rules(), rule.enabled, rule.token_id, rule.display_name)
        for act in ACTS:
            answer = self._send(f"{RULES}/{rule.id}/{act}")
            with self.subTest(act=act):
                self.assertIn("locked", self._text(answer, "autopay_messages"))
        answer = self._send(f"{RULES}/{other.id}/up")
        self.assertIn("locked", self._text(answer, "autopay_messages"))
        sent = {"kind_0": "age", "operator_0": ">=", "number_0": "1"}
        answer = self._send(
            f"{RULES}/{rule.id}", do="save", token_id=self.visa.id, **sent
        )
        self.assertIn("locked", self._text(answer, "form_error"))
        after = (self._get_rules(), rule.enabled, rule.token_id, rule.display_name)
        self.assertEqual(after, before)

    def test_conditions_of_staff_stay_when_the_method_changes(self):
        journal = self.company_data["default_journal_sale"]
        euro = self.env.ref("base.EUR")
        euro.active = True
        rules = [
            {"kind": "journal", "operator": "in", "journal_ids": [(6, 0, journal.ids)]},
            {"kind": "amount_due", "operator": ">", "number": 1}
            | {"currency_id": euro.id},
            {
                "kind": "line_product",
                "operator": "in",
                "product_ids": [(6, 0, self.product_b.ids)],
            },
        ]
        self._log_in(self.owner_user)
        for condition in rules:
            rule = self._add_rule(condition_ids=[(0, 0, condition)])
            words = rule.condition_ids.display_name
            path = f"{RULES}/{rule.id}"
            with self.subTest(kind=condition["kind"]):
                page = self._open(path)
                self.assertTrue(self._text(page, "is_fixed"))
                sent = {"kind_0": "age", "operator_0": ">=", "number_0": "1"}
                self._submit(path, "save", page, max_amount="70", **sent)
                self.assertEqual(rule.max_amount, 70)
                self.assertEqual(rule.condition_ids.display_name, words)

    # === ATTACKS === #

    def test_colleague_without_the_right_looks_and_changes_nothing(self):
        rule = self._add_rule()
        self._log_in(self.colleague_user)
        page = self._open(RULES)
        self.assertIn(self._get_words(rule), self._text(page, "words"))
        self.assertFalse(page.xpath(f"//a[@href='{RULES}/new']"))
        for act in ACTS:
            answer = self._send(f"{RULES}/{rule.id}/{act}")
            with self.subTest(act=act):
                self.assertIn("Ask the person", self._text(answer, "autopay_messages"))
        sent = {"kind_0": "age", "operator_0": ">=", "number_0": "1"}
        for path in (f"{RULES}/new", f"{RULES}/{rule.id}"):
            answer = self._send(path, do="save", token_id=self.visa.id, **sent)
            self.assertIn("Ask the person", self._text(answer, "form_error"))
        self.assertEqual(self._get_rules(), rule)
        self.assertEqual(rule.condition_ids.kind, "amount_total")
        self.assertTrue(rule.enabled)

    def test_rules_of_others_are_as_if_there_were_none(self):
        token = self._create_token(customer=self.stranger)
        foreign = self._add_rule(token, customer=self.stranger)
        other = self._create_company(name="Elsewhere Ltd")
        other.autopay_enabled = True
        self._log_in(self.owner_user)
        answers = {}
        for number in (foreign.id, *STRANGE):
            with self.subTest(number=number):
                self._open(f"{RULES}/{number}", status=404)
                text = CSRF_TOKEN.sub("", self.last_answer.text)
                answers.setdefault(text, []).append(number)
                for act in ACTS:
                    self._send(f"{RULES}/{number}/{act}")
                    self.assertEqual(self.last_answer.status_code, 404)
                self._send(f"{RULES}/{number}", do="save")
                self.assertEqual(self.last_answer.status_code, 404)
        self.assertEqual(len(answers), 1, answers.values())
        for path in (RULES, f"{RULES}/new"):
            for number in (other.id, *STRANGE):
                self._open(f"{path}?company={number}", status=404)
        self.assertTrue(foreign.exists().enabled)

    def test_method_of_another_customer_is_refused(self):
        token = self._create_token(customer=self.stranger)
        self._log_in(self.owner_user)
        page = self._submit(f"{RULES}/new", "add", new_kind="amount_total")
        answer = self._submit(
            f"{RULES}/new", "save", page, number_0="5", token_id=token.id, agree="1"
        )
        self.assertIn("not one of your saved", self._text(answer, "form_error"))
        self.assertFalse(self._get_rules())

    def test_visitors_and_requests_without_token_change_nothing(self):
        rule = self._add_rule()
        self._log_in(self.owner_user)
        for act in ACTS:
            with mute_logger("odoo.http"):
                answer = self.url_open(f"{RULES}/{rule.id}/{act}", data={"a": "b"})
            self.assertEqual(answer.status_code, 400)
            with mute_logger("odoo.http"):
                answer = self.url_open(f"{RULES}/{rule.id}/{act}")
            self.assertIn(answer.status_code, (404, 405))
        self._log_in()
        self._open(RULES)
        self.assertIn("/web/login", self.last_answer.url)
        self.assertTrue(rule.exists().enabled)
