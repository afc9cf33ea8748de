import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from ..words.configurations import get_done_sentence
from .portal_common import AutopayPortalCommon
from .rule_form import (
    get_condition,
    read_number,
    read_rows,
    read_whole,
    show_number,
)

RULES = "/my/autopay/configurations"
STEPS = {"up": -1, "down": 1}
CAPS = ("max_amount", "max_month_amount")
EMPTY = {"token_id": 0, "rows": [], "cap_rule": "skip", **dict.fromkeys(CAPS, "")}
POST = {"type": "http", "auth": "user", "website": True, "methods": ["POST"]}
GET = {**POST, "methods": ["GET"]}


class AutopayPortalRules(AutopayPortalCommon):
    """Lets customers say which of their invoices are paid with which method.

    ``autopay.configuration.portal`` decides what may be changed, and by whom.
    """

    # === THE LIST === #

    @route(RULES, **GET)
    def autopay_rules(self, company=None, **_others):
        """Show the customer's rules in the order in which they are tried."""
        company = self._get_company(company)
        rules = request.env["autopay.configuration.portal"]._get_own(company)
        return self._render("autopay.portal_rules", {"rules": rules}, company)

    @route(f"{RULES}/<rule>/<any(up, down, enable, disable, remove):act>", **POST)
    def autopay_rule_act(self, rule, act, company=None, **_others):
        """Move a rule, switch it on or off, or remove it."""
        company = self._get_company(company)
        rule = self._get_rule(company, rule)
        acts = {
            "enable": lambda portal: portal._set_enabled(company, rule.id, True),
            "disable": lambda portal: portal._set_enabled(company, rule.id, False),
            "remove": lambda portal: portal._remove(company, rule.id),
        }
        told = get_done_sentence(request.env, act, rule.display_name)

        def change():
            portal = request.env["autopay.configuration.portal"]
            if act in STEPS:
                portal._move(company, rule.id, STEPS[act])
            else:
                acts[act](portal)
            return told

        return self._do(change, RULES, company)

    def _get_rule(self, company, rule):
        """Return one of the customer's rules.

        :raises NotFound: when it is not one of them, or there is none
        """
        portal = request.env["autopay.configuration.portal"]
        try:
            return portal._get_one(company, self._read_id(rule))
        except AccessError:
            return self._not_found()

    # === THE FORM === #

    @route([f"{RULES}/new", f"{RULES}/<rule>"], **GET)
    def autopay_rule(self, rule=None, company=None, **_others):
        """Show the form of a rule, or that of a new one."""
        company = self._get_company(company)
        rule = self._get_rule(company, rule) if rule else None
        form = self._get_rule_form(rule) if rule else dict(EMPTY)
        return self._show_rule_form(company, rule, form)

    @route([f"{RULES}/new", f"{RULES}/<rule>"], **POST)
    def autopay_rule_save(self, rule=None, company=None, **_others):
        """Save a rule; or show its form anew, with a condition more or less.

        Its *do* is *save*, *add* or *drop_3*; whatever else changes nothing.
        """
        company = self._get_company(company)
        rule = self._get_rule(company, rule) if rule else None
        # Texts only: files are no part of it.
        sent = request.httprequest.form
        do = sent.get("do", "")
        form = {
            "token_id": read_whole(sent.get("token_id", "")),
            "rows": read_rows(sent),
            "cap_rule": sent.get("cap_rule", "skip"),
            **{name: sent.get(name, "").strip() for name in CAPS},
        }
        if do != "save":
            self._change_rule_rows(form, do, sent.get("new_kind", ""))
            return self._show_rule_form(company, rule, form)
        try:
            with request.env.cr.savepoint():
                self._save_rule(company, rule, form, sent)
        except (AccessError, UserError) as error:
            return self._show_rule_form(company, rule, form, str(error))
        self._notify_visitor(request.env._("Your payment rule is saved."))
        return self._go(RULES, company)

    def _change_rule_rows(self, form, do, kind):
        """Add a row to the form, or take one away."""
        rows = form["rows"]
        if do == "add":
            rows.append(
                {
                    "kind": kind,
                    "operator": "",
                    "number": "",
                    "number_to": "",
                    "text": "",
                }
                | {"values": []}
            )
        elif do.startswith("drop_"):
            place = read_whole(do.removeprefix("drop_"))
            del rows[place : place + 1]

    def _save_rule(self, company, rule, form, sent):
        """Save what was sent.

        :raises UserError: why it cannot be, in words
        """
        portal = request.env["autopay.configuration.portal"]
        values = self._get_rule_values(company, form)
        if self._is_rule_fixed(rule):
            values.pop("conditions")
        consent = self._read_rule_consent(company, form["token_id"], sent)
        if rule:
            portal._change(company, rule.id, values, consent)
        else:
            portal._add(company, values, consent)

    def _get_rule_values(self, company, form):
        """Return the form as the service takes it: plain values, not trusted."""
        page = request.env["autopay.configuration.page"]
        if not form["token_id"]:
            raise UserError(request.env._("Choose the payment method that pays."))
        conditions = []
        for row in form["rows"]:
            choices = page._get_row_choices(company, row["kind"])
            conditions.append(
                get_condition(request.env, row, choices and choices["value"])
            )
        return {
            "token_id": form["token_id"],
            "cap_rule": form["cap_rule"],
            "conditions": conditions,
            **{name: read_number(form[name] or "0") for name in CAPS},
        }

    # === CONSENT === #

    def _read_rule_consent(self, company, token_id, sent):
        """Return the agreement that was ticked, None when there is none to record.

        :raises UserError: when the text has changed since it was shown
        """
        portal = request.env["autopay.configuration.portal"]
        token = portal._get_methods(company).filtered(lambda rec: rec.id == token_id)
        text = portal._get_agreement(company, token) if token else ""
        if not text or not sent.get("agree"):
            return None
        if sent.get(f"agreement_{token_id}") != self._hash_rule_text(text):
            raise UserError(
                request.env._(
                    "The text of the authorization has changed. Read it again before "
                    "you agree."
                )
            )
        return {"text": text, **self._read_visitor()}

    def _hash_rule_text(self, text):
        return hashlib.sha256(text.encode()).hexdigest()

    # === WHAT IS SHOWN === #

    def _get_rule_form(self, rule):
        """Return the form of a rule as it is."""
        rows = request.env["autopay.configuration.page"]._get_rows(rule)
        for row in rows:
            row["number"] = show_number(row["number"]) or "0"
            row["number_to"] = show_number(row["number_to"])
        return {
            "token_id": rule.token_id.id,
            "rows": rows,
            "cap_rule": rule.cap_rule,
            **{name: show_number(rule[name]) for name in CAPS},
        }

    def _show_rule_form(self, company, rule, form, error=""):
        """Show the form with what was entered so far, and why it is not saved."""
        values = {
            "rule": rule,
            "form": {**form, "rows": self._get_shown_rows(company, form)},
            "form_error": error,
            "is_fixed": self._is_rule_fixed(rule),
            "is_closed": bool(rule and rule.locked) or not self._may_change(),
            "methods": request.env["autopay.configuration.portal"]._get_methods(
                company
            ),
            "agreements": self._get_agreements(company),
            "kinds": request.env["autopay.configuration.page"]._get_kind_choices(),
            "cap_rules": self._get_cap_rules(),
        }
        return self._render("autopay.portal_rule", values, company)

    def _get_cap_rules(self):
        """Return what may become of an invoice above a limit, as [(code, label)]."""
        # Labels of fields are translated with these, not with sentences of the code.
        rules = request.env["autopay.configuration"].sudo()
        return rules.fields_get(["cap_rule"])["cap_rule"]["selection"]

    def _is_rule_fixed(self, rule):
        portal = request.env["autopay.configuration.portal"]
        return bool(rule) and portal._has_staff_conditions(rule)

    def _get_shown_rows(self, company, form):
        """Return the rows with what can be entered; strange kinds are left out."""
        page = request.env["autopay.configuration.page"]
        rows = [
            {**row, "choices": page._get_row_choices(company, row["kind"])}
            for row in form["rows"]
        ]
        return [row for row in rows if row["choices"]]

    def _get_agreements(self, company):
        """Return what is yet to be agreed to, as {method: (text, its hash)}."""
        portal = request.env["autopay.configuration.portal"]
        methods = portal._get_methods(company)
        texts = {token: portal._get_agreement(company, token) for token in methods}
        return {
            token: (text, self._hash_rule_text(text))
            for token, text in texts.items()
            if text
        }
