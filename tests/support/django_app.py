"""An application on Django, with one endpoint that streams."""

from collections.abc import AsyncIterator

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="secret", LOGGING_CONFIG=None)
django.setup(set_prefix=False)


async def chatkit(request: HttpRequest) -> HttpResponseBase:
    """A stream, or JSON."""
    if "X-Plain" in request.headers:
        return JsonResponse({"plain": True})

    async def made() -> AsyncIterator[str]:
        yield f'data: {{"user": "{request.headers["X-Mock-User"]}"}}\n\n'
        yield "data: 2\n\n"

    return StreamingHttpResponse(made(), content_type="text/event-stream")


urlpatterns = [path("chatkit", chatkit)]
application = get_asgi_application()
