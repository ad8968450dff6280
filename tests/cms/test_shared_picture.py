"""The picture of a shared page: a card drawn at publishing, or the editors' own."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from wagtail.models import PageViewRestriction

from cms.models import SiteIdentity, SiteImage
from cms.share_card import fingerprint
from cms.shared_picture import card_text, prepare_share_picture
from pages.models import ContentPage
from tests.support.endorsing import parsed
from tests.support.news import make_post, publish
from tests.support.page_head import Page

pytestmark = pytest.mark.one_database

HOST = "http://testserver"


@pytest.fixture
def look(client: Client, home: Any) -> Any:
    return lambda address: Page(client.get(address))


@pytest.fixture
def post(home: Any) -> Any:
    return make_post("A post", kind="opinion")


def card_of(page: Page) -> str:
    return page.one("og:image").removeprefix(HOST)


def test_the_card_may_be_kept_for_ever(look: Any, client: Client, post: Any) -> None:
    response = client.get(card_of(look(post.url)))
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not response.cookies


def test_a_new_title_makes_a_new_card_and_the_old_address_leads_to_it(look: Any, client: Client, post: Any) -> None:
    old = card_of(look(post.url))
    post.title = "Another title"
    publish(post)
    new = card_of(look(post.url))
    assert new != old
    moved = client.get(old)
    assert (moved.status_code, moved["Location"]) == (301, new)
    assert "no-cache" in moved["Cache-Control"]
    post.title = "A post"
    publish(post)
    assert client.get(old).status_code == 200


def test_a_made_up_fingerprint_draws_nothing(client: Client, post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cms.shared_picture.draw_card", lambda **_words: pytest.fail("drawn"))
    assert client.get(f"/share/{post.pk}/0123456789abcdef.png").status_code == 301
    assert client.get("/share/999999/0123456789abcdef.png").status_code == 404
    assert client.get("/share/99999999999999999999999/0123456789abcdef.png").status_code == 404


def test_drafts_and_private_pages_have_no_card(client: Client, home: Any) -> None:
    draft = make_post("A draft", live=False)
    assert client.get(f"/share/{draft.pk}/x.png").status_code == 404
    private = ContentPage(title="Private", slug="private")
    home.add_child(instance=private)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.PASSWORD, password="x")
    assert client.get(f"/share/{private.pk}/x.png").status_code == 404


def stored(page: Any) -> str:
    return f"share/{fingerprint(**card_text(page, SiteIdentity.objects.get().name))}.png"


def test_the_card_is_drawn_at_publishing_and_only_once(
    home: Any, client: Client, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post = make_post("Drawn in advance")
    assert default_storage.exists(stored(post))
    monkeypatch.setattr("cms.shared_picture.draw_card", lambda **_words: pytest.fail("drawn again"))
    address = f"/share/{post.pk}/{fingerprint(**card_text(post, SiteIdentity.objects.get().name))}.png"
    assert client.get(address).status_code == 200


def test_a_missing_card_is_drawn_when_asked_for(look: Any, client: Client, post: Any) -> None:
    address = card_of(look(post.url))
    default_storage.delete(stored(post))
    assert client.get(address).status_code == 200
    assert default_storage.exists(stored(post))


@pytest.mark.django_db(transaction=True)
def test_publishing_does_not_fail_for_a_card(home: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_words: str) -> bytes:
        raise OSError("disk full")

    monkeypatch.setattr("cms.shared_picture.draw_card", broken)
    make_post("Published all the same", slug="all-the-same")
    assert client.get("/news/all-the-same/").status_code == 200


@pytest.mark.parametrize("size", [(1600, 900), (600, 400), (1000, 200)])
def test_an_own_picture_takes_the_cards_place_in_the_size_that_is_declared(
    size: tuple[int, int], look: Any, client: Client, home: Any
) -> None:
    picture = make_picture(size)
    post = make_post("With a picture", share_image=picture)
    prepare_share_picture(post)
    page = look(post.url)
    address = page.one("og:image")
    assert address.startswith(f"{HOST}/media/")
    with Image.open(BytesIO(client.get(address.removeprefix(HOST)).getvalue())) as image:
        assert image.format == "JPEG"
        assert image.width <= min(1200, size[0])
        assert (page.one("og:image:width"), page.one("og:image:height")) == (str(image.width), str(image.height))


def make_picture(size: tuple[int, int]) -> SiteImage:
    out = BytesIO()
    Image.new("RGB", size, "#336699").save(out, "JPEG")
    return SiteImage.objects.create(title="Ours", description="Blue", file=ImageFile(BytesIO(out.getvalue()), "ours.jpg"))


@pytest.mark.parametrize(("width", "offered"), [(300, []), (320, []), (500, ["320w", "500w"]), (1600, ["320w", "640w", "960w"])])
def test_a_srcset_names_each_width_once(width: int, offered: list[str], client: Client, home: Any) -> None:
    post = make_post("With a picture", lead_image=make_picture((width, 200)))
    [picture] = parsed(client.get(post.url)).iter("picture")
    for source in picture:
        named = [part.split()[1] for part in source.get("srcset", "").split(",") if " " in part.strip()]
        assert named == offered
