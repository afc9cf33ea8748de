"""One request to the API, from the first byte to the last."""

from __future__ import annotations

import asyncio
import hashlib
import time
import traceback
from dataclasses import dataclass, field

from aiohttp import web

from ..memory.errors import StripeError, server_error
from ..memory.faults import Fault, Probe
from ..memory.ids import new_id
from ..memory.request_log import RequestLog, without_secrets
from ..memory.simulator import Simulator
from ..memory.store import Book, Store
from ..rules.auth import Caller, authenticate
from ..rules.endpoint import Call, Endpoint
from ..rules.versions import ApiVersion
from . import answer as answers
from . import fault_answers, forms, routes, wire
from .answer import Answer
from .expand import check as check_expand
from .expand import expand


@dataclass(slots=True)
class Exchange:
    """The facts of a request while it is being answered."""

    method: str
    path: str
    key: str | None
    at: float
    request_id: str
    origin: str
    # The memory as the request found it; a reset puts others in their places.
    store: Store
    log: RequestLog
    caller: Caller | None = None
    flat: list[tuple[str, str]] = field(default_factory=list)
    body: dict = field(default_factory=dict)
    version: ApiVersion | None = None

    @property
    def scope(self) -> tuple | None:
        """To whom the idempotency key belongs; Stripe looks at it in POSTs only."""
        if self.key is None or self.method != "POST":
            return None
        return (self.caller.account, self.caller.livemode, self.key)

    @property
    def fingerprint(self) -> bytes:
        """The same for two requests with the same parameters."""
        text = repr(sorted(self.flat)).encode()
        return hashlib.blake2b(text, digest_size=16).digest()


class Api:
    """Answers everything under ``/v1/``."""

    def __init__(self, sim: Simulator):
        self.sim = sim

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or fail to in the way that was asked for."""
        self.sim.clock.run_due()
        exchange = Exchange(
            method=request.method,
            path=request.path,
            key=request.headers.get("Idempotency-Key"),
            at=time.time(),
            request_id=new_id("req", 14),
            origin=f"{request.scheme}://{request.host}",
            store=self.sim.store,
            log=self.sim.log,
        )
        raw = await request.read()
        refusal = self._open(exchange, request, raw)
        fault = self._pick_fault(exchange)
        if wire.is_cut_before(fault):
            self._log(exchange, None, fault)
            return await wire.cut(request, fault)
        answer = refusal or await self._answer(exchange, fault)
        answer = self._finish(exchange, answer, fault)
        self._log(exchange, answer, fault)
        return await wire.send(request, answer, fault)

    # === WHO AND WHAT === #

    def _open(
        self, exchange: Exchange, request: web.Request, raw: bytes
    ) -> Answer | None:
        """Read the request; return the refusal if it cannot be read."""
        try:
            exchange.caller = authenticate(request.headers)
            exchange.version = ApiVersion(request.headers.get("Stripe-Version"))
            exchange.flat = forms.pairs(request.rel_url.raw_query_string)
            exchange.flat += forms.pairs(raw)
            exchange.body = forms.nest(exchange.flat)
        except StripeError as error:
            return answers.failure(error, exchange.request_id)
        return None

    def _book(self, caller: Caller) -> Book:
        return self.sim.store.book(caller.account, caller.livemode)

    def _pick_fault(self, exchange: Exchange) -> Fault | None:
        if not self.sim.faults:
            return None
        methods, customers = self._touched(exchange)
        probe = Probe(exchange.method, exchange.path, exchange.key, methods, customers)
        return self.sim.faults.pick(probe)

    def _touched(self, exchange: Exchange) -> tuple[frozenset, frozenset]:
        """Return the payment methods and customers that the request is about."""
        parts = exchange.path.strip("/").split("/")
        methods = [exchange.body.get("payment_method"), *parts[2:3]]
        customers = [exchange.body.get("customer"), *parts[2:3]]
        if exchange.caller and len(parts) > 2:
            intent = self._book(exchange.caller).payment_intents.get(parts[2])
            methods.append(intent and intent.payment_method)
            customers.append(intent and intent.customer)
        return _texts(methods), _texts(customers)

    # === EXECUTION === #

    async def _answer(self, exchange: Exchange, fault: Fault | None) -> Answer:
        if fault:
            early = fault_answers.instead(fault, exchange.request_id, exchange.key)
            if early:
                return early
        try:
            endpoint, ids = routes.find(exchange.method, exchange.path)
            exchange.caller.check(exchange.method, exchange.path)
            return await self._once(exchange, endpoint, ids, fault)
        except StripeError as error:
            return answers.failure(error, exchange.request_id)

    async def _once(
        self,
        exchange: Exchange,
        endpoint: Endpoint,
        ids: list[str],
        fault: Fault | None,
    ) -> Answer:
        """Execute the request, unless its idempotency key was used before."""
        scope, store = exchange.scope, self.sim.idempotency
        if scope is None:
            return await self._execute(exchange, endpoint, ids, fault)
        known = store.begin(
            scope, exchange.fingerprint, exchange.path, exchange.request_id
        )
        if known:
            return Answer(known.status, known.body).with_headers(
                Idempotent_Replayed="true", Original_Request=known.request_id
            )
        answer = None
        try:
            answer = await self._execute(exchange, endpoint, ids, fault)
        finally:
            if answer and answer.keep:
                store.finish(scope, answer.status, answer.body)
            else:
                store.release(scope)
        return answer

    async def _execute(
        self,
        exchange: Exchange,
        endpoint: Endpoint,
        ids: list[str],
        fault: Fault | None,
    ) -> Answer:
        try:
            params = endpoint.check(exchange.body, exchange.version)
            check_expand(params.get("expand", []), endpoint.returns, endpoint.many)
            with self.sim.lock(ids[0] if endpoint.locks else None):
                await self._wait(fault)
                if exchange.store is not self.sim.store:
                    raise server_error()
                result = self._run(exchange, endpoint, params, ids)
        except StripeError as error:
            answer = answers.failure(error, exchange.request_id)
        else:
            answer = answers.success(result)
        if fault and fault.kind == "error_500_after" and answer.keep:
            return answers.failure(server_error(), exchange.request_id)
        return answer

    async def _wait(self, fault: Fault | None) -> None:
        seconds = self.sim.latency
        if fault and fault.kind == "delay_before":
            seconds += fault.seconds
        if seconds:
            await asyncio.sleep(seconds)

    def _run(
        self, exchange: Exchange, endpoint: Endpoint, params: dict, ids: list[str]
    ) -> dict:
        call = Call(
            self.sim,
            self._book(exchange.caller),
            params,
            exchange.version,
            exchange.key,
            exchange.origin,
        )
        try:
            with self.sim.caused_by(exchange.request_id, exchange.key):
                result = endpoint.run(call, *ids)
            return expand(call, result)
        except StripeError:
            raise
        except Exception:  # noqa: BLE001
            # A defect of the simulator must look like one of Stripe's, and be seen.
            traceback.print_exc()
            raise server_error() from None

    # === AFTERWARDS === #

    def _finish(
        self, exchange: Exchange, answer: Answer, fault: Fault | None
    ) -> Answer:
        if fault:
            answer = fault_answers.spoil(fault, answer)
        if answer.content_type != "application/json":
            return answer
        named = {"Request_Id": exchange.request_id}
        if exchange.version:
            named["Stripe_Version"] = exchange.version.name
        if exchange.key:
            named["Idempotency_Key"] = exchange.key
        return answer.with_headers(**named)

    def _log(
        self, exchange: Exchange, answer: Answer | None, fault: Fault | None
    ) -> None:
        caller = exchange.caller
        exchange.log.add(
            {
                "at": exchange.at,
                "request_id": exchange.request_id,
                "method": exchange.method,
                "path": exchange.path,
                "idempotency_key": exchange.key,
                "body": without_secrets(exchange.body),
                "payment_method": exchange.body.get("payment_method"),
                "status": answer.status if answer else None,
                "replayed": bool(answer and "Idempotent-Replayed" in answer.headers),
                "fault": fault.kind if fault else None,
                "account": caller.account if caller else None,
                "livemode": caller.livemode if caller else None,
                "version": exchange.version.name if exchange.version else None,
            }
        )


def _texts(values: list) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str))
