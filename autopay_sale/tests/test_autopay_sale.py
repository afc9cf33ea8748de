from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SaleCommon


@tagged("post_install", "-at_install")
class TestAutopaySale(SaleCommon):
    def _get_payer(self, invoice):
        return self._decide(invoice).configuration

    # === SALES ORDER === #

    def test_invoice_of_the_order_is_charged_with_the_method_of_its_configuration(self):
        order = self._create_order()
        configuration = self._configure_orders("in", order, self.bank)
        self._configure(self.visa)
        invoice = self._create_invoice_of(order)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.configuration_id, configuration)
        self.assertEqual(attempt.token_id, self.bank)
        self.assertEqual(attempt.amount, 280.0)

    def test_invoices_of_other_orders_and_of_none_are_left_alone(self):
        self._configure_orders("in", self._create_order())
        for invoice in (
            self._create_invoice_of(self._create_order()),
            self._create_due_invoice(280.0),
        ):
            self.assertEqual(self._decide(invoice).blocker, "no_configuration")

    def test_down_payment_and_the_rest_are_both_of_the_order(self):
        order = self._create_order(1000.0)
        configuration = self._configure_orders("in", order)
        first = self._create_invoice_of(
            order, advance_payment_method="percentage", amount=30
        )
        rest = self._create_invoice_of(order)
        self.assertEqual((first | rest).mapped("amount_total"), [300.0, 700.0])
        self.assertEqual(self._get_payer(first), configuration)
        self.assertEqual(self._get_payer(rest), configuration)

    def test_one_invoice_of_two_orders_is_of_either(self):
        first, second = self._create_order(), self._create_order()
        configuration = self._configure_orders("in", second)
        invoice = self._create_invoice_of(first | second)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(self._get_payer(invoice), configuration)

    def test_excluded_order_is_left_alone_and_everything_else_is_paid(self):
        order = self._create_order()
        configuration = self._configure_orders("not in", order)
        self.assertFalse(self._get_payer(self._create_invoice_of(order)))
        other = self._create_invoice_of(self._create_order())
        self.assertEqual(self._get_payer(other), configuration)
        self.assertEqual(
            self._get_payer(self._create_due_invoice(280.0)), configuration
        )

    def test_section_of_an_order_does_not_make_an_invoice_one_of_it(self):
        order = self._create_order()
        self._configure_orders("in", order)
        invoice = self._create_due_invoice(
            invoice_line_ids=[
                (0, 0, {"name": "Fence", "price_unit": 280.0, "tax_ids": []}),
                (
                    0,
                    0,
                    {
                        "display_type": "line_section",
                        "name": "As ordered",
                        "sale_line_ids": order.order_line.ids,
                    },
                ),
            ]
        )
        self.assertFalse(self._get_payer(invoice))

    # === TAG === #

    def test_invoice_of_a_tagged_order_is_charged(self):
        configuration = self._configure_tags("in", self.prepaid, self.bank)
        invoice = self._create_invoice_of(self._create_order(tags=[self.prepaid]))
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.configuration_id, configuration)
        self.assertEqual(invoice.autopay_attempt_ids.token_id, self.bank)

    def test_down_payment_of_a_tagged_order_is_charged_too(self):
        configuration = self._configure_tags("in", self.prepaid)
        order = self._create_order(1000.0, tags=[self.prepaid, self.monthly])
        first = self._create_invoice_of(
            order, advance_payment_method="fixed", fixed_amount=250.0
        )
        self.assertEqual(first.amount_total, 250.0)
        self.assertEqual(self._get_payer(first), configuration)

    def test_orders_with_another_tag_or_none_are_left_alone(self):
        self._configure_tags("in", self.prepaid)
        for tags in ([self.monthly], []):
            invoice = self._create_invoice_of(self._create_order(tags=tags))
            self.assertFalse(self._get_payer(invoice))

    def test_excluded_tag_is_left_alone(self):
        configuration = self._configure_tags("not in", self.prepaid)
        tagged_order = self._create_order(tags=[self.prepaid])
        self.assertFalse(self._get_payer(self._create_invoice_of(tagged_order)))
        other = self._create_invoice_of(self._create_order(tags=[self.monthly]))
        self.assertEqual(self._get_payer(other), configuration)

    # === WORDS === #

    def test_sentence_names_the_order(self):
        order = self._create_order()
        configuration = self._configure_orders("in", order)
        self.assertIn(f"for sales order {order.name}", configuration.display_name)

    def test_sentence_names_the_tags(self):
        configuration = self._configure_tags("not in", self.prepaid | self.monthly)
        self.assertIn(
            "not for sales orders tagged Prepaid or Monthly", configuration.display_name
        )

    def test_condition_without_an_order_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Sales Order has no value"):
            self._configure_orders("in", self.env["sale.order"])

    def test_trace_says_which_order_the_invoice_is_of(self):
        self._configure_orders("in", self._create_order())
        order = self._create_order()
        invoice = self._create_invoice_of(order)
        trace = self.env["autopay.configuration.trace"]._get_trace(invoice)
        [row] = trace["configurations"][0]["conditions"]
        self.assertEqual((row["actual"], row["holds"]), (order.display_name, False))

    # === SQL === #

    def test_search_finds_what_the_engine_matches(self):
        order = self._create_order(tags=[self.prepaid])
        invoice = self._create_invoice_of(order)
        other = self._create_invoice_of(self._create_order(tags=[self.monthly]))
        both = invoice | other
        for configuration in (
            self._configure_orders("in", order),
            self._configure_orders("not in", order),
            self._configure_tags("in", self.prepaid),
            self._configure_tags("not in", self.prepaid),
        ):
            domain = self.env["autopay.configuration.choice"]._get_matching_domain(
                configuration, self.today
            )
            found = self.env["account.move"].sudo().search(domain) & both
            self.assertEqual(found, both.sudo().filtered_domain(domain))
            self.assertEqual(len(found), 1)
