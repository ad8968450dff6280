"""A process with the site and one database, which times what it is asked for: lines of JSON on standard input and output."""

import gc
import json
import os
import sys
import time
import tracemalloc
from typing import Any

EMAIL = "bench@example.org"


def main() -> None:
    import django
    from django.conf import settings

    if urlconf := os.environ.get("BENCH_URLCONF"):
        settings.ROOT_URLCONF = urlconf
    django.setup()
    site = Site()
    gc.freeze()  # as gunicorn.conf.py does
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(site, command.pop("do"))(**command)), flush=True)


class Site:
    """What a worker can be asked."""

    def __init__(self) -> None:
        from django.db import connection

        self.clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
        self.clients: dict[bool, Any] = {}

    def client(self, *, admin: bool) -> Any:
        from django.contrib.auth import get_user_model
        from django.test import Client

        if admin not in self.clients:
            self.clients[admin] = Client(SERVER_NAME="localhost")
            if admin:
                user, _made = get_user_model().objects.get_or_create(email=EMAIL, defaults={"is_superuser": True, "is_staff": True})
                self.clients[admin].force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return self.clients[admin]

    def get(self, address: str, *, admin: bool = False, times: int = 1, after_change: bool = False) -> dict[str, Any]:
        """The seconds of each of some requests, and the status and bytes of the last answer."""
        from core.web.page_cache import content_changed

        client, seconds = self.client(admin=admin), []
        for _time in range(times):
            if after_change:
                content_changed()
            start = self.clock()
            response = client.get(self.place(address), secure=True)
            size = len(response.getvalue())
            seconds.append(self.clock() - start)
        return {"seconds": seconds, "status": response.status_code, "bytes": size}

    def queries(self, address: str, *, admin: bool = False) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            self.client(admin=admin).get(self.place(address), secure=True).getvalue()
        return len(queries)

    def export(self, address: str, **choices: str) -> dict[str, Any]:
        """The most bytes of memory that a download takes at a time, its status, and its bytes."""
        client = self.client(admin=True)
        tracemalloc.start()
        response = client.post(address, choices, secure=True)
        size = sum(map(len, response.streaming_content)) if response.streaming else 0
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return {"peak": peak, "status": response.status_code, "bytes": size}

    def place(self, address: str) -> str:
        """The address, with the number of what it names."""
        from benchmarks.content.words import DECLARATION_SLUG
        from endorsements.models import DeclarationPage, Endorsement
        from members.models import Application, Organisation
        from news.models import NewsIndexPage

        if "{" not in address:
            return address
        named = {
            "news": NewsIndexPage.objects.all(),
            "declaration": DeclarationPage.objects.filter(slug=DECLARATION_SLUG),
            "waiting": Endorsement.objects.in_queue(),
            "application": Application.objects.open().order_by("pk"),
            "organisation": Organisation.objects.order_by("-pk"),
        }
        return address.format(**{name: rows[0].pk for name, rows in named.items() if f"{{{name}}}" in address})

    def cookie(self) -> str:
        """What the browser of a signed-in colleague sends."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self.client(admin=True).cookies.items())

    def began(self) -> str:
        """The signed time of a form that was opened a minute ago."""
        from core.forms.honeypot import _signer

        return str(_signer.sign(str(int(time.time()) - 60)))

    def confirmation(self, email: str) -> str:
        """The path of a link to confirm what was sent from that address."""
        from endorsements.models import Endorsement
        from endorsements.signing.emails import CONFIRM
        from tests.support.endorsing import link_of

        return link_of(Endorsement.objects.filter(email=email).latest("pk"), CONFIRM)

    def publish(self) -> None:
        """Change a post, as an editor's button does."""
        from news.models import PostPage

        page = PostPage.objects.filter(live=True, kind="news").latest("pk")
        page.title = f"{page.title[:200]} *"
        page.save_revision().publish()


if __name__ == "__main__":
    main()
