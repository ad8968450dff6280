"""Make the stored databases of a release: `python -m tests.releases.make 0.2.0`, with the code of that release.

On SQLite and on PostgreSQL it prepares a site with its starting content, lets everything happen there that declarations.py and
coalition.py tell, and stores the database with what it must still answer after an upgrade (README.md beside the stored files).
"""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
LAST_DAY = "2026-11-30"
MOST_ALIKE = 14
# Where the links in mails lead, by their purpose.
PATHS = {
    "endorsements.answer": "/endorsements/answer/{}/",
    "endorsements.circulation": "/declarations/{}/",
    "endorsements.confirm": "/endorsements/confirm/{}/",
    "endorsements.disown": "/endorsements/not-me/{}/",
    "endorsements.manage": "/endorsements/manage/{}/",
    "endorsements.renew": "/endorsements/renew/{}/",
    "endorsements.second": "/endorsements/second/{}/",
    "endorsements.updates": "/endorsements/updates/{}/",
    "members.application": "/join/application/{}/",
    "members.application_read": "/join/application/read/{}/",
    "members.not_me": "/members/not-me/{}/",
    "members.profile": "/members/profile/{}/",
    "members.vote": "/members/vote/{}/",
    "members.year": "/members/year/{}/",
}


# The pages that belong to a link.
STEPS = ("organisation", "work", "reasons", "people", "files", "colleagues", "review", "answers", "withdraw", "delete")
BELOW = {"members.application": STEPS, "members.profile": ("public", "contacts"), "endorsements.circulation": ("endorse",)}


def main(version: str) -> None:
    from tests import postgresql

    folder = FOLDER / version
    folder.mkdir(exist_ok=True)
    shutil.rmtree(folder / "media", ignore_errors=True)
    with tempfile.TemporaryDirectory() as var:
        _run(f"sqlite:///{quote(var)}/db.sqlite3", var, folder)
    with tempfile.TemporaryDirectory() as var, postgresql.server() as url:
        _run(url, var, folder)


def _run(url: str, var: str, folder: Path) -> None:
    env = {**os.environ, "DATABASE_URL": url, "VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "hw4all.settings.test"}
    subprocess.run([sys.executable, "-m", "tests.releases.make", "--one", str(folder)], cwd=ROOT, env=env, check=True)


def one(folder: Path) -> None:
    """The database of DATABASE_URL, which is empty."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.releases.days import on
    from tests.releases.dump import dump

    backend = settings.EMAIL_BACKEND
    setup_test_environment()
    settings.EMAIL_BACKEND = backend  # not Django's for tests: mails are stored
    tokens = remembered_tokens()
    with on("2026-09-01", hour=7):
        call_command("prepare_site", "--without-secretary")
    live()
    name = connection.vendor
    with on(LAST_DAY):
        told = answers(tokens)
        connection.close()
        dump(connection.settings_dict, folder / f"{name}.sql.gz")
        told["mails"] = mails_that_leave()
    (folder / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    _keep_files(Path(settings.MEDIA_ROOT), folder / "media")


def remembered_tokens() -> list[str]:
    """Every token that is made from now on: the database has only their hashes."""
    made: list[str] = []
    make: Callable[..., str] = secrets.token_urlsafe

    def remember(*size: int) -> str:
        made.append(make(*size))
        return made[-1]

    secrets.token_urlsafe = remember  # type: ignore[assignment]
    return made


def live() -> None:
    """All that happens."""
    from django.test import Client

    from tests.releases import coalition, declarations
    from tests.releases.days import on

    secretary, _operator = coalition.people()
    secretary_client = Client()
    with on("2026-09-01"):
        secretary_client.force_login(secretary)
    coalition.wording(secretary_client)
    coalition.seats()
    members = coalition.members()
    declarations.prepare(secretary)
    declarations.first_autumn(secretary)
    declarations.circulated(secretary)
    scheduled("2026-09-30")
    declarations.second_text(secretary)
    coalition.profiles(members, secretary)
    coalition.make_applications(secretary)
    coalition.ballots(secretary)
    coalition.pages(secretary)
    secretary_client.force_login(secretary)
    coalition.banner(secretary_client)
    scheduled("2026-10-31")
    declarations.asked_members(secretary)
    declarations.handed_over(secretary)
    declarations.moderated(secretary, secretary_client)
    coalition.erased(secretary_client)
    scheduled("2026-11-28")
    failing_mail()
    with on(LAST_DAY):
        declarations.last_days(secretary)
        coalition.last_days(members)


def scheduled(day: str) -> None:
    """The one cron line: mails leave, what is over is erased."""
    from django.core.management import call_command

    from tests.releases.days import on

    with on(day):
        call_command("run_due")


def failing_mail() -> None:
    """One mail is refused for good, one is put off."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from members.applications import workflow as applications
    from tests.releases.days import on

    for hour, (transport, address) in enumerate((("Refusing", "refused@example.org"), ("Busy", "put.off@example.org"))):
        with on("2026-11-29", hour=9 + hour):
            applications.start(address, now=timezone.now())
            usual, settings.OUTBOX_TRANSPORT = settings.OUTBOX_TRANSPORT, f"tests.releases.transports.{transport}"
            call_command("run_due")
            settings.OUTBOX_TRANSPORT = usual


def answers(tokens: list[str]) -> dict[str, Any]:
    """What an upgraded site must still answer, on the last day."""
    from django.db import connection

    from tests.releases import answers as of
    from tests.releases.days import moment

    tables = of.tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest, purpose, subject FROM core_mailedlink WHERE expires_at > %s ORDER BY id", [moment(LAST_DAY)])
        newest = {(purpose, subject): digest for digest, purpose, subject in cursor.fetchall()}
        cursor.execute("SELECT sha256 FROM endorsements_textversion UNION SELECT sha256 FROM endorsements_delivery ORDER BY 1")
        hashes = [row[0] for row in cursor.fetchall()]
    names = of.known_names()
    by_digest = {hashlib.sha256(token.encode()).hexdigest(): token for token in tokens}
    assert {purpose for purpose, _subject in newest} == PATHS.keys()
    links: dict[tuple[Any, ...], dict[Any, dict[str, Any]]] = {}
    for (purpose, _subject), digest in newest.items():
        path = PATHS[purpose].format(by_digest[digest])
        told = of.page(path, names)
        below = {part: of.page(f"{path}{part}/", names) for part in BELOW.get(purpose, ())}
        link = {"purpose": purpose, "path": path} | told | ({"below": below} if below else {})
        links.setdefault((purpose, told["status"], told["acts"]), {})[tuple(told["says"]) or path] = link
    return {
        "made_at": moment(LAST_DAY).isoformat(),
        "tables": tables,
        "links": [link for alike in links.values() for link in [*alike.values()][-MOST_ALIKE:]],
        "hashes": {digest: of.page(f"/verify/{digest}/", names) for digest in hashes},
        "addresses": {path: of.address(path) for path in public_addresses()},
        "feeds": {path: of.feed_ids(path) for path in feeds()},
    }


def mails_that_leave() -> list[list[str]]:
    """The recipient and the subject of each mail that waits and is sent by the next run."""
    from django.core import mail
    from django.core.management import call_command

    mail.outbox.clear()
    call_command("run_due")
    return sorted([message.to[0], str(message.subject)] for message in mail.outbox)


def feeds() -> list[str]:
    from news.models import Author, Topic
    from news.states import Kind
    from tests.releases.answers import FORMATS

    names = ["all", *(f"kind/{kind}" for kind in Kind.values)]
    names += [f"topic/{slug}" for slug in Topic.objects.order_by("slug").values_list("slug", flat=True)]
    names += [f"author/{slug}" for slug in Author.objects.order_by("slug").values_list("slug", flat=True)]
    return [f"/feeds/{name}.{form}" for name in names for form in FORMATS]


def public_addresses() -> list[str]:
    """Those of the site map, those that tests know, and what robots, readers' programs and former sites lead to."""
    from wagtail.contrib.redirects.models import Redirect

    from cms.models import SiteDocument
    from endorsements.models import DeclarationPage
    from members.models import FormerAddress
    from tests.releases.answers import sitemap
    from tests.support import public_pages

    found = {
        *sitemap(),
        *public_pages.KINDS.values(),
        *public_pages.FORMS.values(),
        *(path for path, _status in public_pages.ERRORS.values()),
    }
    found |= {f"{path}/" for path in Redirect.objects.values_list("old_path", flat=True)}
    found |= {f"/members/{slug}/" for slug in FormerAddress.objects.values_list("slug", flat=True)}
    for page in DeclarationPage.objects.live():
        found |= {f"{page.url}{part.removeprefix('/')}" for part in page.get_route_paths()}
    found |= {document.url for document in SiteDocument.objects.all()}
    found |= {"/news/renamed-too/", "/news/a-post-that-was-renamed/", "/news/a-post-for-colleagues/", "/news/a-post-taken-off/"}
    found |= {"/healthz", "/robots.txt", "/sitemap.xml", "/site.webmanifest", "/favicon.ico", "/.well-known/security.txt"}
    found |= {"/members/members.csv", "/members/members.json", "/join/apply/", "/join/apply/questions.txt", "/members/link/"}
    found |= {"/endorsements/link/", "/verify/", "/verify/0/", "/admin/", "/admin/login/", "/news/?page=2", "/search/?q="}
    return sorted(found)


def _keep_files(media: Path, target: Path) -> None:
    """The private files, whose names differ by database, and the documents; pictures are large, and no test looks into them."""
    for part in ("private", "documents"):
        if (media / part).exists():
            shutil.copytree(media / part, target / part, dirs_exist_ok=True)


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        one(Path(sys.argv[2]))
    else:
        main(sys.argv[1])
