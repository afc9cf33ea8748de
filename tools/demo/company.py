"""The company of the demonstration: currencies, payment providers, autopay."""

STRIPE_KEY = "sk_test_demonstration"

# Units of each currency for one US dollar: round figures, made up.
RATES = {"EUR": 0.9, "GBP": 0.8, "JPY": 150.0, "KWD": 0.3}

# Odoo asks its maker about updates there; a demonstration tells nobody anything.
UNWANTED_CRON = "mail.ir_cron_module_update_notification"


def set_up_company(env, port):
    """Make the company of a fresh database ready to charge.

    :param int port: where the web client will be served: links lead there
    """
    env["ir.config_parameter"].set_param("web.base.url", f"http://localhost:{port}")
    env.company.write(
        {
            "name": "Autopay Demonstration",
            "autopay_enabled": True,
            "autopay_policy": "automatic",
        }
    )
    # Mails and pages tell customers the time there.
    env.company.partner_id.tz = "America/New_York"
    env.ref(UNWANTED_CRON).active = False
    _set_up_currencies(env)
    _set_up_providers(env)


def get_provider(env, code):
    """Return the company's payment provider of that code."""
    return env["payment.provider"].search(
        [("code", "=", code), ("company_id", "=", env.company.id)], limit=1
    )


def get_currency(env, name):
    """Return a currency by its ISO code, in use or not."""
    currencies = env["res.currency"].with_context(active_test=False)
    return currencies.search([("name", "=", name)], limit=1)


def _set_up_currencies(env):
    for name, rate in RATES.items():
        currency = get_currency(env, name)
        currency.active = True
        env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2020-01-01", "rate": rate}
        )


def _set_up_providers(env):
    get_provider(env, "demo").state = "test"
    get_provider(env, "stripe").write(
        {
            "state": "test",
            "allow_tokenization": True,
            # Portal users see no other.
            "is_published": True,
            "stripe_publishable_key": "pk_test_demonstration",
            "stripe_secret_key": STRIPE_KEY,
        }
    )
