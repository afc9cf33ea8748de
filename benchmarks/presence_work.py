"""The work of a usual day whose cost is compared, each a function of a ``Desk``."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.test import Client

from benchmarks.odoo_session import superuser_environment
from benchmarks.presence_books import CUSTOMER_LOGIN, LOGIN
from benchmarks.presence_views import get_form_spec, get_list_spec

INVOICES = {"default_move_type": "out_invoice"}
CUSTOMERS = {"res_partner_search_mode": "customer", "default_customer_rank": 1}
TIME_ZONE = "Europe/Paris"


class Desk:
    """A database as its billing user and one of its customers see it.

    What is looked up once a day is looked up here: views, ids, the login.
    """

    def __init__(self, registry):
        self.registry = registry
        with superuser_environment(registry) as env:
            user = env["res.users"].search([("login", "=", LOGIN)])
            self.uid = user.id
            self.context = self._get_context(user)
            self.client = self._log_in(env)
        with self.open() as env:
            moves = env["account.move"].with_context(**INVOICES)
            partners = env["res.partner"].with_context(**CUSTOMERS)
            self._find_invoices(moves)
            self.invoice_list = get_list_spec(moves, "account.view_out_invoice_tree")
            self.invoice_form = get_form_spec(
                moves.browse(self.posted_ids[0]), "account.view_move_form"
            )
            self.customer_list = get_list_spec(partners, "base.view_partner_tree")
            self.customer_form = get_form_spec(
                partners.browse(self.customer_ids[0]), "base.view_partner_form"
            )

    @contextlib.contextmanager
    def open(self):
        """Give the billing user's environment; what it writes is rolled back."""
        from odoo import api

        with self.registry.cursor() as cr:
            yield api.Environment(cr, self.uid, self.context)
            cr.rollback()

    def _get_context(self, user):
        """Return what the web client sends with each request of this user."""
        companies = {"allowed_company_ids": user.company_id.ids}
        # Odoo keeps the time zone of the browser at the first log-in.
        return {**user.with_user(user).context_get(), "tz": TIME_ZONE, **companies}

    def _find_invoices(self, moves):
        mine = [("partner_id.user_ids.login", "=", CUSTOMER_LOGIN)]
        domain = [("move_type", "=", "out_invoice")]
        own = moves.sudo().search([*domain, *mine])
        others = moves.search([*domain, ("id", "not in", own.ids)], order="id")
        self.own_ids = own.ids
        self.posted_ids = others.filtered(lambda move: move.state == "posted").ids
        self.draft_ids = others.filtered(lambda move: move.state == "draft").ids
        self.customer_ids = others.partner_id.ids

    def _log_in(self, env):
        """Return a browser in which the customer is logged in."""
        from odoo import http
        from odoo.service.security import compute_session_token

        user = env["res.users"].search([("login", "=", CUSTOMER_LOGIN)])
        session = http.root.session_store.new()
        session.update(
            http.get_default_session(), db=self.registry.db_name, _trace_disable=True
        )
        session.uid, session.login = user.id, user.login
        session.session_token = compute_session_token(session, user.with_user(user).env)
        session.context = {**user.with_user(user).context_get(), "tz": TIME_ZONE}
        http.root.session_store.save(session)
        client = Client(http.root)
        client.set_cookie("session_id", session.sid, domain="localhost")
        return client

    def browse(self, path):
        """Return the customer's answer to a path of the portal."""
        from odoo.tools import config

        # Odoo's server knows the databases that it was started for.
        config["db_name"] = [self.registry.db_name]
        return self.client.get(path)


# === WORK: (env, desk, count of records) === #


def list_invoices(env, desk, count):
    moves = env["account.move"].with_context(**INVOICES)
    domain = [("id", "in", desk.posted_ids[:count])]
    found = moves.web_search_read(
        domain, desk.invoice_list, limit=80, count_limit=10001
    )
    return len(found["records"])


def open_invoice(env, desk, count):
    moves = env["account.move"].with_context(**INVOICES)
    return len(moves.browse(desk.posted_ids[:count]).web_read(desk.invoice_form))


def start_invoice(env, desk, count):
    moves = env["account.move"].with_context(**INVOICES)
    return bool(moves.onchange({}, [], desk.invoice_form)["value"]) and count


def type_price(env, desk, count):
    move = env["account.move"].with_context(**INVOICES).browse(desk.draft_ids[0])
    line = move.invoice_line_ids[:1]
    values = {"invoice_line_ids": [(1, line.id, {"price_unit": 321.0})]}
    answer = move.onchange(values, ["invoice_line_ids"], desk.invoice_form)
    return bool(answer["value"]) and count


def save_price(env, desk, count):
    move = env["account.move"].with_context(**INVOICES).browse(desk.draft_ids[0])
    line = move.invoice_line_ids[:1]
    values = {"invoice_line_ids": [(1, line.id, {"price_unit": 321.0})]}
    return len(move.web_save(values, desk.invoice_form)) and count


def post_invoices(env, desk, count):
    drafts = env["account.move"].browse(desk.draft_ids[:count])
    drafts.action_post()
    return len(drafts.filtered(lambda move: move.state == "posted"))


def pay_invoices(env, desk, count):
    invoices = env["account.move"].browse(desk.posted_ids[:count])
    context = {"active_model": "account.move", "active_ids": invoices.ids}
    wizard = env["account.payment.register"].with_context(**context).create({})
    wizard.action_create_payments()
    return len(invoices.filtered(lambda move: move.payment_state != "not_paid"))


def list_customers(env, desk, count):
    partners = env["res.partner"].with_context(**CUSTOMERS)
    domain = [("id", "in", desk.customer_ids[:count])]
    found = partners.web_search_read(
        domain, desk.customer_list, limit=80, count_limit=10001
    )
    return len(found["records"])


def open_customer(env, desk, count):
    partners = env["res.partner"].with_context(**CUSTOMERS)
    return len(partners.browse(desk.customer_ids[:count]).web_read(desk.customer_form))


def ask_payable(env, desk, count):
    invoices = env["account.move"].sudo().browse(desk.own_ids[:count])
    return len([invoice for invoice in invoices if invoice._has_to_be_paid()])


def create_transaction(env, desk, count):
    invoice = env["account.move"].sudo().browse(desk.posted_ids[0])
    token = (
        env["payment.token"]
        .sudo()
        .search([("partner_id", "=", invoice.partner_id.id)], limit=1)
    )
    values = {
        "provider_id": token.provider_id.id,
        "payment_method_id": token.payment_method_id.id,
        "token_id": token.id,
        "reference": "presence",
        "amount": invoice.amount_residual,
        "currency_id": invoice.currency_id.id,
        "partner_id": invoice.partner_id.id,
        "operation": "offline",
        "invoice_ids": [(6, 0, invoice.ids)],
    }
    return len(env["payment.transaction"].sudo().create(values)) * count


def browse_portal_list(_env, desk, count):
    page = desk.browse("/my/invoices")
    return page.get_data(as_text=True).count("/my/invoices/") >= count and count


def browse_portal_page(_env, desk, count):
    page = desk.browse(f"/my/invoices/{desk.own_ids[0]}")
    return (page.status_code == 200) and count


@dataclass(frozen=True)
class Work:
    """Something that people do, and for how many records at once.

    :param do: a function of environment, desk and count, which returns the count of
        what it has done
    :param few: a smaller count, by which is seen what one record more costs
    """

    label: str
    do: Callable
    count: int = 1
    few: int = 0


WORKS = [
    Work("list of 80 invoices", list_invoices, 80, 40),
    Work("invoice form", open_invoice),
    Work("new invoice", start_invoice),
    Work("typing a price in a draft", type_price),
    Work("saving that price", save_price),
    Work("posting 80 drafts", post_invoices, 80, 40),
    Work("registering the payment of an invoice", pay_invoices),
    Work("registering the payments of 20 invoices", pay_invoices, 20, 10),
    Work("list of 20 customers", list_customers, 20, 10),
    Work("customer form", open_customer),
    Work("whether 80 invoices have to be paid", ask_payable, 80, 40),
    Work("creating a payment transaction", create_transaction),
    Work("list of 80 invoices in the portal", browse_portal_list, 80),
    Work("page of an invoice in the portal", browse_portal_page),
]
