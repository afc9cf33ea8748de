"""The web application."""

from __future__ import annotations

from aiohttp import web

from ..admin.admin import Admin
from ..admin.admin_methods import MethodAdmin
from ..admin.admin_money import MoneyAdmin
from ..admin.admin_visits import VisitAdmin
from ..admin.admin_webhooks import WebhookAdmin
from ..events.events import EventLog
from ..events.webhooks import Webhooks
from ..memory.simulator import Simulator
from .api import Api
from .pages import Pages

MAX_BODY = 1024 * 1024


def build(sim: Simulator) -> web.Application:
    """Return the application that speaks for ``sim``."""
    EventLog(sim)
    webhooks = Webhooks(sim)
    app = web.Application(client_max_size=MAX_BODY)
    more = (
        MethodAdmin(sim),
        MoneyAdmin(sim),
        VisitAdmin(sim),
        WebhookAdmin(sim, webhooks),
    )
    app.add_routes(Admin(sim, *more).routes())
    app.add_routes(Pages(sim).routes())
    app.router.add_route("*", "/v1/{rest:.*}", Api(sim).handle)
    app.on_cleanup.append(webhooks.close)
    return app
