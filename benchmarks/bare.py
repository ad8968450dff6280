"""What a server can do at most: an answer of 12 KB from memory, without a framework and from a Django view."""

import os
from collections.abc import Callable, Iterable
from typing import Any

BODY = b"<p>health workers for all</p>" * 424  # 12 KB


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))])
    return [BODY]


def django_application() -> Any:
    """One view and no middleware."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    settings.configure(SECRET_KEY=os.urandom(30).hex(), ALLOWED_HOSTS=["*"], ROOT_URLCONF="benchmarks.bare_urls", MIDDLEWARE=[])
    django.setup(set_prefix=False)
    return WSGIHandler()
