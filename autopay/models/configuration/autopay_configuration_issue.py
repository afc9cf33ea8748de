from odoo import api, fields, models
from odoo.fields import Domain

from ...conditions.contradictions import find_contradiction
from ...words.configurations import (
    AUTHORIZATION_ISSUES,
    HELD_ISSUES,
    ISSUE_LABELS,
    get_issue_sentence,
)


class AutopayConfigurationIssue(models.AbstractModel):
    """Why a configuration cannot pay: what is missing, or has become invalid.

    Its method is judged as for an invoice (``autopay.judgement``); ``_has_<code>`` says
    whether there is an issue with its conditions, for each of ``ISSUE_LABELS``.
    """

    _name = "autopay.configuration.issue"
    _description = "Issues of a Payment Rule"

    issue = fields.Text(
        string="Warning",
        compute="_compute_issue",
        help="Why this payment rule pays nothing; empty: it is valid.",
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
        labels = dict(self.env["autopay.decision"]._get_blocker_selection())
        labels.update((code, self.env._(label)) for code, label in ISSUE_LABELS.items())
        return [(code, labels[code]) for code in self._get_issue_codes()]

    @api.model
    def _get_issue_codes(self):
        """Return why a configuration may pay nothing, in the order in which it is told.

        The method, the conditions, the consent.
        """
        codes = self.env["autopay.decision"]._get_blocker_table().method_codes
        consent = codes.index("no_authorization")
        return (*codes[:consent], *ISSUE_LABELS, *codes[consent:])

    @api.depends_context("lang")
    @api.depends(
        "token_id.active",
        "token_id.autopay_paused_date",
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

    def _get_passing_issues(self, today=None):
        """Return {configuration: codes} for which it is passed over.

        :param date today: the date to ask for; each company's today by default
        """
        return self._get_open_issues(today, held=False)

    def _get_open_issues(self, today=None, held=True):
        """Return {configuration: codes} that saving does not mend.

        :param date today: the date to ask for; each company's today by default
        :param bool held: whether ``HELD_ISSUES`` count
        """
        return {
            configuration: [
                code
                for code in codes
                # Saving records the consent to a method that was chosen.
                if code not in AUTHORIZATION_ISSUES or configuration._is_method_saved()
            ]
            for configuration, codes in self._get_issues(today, held).items()
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

    def _get_issues(self, today=None, held=True):
        """Return {configuration: codes}; valid ones have none.

        :param date today: the date to ask for; each company's today by default
        :param bool held: whether ``HELD_ISSUES`` count
        """
        authorizations = self._get_authorizations()
        facts = self._get_issue_facts(today, held)
        codes = self._get_issue_codes()
        asked = [
            code
            for code in self.env["autopay.decision"]._get_blocker_table().method_codes
            if held or code not in HELD_ISSUES
        ]
        issues = {}
        for configuration in self.sudo():
            found = {
                *configuration._judge_method(authorizations, facts, asked),
                *configuration._get_condition_issues(),
            }
            issues[configuration] = [code for code in codes if code in found]
        return issues

    def _judge_method(self, authorizations, facts, codes):
        """Return why the method cannot pay, see ``autopay.judgement``.

        :param dict authorizations: see ``_get_authorizations``
        :param dict facts: see ``_get_issue_facts``
        """
        company = self._get_judged_company()
        payer, token = self.partner_id._origin, self.token_id._origin
        key = (payer.id, token.id, company.id)
        authorization = authorizations.get(key) or self.env["autopay.authorization"]
        judge = self.env["autopay.judgement"]._judge
        return judge(payer, token, authorization, facts[company], codes)

    def _get_issue_facts(self, today, held):
        """Return {company: MethodFacts} of these configurations."""
        judgement = self.env["autopay.judgement"]
        glance = self.env["autopay.payer.glance"]
        facts = {}
        parts = self.sudo().grouped(lambda rec: rec._get_judged_company())
        for company, part in parts.items():
            tokens = part.token_id._origin
            seen = held and glance._get_known(company, part.partner_id)
            if not held or (seen and not seen.declined):
                tokens = tokens.browse()
            day = today or company._get_autopay_today()
            facts[company] = judgement._get_method_facts(company, tokens, day)
        return facts

    def _get_judged_company(self):
        """Return the company in which the method is to be charged."""
        return self.company_id._origin or self.env.company

    def _get_condition_issues(self):
        """Return what is wrong with the conditions and whose they are, as codes."""
        return [code for code in ISSUE_LABELS if getattr(self, f"_has_{code}")()]

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
            token,
            self.env["autopay.decision"]._get_blocker_table(),
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

    def _has_no_condition(self):
        return not self.condition_ids

    def _has_condition_incomplete(self):
        return any(rec._get_problem() for rec in self.condition_ids)

    def _has_contradiction(self):
        return bool(find_contradiction(self.condition_ids))

    def _has_customer_is_contact(self):
        partner = self.partner_id
        return bool(partner) and partner != partner.commercial_partner_id
