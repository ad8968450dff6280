"""Few bytes on the wire: compressed pages, pictures that browsers keep, documents that stay guarded."""

import gzip
from typing import Any

import brotli
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from storages.backends import s3

from cms.models import SiteDocument, SiteRendition
from core.web import media as media_views
from core.web.bucket import BucketStorage
from core.web.compression import choose_coding
from tests.support.reader import Reader

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0,gzip;q=0", ""),
        ("identity", ""),
        ("*", ""),
        ("GZIP", "gzip"),
        ("br ; q=1.0", "br"),
        (";;q=,,", ""),
    ],
)
def test_the_coding_follows_what_the_browser_reads(accept: str, coding: str) -> None:
    assert choose_coding(accept) == coding


def test_pages_are_compressed_and_each_coding_has_its_own_tag(reader: Reader) -> None:
    plain = reader.get("/goals/")
    small = {coding: reader.get("/goals/", headers={"Accept-Encoding": coding}) for coding in ("br", "gzip")}
    assert brotli.decompress(small["br"].content) == gzip.decompress(small["gzip"].content) == plain.content
    assert "Content-Encoding" not in plain
    for coding, response in small.items():
        assert response["Content-Encoding"] == coding
        assert response["Vary"] == "Accept-Encoding"
        assert int(response["Content-Length"]) == len(response.content) < len(plain.content) / 2
    assert len({plain["ETag"], small["br"]["ETag"], small["gzip"]["ETag"]}) == 3


def test_what_a_signed_in_editor_sees_is_not_compressed(signed_in: Any, editor: Any, home: Any) -> None:
    assert "Content-Encoding" not in signed_in(editor).get("/goals/", headers={"Accept-Encoding": "br"})


def test_pictures_are_kept_by_browsers_and_documents_stay_guarded(client: Client, home: Any) -> None:
    assert client.get("/news/").status_code == 200
    rendition = SiteRendition.objects.first()
    response = client.get(rendition.url)
    assert response["Cache-Control"] == "public, max-age=604800"
    assert response.getvalue()
    again = client.get(rendition.url, headers={"If-Modified-Since": response["Last-Modified"]})
    assert again.status_code == 304
    assert again["Cache-Control"] == "public, max-age=604800"
    document = SiteDocument.objects.first()
    served = client.get(document.url)
    assert served.status_code == 200
    assert served["Cache-Control"] == "public, no-cache"
    assert served.getvalue()
    assert client.get(document.url, headers={"If-None-Match": served["ETag"]}).status_code == 304
    name = document.file.name
    for path in (
        f"/media/{name}",
        f"/media//{name}",
        f"/media/./{name}",
        f"/media/images/../{name}",
        f"/media/{name.replace('documents', 'Documents')}",
        "/media/private/applications/logo.png",
        "/media/Private/../private/applications/logo.png",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/media/").status_code == 404
    assert client.get("/media/" + "x" * 300).status_code == 404
    assert client.get("/media/../manage.py").status_code == 404


def test_pictures_in_a_bucket_come_from_the_site_and_nothing_else_in_it_does(client: Client, home: Any, settings: Any) -> None:
    assert BucketStorage(bucket_name="uploads").url("images/a b.png") == "/media/images/a%20b.png"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    for name in ("images/a b.png", "private/applications/logo.png", "documents/a.pdf"):
        default_storage.save(name, ContentFile(b"content"))
    response = client.get("/media/images/a%20b.png")
    assert (response.getvalue(), response["Content-Type"], response["Cache-Control"]) == (b"content", "image/png", "public, max-age=604800")
    for path in ("private/applications/logo.png", "documents/a.pdf", "images/", "images/b.png", "", "../x", "é" * 600):
        assert client.get(f"/media/{path}").status_code == 404, path


def test_no_spelling_of_an_address_opens_what_is_private_in_a_bucket(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket reads a backslash as a slash and ".." as leading up to its root; a disk does neither."""
    monkeypatch.setattr(media_views, "default_storage", BucketStorage(bucket_name="uploads"))
    monkeypatch.setattr(s3, "S3File", lambda name, *_more: ContentFile(name.encode(), name))
    assert client.get("/media/images/../images/a.png").getvalue() == b"images/a.png"
    for path in ("private%5Ca.pdf", "x%5C..%5CPrivate%5Ca.pdf", "%2E%2E/private/a.pdf", "..%5Cdocuments/a.pdf", "%5Cdocuments/a.pdf", ""):
        assert client.get(f"/media/{path}").status_code == 404, path
