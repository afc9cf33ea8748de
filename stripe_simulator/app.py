"""The web application."""

from __future__ import annotations

from aiohttp import web

from .admin import Admin
from .admin_money import MoneyAdmin
from .api import Api
from .simulator import Simulator

MAX_BODY = 1024 * 1024


def build(sim: Simulator) -> web.Application:
    """Return the application that speaks for ``sim``."""
    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(Admin(sim, MoneyAdmin(sim)).routes())
    app.router.add_route("*", "/v1/{rest:.*}", Api(sim).handle)
    return app
