from odoo import Command

from .common_condition import ConditionCommon

# Texts of an invoice's line or reference, by name.
TEXTS = {
    "plain": "Service Plan",
    "upper": "SERVICE PLAN",
    "percent": "50% off",
    "number": "500 off",
    "underscore": "A_1",
    "letter": "AB1",
    "backslash": r"C:\bills",
    "brackets": "Plan (new) [x].*",
    "accent": "Crème brûlée",
    "accent_upper": "CRÈME BRÛLÉE",
    "no_accent": "Creme brulee",
    "several": "Service Plan\nPeriod: May",
    "blanks": "  Service Plan ",
    "longer": "Service Planning",
}
ALL = set(TEXTS)
PLAN = {"plain", "upper", "several", "blanks", "longer"}
PLAN_ONLY = PLAN - {"longer"}
# (operator, text of the condition, names of the texts that match)
TEXT_ROWS = [
    ("contains", "service plan", PLAN),
    ("contains", "SERVICE", PLAN),
    ("contains", "%", {"percent"}),
    ("contains", "50%", {"percent"}),
    ("contains", "_", {"underscore"}),
    ("contains", "a_1", {"underscore"}),
    ("contains", "\\", {"backslash"}),
    ("contains", r"c:\B", {"backslash"}),
    ("contains", ".*", {"brackets"}),
    ("contains", "(new) [X]", {"brackets"}),
    ("contains", "crème", {"accent", "accent_upper"}),
    ("contains", "CRÈME BRÛLÉE", {"accent", "accent_upper"}),
    ("contains", "creme", {"no_accent"}),
    ("contains", "period", {"several"}),
    ("contains", "50%; a_1 ;; nothing", {"percent", "underscore"}),
    ("not contains", "service", ALL - PLAN),
    ("not contains", "%", ALL - {"percent"}),
    ("not contains", "_;\\", ALL - {"underscore", "backslash"}),
    ("not contains", "brûlée", ALL - {"accent", "accent_upper"}),
    ("in", "Service Plan", PLAN_ONLY),
    ("in", "service plan", PLAN_ONLY),
    ("in", "Service", set()),
    ("in", "Period: May", set()),
    ("in", "50% off; A_1", {"percent", "underscore"}),
    ("in", "%", set()),
    ("in", r"c:\bills;crème brûlée", {"backslash", "accent", "accent_upper"}),
    ("not in", "Service Plan", ALL - PLAN_ONLY),
    ("not in", "50% OFF;ab1", ALL - {"percent", "letter"}),
]


class TestAutopayConditionText(ConditionCommon):
    def _get_rows(self, kind, **extra):
        return [
            (kind, operator, {"text": text}, names | extra.get(operator, set()))
            for operator, text, names in TEXT_ROWS
        ]

    def test_text_of_a_line(self):
        invoices = {
            name: self._create_invoice({"name": text, "price_unit": 1.0})
            for name, text in TEXTS.items()
        }
        self._check_rows(invoices, self._get_rows("line_text"))

    def test_reference(self):
        invoices = {
            name: self._create_invoice(ref=text) for name, text in TEXTS.items()
        }
        # Without any reference, whatever is excluded is not there.
        invoices["none"] = self._create_invoice(ref=False)
        without = {"not contains": {"none"}, "not in": {"none"}}
        self._check_rows(invoices, self._get_rows("reference", **without))

    def test_one_of_several_lines_suffices_and_none_of_looks_at_all(self):
        invoices = {
            "both": self._create_invoice({"name": "Hosting"}, {"name": "Domain"}),
            "hosting": self._create_invoice({"name": "Hosting"}, {"name": "Hosting"}),
            "domain": self._create_invoice({"name": "Domain"}),
        }
        rows = [
            ("line_text", "contains", {"text": "host"}, ["both", "hosting"]),
            ("line_text", "not contains", {"text": "host"}, ["domain"]),
            ("line_text", "in", {"text": "Domain"}, ["both", "domain"]),
            ("line_text", "not in", {"text": "Domain"}, ["hosting"]),
        ]
        self._check_rows(invoices, rows)

    def test_sections_and_notes_do_not_count(self):
        headings = [
            {"name": "Hosting", "display_type": kind}
            for kind in ("line_section", "line_note")
        ]
        invoices = {
            "headings": self._create_invoice({"name": "Domain"}, *headings),
            "line": self._create_invoice({"name": "Hosting"}),
        }
        rows = [
            ("line_text", "contains", {"text": "Hosting"}, ["line"]),
            ("line_text", "in", {"text": "Hosting"}, ["line"]),
            ("line_text", "not contains", {"text": "Hosting"}, ["headings"]),
            ("line_text", "not in", {"text": "Hosting"}, ["headings"]),
        ]
        self._check_rows(invoices, rows)


class TestAutopayConditionRecords(ConditionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency_eur = cls.setup_other_currency("EUR")

    def _check_records(self, kind, field, invoices, found):
        """Check *is any of* and *is none of* for one kind.

        :param dict found: {records: names of the invoices that *is any of* matches}
        """
        rows = []
        for records, names in found.items():
            values = {field: [Command.set(records.ids)]}
            rows.append((kind, "in", values, names))
            rows.append((kind, "not in", values, set(invoices) - set(names)))
        self._check_rows(invoices, rows)

    def test_product_of_a_line(self):
        product, other, third = self.env["product.product"].create(
            [{"name": name} for name in ("Hosting", "Domain", "Mail")]
        )
        invoices = {
            "one": self._create_invoice({"product_id": product.id}),
            "both": self._create_invoice(
                {"product_id": other.id}, {"product_id": product.id}
            ),
            "other": self._create_invoice({"product_id": other.id}),
            "none": self._create_invoice(),
        }
        found = {
            product: ["one", "both"],
            product | other: ["one", "both", "other"],
            third: [],
        }
        self._check_records("line_product", "product_ids", invoices, found)
        product.active = False
        self._check_records("line_product", "product_ids", invoices, found)

    def test_category_counts_with_all_below_it(self):
        categories = self.env["product.category"]
        top = categories.create({"name": "Software"})
        below = categories.create({"name": "Hosted", "parent_id": top.id})
        deep = categories.create({"name": "Mail", "parent_id": below.id})
        beside = categories.create({"name": "Hardware"})
        invoices = {
            category.name: self._create_invoice(
                {"product_id": self._create_product_in(category).id}
            )
            for category in top | below | deep | beside
        }
        invoices["none"] = self._create_invoice()
        found = {
            top: ["Software", "Hosted", "Mail"],
            below: ["Hosted", "Mail"],
            deep: ["Mail"],
            deep | beside: ["Mail", "Hardware"],
        }
        self._check_records("category", "category_ids", invoices, found)

    def _create_product_in(self, category):
        return self.env["product.product"].create(
            {"name": category.name, "categ_id": category.id}
        )

    def test_tag_counts_with_all_below_it_archived_or_not(self):
        tags = self.env["res.partner.category"]
        top = tags.create({"name": "Key Account"})
        below = tags.create({"name": "Gold", "parent_id": top.id})
        beside = tags.create({"name": "New"})
        invoices = {
            tag.name: self._create_invoice(
                partner_id=self._create_tagged(tag, beside if tag == top else tag).id
            )
            for tag in top | below | beside
        }
        invoices["none"] = self._create_invoice()
        found = {
            top: ["Key Account", "Gold"],
            below: ["Gold"],
            beside: ["Key Account", "New"],
            below | beside: ["Key Account", "Gold", "New"],
        }
        self._check_records("tag", "tag_ids", invoices, found)
        (top | below).active = False
        self._check_records("tag", "tag_ids", invoices, found)

    def test_tags_of_the_company_count_for_its_invoice_address(self):
        tags = self.env["res.partner.category"]
        first, second = tags.create([{"name": "Review"}, {"name": "Paper"}])
        company, address = self._create_tagged(first), self._create_tagged(second)
        address.parent_id = company
        invoices = {
            "company": self._create_invoice(partner_id=company.id),
            "address": self._create_invoice(partner_id=address.id),
        }
        found = {first: ["company", "address"], second: ["address"]}
        self._check_records("tag", "tag_ids", invoices, found)

    def _create_tagged(self, *tags):
        links = [Command.link(tag.id) for tag in tags]
        return self.env["res.partner"].create({"name": "Tagged", "category_id": links})

    def test_journal(self):
        journal = self.company_data["default_journal_sale"]
        other = journal.copy({"name": "Shop", "code": "SHOP"})
        invoices = {
            "first": self._create_invoice(journal_id=journal.id),
            "shop": self._create_invoice(journal_id=other.id),
        }
        found = {journal: ["first"], other: ["shop"], journal | other: invoices}
        self._check_records("journal", "journal_ids", invoices, found)
        # Odoo archives no journal that has drafts.
        invoices["shop"].action_post()
        other.active = False
        self._check_records("journal", "journal_ids", invoices, found)

    def test_salesperson(self):
        person, other = self.env.user, self.env.ref("base.user_admin")
        invoices = {
            "mine": self._create_invoice(invoice_user_id=person.id),
            "other": self._create_invoice(invoice_user_id=other.id),
            "none": self._create_invoice(invoice_user_id=False),
        }
        found = {person: ["mine"], other: ["other"], person | other: ["mine", "other"]}
        self._check_records("salesperson", "user_ids", invoices, found)
        other.sudo().active = False
        self._check_records("salesperson", "user_ids", invoices, found)

    def test_analytic_account_alone_or_shared(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        one, two, three = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("A", "B", "C")]
        )
        invoices = {
            "one": self._create_invoice({"analytic_distribution": {str(one.id): 100}}),
            "shared": self._create_invoice(
                {"analytic_distribution": {f"{one.id},{two.id}": 40, str(two.id): 60}}
            ),
            "none": self._create_invoice(),
        }
        found = {
            one: ["one", "shared"],
            two: ["shared"],
            three: [],
            two | three: ["shared"],
        }
        self._check_records("analytic", "analytic_account_ids", invoices, found)
        (one | two).active = False
        self._check_records("analytic", "analytic_account_ids", invoices, found)

    def test_currency(self):
        own, other = self.company.currency_id, self.currency_eur
        invoices = {
            "own": self._create_invoice(),
            "other": self._create_invoice(currency_id=other.id),
        }
        found = {own: ["own"], other: ["other"], own | other: invoices}
        self._check_records("currency", "currency_ids", invoices, found)

    def test_payment_terms(self):
        terms, other = self.pay_terms_a, self.pay_terms_b
        invoices = {
            "immediate": self._create_invoice(invoice_payment_term_id=terms.id),
            "later": self._create_invoice(invoice_payment_term_id=other.id),
            "none": self._create_invoice(invoice_payment_term_id=False),
        }
        found = {terms: ["immediate"], other: ["later"], terms | other: invoices}
        found[terms | other] = ["immediate", "later"]
        self._check_records("payment_term", "payment_term_ids", invoices, found)
        other.active = False
        self._check_records("payment_term", "payment_term_ids", invoices, found)

    def test_series_counts_with_the_invoice_it_started_from(self):
        first = self._create_invoice(auto_post="monthly")
        other = self._create_invoice(auto_post="monthly")
        invoices = {
            "first": first,
            "second": self._create_invoice(auto_post_origin_id=first.id),
            "other": other,
            "none": self._create_invoice(),
        }
        found = {
            first: ["first", "second"],
            other: ["other"],
            first | other: ["first", "second", "other"],
        }
        self._check_records("series", "series_ids", invoices, found)
