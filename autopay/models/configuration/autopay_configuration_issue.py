from odoo import api, fields, models
from odoo.fields import Domain

from ...conditions.contradictions import find_contradiction
from ...words.configurations import AUTHORIZATION_ISSUES, ISSUES, get_issue_sentence


class AutopayConfigurationIssue(models.AbstractModel):
    """Why a configuration cannot pay: what is missing, or has become invalid.

    One method for each row of ``configuration_words.ISSUES``: ``_has_<code>``.
    """

    _name = "autopay.configuration.issue"
    _description = "Issues of an Autopay Configuration"

    issue = fields.Text(
        string="Warning",
        compute="_compute_issue",
        help="Why this configuration pays nothing; empty: it is valid.",
    )
    issue_code = fields.Selection(
        selection="_get_issue_selection",
        string="Needs Attention",
        compute="_compute_issue",
        search="_search_issue_code",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_issue_selection(self):
        return [(code, self.env._(label)) for code, label in ISSUES]

    @api.depends_context("lang")
    @api.depends(
        "token_id.active",
        "token_id.autopay_expiry_date",
        "token_id.provider_id.state",
        "token_id.autopay_authorization_ids.revoked_date",
        # The name of a condition changes with whatever it says.
        "condition_ids.display_name",
        "company_id",
        "partner_id.parent_id",
    )
    def _compute_issue(self):
        issues = self._get_open_issues()
        for configuration in self:
            codes = issues[configuration]
            configuration.issue_code = codes[0] if codes else False
            configuration.issue = "\n".join(
                configuration._get_issue_sentence(code) for code in codes
            )

    def _is_method_saved(self):
        return bool(self._origin) and self._origin.token_id == self.token_id._origin

    def _search_issue_code(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.sudo().search(Domain.TRUE)
        issues = found._get_issues()
        wanted = found.filtered(
            lambda rec: (issues[rec][0] if issues[rec] else False) in value
        )
        return [("id", "in", wanted.ids)]

    # === BUSINESS METHODS === #

    def _get_open_issues(self, today=None):
        """Return {configuration: codes of ``ISSUES``} that saving does not mend.

        :param date today: the date to ask for; each company's today by default
        """
        return {
            configuration: [
                code
                for code in codes
                # Saving records the consent to a method that was chosen.
                if code not in AUTHORIZATION_ISSUES or configuration._is_method_saved()
            ]
            for configuration, codes in self._get_issues(today).items()
        }

    def _get_future_authorization(self, authorization):
        """Return the customer's consent to the method as it is after saving.

        :param authorization: the latest one that is recorded
        """
        if self._is_method_saved() or (
            authorization and not authorization.revoked_date
        ):
            return authorization
        return authorization.new(
            {
                "partner_id": self.partner_id.id,
                "token_id": self.token_id.id,
                "date": fields.Datetime.now(),
            }
        )

    def _get_issues(self, today=None):
        """Return {configuration: codes of ``ISSUES``}; valid ones have none.

        :param date today: the date to ask for; each company's today by default
        """
        authorizations = self._get_authorizations()
        checks = [(code, getattr(self, f"_has_{code}")) for code, _label in ISSUES]
        issues = {}
        for configuration in self.sudo():
            company = configuration.company_id or self.env.company
            day = today or company._get_autopay_today()
            token = configuration.token_id
            key = (configuration.partner_id._origin.id, token._origin.id, company.id)
            authorization = authorizations.get(key)
            issues[configuration] = [
                code
                for code, check in checks
                if check(configuration, day, authorization)
            ]
        return issues

    def _get_authorizations(self):
        """Return {(partner id, token id, company id): authorization}."""
        found = {}
        latest = self.env["autopay.authorization"]._get_latest_by_token
        for company, part in self.sudo().grouped("company_id").items():
            by_token = latest(part.partner_id._origin, part.token_id._origin, company)
            found.update(
                (((*key, company.id), record) for key, record in by_token.items())
            )
        return found

    def _get_issue_sentence(self, code):
        """Return an issue of this configuration in words."""
        self.ensure_one()
        token = self.sudo().token_id
        return get_issue_sentence(
            self.env,
            code,
            method=token._get_autopay_label() if token else "",
            provider=token.provider_id.name or "",
            customer=self.partner_id.display_name,
            detail=self._get_issue_detail(code),
        )

    def _get_issue_detail(self, code):
        if code == "condition_incomplete":
            problems = (rec._get_problem() for rec in self.condition_ids)
            return next((problem for problem in problems if problem), "")
        if code == "contradiction":
            return self._get_contradiction() or ""
        return ""

    def _get_contradiction(self):
        """Return two conditions that exclude each other, in words, or nothing."""
        pair = find_contradiction(self.condition_ids)
        if not pair:
            return ""
        first, second = (condition._get_phrase() for condition in pair)
        if first == second:
            return self.env._("“%s”.", first)
        return self.env._(
            "“%(first)s” excludes “%(second)s”.", first=first, second=second
        )

    # === CHECKS === #

    def _has_no_method(self, configuration, today, authorization):
        return not configuration.token_id

    def _has_method_archived(self, configuration, today, authorization):
        token = configuration.token_id
        return bool(token) and not token.active

    def _has_method_expired(self, configuration, today, authorization):
        token = configuration.token_id
        return bool(token) and token._is_autopay_expired(today)

    def _has_method_of_other_customer(self, configuration, today, authorization):
        owner = configuration.token_id.partner_id.commercial_partner_id
        return bool(owner) and owner != configuration.partner_id._origin

    def _has_provider_disabled(self, configuration, today, authorization):
        return configuration.token_id.provider_id.state == "disabled"

    def _has_provider_company(self, configuration, today, authorization):
        owner = configuration.token_id.provider_id.company_id
        return bool(owner) and owner not in configuration.company_id.parent_ids

    def _has_provider_unsupported(self, configuration, today, authorization):
        token = configuration.token_id
        return bool(token) and not token._is_autopay_usable()

    def _has_no_condition(self, configuration, today, authorization):
        return not configuration.condition_ids

    def _has_condition_incomplete(self, configuration, today, authorization):
        return any(rec._get_problem() for rec in configuration.condition_ids)

    def _has_contradiction(self, configuration, today, authorization):
        return bool(find_contradiction(configuration.condition_ids))

    def _has_customer_is_contact(self, configuration, today, authorization):
        partner = configuration.partner_id
        return bool(partner) and partner != partner.commercial_partner_id

    def _has_no_authorization(self, configuration, today, authorization):
        return bool(configuration.token_id) and not authorization

    def _has_authorization_revoked(self, configuration, today, authorization):
        return bool(authorization and authorization.revoked_date)
