from datetime import timedelta
from decimal import Decimal
from random import Random

from odoo import Command

from .condition.condition_facts import Facts, Judge, Line
from .configuration.common_configuration import ConfigurationCommon

POOL_SIZE = 60
TEXTS = [
    *("Hosting", "HOSTING plus", "50% off", "50 off", "A_1", "AB1", r"C:\x", "Ménage"),
    *("MÉNAGE", "Plan\nMay 2024", "plan", "a.b", "axb", "[x]"),
]
AMOUNTS = ["0.01", "50", "99.99", "100", "100.01", "100.02", "280", "12345.67"]


class PoolCommon(ConfigurationCommon):
    """Many different invoices in the database, and what they were made of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = Random(42)
        cls._create_currencies()
        cls._create_choices()
        cls.facts = cls._create_random_invoices(POOL_SIZE)
        cls.pool = cls.env["account.move"].union(*cls.facts)
        cls.env.flush_all()
        cls.judge = Judge(cls.today, cls.rates)

    @classmethod
    def _create_currencies(cls):
        """Create one currency with two rates, one with its company's own, one without.

        One rate is such that converted amounts lie between two cents.
        """
        currencies = cls.env["res.currency"].create(
            [{"name": name, "symbol": name} for name in ("XAA", "XBB", "XCC")]
        )
        cls.rates = {}
        old, new = cls.today - timedelta(days=20), cls.today - timedelta(days=5)
        for currency, company, rates in (
            (currencies[0], False, [(old, "2"), (new, "3.1")]),
            (currencies[1], cls.company.id, [(old, "0.7"), (new, "0.5")]),
        ):
            cls.env["res.currency.rate"].create(
                [
                    cls._prepare_rate(currency, company, day, float(rate))
                    for day, rate in rates
                ]
            )
            cls.rates[currency.id] = [(day, Decimal(rate)) for day, rate in rates]
        # The company's own rates go before those for all.
        cls.env["res.currency.rate"].create(
            cls._prepare_rate(currencies[1], False, cls.today, 9.0)
        )
        cls.currencies = cls.company.currency_id | currencies

    @classmethod
    def _prepare_rate(cls, currency, company, day, rate):
        return {
            "currency_id": currency.id,
            "company_id": company,
            "name": day,
            "rate": rate,
        }

    @classmethod
    def _create_choices(cls):
        """Create the records that invoices and conditions choose from."""
        cls.categories = cls._create_tree("product.category")
        cls.tags = cls._create_tree("res.partner.category")
        cls.products = cls.env["product.product"].create(
            [{"name": each.name, "categ_id": each.id} for each in cls.categories]
        )
        plan = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.accounts = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in "ABC"]
        )
        journal = cls.company_data["default_journal_sale"]
        cls.journals = journal | journal.copy({"name": "Shop", "code": "SHOP"})
        cls.users = cls.env.user | cls.env.ref("base.user_admin")
        cls.terms = cls.pay_terms_a | cls.pay_terms_b
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Contact of {tag.name}",
                    "category_id": [Command.link(tag.id)],
                }
                for tag in cls.tags
            ]
        )
        cls.customers.parent_id = cls.customer
        cls.customers |= cls.customer
        cls.series = cls.env["account.move"].create(
            [cls._prepare_invoice([], auto_post="monthly") for _number in range(2)]
        )
        # Archived records still count.
        for archived in (cls.tags[2], cls.products[1], cls.accounts[1]):
            archived.active = False

    @classmethod
    def _create_tree(cls, model):
        """Create three records below each other, and one beside them."""
        tree = cls.env[model]
        for name in ("Top", "Middle", "Low"):
            tree |= tree.create({"name": name, "parent_id": tree[-1:].id})
        return tree | tree.create({"name": "Beside"})

    @classmethod
    def _get_with_parents(cls, record):
        return {int(each) for each in record.parent_path.split("/") if each}

    # === INVOICES === #

    @classmethod
    def _pick(cls, records):
        """Return one of some records, or sometimes none."""
        return cls.random.choice([*records, records.browse()])

    @classmethod
    def _create_random_invoices(cls, count):
        """Create invoices, and return {invoice: what is to be known of it}."""
        drawn = []
        for _number in range(count):
            lines = [cls._draw_line() for _line in range(cls.random.randint(1, 3))]
            drawn.append((cls._draw_values(), lines))
        found = {}
        for values, lines in drawn:
            rows = [row for row, _line in lines]
            vals = cls._prepare_invoice(rows, **values)
            move = cls.env["account.move"].create(vals)
            found[move] = cls._get_facts(move, values, lines)
        return found

    @classmethod
    def _get_facts(cls, move, values, lines):
        paid = cls.random.randint(0, 5) == 0 and cls._pay_a_part(move)
        total = sum(Decimal(str(row["price_unit"])) for row, _line in lines)
        customer = cls.env["res.partner"].browse(values["partner_id"])
        tags = customer.with_context(active_test=False).category_id
        return Facts(
            total=total,
            due=total - Decimal(paid),
            currency=values["currency_id"],
            lines=[line for _row, line in lines],
            reference=values["ref"] or "",
            journal=values["journal_id"],
            salesperson=values["invoice_user_id"] or None,
            tags=set().union(*map(cls._get_with_parents, tags)),
            terms=values["invoice_payment_term_id"] or None,
            series={values["auto_post_origin_id"] or None},
            date=move.invoice_date or None,
            due_date=move.invoice_date_due,
        )

    @classmethod
    def _draw_values(cls):
        """Return random values of an invoice."""
        age = cls.random.choice([None, 0, 1, 4, 5, 6, 10, 15, 19, 20, 21, 40])
        term = cls._pick(cls.terms)
        return {
            "partner_id": cls.random.choice(cls.customers).id,
            "currency_id": cls.random.choice(cls.currencies).id,
            "journal_id": cls.random.choice(cls.journals).id,
            "invoice_user_id": cls._pick(cls.users).id,
            "invoice_payment_term_id": term.id,
            "auto_post_origin_id": cls._pick(cls.series).id,
            "ref": cls.random.choice([False, *TEXTS]),
            "invoice_date": age is not None and cls.today - timedelta(days=age),
        }

    @classmethod
    def _draw_line(cls):
        """Return random values of a line, and what is to be known of it."""
        product = cls._pick(cls.products)
        accounts = cls._pick(cls.accounts) | cls._pick(cls.accounts)
        text = cls.random.choice(TEXTS)
        key = ",".join(map(str, accounts.ids))
        row = {
            "name": text,
            "product_id": product.id,
            "price_unit": float(cls.random.choice(AMOUNTS)),
            "analytic_distribution": {key: 100} if key else False,
        }
        groups = cls._get_with_parents(product.categ_id) if product else set()
        return row, Line(text, product.id or None, groups, set(accounts.ids))

    @classmethod
    def _prepare_invoice(cls, rows, **values):
        heading = {"display_type": "line_section", "name": "Hosting 50% A_1"}
        return {
            "move_type": "out_invoice",
            "partner_id": cls.customer.id,
            "invoice_date": cls.today,
            "invoice_line_ids": [
                *(Command.create({"tax_ids": [], **row}) for row in rows),
                Command.create(heading),
            ],
            **values,
        }

    @classmethod
    def _pay_a_part(cls, move):
        """Post an invoice and pay a cent of it; return what was paid."""
        if not move.invoice_date:
            return 0
        move.action_post()
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {"amount": 0.01, "currency_id": move.currency_id.id}
        )._create_payments()
        return Decimal("0.01")
