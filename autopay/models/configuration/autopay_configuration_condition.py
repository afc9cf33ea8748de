from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.i18n import format_list

from ... import const
from ...conditions.kinds import MAX_AMOUNT, MAX_TEXT, OPERATORS, VALUE_OPERATORS
from ...words.amounts import format_amount
from ...words.conditions import get_days_text, get_phrase
from ...words.configurations import AUTHORIZATION_ISSUES
from ..guard.row_touch import touch

# Archived records that a condition names count: "none of" would let more pass.
ARCHIVED = {"active_test": False}
OFFERED = "[('active', '=', True)]"

# More days than anybody means, and than the calendar holds.
MAX_DAYS = 3650

# The values of a condition, besides chosen records.
VALUE_FIELDS = ("kind", "operator", "number", "number_to", "currency_id", "text")


class AutopayConfigurationCondition(models.Model):
    """One condition of a configuration: all of them must hold for it to pay."""

    _name = "autopay.configuration.condition"
    _description = "Condition of a Payment Rule"
    _inherit = [
        "autopay.default.guard",
        "autopay.status.source",
        "autopay.condition.domain",
    ]
    _order = "configuration_id, sequence, id"
    # The name is not stored: without these, every search by it would be an error.
    _rec_names_search = ("configuration_id",)

    configuration_id = fields.Many2one(
        "autopay.configuration",
        string="Payment Rule",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="configuration_id.company_id")
    partner_id = fields.Many2one(related="configuration_id.partner_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection="_get_kind_selection",
        string="Type",
        required=True,
        default="amount_total",
    )
    operator = fields.Selection(
        OPERATORS,
        compute="_compute_operator",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    value_type = fields.Char(compute="_compute_value_type")
    kind_codes = fields.Json(compute="_compute_value_type")
    operator_codes = fields.Json(compute="_compute_value_type")
    values_field = fields.Char(compute="_compute_value_type")
    # Values: which of them counts goes by the kind.
    number = fields.Float(string="Value", digits=0)
    number_to = fields.Float(string="To", digits=0)
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="Invoices in other currencies are converted at the invoice date.",
    )
    text = fields.Char(help="Several texts are separated by semicolons.")
    product_ids = fields.Many2many(
        "product.product", string="Products", context=ARCHIVED, domain=OFFERED
    )
    category_ids = fields.Many2many("product.category", string="Product Categories")
    journal_ids = fields.Many2many(
        "account.journal",
        string="Journals",
        context=ARCHIVED,
        domain="[('type', '=', 'sale'), ('active', '=', True),"
        " ('company_id', 'parent_of', company_id)]",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Salespeople",
        context=ARCHIVED,
        domain="[('share', '=', False), ('active', '=', True)]",
    )
    analytic_account_ids = fields.Many2many(
        "account.analytic.account",
        string="Analytic Accounts",
        context=ARCHIVED,
        domain=OFFERED,
    )
    tag_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        context=ARCHIVED,
        domain=OFFERED,
    )
    currency_ids = fields.Many2many(
        "res.currency", string="Currencies", context=ARCHIVED, domain=OFFERED
    )
    payment_term_ids = fields.Many2many(
        "account.payment.term",
        string="Payment Terms",
        context=ARCHIVED,
        domain=OFFERED,
    )
    series_ids = fields.Many2many(
        "account.move",
        string="Recurring Series",
        domain="[('auto_post', 'in', ('monthly', 'quarterly', 'yearly')),"
        " ('auto_post_origin_id', '=', False), ('move_type', '=', 'out_invoice')]",
        help="The invoices from which the series started.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_kind_selection(self):
        return [
            (code, self.env._(kind.label)) for code, kind in self._get_kinds().items()
        ]

    @api.depends("kind")
    def _compute_operator(self):
        """Keep the operator when the new kind knows it, or propose its first."""
        for condition in self:
            operators = condition._get_operators()
            if condition.operator not in operators:
                condition.operator = operators[0] if operators else False

    @api.depends("kind", "configuration_id.is_advanced")
    def _compute_value_type(self):
        kinds = self._get_kinds()
        for condition in self:
            kind = kinds.get(condition.kind)
            advanced = condition.configuration_id.is_advanced
            condition.value_type = kind.value if kind else False
            condition.values_field = kind.values if kind else False
            # Never empty: the client cannot tell an empty list from none.
            operators = condition._get_operators() or [condition.operator]
            condition.operator_codes = list(operators)
            condition.kind_codes = [
                code for code, row in kinds.items() if advanced or not row.advanced
            ]

    @api.depends("configuration_id.company_id")
    def _compute_currency_id(self):
        for condition in self.filtered(lambda rec: not rec.currency_id):
            company = condition.configuration_id.company_id or self.env.company
            condition.currency_id = company.currency_id

    @api.depends_context("lang")
    @api.depends(lambda self: self._get_value_fields())
    def _compute_display_name(self):
        for condition in self:
            condition.display_name = condition._get_phrase()

    # === CONSTRAINT METHODS === #

    @api.constrains(lambda self: self._get_value_fields())
    def _check_complete(self):
        for condition in self:
            if problem := condition._get_problem():
                raise ValidationError(problem)

    # === CRUD METHODS === #

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override of `base` to name the types of uninstalled modules.

        A form that shows a condition of such a type fails without its name.
        """
        res = super().fields_get(allfields, attributes)
        if selection := res.get("kind", {}).get("selection"):
            name = self.env._("Not installed")
            selection += [(code, name) for code in self._get_lost_kinds()]
        return res

    @api.model
    def _get_lost_kinds(self):
        """Return the types of conditions whose module was uninstalled."""
        known = list(self._get_kinds())
        lost = self.sudo()._read_group([("kind", "not in", known)], ["kind"])
        return [kind for (kind,) in lost]

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: nothing is added to what is locked."""
        conditions = super().create(vals_list)
        conditions._check_changeable()
        conditions._check_configurations()
        return conditions

    def write(self, vals):
        """Override of `base`: nothing changes in what is locked."""
        self._check_changeable()
        res = super().write(vals)
        self._check_changeable()
        self._check_configurations()
        return res

    def unlink(self):
        """Override of `base`: what is left must be able to pay."""
        configurations = self.configuration_id
        res = super().unlink()
        self._check_configurations(configurations)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_changeable()

    def _check_changeable(self):
        """Refuse to change what is locked, or is just being locked."""
        self.configuration_id._check_unlocked()
        touch(self.configuration_id, "sequence")

    def _check_configurations(self, configurations=None):
        """Refuse to leave a configuration that can never pay.

        :param configurations: those of these conditions by default
        """
        if not self.env.context.keys() & const.configuration.WHOLE_CONTEXT.keys():
            configurations = configurations or self.configuration_id
            configurations._check_valid(AUTHORIZATION_ISSUES)

    # === BUSINESS METHODS === #

    def _get_kind(self):
        """Return the ``Kind`` of this condition; None when its module is gone."""
        self.ensure_one()
        return self._get_kinds().get(self.kind)

    @api.model
    def _get_value_fields(self):
        """Return the names of the fields that say what a condition asks for."""
        records = {kind.values for kind in self._get_kinds().values() if kind.values}
        return [*VALUE_FIELDS, *sorted(records)]

    def _get_operators(self):
        kind = self._get_kind()
        return VALUE_OPERATORS[kind.value] if kind else ()

    def _get_problem(self):
        """Return why this condition can never be asked, as a sentence, or nothing."""
        self.ensure_one()
        kind = self._get_kind()
        if not kind:
            return self.env._("A condition is of a type that is not installed.")
        label = self.env._(kind.label)
        if self.operator not in self._get_operators():
            return self.env._("Choose an operator for the condition %s.", label)
        if not self._is_within_limits():
            return self.env._("The value of the condition %s is too large.", label)
        if kind.value == "amount" and not self._has_value(kind):
            return self.env._("The condition %s needs an amount above zero.", label)
        if not self._has_value(kind):
            return self.env._("The condition %s has no value.", label)
        return self._get_number_problem(kind, label)

    def _get_number_problem(self, kind, label):
        if kind.value == "days" and not self._has_whole_days():
            return self.env._(
                "The condition %(kind)s takes whole days, at most %(most)s.",
                kind=label,
                most=MAX_DAYS,
            )
        if self.operator == "between" and self.number > self.number_to:
            return self.env._("The range of the condition %s is upside down.", label)
        return ""

    def _has_value(self, kind):
        if kind.value == "amount":
            return bool(self.currency_id) and (
                self.operator in (">", "!=", "between") or self.number > 0
            )
        if kind.value == "text":
            return bool(self._split_text())
        if kind.value == "records":
            return bool(self._get_records(kind))
        return True

    def _is_within_limits(self):
        """Return whether the values are numbers and texts that can be compared."""
        numbers = (self.number, self.number_to)
        # A value that is not a number (NaN) is not at most anything.
        return len(self.text or "") <= MAX_TEXT and all(
            abs(number) <= MAX_AMOUNT for number in numbers
        )

    def _has_whole_days(self):
        numbers = (self.number, self.number_to)
        return all(
            number == int(number) and abs(number) <= MAX_DAYS for number in numbers
        )

    # === WORDS === #

    def _get_phrase(self):
        """Return what the condition says, to follow "Pay invoices"."""
        self.ensure_one()
        kind = self._get_kind()
        if not kind:
            return self.env._("of a type that is not installed")
        if self.operator not in self._get_operators():
            return ""
        if kind.value in ("amount", "days"):
            values = {
                "value": self._get_number_text(kind, self.number),
                "limit": self._get_number_text(kind, self.number_to),
            }
        else:
            values = {"value": self._get_list_text(kind)}
        sentence = self._get_phrases().get((self.kind, self.operator))
        return get_phrase(self.env, sentence, kind, self.operator, **values)

    def _get_number_text(self, kind, number):
        if kind.value == "days":
            return get_days_text(self.env, int(number))
        return format_amount(self.env, self.currency_id, number)

    def _get_list_text(self, kind):
        """Return the values in words: "A", "A or B", "A, B or C"."""
        if kind.value == "text":
            names = [self.env._("“%s”", text) for text in self._split_text()]
        else:
            names = self._get_records(kind).mapped("display_name")
        return format_list(self.env, names, "or") if names else ""
