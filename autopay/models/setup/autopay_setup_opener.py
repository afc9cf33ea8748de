import hashlib
from secrets import token_urlsafe

import psycopg2

from odoo import api, fields, models
from odoo.tools import email_normalize

from ...const.methods.setup import (
    BUSY,
    CHECK_MINUTES,
    MOST_CHARACTERS,
    PAGE_LOCALES,
    SETUP_METHOD_TYPES,
)
from ...gateways.base import (
    ABSENT,
    PREPARED,
    REFUSED,
    UNKNOWN,
    CustomerOrder,
    SetupOrder,
)
from ...words.methods.setups import (
    get_consent_text,
    get_problem_sentence,
    get_refused_note,
)
from ...words.providers import get_stop_sentence
from .visit import SetupError

# Bytes of what nobody can guess in the address to which a customer comes back.
TOKEN_BYTES = 24


class AutopaySetupOpener(models.AbstractModel):
    """Makes the page on which a customer saves a payment method, once for each wish.

    The wish is committed with all that the provider will be asked for, and a repeat
    (double click, the way back, a lost answer) sends the very same.
    """

    _name = "autopay.setup.opener"
    _inherit = "autopay.stage"
    _description = "Opens Pages for Saving Payment Methods"

    # === QUESTIONS === #

    @api.model
    def _get_provider(self, company, payer):
        """Return the provider on whose own page the payer can save a method, if any."""
        found = self._get_providers(company, payer)
        codes = found._get_autopay_codes("setups")
        return found.filtered(lambda rec: rec.code in codes)[:1]

    @api.model
    def _get_providers(self, company, payer):
        """Return the providers at which the payer can save a method for autopay.

        Odoo's rules decide what a customer may use: country, currency, publication. Of
        those, the company's provider for new consents is the only one.
        """
        providers = self.env["payment.provider"].sudo()
        found = providers._get_compatible_providers(
            company.id, payer.id, 0.0, force_tokenization=True, is_validation=True
        )
        usable = found.filtered(lambda rec: rec._is_autopay_usable())
        return usable._prefer_autopay_default(company)

    @api.model
    def _get_methods(self, provider):
        """Return the methods of Odoo's that customers can save on the page."""
        currency = provider._get_validation_currency()
        return provider.payment_method_ids.filtered(
            lambda method: (
                method.active
                and not method.primary_payment_method_id
                and method._get_autopay_type() in SETUP_METHOD_TYPES
                and currency.id
                in (method._get_autopay_currency_ids() or frozenset(currency.ids))
            )
        )

    @api.model
    def _get_text(self, payer, company, purpose, old_token=None):
        """Return the exact words that the payer agrees to, in the user's language."""
        none = self.env["payment.token"]
        limits = self._get_limits(payer, company, old_token or none)
        return get_consent_text(self.env, company, purpose, old_token or none, limits)

    def _get_limits(self, payer, company, old_token):
        """Return the consent whose limits go on to hold for what replaces a method."""
        latest = self.env["autopay.authorization"]._get_latest_by_token(
            payer, old_token, company
        )
        return latest.get((payer.id, old_token.id))

    @api.model
    def _get_text_hash(self, text):
        """Return what a browser sends back to say which words it has shown."""
        return hashlib.sha256(text.encode()).hexdigest()

    # === OPEN === #

    @api.model
    def _open(self, payer, company, purpose, channel, visitor):
        """See ``autopay.method.setup``."""
        provider = self._get_provider(company, payer)
        if not (provider and self._get_methods(provider) and self._may_ask(company)):
            raise self._problem("unavailable", company)
        text = self._get_text(payer, company, purpose, visitor.old_token)
        if self._get_text_hash(text) != visitor.text_hash:
            raise self._problem("outdated", company)
        vals = self._prepare_vals(payer, company, purpose, channel, visitor)
        vals.update(provider_id=provider.id, text=text, text_hash=visitor.text_hash)
        vals["open_key"] = self._get_open_key(vals)
        setup = self._find(vals["open_key"])
        if setup and (address := self._reopen(setup)):
            return address
        return self._send(self._create(vals))

    def _may_ask(self, company):
        """Return whether this database may ask the provider in the company's name."""
        return (
            company.autopay_enabled
            and not company._is_autopay_neutralized()
            and not company._is_autopay_copied()
        )

    def _prepare_vals(self, payer, company, purpose, channel, visitor):
        return {
            "partner_id": payer.id,
            "payer_number": payer.id,
            "contact_id": visitor.contact.id,
            "contact_name": (visitor.name or "")[:200],
            "request_id": visitor.asked and visitor.asked.id,
            "link_until": visitor.link_until,
            "company_id": company.id,
            "purpose": purpose,
            "old_token_id": purpose == "replace" and visitor.old_token.id,
            "recollect_ids": list(visitor.recollect) or False,
            "channel": channel,
            "lang": self.env.lang,
            "ip_address": visitor.ip_address,
            "user_agent": (visitor.user_agent or "")[:500],
            "user_id": self.env.uid,
            "agreed_date": company._get_autopay_today(),
            "access_token": token_urlsafe(TOKEN_BYTES),
        }

    def _get_open_key(self, vals):
        """Return what two presses of the same button have in common."""
        names = ("partner_id", "contact_id", "company_id", "provider_id", "purpose")
        more = ("old_token_id", "channel", "text_hash", "user_id")
        more += ("contact_name", "recollect_ids", "request_id", "link_until")
        return self._hash(*(vals[name] for name in (*names, *more)))

    def _hash(self, *parts):
        uuid = self.env["res.company"]._get_autopay_database_uuid()
        joined = "|".join(str(part or "") for part in (uuid, *parts))
        return hashlib.sha256(joined.encode()).hexdigest()

    def _find(self, open_key):
        setups = self.env["autopay.method.setup"].sudo()
        return setups.search([("open_key", "=", open_key)])

    def _reopen(self, setup):
        """Return where to go on with a visit that was begun, or nothing if it is over.

        :raises SetupError: when the provider does not say whether it is
        """
        if not setup._is_page_usable():
            setup.open_key = False
            # Before the next one is written, which has the same.
            setup.flush_recordset()
            return ""
        if setup.state == "new":
            return self._send(setup)
        outcome = setup._check().get(setup.id)
        if not outcome or outcome.state in (UNKNOWN, ABSENT):
            raise self._problem("unreachable", setup.company_id)
        if setup.state == "open":
            return setup.url
        return "" if setup.state in ("failed", "expired") else setup._get_return_path()

    # === WRITE DOWN === #

    def _create(self, vals):
        """Write the wish down and commit it; of two at once, both get the first one."""
        company = self.env["res.company"].browse(vals["company_id"])
        payer = self.env["res.partner"].browse(vals["partner_id"])
        self._check_limits(payer, company)
        try:
            setup = self._insert(vals)
            self.env.flush_all()
        except psycopg2.errors.UniqueViolation:
            self.env.cr.rollback()
            setup = self._find(vals["open_key"])
            if not setup:
                raise self._problem("unreachable", company) from None
        self._commit()
        # Presses at the same moment did not see each other before.
        self._check_limits(payer, company, setup)
        return setup

    def _insert(self, vals):
        provider = self.env["payment.provider"].sudo().browse(vals["provider_id"])
        transaction = self._create_transaction(provider, vals)
        setups = self.env["autopay.method.setup"].sudo()
        setup = setups.create(
            {
                **vals,
                "transaction_id": transaction.id,
                "customer_ref": self._find_customer_ref(provider, vals["partner_id"]),
                "next_check_date": fields.Datetime.add(
                    fields.Datetime.now(), minutes=CHECK_MINUTES[-1]
                ),
            }
        )
        self._write_orders(setup)
        return setup

    def _create_transaction(self, provider, vals):
        """Create Odoo's own transaction for it, which will make the method."""
        methods = self._get_methods(provider)
        cards = methods.filtered(lambda method: method.code == "card")
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": (cards or methods)[:1].id,
                    "reference": self.env["payment.transaction"]._compute_reference(
                        provider.code, prefix="SETUP"
                    ),
                    "amount": 0.0,
                    "currency_id": provider._get_validation_currency().id,
                    "partner_id": vals["partner_id"],
                    "operation": "validation",
                    "tokenize": True,
                }
            )
        )

    def _check_limits(self, payer, company, setup=None):
        """Refuse more pages than customers need; close a visit that is one too many.

        :param setup: the visit, once it is committed
        :raises SetupError: when there are too many
        """
        limits = self.env["autopay.setup.limits"]
        is_new = not setup or setup.state == "new"
        is_busy = is_new and limits._is_busy(payer, company, setup)
        if setup and is_busy:
            self._apply_committed(setup._set_over, "failed", BUSY)
        if is_busy or (setup and setup.reason == BUSY):
            raise self._problem(BUSY, company)

    # === CUSTOMER AT THE PROVIDER === #

    def _find_customer_ref(self, provider, payer_id, refused=()):
        """Return the payer's customer at the provider, as the newest method has it."""
        setups = self.env["autopay.method.setup"].sudo()
        begun = setups.search(
            [("partner_id", "=", payer_id), ("provider_id", "=", provider.id)]
        )
        gone = {*refused, *begun.mapped("refused_ref")}
        tokens = self.env["payment.token"].sudo().with_context(active_test=False)
        saved = tokens.search(
            [
                ("partner_id.commercial_partner_id", "=", payer_id),
                ("provider_id", "=", provider.id),
            ],
            order="id desc",
        )
        refs = [token._get_autopay_refs()["customer"] for token in saved]
        refs += begun.mapped("customer_ref")
        # A contact that was moved takes methods along, though not whose they were.
        others = setups.search(
            [("partner_id", "!=", payer_id), ("customer_ref", "in", refs)]
        )
        gone.update(others.mapped("customer_ref"))
        return next((ref for ref in refs if ref and ref not in gone), False)

    def _write_orders(self, setup, email=True):
        """Write down what the provider will be asked for."""
        if setup.customer_ref:
            setup.page_order = self._build_page_order(setup)
        else:
            setup.customer_order = self._build_customer_order(setup, email)

    def _build_customer_order(self, setup, email):
        payer = setup.partner_id
        order = {
            "name": (payer.name or payer.display_name)[:250],
            "email": (email and email_normalize(payer.email)) or "",
            "metadata": {
                "autopay_database": self.env[
                    "res.company"
                ]._get_autopay_database_uuid(),
                "autopay_partner": str(payer.id),
            },
        }
        # Asked again within a day, the provider answers with the same customer.
        facts = (setup.provider_id.id, payer.id, order["name"], order["email"])
        return {**order, "key": self._hash("customer", *facts, setup.refused_ref)}

    def _build_page_order(self, setup):
        transaction = setup.transaction_id
        company = setup.company_id
        address = company.get_base_url() + setup._get_return_path()
        methods = self._get_methods(setup.provider_id)
        text = setup.text if len(setup.text) <= MOST_CHARACTERS else ""
        return {
            "reference": transaction.reference,
            "key": self._hash("setup", setup.id, setup.customer_ref),
            "customer_ref": setup.customer_ref,
            "currency": transaction.currency_id.name,
            "success_url": address,
            "cancel_url": address,
            "method_types": sorted({rec._get_autopay_type() for rec in methods}),
            "metadata": {
                "autopay_database": self.env["res.company"]._get_autopay_database_uuid()
            },
            "text": text,
            "display_name": company.name or "",
            "locale": self._get_locale(setup.lang),
        }

    def _get_locale(self, lang):
        """Return the page's language; one it has not is chosen by the browser."""
        code = (lang or "").partition("_")[0]
        return code if code in PAGE_LOCALES else ""

    # === SEND === #

    def _send(self, setup):
        """Ask the provider for what was written down; return the page's address.

        :raises SetupError: when there is no page
        """
        part = self._get_part(setup)
        if not setup.customer_ref:
            self._make_customer(setup, part)
        page = self._ask_page(setup, part)
        if self._is_customer_gone(setup, page):
            self._apply_committed(self._forget_customer, setup)
            self._make_customer(setup, part)
            page = self._ask_page(setup, part)
        if page.kind == PREPARED:
            self._apply_committed(self._take_page, setup, page)
        elif setup.state == "new":
            raise self._fail(setup, page.kind, page.stop_reason, page.message)
        # Of two presses at once, the other one may have been quicker.
        return setup.url or setup._get_return_path()

    def _get_part(self, setup):
        """Return the part of the provider's account that makes pages.

        :raises SetupError: when the provider is not set up well enough to be called
        """
        try:
            return setup.provider_id._get_autopay_gateway().setups
        except ValueError as error:
            code = str(error)
            sentence = get_stop_sentence(self.env, code)
            raise self._fail(setup, REFUSED, code, sentence) from error

    def _is_customer_gone(self, setup, page):
        refused = page.kind == REFUSED and page.param == "customer"
        return refused and not setup.refused_ref

    def _take_page(self, setup, page):
        """Keep the page, and tell whoever was called that there are pages again."""
        setup._set_page(page)
        self.env["autopay.notification"]._close_waiting(
            self._get_wait(setup.provider_id), self.env._("There is a page again.")
        )

    def _get_wait(self, provider):
        """Return the name of the alarm that ends with the next page."""
        return f"setup_page:{provider.id}"

    def _ask_page(self, setup, part):
        stored = dict(setup.page_order)
        order = SetupOrder(**{**stored, "method_types": tuple(stored["method_types"])})
        self._commit()
        return part.create_session(order)

    def _make_customer(self, setup, part):
        """Make the payer's customer at the provider.

        An address that it does not take is left out: it is not needed.
        """
        answer = self._ask_customer(setup, part)
        if answer.kind == REFUSED and answer.param == "email":
            self._apply_committed(self._write_orders, setup, False)
            answer = self._ask_customer(setup, part)
        if answer.kind != PREPARED:
            raise self._fail(setup, answer.kind, answer.stop_reason, answer.message)
        self._apply_committed(self._set_customer, setup, answer.ref)

    def _ask_customer(self, setup, part):
        order = CustomerOrder(**setup.customer_order)
        self._commit()
        return part.create_customer(order)

    def _set_customer(self, setup, ref):
        """Keep the customer, unless somebody else was quicker."""
        if not setup.customer_ref:
            setup.customer_ref = ref
            self._write_orders(setup)

    def _forget_customer(self, setup):
        """Have another customer made in the place of one that is gone."""
        setup.write({"refused_ref": setup.customer_ref, "customer_ref": False})
        self._write_orders(setup)

    # === PROBLEMS === #

    def _problem(self, code, company):
        return SetupError(code, get_problem_sentence(self.env, code, company))

    def _fail(self, setup, kind, stop_reason, message=""):
        """Note that there is no page, and call a person; return the problem to raise.

        A definite no ends the visit. Anything else may have made the page: the next
        press asks for the same once more.
        """
        self._apply_committed(self._note_failure, setup, kind, stop_reason, message)
        code = "unavailable" if kind == REFUSED else "unreachable"
        return self._problem(code, setup.company_id)

    def _note_failure(self, setup, kind, stop_reason, message):
        notification = self.env["autopay.notification"]._for_staff(setup.company_id)
        env = notification.env
        if kind == REFUSED:
            setup._set_over("failed", stop_reason or "refused")
            note = get_refused_note(env, message)
        else:
            setup.reason = stop_reason or "no_answer"
            note = get_stop_sentence(env, stop_reason) if stop_reason else ""
        provider = setup.with_env(env).provider_id.name
        summary = env._("Customers cannot save payment methods at %s", provider)
        wait = self._get_wait(setup.provider_id)
        notification._alert(setup, setup.company_id, summary, note, wait)
