"""The addresses beside Streamlit's: two pages, the weights of a model, the socket."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from hub import moderate, phone, weights
from hub.protocol import KINDS
from hub.server import Hub

_PAGE = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def of(hub: Hub, base: str) -> list[BaseRoute]:
    """Give the routes.

    Parameters
    ----------
    base : ``server.baseUrlPath``, with or without slashes around it.
    """
    base = f"/{base.strip('/')}".rstrip("/")

    def join(request: Request) -> Response:
        code = request.path_params.get("code", "").upper()
        is_code = re.fullmatch(KINDS["code"]["pattern"], code)
        return HTMLResponse(phone.page(code if is_code else "", base), headers=_PAGE)

    def moderation(_request: Request) -> Response:
        return HTMLResponse(moderate.page(base), headers=_PAGE)

    async def socket(websocket: WebSocket) -> None:
        await hub.serve(websocket)

    return [
        WebSocketRoute(f"{base}/join/socket", socket),
        Route(f"{base}/join/model/{{name}}", model),
        Route(f"{base}/moderate", moderation),
        # In capitals, a QR code of the address is smaller.
        *(Route(f"{base}/{join_}", join) for join_ in ("join", "JOIN")),
        *(Route(f"{base}/{join_}/{{code:path}}", join) for join_ in ("join", "JOIN")),
    ]


def model(request: Request) -> Response:
    """Give a model's weights: for ever, if the address says which they are (``?v=``)."""
    found = weights.of(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    tag = f'"{found.version}"'
    is_named = request.query_params.get("v") == found.version
    headers = {
        "Cache-Control": _FOR_EVER if is_named else "no-cache",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.zipped, media_type="application/octet-stream", headers=headers)
    return Response(found.content, media_type="application/octet-stream", headers=headers)
