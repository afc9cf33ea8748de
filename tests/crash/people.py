"""Acts of people on invoices, methods and providers, inside a process of Odoo.

Each function takes the environment and JSON values; what Odoo refuses raises its error.
"""

from datetime import timedelta

from odoo import Command

from odoo.addons.autopay.models.setup.visit import Visitor

from tests.crash.scenery import connect, create_token

TRANSFER = "by transfer"


def find(env, ref):
    """Return the invoice that goes by a reference."""
    return env["account.move"].search(
        [("ref", "=", ref), ("move_type", "=", "out_invoice")]
    )


def post_invoice(env, customer, ref, amount):
    """Post an invoice that is due, and put it on autopay.

    :param amount: major units
    """
    day = env.company._get_autopay_today()
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": env["res.partner"].search([("name", "=", customer)]).id,
            "ref": ref,
            "invoice_date": day,
            "invoice_date_due": day,
            "autopay_date": day,
            "invoice_line_ids": [
                Command.create({"name": "Service", "price_unit": amount, "tax_ids": []})
            ],
        }
    )
    move.action_post()
    move.action_autopay_make_eligible()


def configure(env, customer, **caps):
    """Let a customer's method pay by a configuration of any amount, with these caps."""
    partner = env["res.partner"].search([("name", "=", customer)])
    env["autopay.configuration"].create(
        {
            "partner_id": partner.id,
            "token_id": partner.autopay_token_id.id,
            "condition_ids": [Command.create({"number": 1.0})],
            **caps,
        }
    )


def open_page(env, customer):
    """Have the provider make the page on which a customer saves a method.

    :return: the page's address
    """
    payer = env["res.partner"].search([("name", "=", customer)])
    if not payer:
        payer = env["res.partner"].create({"name": customer})
        env.cr.commit()
    opener = env["autopay.setup.opener"]
    text = opener._get_text(payer, env.company, "autopay", None)
    visitor = Visitor(text_hash=opener._get_text_hash(text), contact=payer)
    setups = env["autopay.method.setup"]
    return setups._open(payer, env.company, "autopay", "portal", visitor)


def set_up_mail(env, port):
    """Give every customer an address, and Odoo a mail server that takes all."""
    customers = env["res.partner"].search([("customer_rank", ">", 0)])
    for customer in customers:
        customer.email = f"{customer.name}@example.com"
    env.company.email = "accounts@orchard.example.com"
    env["ir.mail_server"].create(
        {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port}
    )


def set_up_staff(env):
    """Have a person get the reports: of each run, of failures, of money returned."""
    clerk = env["res.users"].create(
        {
            "name": "clerk",
            "login": "clerk",
            "email": "clerk@example.com",
            "notification_type": "inbox",
            "group_ids": [Command.set(env.ref("account.group_account_invoice").ids)],
        }
    )
    env.company.write(
        {
            "autopay_reporter_ids": [Command.set(clerk.ids)],
            "autopay_summary": "always",
        }
    )


def plan(env, ref, days):
    """Agree with a customer to pay an invoice in two parts."""
    move = find(env, ref)
    today = env.company._get_autopay_today()
    half = move.amount_residual / 2
    rows = [(today + timedelta(days=after), half) for after in days]
    env["autopay.plan"]._set_up(
        move,
        rows,
        {"text": "Agreed.", "lang": "en_US", "channel": "phone", "agreed_date": today},
    )


def agree(env, name):
    """Agree as a customer does, who gets a copy of it."""
    payer = env["res.partner"].search([("name", "=", name)])
    authorization = env["autopay.authorization"]._record(
        payer, env.company, payer.autopay_token_id, "portal", text="I agree."
    )
    env["autopay.saved.method"]._mail_copy(authorization, payer.browse())


def ask(env, name):
    """Ask a customer for a payment method."""
    payer = env["res.partner"].search([("name", "=", name)])
    env["autopay.method.request"]._ask(env.company, payer)._send_soon()


def check_visits(env):
    """Ask the provider about all visits, as pages of return do."""
    env["autopay.method.setup"].search([])._check()


def press_confirm(env, ref):
    """Confirm a charge as its customer does.

    :return: the address of the bank's page, "" when there is none to go to
    """
    attempt = find(env, ref).autopay_attempt_ids
    return env["autopay.confirmation"]._press(attempt).url


def come_back(env, ref):
    """Open the page to which the bank leads back."""
    env["autopay.confirmation"]._look(find(env, ref).autopay_attempt_ids)


def make_eligible(env, ref):
    find(env, ref).action_autopay_make_eligible()


def cancel(env, ref):
    find(env, ref).button_cancel()


def reset_to_draft(env, ref):
    find(env, ref).button_draft()


def post_again(env, ref):
    find(env, ref).action_post()


def credit(env, ref, amount):
    """Post a credit note of an amount (major units), settled with the invoice."""
    move = find(env, ref)
    note = move._reverse_moves([{"ref": f"credit of {ref}"}])
    note.invoice_line_ids[0].price_unit = amount
    note.action_post()
    lines = (move + note).line_ids.filtered(
        lambda line: line.display_type == "payment_term"
    )
    lines.filtered(lambda line: not line.reconciled).reconcile()


def grant(env, customer, amount):
    """Post a credit note of an amount (major units) that pays nothing yet."""
    env["account.move"].create(
        {
            "move_type": "out_refund",
            "partner_id": env["res.partner"].search([("name", "=", customer)]).id,
            "invoice_date": env.company._get_autopay_today(),
            "invoice_line_ids": [
                Command.create(
                    {"name": "Goodwill", "price_unit": amount, "tax_ids": []}
                )
            ],
        }
    ).action_post()


def set_company(env, **values):
    """Change settings of the company."""
    env.company.write(values)


def pay_by_transfer(env, ref, amount):
    """Register a payment of an amount (major units)."""
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=find(env, ref).ids
    )
    bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
    values = {"amount": amount, "journal_id": bank.id, "communication": TRANSFER}
    wizard.create(values).action_create_payments()


def archive_method(env, customer):
    partner = env["res.partner"].search([("name", "=", customer)])
    partner.autopay_token_id.active = False


def restore_method(env, customer):
    partner = env["res.partner"].search([("name", "=", customer)])
    tokens = env["payment.token"].with_context(active_test=False)
    token = tokens.search([("partner_id", "=", partner.id)], limit=1)
    # Odoo lets nobody bring a method back: it stands for saving the same card again.
    env.cr.execute("UPDATE payment_token SET active = TRUE WHERE id = %s", [token.id])
    env.invalidate_all()
    partner.autopay_token_id = token


def authorize(env, customer):
    partner = env["res.partner"].search([("name", "=", customer)])
    env["autopay.authorization"]._record(
        partner, env.company, partner.autopay_token_id, "staff"
    )


def agree_to_other(env, customer):
    """Have a customer agree to a second card, for when the first one is declined."""
    payer = env["res.partner"].search([("name", "=", customer)])
    env.company.write({"autopay_fallback": True, "autopay_retry_card": False})
    client = connect()
    provider = payer.autopay_token_id.provider_id
    token = create_token(client, provider, payer, "pm_card_mastercard")
    consents = env["autopay.authorization"]
    consents._record(payer, env.company, token, "phone")


def revoke(env, customer):
    """Revoke every consent of a customer."""
    partner = env["res.partner"].search([("name", "=", customer)])
    env["autopay.authorization"].search(
        [("partner_id", "=", partner.id), ("revoked_date", "=", False)]
    )._revoke("at the customer's wish")


def charge_now(env, refs):
    """Press the button *Charge now* on invoices; return what the wizard says."""
    moves = env["account.move"].search(
        [("ref", "in", refs), ("move_type", "=", "out_invoice")], order="id"
    )
    wizard = env["autopay.charge.now"].create({"move_ids": [Command.set(moves.ids)]})
    wizard.action_charge()
    return wizard.result


def begin_online_payment(env, ref):
    """Begin to pay an invoice on the portal with a new card; return the reference."""
    move = find(env, ref)
    provider = env["payment.provider"].search([("code", "=", "demo")], limit=1)
    transaction = env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids[:1].id,
            "reference": f"portal-{ref}-{len(move.transaction_ids)}",
            "amount": move.amount_residual,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id,
            "operation": "online_direct",
            "invoice_ids": [Command.set(move.ids)],
        }
    )
    return transaction.reference


def finish_online_payment(env, reference):
    """Have an online payment confirmed and booked by Odoo."""
    transaction = env["payment.transaction"].search([("reference", "=", reference)])
    transaction._set_done()
    transaction._post_process()


def switch_provider(env, enabled):
    """Switch the provider on or off; what Odoo archives with it is saved again."""
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    provider.state = "test" if enabled else "disabled"
    if enabled:
        for name in ("card", "other", "declining", "debit"):
            restore_method(env, name)


def switch_on_again(env):
    """Switch autopay off and on: the database is the company's home from now on."""
    env.company.autopay_enabled = False
    env.company.autopay_enabled = True


def adopt(env):
    """Say that this database is the real one now."""
    env.company.action_autopay_adopt_database()


def make_draft(env, customer, ref, amount):
    """Make an invoice that nobody has posted yet.

    :param amount: major units
    """
    today = env.company._get_autopay_today()
    env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": env["res.partner"].search([("name", "=", customer)]).id,
            "ref": ref,
            # Odoo would take the user's day: the company's may be a day behind.
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_line_ids": [
                Command.create({"name": "Work", "price_unit": amount, "tax_ids": []})
            ],
        }
    )


def collect(env, ref, source):
    """Have an invoice collected since something was done.

    :return: why it is not, as sentences
    """
    return list(find(env, ref)._autopay_collect(source).values())
