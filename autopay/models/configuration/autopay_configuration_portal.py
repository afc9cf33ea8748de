from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError

from ...browser_values import CONFIGURATION_SHAPES, has_shapes, is_ids

# Fields that customers may set on their own configurations.
CAP_FIELDS = ("max_amount", "max_month_amount")
OWN_FIELDS = ("token_id", *CAP_FIELDS, "cap_rule")

# Fields that they may set in a condition, besides its type and operator.
OWN_VALUES = {
    "amount": ("number", "number_to"),
    "days": ("number", "number_to"),
    "text": ("text",),
}

# More than anybody needs: every one of them is asked whenever invoices are charged.
MAX_CONFIGURATIONS = 50
MAX_CONDITIONS = 20


class AutopayConfigurationPortal(models.AbstractModel):
    """Lets customers change their own configurations, with all checks.

    Each method is for the customer who is logged in, takes plain values from a browser
    and trusts none of them. What is locked stays as it is.
    """

    _name = "autopay.configuration.portal"
    _description = "Payment Rules of Customers"

    # === READ === #

    @api.model
    def _get_own(self, company):
        """Return the customer's configurations, in the order they are tried.

        :raises AccessError: when nobody is logged in
        """
        if self.env.user._is_public():
            raise AccessError(self.env._("Log in to see your payment rules."))
        payer = self.env.user.partner_id.commercial_partner_id
        found = (
            self.env["autopay.configuration"]
            .sudo()
            .search([("partner_id", "=", payer.id), ("company_id", "=", company.id)])
        )
        return found._get_ordered()

    @api.model
    def _get_one(self, company, configuration_id):
        """Return one of the customer's configurations.

        :raises AccessError: when it is not one of them, or there is none
        """
        found = self._get_own(company).filtered(lambda rec: rec.id == configuration_id)
        if not found:
            raise AccessError(self.env._("This is not one of your payment rules."))
        return found

    # === CHANGE === #

    @api.model
    def _add(self, company, values, consent=None):
        """Make a configuration, tried after all others.

        :param dict values: those of ``OWN_FIELDS``, and *conditions*: a list of dicts
        :param dict consent: *text*, *ip_address*, *user_agent* of the agreement shown
        :return: the configuration
        """
        self._check_may_change()
        if len(self._get_own(company)) >= MAX_CONFIGURATIONS:
            raise UserError(self.env._("You have too many payment rules."))
        payer = self.env.user.partner_id.commercial_partner_id
        vals = self._prepare_vals(company, values)
        vals.update(
            partner_id=payer.id,
            company_id=company.id,
            currency_id=company.sudo().currency_id.id,
            is_advanced=True,
        )
        configurations = self.env["autopay.configuration"].sudo()
        configuration = configurations.with_company(company).create(vals)
        self._agree(configuration, consent)
        return configuration

    @api.model
    def _change(self, company, configuration_id, values, consent=None):
        """Change one of the customer's configurations; see ``_add``."""
        configuration = self._get_changeable(company, configuration_id)
        configuration._check_unlocked()
        vals = self._prepare_vals(company, values)
        if "condition_ids" in vals:
            self._check_own_conditions(configuration)
            vals["condition_ids"].insert(0, Command.clear())
        configuration.write(vals)
        self._agree(configuration, consent)
        return configuration

    @api.model
    def _set_enabled(self, company, configuration_id, enabled):
        """Switch one of the customer's configurations on or off."""
        configuration = self._get_changeable(company, configuration_id)
        configuration.write({"enabled": bool(enabled)})

    @api.model
    def _remove(self, company, configuration_id):
        """Remove one of the customer's configurations."""
        self._get_changeable(company, configuration_id).unlink()

    @api.model
    def _reorder(self, company, configuration_ids):
        """Bring the customer's configurations into this order.

        :param list configuration_ids: the ids of all of them
        :raises UserError: when some are missing: somebody changed the list meanwhile
        """
        self._check_may_change()
        own = self._get_own(company)
        self._check_shapes(is_ids(configuration_ids))
        if sorted(own.ids) != sorted(configuration_ids):
            raise UserError(
                self.env._("Your payment rules have changed. Load the page anew.")
            )
        own.browse(configuration_ids)._renumber()

    @api.model
    def _move(self, company, configuration_id, step):
        """Move one of the customer's configurations up or down; ends stay ends.

        :param int step: -1 to be tried one place earlier, 1 for later
        """
        configuration = self._get_changeable(company, configuration_id)
        configuration._check_unlocked()
        ids = self._get_own(company).ids
        place = ids.index(configuration.id)
        ids.insert(max(place + step, 0), ids.pop(place))
        self._reorder(company, ids)

    # === CHECKS === #

    def _check_may_change(self):
        self.env["autopay.portal"]._check_may_change()

    def _get_changeable(self, company, configuration_id):
        """Return one of the customer's configurations, for who may change it.

        :raises AccessError: when it is not one of them, or the user may only look
        """
        self._check_may_change()
        return self._get_one(company, configuration_id)

    def _prepare_vals(self, company, values):
        """Return what may be written of the values a browser sent.

        :raises UserError: when a value is not even of the kind that is asked for
        """
        self._check_shapes(
            isinstance(values, dict) and has_shapes(values, CONFIGURATION_SHAPES)
        )
        vals = {name: values[name] for name in OWN_FIELDS if name in values}
        self._check_caps(vals)
        if "token_id" in vals:
            vals["token_id"] = self._get_own_token(company, vals["token_id"]).id
        if "conditions" in values:
            if len(values["conditions"]) > MAX_CONDITIONS:
                raise UserError(self.env._("These are too many conditions."))
            vals["condition_ids"] = [
                Command.create(self._prepare_condition_vals(company, row))
                for row in values["conditions"]
            ]
        return vals

    def _check_caps(self, vals):
        if min(vals.get(name, 0) for name in CAP_FIELDS) < 0:
            raise UserError(
                self.env._("A limit cannot be negative. Leave it empty for no limit.")
            )

    def _check_shapes(self, are_right):
        if not are_right:
            raise UserError(
                self.env._("Some of these values cannot be used. Check them.")
            )

    def _get_own_token(self, company, token_id):
        token = self._get_methods(company).filtered(lambda rec: rec.id == token_id)
        if not token:
            raise AccessError(
                self.env._("This is not one of your saved payment methods.")
            )
        return token

    def _prepare_condition_vals(self, company, row):
        """Return the values of a condition that customers may set."""
        code = row.get("kind")
        kind = self.env["autopay.configuration.condition"]._get_kinds().get(code)
        if not kind or not kind.public:
            raise AccessError(self.env._("You cannot use this type of condition."))
        self._check_shapes("operator" in row)
        vals = {"kind": code, "operator": row["operator"]}
        if kind.value == "records":
            chosen = row.get("values") or []
            records = self._get_own_records(company, kind, chosen)
            vals[kind.values] = [Command.set(records.ids)]
        for name in OWN_VALUES.get(kind.value, ()):
            if name in row:
                vals[name] = row[name]
        return vals

    def _get_own_records(self, company, kind, record_ids):
        """Return the chosen records, if they are on invoices of the customer.

        Others' products must not be found out by trying.
        """
        allowed = self._get_selectable(company, kind)
        chosen = allowed.filtered(lambda rec: rec.id in record_ids)
        if len(chosen) != len(set(record_ids)):
            raise AccessError(self.env._("You cannot choose this value."))
        return chosen

    @api.model
    def _get_selectable(self, company, kind):
        """Return the records that a customer may choose for a kind of condition.

        They are those on the customer's invoices in the company.
        """
        payer = self.env.user.partner_id.commercial_partner_id
        invoices = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", payer.id),
                    ("company_id", "=", company.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                ]
            )
        )
        return invoices.mapped(kind.path)

    def _check_own_conditions(self, configuration):
        """Refuse to replace conditions that staff have set and customers cannot."""
        if self._has_staff_conditions(configuration):
            raise UserError(
                self.env._(
                    "Only %s can change these conditions. You can switch the "
                    "rule off, or choose another payment method for it.",
                    configuration.company_id.name,
                )
            )

    @api.model
    def _has_staff_conditions(self, configuration):
        """Return whether a customer could not set these conditions himself."""
        return not all(map(self._is_own_condition, configuration.condition_ids))

    def _is_own_condition(self, condition):
        kind = condition._get_kind()
        if not kind or not kind.public:
            return False
        if kind.value == "amount":
            # Customers set amounts in the company's currency only.
            return condition.currency_id == condition.company_id.currency_id
        if kind.value == "records":
            allowed = self._get_selectable(condition.company_id, kind)
            return not condition._get_records(kind) - allowed
        return True

    @api.model
    def _get_agreement(self, company, token):
        """Return the text that the customer has yet to agree to; empty if it has.

        :param token: one of its saved payment methods
        """
        payer = self.env.user.partner_id.commercial_partner_id
        authorizations = self.env["autopay.authorization"].sudo()
        latest = authorizations._get_latest_by_token(payer, token, company)
        last = latest.get((payer.id, token.id))
        if last and not last.revoked_date:
            return ""
        return self.env["autopay.terms"]._get(payer, company, token).text

    @api.model
    def _get_methods(self, company):
        """Return the saved payment methods that the customer may choose."""
        payer = self.env.user.partner_id.commercial_partner_id
        return payer.with_company(company).sudo().autopay_available_token_ids

    def _agree(self, configuration, consent):
        """Record that the customer has authorized the method, with what was shown.

        :raises UserError: when there is no agreement, neither known nor given
        """
        codes = configuration._get_issues(held=False)[configuration]
        if not {"no_authorization", "authorization_revoked"} & set(codes):
            return
        if not consent:
            raise UserError(
                self.env._("Agree to be charged with this payment method first.")
            )
        known = ("text", "ip_address", "user_agent")
        authorization = self.env["autopay.authorization"]._record(
            configuration.partner_id,
            configuration.company_id,
            configuration.token_id,
            "portal",
            lang=self.env.lang,
            **{name: consent[name] for name in known if consent.get(name)},
        )
        contact = self.env.user.partner_id.sudo()
        saved = self.env["autopay.saved.method"]
        saved._mail_copy(authorization, contact)
