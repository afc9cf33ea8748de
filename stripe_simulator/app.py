"""The web application."""

from __future__ import annotations

from aiohttp import web

from .admin import Admin
from .admin_methods import MethodAdmin
from .admin_money import MoneyAdmin
from .admin_webhooks import WebhookAdmin
from .api import Api
from .events import EventLog
from .simulator import Simulator
from .webhooks import Webhooks

MAX_BODY = 1024 * 1024


def build(sim: Simulator) -> web.Application:
    """Return the application that speaks for ``sim``."""
    EventLog(sim)
    webhooks = Webhooks(sim)
    app = web.Application(client_max_size=MAX_BODY)
    more = (MethodAdmin(sim), MoneyAdmin(sim), WebhookAdmin(sim, webhooks))
    app.add_routes(Admin(sim, *more).routes())
    app.router.add_route("*", "/v1/{rest:.*}", Api(sim).handle)
    app.on_cleanup.append(webhooks.close)
    return app
