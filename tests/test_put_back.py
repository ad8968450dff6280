"""What a test commits is gone before the next one, on either database."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from cms.models import Announcement
from members.models import Organisation
from news.models import PostPage
from tests.template_database import Copies

pytestmark = pytest.mark.django_db(transaction=True)


def held() -> tuple[list[Any], ...]:
    return (
        list(Group.objects.order_by("pk").values_list("pk", "name")),
        list(PostPage.objects.order_by("pk").values_list("pk", "title", "standfirst")),
        list(Announcement.objects.order_by("pk").values()),
        list(Organisation.objects.order_by("pk").values()),
    )


def test_what_was_added_changed_and_deleted_is_put_back_each_time(database_copy: Copies) -> None:
    before = held()
    for _time in range(2):
        Group.objects.create(name="Added")
        Group.objects.order_by("pk").first().permissions.clear()
        Group.objects.order_by("pk")[0].delete()
        PostPage.objects.update(title="Changed")
        Announcement.objects.update(text="Changed")
        Organisation.objects.update(website="https://changed.example.org")
        assert held() != before
        database_copy.restore()
        assert held() == before


def test_after_an_empty_site_the_content_is_back(empty_site: None, database_copy: Copies) -> None:
    assert not PostPage.objects.exists()
    Group.objects.all().delete()
    database_copy.restore()
    assert PostPage.objects.exists()
    assert Group.objects.exists()
