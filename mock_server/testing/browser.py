"""Routes in a browser, by which pages that load the element from OpenAI's CDN get the emulator's instead."""

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext as AsyncBrowserContext
    from playwright.async_api import Route as AsyncRoute
    from playwright.sync_api import BrowserContext, Route

CDN = "https://cdn.platform.openai.com/deployments/chatkit/**"
# Lets a page from elsewhere, such as the CDN's frame, send requests to the emulator on this machine. Browsers that do
# not know the permission do not require it.
PERMISSIONS = ["local-network-access"]


def route_chatkit(context: "BrowserContext", url: str) -> None:
    """Serve the CDN's element from the emulator at `url`, to every page of a Playwright context."""
    from playwright.sync_api import Error  # noqa: PLC0415 - optional dependency

    def serve(route: "Route") -> None:
        # `continue_` can't change https to http.
        response = route.fetch(url=_at(url, route.request.url), headers=_headers(route.request.headers))
        route.fulfill(response=response)

    context.route(CDN, serve)
    with suppress(Error):
        context.grant_permissions(PERMISSIONS)


async def route_chatkit_async(context: "AsyncBrowserContext", url: str) -> None:
    """Do the same as `route_chatkit` with Playwright's asynchronous API."""
    from playwright.async_api import Error  # noqa: PLC0415 - optional dependency

    async def serve(route: "AsyncRoute") -> None:
        headers = _headers(route.request.headers)
        await route.fulfill(response=await route.fetch(url=_at(url, route.request.url), headers=headers))

    await context.route(CDN, serve)
    with suppress(Error):
        await context.grant_permissions(PERMISSIONS)


def _at(url: str, asked: str) -> str:
    return url.rstrip("/") + urlsplit(asked).path


def _headers(sent: dict[str, str]) -> dict[str, str]:
    """Return the headers without the CDN's host, which Firefox sends: the frame would take it for the emulator's."""
    return {name: value for name, value in sent.items() if name.lower() != "host"}
