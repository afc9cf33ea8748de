"""Sends an answer, or breaks the connection."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from ..memory.faults import Fault
from .answer import Answer

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def is_cut_before(fault: Fault | None) -> bool:
    """Whether the connection ends before the request is looked at."""
    return fault is not None and fault.kind in ("refuse", "reset_before")


async def cut(request: web.Request, fault: Fault) -> web.StreamResponse:
    """End the connection without an answer, by a reset or by an orderly close."""
    transport = request.transport
    if transport is None:
        return web.Response()
    if fault.kind.startswith("reset"):
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
    return web.Response()


async def send(
    request: web.Request, answer: Answer, fault: Fault | None
) -> web.StreamResponse:
    """Send the answer as the fault, if there is one, lets it through."""
    kind = fault.kind if fault else None
    if kind == "reset_after":
        return await cut(request, fault)
    if kind == "delay_after":
        await asyncio.sleep(fault.seconds)
    if kind == "truncate":
        return await _truncated(request, answer)
    if kind == "drip":
        return await _dripped(request, answer, fault.seconds)
    return _response(answer)


def _response(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status,
        body=answer.body,
        headers=answer.headers,
        content_type=answer.content_type,
    )


async def _start(request: web.Request, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_type = answer.content_type
    response.content_length = len(answer.body)
    await response.prepare(request)
    return response


async def _truncated(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Promise the whole body, send half of it, close."""
    response = await _start(request, answer)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _dripped(
    request: web.Request, answer: Answer, seconds: float
) -> web.StreamResponse:
    """Send the body in ten pieces, spread over ``seconds``."""
    response = await _start(request, answer)
    size = max(1, -(-len(answer.body) // 10))
    for start in range(0, len(answer.body), size):
        await asyncio.sleep(seconds / 10)
        await response.write(answer.body[start : start + size])
    await response.write_eof()
    return response
