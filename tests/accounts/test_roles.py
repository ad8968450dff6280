"""Who may do what in the admin, asked over HTTP as each role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from wagtail.models import Comment, GroupApprovalTask, GroupPagePermission, Page, Revision, Task, TaskState, Workflow

from accounts.roles import ROLES
from news.models import NewsIndexPage, PostPage
from tests.support.editor import add_post, change_post, comments, post_form

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]


@pytest.fixture
def index(home: Page) -> NewsIndexPage:
    return NewsIndexPage.objects.get()


@pytest.fixture
def draft(index: NewsIndexPage) -> PostPage:
    """A post that has never been published."""
    post = index.add_child(instance=PostPage(title="A draft", slug="a-draft", standfirst="Not public.", live=False))
    post.save_revision()
    return post


def rights() -> dict[str, Any]:
    return {
        group.name: (
            sorted(group.permissions.values_list("codename", flat=True)),
            sorted(group.page_permissions.values_list("permission__codename", "page__path")),
            sorted(group.collection_permissions.values_list("permission__codename", "collection__path")),
        )
        for group in Group.objects.all()
    }


def test_synchronising_twice_changes_nothing(db: None) -> None:
    before = rights(), Workflow.objects.count(), Task.objects.count()
    call_command("sync_roles", verbosity=0)
    call_command("sync_roles", verbosity=0)
    assert (rights(), Workflow.objects.count(), Task.objects.count()) == before
    assert {role.name for role in ROLES} <= set(before[0])


def test_a_role_gets_back_what_accounts_roles_says_and_other_groups_are_left_alone(db: None) -> None:
    before = rights()
    own = Group.objects.create(name="Translators")
    own.permissions.add(Permission.objects.get(codename="access_admin"))
    editors = Group.objects.get(name="Editor")
    editors.permissions.set(Permission.objects.filter(codename="change_user"))
    GroupPagePermission.objects.create(
        group=editors, page=Page.get_first_root_node(), permission=Permission.objects.get(codename="publish_page")
    )
    call_command("sync_roles", verbosity=0)
    after = rights()
    assert after.pop("Translators")[0] == ["access_admin"]
    assert after == before


def test_wagtails_groups_go_unless_somebody_is_in_them(make_user: Any) -> None:
    Group.objects.get_or_create(name="Moderators")
    used, _made = Group.objects.get_or_create(name="Editors")
    make_user().groups.add(used)
    call_command("sync_roles", verbosity=0)
    assert set(Group.objects.filter(name__in=["Moderators", "Editors"]).values_list("name", flat=True)) == {"Editors"}


def test_one_workflow_stands_over_every_page(home: Page) -> None:
    workflow = home.get_workflow()
    assert workflow is not None
    tasks = [task.specific for task in workflow.tasks]
    assert [type(task) for task in tasks] == [GroupApprovalTask]
    assert [group.name for group in tasks[0].groups.all()] == ["Secretariat"]
    assert not Workflow.objects.filter(name="Moderators approval", active=True).exists()


def test_an_editor_writes_and_the_secretariat_publishes(editor: Any, secretary: Any, signed_in: SignIn, index: Page) -> None:
    writing = signed_in(editor)
    answer = add_post(writing, index, title="From an editor", slug="from-an-editor", **{"action-publish": "1"})
    post = PostPage.objects.get(slug="from-an-editor")
    assert answer.status_code == 302
    assert not post.live, "an editor cannot publish, whatever button the form claims to have"

    change_post(writing, post, title="From an editor", **{"action-submit": "1"})
    state = TaskState.objects.reviewable_by(secretary).get()
    assert b"From an editor" in signed_in(secretary).get(reverse("wagtailadmin_home")).content
    assert not TaskState.objects.reviewable_by(editor).exists()

    approve = reverse("wagtailadmin_pages:workflow_action", args=(post.pk, "approve", state.pk))
    assert writing.post(approve).status_code == 302
    post.refresh_from_db()
    assert not post.live, "nobody approves their own post"
    signed_in(secretary).post(approve)
    post.refresh_from_db()
    assert post.live


def test_the_secretariat_sends_back_with_a_comment(editor: Any, secretary: Any, signed_in: SignIn, index: Page) -> None:
    add_post(signed_in(editor), index, slug="sent-back", **{"action-submit": "1"})
    post = PostPage.objects.get(slug="sent-back")
    state = TaskState.objects.reviewable_by(secretary).get()
    reject = reverse("wagtailadmin_pages:workflow_action", args=(post.pk, "reject", state.pk))
    signed_in(secretary).post(reject, {"comment": "Please add a source."})
    state.refresh_from_db()
    assert (state.status, state.comment) == ("rejected", "Please add a source.")


def test_a_post_does_not_become_a_spotlight_by_its_kind(secretary: Any, signed_in: SignIn, index: Page) -> None:
    add_post(signed_in(secretary), index, slug="no-spotlight", kind="spotlight")
    assert not PostPage.objects.filter(slug="no-spotlight").exists()


def test_the_secretariat_publishes_directly(secretary: Any, signed_in: SignIn, index: Page) -> None:
    add_post(signed_in(secretary), index, slug="at-once", **{"action-publish": "1"})
    assert PostPage.objects.get(slug="at-once").live


SECRETARIAT_ONLY = (
    "wagtailusers_users:index",
    "wagtailusers_users:add",
    "wagtailredirects:index",
    "wagtailredirects:add",
    "wagtailadmin_reports:site_history",
)


@pytest.mark.parametrize("name", SECRETARIAT_ONLY[:-1])
def test_people_and_redirects_are_the_secretariats(
    name: str, secretary: Any, editor: Any, committee_member: Any, signed_in: SignIn
) -> None:
    assert signed_in(secretary).get(reverse(name)).status_code == 200
    for other in (editor, committee_member):
        assert signed_in(other).get(reverse(name)).status_code == 302, "sent back to the first page with a message"


@pytest.mark.parametrize("setting", ["siteidentity", "navigation", "announcement"])
def test_settings_are_the_secretariats(
    setting: str, secretary: Any, editor: Any, committee_member: Any, signed_in: SignIn, home: Page
) -> None:
    address = reverse("wagtailsettings:edit", args=("cms", setting, home.get_site().pk))
    assert signed_in(secretary).get(address).status_code == 200
    for other in (editor, committee_member):
        assert signed_in(other).get(address).status_code == 302


def test_an_editor_keeps_pictures_documents_and_authors_but_not_organisations(editor: Any, signed_in: SignIn) -> None:
    client = signed_in(editor)
    for name in ("wagtailimages:add", "wagtaildocs:add", "wagtailsnippets_news_author:add", "wagtailsnippets_news_topic:add"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.get(reverse("wagtailsnippets_members_organisation:add")).status_code == 302


def test_nobody_becomes_superuser_through_the_admin(secretary: Any, make_user: Any, signed_in: SignIn) -> None:
    boss = make_user(name="Technical", is_superuser=True)
    client = signed_in(secretary)
    assert client.get(reverse("wagtailusers_users:edit", args=(boss.pk,))).status_code == 302
    client.post(
        reverse("wagtailusers_users:edit", args=(secretary.pk,)),
        {"email": secretary.email, "name": "Still me", "is_superuser": "on", "is_active": "on"},
    )
    secretary.refresh_from_db()
    assert not secretary.is_superuser
    assert client.get(reverse("wagtailusers_groups:add")).status_code == 302


# The steering committee


def test_the_committee_reads_drafts(committee_member: Any, signed_in: SignIn, draft: PostPage, home: Page) -> None:
    client = signed_in(committee_member)
    for address in (
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_explore", args=(home.pk,)),
        reverse("wagtailadmin_pages:edit", args=(draft.pk,)),
        reverse("wagtailadmin_pages:view_draft", args=(draft.pk,)),
        reverse("wagtailadmin_pages:workflow_history", args=(draft.pk,)),
        reverse("posts:index"),
    ):
        assert client.get(address).status_code == 200, address


def test_the_committee_comments_and_changes_nothing_else(committee_member: Any, signed_in: SignIn, draft: PostPage, secretary: Any) -> None:
    said = comments({"text": "Could we name a source?", "contentpath": "standfirst"})
    answer = change_post(
        signed_in(committee_member),
        draft,
        title="Hijacked",
        standfirst="Hijacked",
        comments=said,
        **{"action-publish": "1", "action-submit": "1"},
    )
    assert answer.status_code == 302
    comment = Comment.objects.get(page=draft)
    assert (comment.text, comment.user) == ("Could we name a source?", committee_member)
    fresh = PostPage.objects.get(pk=draft.pk)
    assert (fresh.title, fresh.live, fresh.workflow_in_progress) == ("A draft", False, False)
    assert fresh.get_latest_revision_as_object().standfirst == "Not public."
    assert Revision.objects.for_instance(fresh).count() == 1
    assert b"Could we name a source?" in signed_in(secretary).get(reverse("wagtailadmin_pages:edit", args=(draft.pk,))).content


def test_a_published_page_stays_as_it_is_when_the_committee_comments(committee_member: Any, signed_in: SignIn, index: Page) -> None:
    post = PostPage.objects.published().newest_first().first()
    assert post is not None
    before = PostPage.objects.filter(pk=post.pk).values().get()
    change_post(signed_in(committee_member), post, comments=comments({"text": "Fine.", "contentpath": "title"}))
    assert Comment.objects.filter(page=post).count() == 1
    assert PostPage.objects.filter(pk=post.pk).values().get() == before


def test_a_comment_is_answered_and_a_resolved_one_survives(
    committee_member: Any, secretary: Any, signed_in: SignIn, draft: PostPage
) -> None:
    resolved = Comment.objects.create(page=draft, user=secretary, text="Done", contentpath="title", resolved_at="2026-01-01T00:00:00Z")
    open_one = Comment.objects.create(page=draft, user=secretary, text="Which year?", contentpath="title")
    form = comments()
    form.update(
        {
            "TOTAL_FORMS": "1",
            "INITIAL_FORMS": "1",
            "0": {
                "id": str(open_one.pk),
                "text": "Which year?",
                "contentpath": "title",
                "position": "",
                "resolved": "",
                "replies": {
                    "TOTAL_FORMS": "1",
                    "INITIAL_FORMS": "0",
                    "MIN_NUM_FORMS": "0",
                    "MAX_NUM_FORMS": "1000",
                    "0": {"id": "", "text": "2019"},
                },
            },
        }
    )
    change_post(signed_in(committee_member), draft, comments=form)
    assert [reply.text for reply in open_one.replies.all()] == ["2019"]
    assert Comment.objects.filter(pk=resolved.pk).exists()


def test_nobody_edits_a_comment_of_somebody_else(committee_member: Any, secretary: Any, signed_in: SignIn, draft: PostPage) -> None:
    theirs = Comment.objects.create(page=draft, user=secretary, text="Mine", contentpath="title")
    form = comments()
    edited = {"id": str(theirs.pk), "text": "Forged", "contentpath": "title", "position": "", "resolved": "", "replies": comments()}
    form.update({"TOTAL_FORMS": "1", "INITIAL_FORMS": "1", "0": edited})
    assert change_post(signed_in(committee_member), draft, comments=form).status_code == 302
    theirs.refresh_from_db()
    assert theirs.text == "Mine"


def page_addresses(page: Page, revision: Revision, collected: Any = None, namespace: str = "") -> list[str]:
    """Every address of the admin that a page's number, or a page's and a revision's, leads to."""
    found = []
    for entry in get_resolver(None).url_patterns if collected is None else collected:
        if isinstance(entry, URLResolver):
            found += page_addresses(page, revision, entry.url_patterns, ":".join(filter(None, (namespace, entry.namespace))))
        elif isinstance(entry, URLPattern) and entry.name and ("pages" in namespace or "explore" in entry.name):
            for arguments in ((page.pk,), (page.pk, revision.pk), (page.pk, page.get_parent().pk), ("wagtailcore", "page", page.pk)):
                try:
                    found.append(reverse(f"{namespace}:{entry.name}" if namespace else entry.name, args=arguments))
                except NoReverseMatch:
                    continue
    return found


def test_no_address_of_the_admin_lets_the_committee_change_a_page(
    committee_member: Any, signed_in: SignIn, draft: PostPage, index: Page
) -> None:
    """Everything that a page's number leads to is posted to, with a form that would change, move, copy, delete or publish it."""
    client = signed_in(committee_member)
    revision = draft.get_latest_revision()
    addresses = set(page_addresses(draft, revision))
    assert len(addresses) > 20, addresses
    whole_form = post_form(title="Hijacked", slug="hijacked")
    forms = [
        {"action-publish": "1"},
        {"new_title": "Copy", "new_slug": "copy", "new_parent_page": str(index.pk), "alias": "on", "publish_copies": "on"},
        {"next": "/admin/", "restriction_type": "login", "confirm": "yes"},
    ]
    before = list(Page.objects.order_by("path").values()), list(Revision.objects.order_by("pk").values())
    for address in sorted(addresses):
        for form in forms:
            answer = client.post(address, {**whole_form, **form})
            assert answer.status_code < 500, address
    bulk = f"?next=/admin/&id={draft.pk}"
    for action in ("delete", "move", "publish", "unpublish"):
        client.post(reverse("wagtail_bulk_action", args=("wagtailcore", "page", action)) + bulk, {"confirm": "yes", "chooser": index.pk})
    assert (list(Page.objects.order_by("path").values()), list(Revision.objects.order_by("pk").values())) == before


def test_the_committee_unlocks_nothing(committee_member: Any, secretary: Any, signed_in: SignIn, draft: PostPage) -> None:
    signed_in(secretary).post(reverse("wagtailadmin_pages:lock", args=(draft.pk,)))
    signed_in(committee_member).post(reverse("wagtailadmin_pages:unlock", args=(draft.pk,)))
    draft.refresh_from_db()
    assert draft.locked


def test_whoever_is_editor_as_well_edits(committee_member: Any, signed_in: SignIn, draft: PostPage) -> None:
    committee_member.groups.add(Group.objects.get(name="Editor"))
    change_post(signed_in(committee_member), draft, title="Edited")
    assert PostPage.objects.get(pk=draft.pk).get_latest_revision_as_object().title == "Edited"
