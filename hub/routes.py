"""The addresses beside Streamlit's: two pages, the weights of a model, the socket."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

import ae
from hub import moderate, phone
from hub.server import Hub
from ui import models
from ui.components import packed
from ui.state import Visit

_HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_YEAR = "public, max-age=31536000, immutable"


def of(hub: Hub, base: str) -> list[BaseRoute]:
    """Give the routes.

    Parameters
    ----------
    base : ``server.baseUrlPath``, with or without slashes around it.
    """
    base = f"/{base.strip('/')}" if base.strip("/") else ""

    def join(request: Request) -> Response:
        return HTMLResponse(phone.page(request.path_params.get("code", ""), base), headers=_HEADERS)

    def moderation(_request: Request) -> Response:
        return HTMLResponse(moderate.page(base), headers=_HEADERS)

    async def socket(websocket: WebSocket) -> None:
        await hub.serve(websocket)

    # In capitals a QR code of the address is a third smaller.
    return [
        Route(f"{base}/join", join),
        WebSocketRoute(f"{base}/join/socket", socket),
        Route(f"{base}/join/model/{{name}}", model),
        *(Route(f"{base}/{word}/{{code}}", join) for word in ("join", "JOIN")),
        Route(f"{base}/moderate", moderation),
    ]


def model(request: Request) -> Response:
    """Give a model's weights; under an address that names what they are, for a year."""
    name = request.path_params["name"]
    if name not in ae.MODELS:
        return Response(status_code=404)
    try:
        content = models.weights(name, Visit())
    except ae.WeightsError:
        return Response(status_code=404)
    version = content[: packed.ID].decode()
    named = request.query_params.get("v") == version
    headers = {"ETag": f'"{version}"', "Cache-Control": _YEAR if named else "no-cache"}
    if f'"{version}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/octet-stream", headers=headers)
