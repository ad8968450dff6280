"""What is done to many pages at once is held to the rules of one page: refused in words, and then none of it is done."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from core.admin import deletion_guard
from core.transitions import TransitionNotAllowed
from endorsements.declarations import workflow as declarations
from endorsements.declarations.deletion_guard import why_not_deleted
from endorsements.models import DeclarationPage, TextVersion
from endorsements.models.sign_on import sign_on_of
from news.models import NewsIndexPage, PostPage
from tests.support.admin_screen import words
from tests.support.declarations import change_text, confirmed, make_declaration, open_declaration, submitted
from tests.support.news import make_post


def bulk(action: str, *pages: Any) -> str:
    chosen = "&".join(f"id={page.pk}" for page in pages)
    return f"{reverse('wagtail_bulk_action', args=('wagtailcore', 'page', action))}?{chosen}&next=/admin/"


def press(secretary_client: Client, action: str, *pages: Any, **fields: str) -> str:
    answer = secretary_client.post(bulk(action, *pages), {"confirm_site_name": "HW4All", **fields}, follow=True)
    assert answer.status_code == 200
    return words(answer)


def test_nothing_that_people_have_signed_is_deleted_with_others_or_with_what_is_above_it(secretary_client: Client, home: Any) -> None:
    signed, unsigned, post = open_declaration("Signed"), make_declaration("Unsigned", live=False), make_post("A post", live=False)
    submitted(signed)
    index = signed.get_parent()
    for pages in ((post, signed), (index,), (home,), (index, signed)):
        assert "people have put their names under" in press(secretary_client, "delete", *pages)
    assert Page.objects.filter(pk__in=(post.pk, signed.pk, index.pk, home.pk)).count() == 4
    page = open_declaration("Open")
    assert "it can be endorsed at this moment. Close it first" in press(secretary_client, "delete", page)
    declarations.close(sign_on_of(page), by=None, now=timezone.now())
    assert "3 pages have been deleted" in press(secretary_client, "delete", post, unsigned, page)
    assert not Page.objects.filter(pk__in=(post.pk, unsigned.pk)).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_opens_a_declaration_between_the_look_and_the_deletion(secretary_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it can be endorsed it is not deleted; so only its opening can be too fast, and that waits."""
    page = make_declaration()
    look, opened = why_not_deleted, []

    def open_it() -> bool:
        try:
            return declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:

        def looked_a_moment_too_early(target: Page) -> str:
            found = look(target)
            opened.append(pool.submit(open_it))
            wait_for(opened, timeout=1)
            return found

        monkeypatch.setitem(deletion_guard.REASONS, Page, looked_a_moment_too_early)
        assert "1 page has been deleted" in press(secretary_client, "delete", page)
    assert isinstance(opened[0].exception(), TransitionNotAllowed | DeclarationPage.DoesNotExist)
    assert not Page.objects.filter(pk=page.pk).exists()


def test_what_holds_back_one_page_holds_back_many(secretary_client: Client, home: Any) -> None:
    page, bare, fine = open_declaration(), make_post("Bare", live=False), make_post("Fine", standfirst="In a sentence.", live=False)
    confirmed(page)
    change_text(page, "Pay them every month.")
    said = press(secretary_client, "publish", fine, page)
    assert "Nothing was published. “Pay health workers”: The text differs from the one that is being signed" in said
    assert TextVersion.objects.filter(declaration=page).count() == 1
    assert "“Bare”: Write a standfirst" in press(secretary_client, "publish", NewsIndexPage.objects.get(), include_descendants="on")
    assert not PostPage.objects.filter(live=True, pk__in=(bare.pk, fine.pk)).exists()
    assert "1 page has been published" in press(secretary_client, "publish", fine)
    assert PostPage.objects.get(pk=fine.pk).live


def test_unpublishing_many_says_what_it_means(secretary_client: Client) -> None:
    page = open_declaration()
    assert "It is open for endorsement. While it is not published nobody can read or endorse it" in words(
        secretary_client.get(bulk("unpublish", page))
    )
