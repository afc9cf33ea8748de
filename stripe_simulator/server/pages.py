"""The pages that Stripe and a bank would show to a customer, at our own address.

They are plain forms without script: a person presses a button, and a test that has
said what the next visitor does is sent on at once.
"""

from __future__ import annotations

from html import escape

from aiohttp import web

from ..memory.documented import MANDATE_TYPES
from ..memory.objects import CheckoutSession, PaymentIntent, SetupIntent
from ..memory.simulator import Simulator
from ..money import visits

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f6f8fa;
  color: #1a1f36; }
main { max-width: 28rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.25rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
.note { color: #4f566b; font-size: .875rem; }
.error { border-left: 4px solid #b3093c; background: #fff0f3; padding: .75rem; }
button { display: block; width: 100%; margin: 0 0 .75rem; padding: .75rem 1rem;
  font: inherit; text-align: left; color: inherit; background: #fff; cursor: pointer;
  border: 1px solid #697386; border-radius: .375rem; }
button:hover, button:focus-visible { outline: 3px solid #0055bc; }
"""
_TITLES = {
    visits.PAY: "Save a payment method",
    visits.THREE_D_SECURE: "Your bank asks: is it you?",
    visits.DEPOSITS: "Verify your bank account",
}
_STAND_IN = "This page stands in for the payment provider. No real bank is asked."
_WRONG = "This is not the code of the deposit. Please try again."
_LEFT = "The window is closed. Nothing more happens here."


class Pages:
    """Serves the hosted pages."""

    def __init__(self, sim: Simulator):
        self.sim = sim

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses and their handlers."""
        path = "/c/{kind}/{id}"
        return [web.get(path, self.open), web.post(path, self.press)]

    async def open(self, request: web.Request) -> web.Response:
        """Show a page, or do at once what was decided for its visitor."""
        self.sim.clock.run_due()
        if self.sim.deeds and request.method == "GET":
            return self._do(request, self.sim.deeds.popleft())
        try:
            return self._show("wrong" in request.query, **request.match_info)
        except LookupError as error:
            return _page("Not found", _paragraph(str(error)), 404)

    async def press(self, request: web.Request) -> web.Response:
        """Do what the button says."""
        self.sim.clock.run_due()
        form = await request.post()
        return self._do(request, str(form.get("deed", "")))

    def _do(self, request: web.Request, deed: str) -> web.Response:
        kind, object_id = (request.match_info[name] for name in ("kind", "id"))
        try:
            place = visits.press(self.sim, kind, object_id, deed)
        except ValueError as error:
            return _page("Not possible", _paragraph(str(error)), 400)
        except LookupError as error:
            return _page("Not found", _paragraph(str(error)), 404)
        if not place:
            return _page("Closed", _paragraph(_LEFT))
        return web.Response(status=303, headers={**_HEADERS, "Location": place})

    def _show(self, wrong: bool, kind: str, id: str) -> web.Response:
        shown = visits.buttons(self.sim, kind, id)
        book, item = visits.find(self.sim, kind, id)
        is_session = kind == visits.PAY
        intent = book.setup_intents.get(item.setup_intent) if is_session else item
        parts = [_said(intent, over=not shown)]
        if wrong and shown:
            parts.append(_paragraph(_WRONG, "error"))
        if is_session and shown:
            parts += _session_texts(item)
        return _page(_TITLES[kind], "".join(parts) + _form(shown))


def _said(intent: SetupIntent | PaymentIntent, over: bool) -> str:
    """Return what became of the intent so far, as the customer reads it."""
    is_charge = isinstance(intent, PaymentIntent)
    error = intent.last_payment_error if is_charge else intent.last_setup_error
    # While the bank asks, the error is that of the try before.
    if error and (over or not is_charge):
        return _paragraph(error["message"], "error")
    if not over:
        return ""
    if intent.status == "succeeded":
        done = "the payment is made" if is_charge else "the payment method is saved"
        return _paragraph(f"Done: {done}.")
    return _paragraph("This page can no longer be used.")


def _session_texts(session: CheckoutSession) -> list[str]:
    fields = session.fields
    name = (fields.get("branding_settings") or {}).get("display_name")
    texts = [_paragraph(f"For {name}.")] if name else []
    submit = ((fields.get("custom_text") or {}).get("submit") or {}).get("message")
    if submit:
        texts.append(_paragraph(submit))
    if set(session.types) & set(MANDATE_TYPES):
        agreed = "Choosing a bank account gives the mandate to debit it."
        texts.append(_paragraph(agreed, "note"))
    return texts


def _form(shown: dict[str, str]) -> str:
    buttons = "".join(
        f'<button name="deed" value="{escape(deed)}">{escape(label)}</button>'
        for deed, label in shown.items()
    )
    return f'<form method="post">{buttons}</form>' if shown else ""


def _paragraph(text: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    role = ' role="alert"' if kind == "error" else ""
    return f"<p{shown}{role}>{escape(text)}</p>"


def _page(title: str, content: str, status: int = 200) -> web.Response:
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}"
        f"{_paragraph(_STAND_IN, 'note')}</main></body></html>"
    )
    return web.Response(
        status=status, text=text, content_type="text/html", headers=_HEADERS
    )
