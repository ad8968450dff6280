"""Two people who edit the same row in the admin: nobody's change is overwritten unannounced."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from wagtail.admin.views import generic
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.models import SiteIdentity
from core.admin.edit_views import FIELD, EditConflictMixin
from members.models import KnownSize, Membership, Organisation
from news.models import Author, PostPage, Topic
from tests.support.admin_forms import form_of, read_form
from tests.support.concurrency import at_once
from tests.support.declarations import delivered, open_declaration
from tests.support.editor import post_form
from tests.support.members import checking, make_organisation
from tests.support.news import make_post

# Editing views that may overwrite, each with its reason.
EXEMPT = {
    "wagtailadmin_collections": "a collection is a name and its place, changed by technical staff",
    "wagtailsites": "a site is an address and a root page, changed by technical staff",
    "wagtailusers_groups": "roles are written by sync_roles at every release",
    "wagtailadmin_workflows": "workflows are not used by the secretariat",
    "wagtailadmin_workflow_tasks": "workflows are not used by the secretariat",
}


def _patterns(resolver: URLResolver, namespace: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            found += _patterns(one, one.namespace or namespace)
        else:
            found.append((namespace, one))
    return found


def editing_views() -> list[tuple[str, str]]:
    """Namespace and name of every editing view of one row."""
    return sorted(
        {
            (namespace, str(one.name))
            for namespace, one in _patterns(get_resolver())
            if issubclass(getattr(one.callback, "view_class", object), generic.EditView) and one.name == "edit"
        }
    )


@pytest.mark.one_database
def test_every_editing_view_of_the_admin_detects_conflicts_or_says_why_not() -> None:
    lacking = []
    for namespace, name in editing_views():
        arguments: tuple[Any, ...] = ("cms", "siteidentity", 1) if namespace == "wagtailsettings" else (1,)
        view = resolve(reverse(f"{namespace}:{name}", args=arguments)).func
        if not issubclass(view.view_class, EditConflictMixin) and namespace not in EXEMPT:
            lacking.append(namespace)
    assert not lacking
    assert len(editing_views()) > 10


# The editor's scripts make these inputs.
NO_LINKS = nested_form_data({"social_links": streamfield([])})


def edit_url(row: Any) -> str:
    if isinstance(row, SiteIdentity):
        return reverse("wagtailsettings:edit", args=("cms", "siteidentity", row.site_id))
    if isinstance(row, get_user_model()):
        return reverse("wagtailusers_users:edit", args=(row.pk,))
    return reverse(f"wagtailsnippets_{row._meta.app_label}_{row._meta.model_name}:edit", args=(row.pk,))


def rows(home: Any, editor: Any) -> list[tuple[Any, str, str]]:
    """A row of each kind, with two of its fields."""
    size = KnownSize.objects.create(name="In May", year=2019, members=5)
    topic = Topic.objects.create(name="Pay", slug="pay")
    author = Author.objects.create(name="Ada", slug="ada-x")
    return [
        (make_organisation("Health Union"), "summary", "acronym"),
        (size, "members", "year"),
        (topic, "name", "description"),
        (author, "role", "name"),
        (SiteIdentity.for_site(home.get_site()), "vision", "postal_address"),
        (editor, "name", "email"),
    ]


@pytest.mark.one_database
@pytest.mark.parametrize("number", range(6))
def test_of_two_who_change_one_field_the_second_is_told_and_may_decide(
    admin_client: Client, home: Any, django_user_model: Any, number: int
) -> None:
    editor = django_user_model.objects.create_user(email="other@hw4all.example", password=None, name="Ann Other")
    row, name, _other = rows(home, editor)[number]
    url, values = edit_url(row), ("11", "12")
    first, second = (read_form(admin_client, url) | NO_LINKS for _ in range(2))
    admin_client.post(url, first | {name: values[0]})
    refused = admin_client.post(url, second | {name: values[1]})
    row.refresh_from_db()
    assert refused.status_code == 200
    assert str(getattr(row, name)) == values[0]
    assert refused.context["form"].errors[name]
    sent = form_of(refused) | NO_LINKS
    assert sent[name] == [values[1]], "what was typed is still there"
    assert admin_client.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, name)) == values[1]


@pytest.mark.one_database
@pytest.mark.parametrize("number", range(6))
def test_changes_of_different_fields_are_saved_together(admin_client: Client, home: Any, django_user_model: Any, number: int) -> None:
    editor = django_user_model.objects.create_user(email="other@hw4all.example", password=None, name="Ann Other")
    row, name, other = rows(home, editor)[number]
    url = edit_url(row)
    first, second = (read_form(admin_client, url) | NO_LINKS for _ in range(2))
    admin_client.post(url, first | {name: "11"})
    saved = admin_client.post(url, second | {other: "2011@hw4all.example" if other == "email" else "2011"}, follow=True)
    row.refresh_from_db()
    assert (str(getattr(row, name)), str(getattr(row, other))) == ("11", "2011@hw4all.example" if other == "email" else "2011")
    assert any("11" in str(message) for message in saved.context["messages"]), "the other change is told"


@pytest.mark.one_database
def test_the_refusal_names_who_changed_what_from_what_to_what(admin_client: Client, secretary_client: Client) -> None:
    row = make_organisation("Health Union")
    Organisation.objects.filter(pk=row.pk).update(country="KE", acronym="HU")
    url = edit_url(row)
    mine = read_form(admin_client, url)
    secretary_client.post(url, read_form(secretary_client, url) | {"country": "UG", "acronym": "HUU"})
    refused = admin_client.post(url, mine | {"country": "TZ", "acronym": "HX"})
    text = " ".join(str(message) for message in refused.context["messages"])
    secretary = get_user_model().objects.get(pk=secretary_client.session["_auth_user_id"])
    for part in (secretary.get_full_name(), "Kenya", "Uganda", "HU", "HUU"):
        assert part in text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("theirs", "mine", "stored"),
    [
        ({"memberships-0-until": "2099-01-01"}, {"acronym": "X"}, ["2099-01-01"]),
        ({"memberships-0-DELETE": "on"}, {"acronym": "X"}, []),
        ({"acronym": "Y"}, {"memberships-0-until": "2099-02-01"}, ["2099-02-01"]),
        ({"memberships-0-until": "2099-01-01"}, {"memberships-0-until": "2099-02-01"}, "refused"),
        ({"memberships-0-DELETE": "on"}, {"memberships-0-until": "2099-02-01"}, "refused"),
        ({"memberships-0-until": "2099-01-01"}, {"memberships-0-DELETE": "on"}, "refused"),
        ({"memberships-0-DELETE": "on"}, {"memberships-0-DELETE": "on"}, []),
    ],
)
def test_rows_are_merged_like_fields(admin_client: Client, theirs: dict[str, str], mine: dict[str, str], stored: Any) -> None:
    row = make_organisation("Health Union")
    url = edit_url(row)
    first, second = read_form(admin_client, url), read_form(admin_client, url)
    assert admin_client.post(url, first | theirs).status_code == 302
    before = list(Membership.objects.filter(organisation=row).values_list("until", flat=True))
    answer = admin_client.post(url, second | mine)
    after = list(Membership.objects.filter(organisation=row).values_list("until", flat=True))
    if stored == "refused":
        assert answer.status_code == 200
        assert after == before
        assert admin_client.post(url, form_of(answer)).status_code == 302
        expected = [] if "memberships-0-DELETE" in mine else ["2099-02-01"]
        assert [str(day) for day in Membership.objects.filter(organisation=row).values_list("until", flat=True)] == expected
    else:
        assert answer.status_code == 302
        assert [str(day) for day in after] == stored


@pytest.mark.one_database
def test_a_row_that_somebody_added_meanwhile_stays(admin_client: Client) -> None:
    row = make_organisation("Health Union")
    url = edit_url(row)
    mine = read_form(admin_client, url)
    Membership.objects.create(organisation=row, category="observer", since="2020-01-01", until="2021-01-01")
    assert admin_client.post(url, mine | {"acronym": "HU", "memberships-0-founding": "on"}).status_code == 302
    assert set(Membership.objects.filter(organisation=row).values_list("category", "founding")) == {("observer", False), ("member", True)}


@pytest.mark.one_database
def test_a_form_with_a_forged_snapshot_is_refused_once(admin_client: Client) -> None:
    row = make_organisation("Health Union")
    url = edit_url(row)
    refused = admin_client.post(url, read_form(admin_client, url) | {"acronym": "HU", FIELD: "forged"})
    assert refused.status_code == 200
    assert admin_client.post(url, form_of(refused)).status_code == 302
    row.refresh_from_db()
    assert row.acronym == "HU"


@pytest.mark.django_db(transaction=True)
def test_of_four_who_save_at_the_same_moment_one_wins_and_three_are_told(admin_client: Client) -> None:
    row = make_organisation("Health Union")
    url = edit_url(row)
    form = read_form(admin_client, url)
    cookies = admin_client.cookies

    def save(number: int) -> int:
        client = Client()
        client.cookies = cookies
        return client.post(url, form | {"acronym": f"H{number}"}).status_code

    assert sorted(at_once(4, save)) == [200, 200, 200, 302]


# Pages


def _shown(client: Client, url: str) -> dict[str, list[str]]:
    form = read_form(client, url)
    return {name: form[name] for name in ("loaded_revision_id", "loaded_revision_created_at")}


@pytest.mark.one_database
@pytest.mark.parametrize("action", ["action-publish", "nothing"])
def test_a_page_saved_meanwhile_is_overwritten_only_on_purpose(admin_client: Client, secretary_client: Client, action: str) -> None:
    post = make_post("A title", standfirst="One sentence.")
    post.save_revision().publish()
    url = reverse("wagtailadmin_pages:edit", args=(post.pk,))
    mine, theirs = _shown(admin_client, url), _shown(secretary_client, url)
    fields = {"slug": post.slug, action: "1"}
    secretary_client.post(url, post_form(**fields, standfirst="Theirs.") | theirs)
    refused = admin_client.post(url, post_form(**fields, standfirst="Mine.") | mine)
    assert refused.status_code == 200
    assert PostPage.objects.get(pk=post.pk).get_latest_revision_as_object().standfirst == "Theirs."
    again = form_of(refused)
    assert again["standfirst"] == ["Mine."]
    assert any("Standfirst" in str(message) or "compare" in str(message) for message in refused.context["messages"])
    assert admin_client.post(url, post_form(**fields, standfirst="Mine.") | {name: again[name] for name in mine}).status_code == 302
    assert PostPage.objects.get(pk=post.pk).get_latest_revision_as_object().standfirst == "Mine."


@pytest.mark.django_db(transaction=True)
def test_of_four_who_save_a_page_at_the_same_moment_one_wins(make_user: Any, signed_in: Any) -> None:
    post = make_post("A title", standfirst="One sentence.")
    post.save_revision().publish()
    url = reverse("wagtailadmin_pages:edit", args=(post.pk,))
    cookies = [signed_in(make_user("Secretariat", name=f"Colleague {number}")).cookies for number in range(4)]
    reader = Client()
    reader.cookies = cookies[0]
    shown = _shown(reader, url)

    def save(number: int) -> int:
        client = Client()
        client.cookies = cookies[number]
        return client.post(url, post_form(slug=post.slug, standfirst=f"From {number}.") | shown).status_code

    assert sorted(at_once(4, save)) == [200, 200, 200, 302]


@pytest.mark.one_database
def test_what_was_saved_by_itself_is_no_conflict(admin_client: Client, home: Any) -> None:
    """The editor saves while somebody types, and its form still names the revision that it loaded."""
    post = make_post("A title", standfirst="One sentence.")
    url = reverse("wagtailadmin_pages:edit", args=(post.pk,))
    shown = _shown(admin_client, url)
    by_itself = admin_client.post(url, post_form(slug=post.slug, standfirst="Half") | shown, headers={"accept": "application/json"})
    assert by_itself.json()["success"]
    assert (
        admin_client.post(url, post_form(slug=post.slug, standfirst="Half a sentence.", **{"action-publish": "1"}) | shown).status_code
        == 302
    )
    post.refresh_from_db()
    assert post.standfirst == "Half a sentence."


# Forms of our own


@pytest.mark.one_database
def test_a_reply_that_a_colleague_corrected_is_not_overwritten(admin_client: Client, secretary_client: Client) -> None:
    delivery = delivered(open_declaration())
    url = reverse("delivery:reply", args=(delivery.pk,))
    mine, theirs = read_form(admin_client, url), read_form(secretary_client, url)
    day = {"replied_on": str(delivery.delivered_on), "step": "do"}
    assert secretary_client.post(url, theirs | day | {"reply": "They agree."}).status_code == 302
    refused = admin_client.post(url, mine | day | {"reply": "They refuse."})
    delivery.refresh_from_db()
    assert (refused.status_code, delivery.reply) == (200, "They agree.")
    text = " ".join(str(message) for message in refused.context["messages"])
    assert "They agree." in text
    again = form_of(refused)
    assert again["reply"] == ["They refuse."]
    assert admin_client.post(url, again | {"step": "do"}).status_code == 302
    delivery.refresh_from_db()
    assert delivery.reply == "They refuse."


@pytest.mark.one_database
def test_a_day_that_a_colleague_promised_is_not_overwritten(admin_client: Client, secretary_client: Client) -> None:
    row = checking()
    url = reverse("applications:promise", args=(row.pk,))
    mine, theirs = read_form(admin_client, url), read_form(secretary_client, url)
    assert secretary_client.post(url, theirs | {"on": "2099-01-01", "step": "do"}).status_code == 302
    refused = admin_client.post(url, mine | {"on": "2099-02-02", "step": "do"})
    row.refresh_from_db()
    assert (refused.status_code, str(row.promised_on)) == (200, "2099-01-01")
    again = form_of(refused)
    assert again["on"] == ["2099-02-02"]
    assert admin_client.post(url, again | {"step": "do"}).status_code == 302
