"""A declaration on the secretariat's screens: where it stands, the pages that move it, who may, and what cannot be deleted."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from core.links import tokens
from endorsements.declarations import workflow as declarations
from endorsements.declarations.workflow import CIRCULATION
from endorsements.models import Endorsement, InitialSignatory, Mailing, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import SignOnState
from members.models import Organisation
from tests.support.admin_screen import words
from tests.support.answers import Screen, levels, mistakes, said
from tests.support.declarations import change_text, confirmed, make_declaration, open_declaration, submitted

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]
VERBS = ("open", "circulate", "stop_circulating", "close", "publish_text")


def address(page: Any, verb: str) -> str:
    return reverse(f"declaration_{verb}", args=(page.pk,))


def press(client: Client, page: Any, verb: str, **fields: str) -> Any:
    """Open the page that asks, and press its button."""
    asking = client.get(address(page, verb))
    assert asking.status_code == 200, asking.get("Location")
    seen = re.search(r'name="shown" value="([^"]+)"', asking.content.decode())
    assert seen is not None, words(asking)
    return client.post(address(page, verb), {"shown": seen[1], **fields}, follow=True)


def has_button(answer: Any) -> bool:
    """Whether the page that asks can be answered."""
    return "seen" in Screen(answer).hidden


def state(page: Any) -> str:
    return str(sign_on_of(page).state)


# The life of a sign-on, pressed through


def test_a_declaration_is_opened_closed_and_opened_again(secretary_client: Client) -> None:
    closes = timezone.now() + timedelta(days=30)
    page = make_declaration(live=False, closes_at=closes)
    asked = words(secretary_client.get(address(page, "open")))
    for told in (
        "Europe/Amsterdam",
        f"{timezone.localtime(closes):%H:%M}",
    ):
        assert told in asked, told
    assert levels(press(secretary_client, page, "open")) == ["success"]
    page.refresh_from_db()
    assert (state(page), page.live) == ("open", True)
    assert sign_on_of(page).version.sha256 in words(secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))))
    confirmed(page)
    submitted(page, name="Nurses of Lira", email="a@lira.example", website="https://lira.example")
    press(secretary_client, page, "close")
    assert state(page) == "closed"
    press(secretary_client, page, "open")
    assert state(page) == "open"


def test_opening_by_looking_happens_to_nobody(secretary_client: Client) -> None:
    page = make_declaration(live=False)
    for verb in VERBS:
        secretary_client.get(address(page, verb))
    assert state(page) == "draft"
    secretary_client.post(address(page, "open"), {})
    assert state(page) == "draft", "a POST without what was seen"


@pytest.mark.parametrize(
    "lacking",
    [
        {"standfirst": ""},
        {"text": ""},
        {"closes_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_what_is_missing_is_said_and_there_is_no_button(secretary_client: Client, lacking: dict[str, Any]) -> None:
    page = make_declaration(live=False, **lacking)
    answer = secretary_client.get(address(page, "open"))
    assert len(answer.context["why_not"]) == 1
    assert not has_button(answer)
    secretary_client.post(address(page, "open"), {"shown": answer.context["shown"]})
    assert state(page) == "draft"


def test_a_draft_that_would_not_validate_is_no_server_error(secretary_client: Client) -> None:
    """Drafts skip required fields."""
    page = make_declaration(live=False)
    draft = page.get_latest_revision_as_object()
    draft.name_wording, draft.closes_at, draft.opens_at = "", timezone.now(), timezone.now() + timedelta(days=3)
    draft.save_revision(clean=False)
    answer = secretary_client.get(address(page, "open"))
    assert len(answer.context["why_not"]) == 3
    assert not has_button(answer)


def test_the_secret_address_is_shown_once(secretary_client: Client) -> None:
    page = make_declaration(live=False)
    shown = press(secretary_client, page, "circulate")
    (secret,) = re.findall(r'value="(http[^"]*/declarations/[^"]+)"', shown.content.decode())
    token = secret.rstrip("/").rpartition("/")[2]
    assert tokens.find(token, CIRCULATION) is not None
    assert "no-store" in shown["Cache-Control"]
    page.refresh_from_db()
    assert (state(page), page.live) == ("circulating", False)
    assert token not in secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))).content.decode()
    again = press(secretary_client, page, "circulate")
    assert token not in again.content.decode()
    assert tokens.find(token, CIRCULATION) is None, "the former address is worth nothing"
    confirmed(page)
    press(secretary_client, page, "stop_circulating")
    assert state(page) == "draft"
    assert Endorsement.objects.for_declaration(page).count() == 1


def test_a_public_page_is_not_put_under_embargo(secretary_client: Client) -> None:
    page = make_declaration()
    assert not has_button(secretary_client.get(address(page, "circulate")))


@pytest.mark.parametrize(("how", "label", "mailings"), [("correction", "Version 1, correction 1", 0), ("new", "Version 2", 1)])
def test_a_changed_text_is_published_as_what_it_is(secretary_client: Client, how: str, label: str, mailings: int) -> None:
    page = open_declaration()
    confirmed(page)
    change_text(page, "Pay them all in time.")
    assert address(page, "publish_text") in secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))).content.decode()
    asked = secretary_client.get(address(page, "publish_text"))
    assert "<del>" in asked.content.decode()
    assert mistakes(press(secretary_client, page, "publish_text", how=how, note="  ")) == {"note"}
    assert TextVersion.objects.filter(declaration=page).count() == 1
    assert label in said(press(secretary_client, page, "publish_text", how=how, note="Clearer."))
    version = sign_on_of(page).version
    assert (version.label, version.note) == (label, "Clearer.")
    assert Mailing.objects.filter(declaration=page).count() == mailings
    assert secretary_client.get(address(page, "publish_text")).status_code == 302, "there is nothing to publish any more"


def test_once_it_is_over_only_slips_are_corrected(secretary_client: Client) -> None:
    page = open_declaration()
    declarations.close(sign_on_of(page), by=None, now=timezone.now())
    change_text(page, "Pay them every month.")
    assert mistakes(press(secretary_client, page, "publish_text", how="new", note="Other words.")) == {"how"}
    assert not has_button(secretary_client.get(address(page, "open"))), "it does not open again in passing"


# Two colleagues


def test_whoever_is_slower_is_told(secretary_client: Client) -> None:
    page = open_declaration()
    seen = secretary_client.get(address(page, "close")).context["shown"]
    declarations.close(sign_on_of(page), by=None, now=timezone.now())
    answer = secretary_client.post(address(page, "close"), {"shown": seen}, follow=True)
    assert levels(answer) == ["warning"]
    assert str(SignOnState.CLOSED.label) in said(answer)
    assert state(page) == "closed"


def test_a_text_that_a_colleague_changed_meanwhile_is_read_again(secretary_client: Client) -> None:
    page = make_declaration(live=False)
    seen = secretary_client.get(address(page, "open")).context["shown"]
    change_text(page, "Do not pay them.")
    answer = secretary_client.post(address(page, "open"), {"shown": seen}, follow=True)
    assert levels(answer) == ["warning"]
    assert state(page) == "draft"


# Who may


def test_editors_write_declarations_and_move_none(editor: Any, committee_member: Any, signed_in: SignIn) -> None:
    page = open_declaration()
    confirmed(page)
    writing = signed_in(editor)
    first = writing.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("wagtailadmin_pages:add", args=("endorsements", "declarationpage", page.get_parent().pk)) in first
    assert reverse("endorsement_queue:index") not in first
    editing = writing.get(reverse("wagtailadmin_pages:edit", args=(page.pk,)))
    assert reverse("endorsement_queue:index") not in editing.content.decode()
    assert address(page, "close") not in editing.content.decode()
    for user in (editor, committee_member):
        client = signed_in(user)
        for verb in VERBS:
            assert client.get(address(page, verb)).url == reverse("wagtailadmin_home"), verb
            client.post(address(page, verb), {"shown": "open"})
        for name in ("endorsements:index", "endorsement_queue:index", "endorsement_queue:acts", "endorsement_queue:green"):
            assert client.get(reverse(name)).status_code == 302, name
        row = Endorsement.objects.for_declaration(page).get()
        for name in ("inspect", "decide", "merge", "alike"):
            assert client.post(reverse(f"endorsements:{name}", args=(row.pk,)), {"action": "hold", "shown": row.state}).status_code in (
                302,
                405,
            )
        assert "Pay health workers" in words(client.get(reverse("declarations:index")))
        menu = client.get(reverse("wagtailadmin_home")).content.decode()
        assert reverse("endorsements:index") not in menu
    assert state(page) == "open"
    assert Endorsement.objects.for_declaration(page).get().state == row.state


def test_moving_a_sign_on_takes_the_right_to_publish_too(make_user: Any, signed_in: SignIn) -> None:
    from django.contrib.auth.models import Permission

    user = make_user("Editor", name="Half")
    user.user_permissions.add(Permission.objects.get(codename="change_signon"))
    page = make_declaration(live=False)
    assert signed_in(user).get(address(page, "open")).status_code == 302
    assert state(page) == "draft"


def test_the_editing_screen_says_where_it_stands_in_every_state(
    secretary_client: Client, editor: Any, committee_member: Any, signed_in: SignIn
) -> None:
    page = open_declaration()
    for moment in SignOnState:
        type(sign_on_of(page)).objects.filter(declaration=page).update(state=moment, closed_at=timezone.now(), delivered_at=timezone.now())
        assert str(moment.label) in words(secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))))
    for user in (editor, committee_member):
        assert 'id="where-it-stands"' in signed_in(user).get(reverse("wagtailadmin_pages:edit", args=(page.pk,))).content.decode()
    adding = signed_in(editor).get(reverse("wagtailadmin_pages:add", args=("endorsements", "declarationpage", page.get_parent().pk)))
    assert adding.status_code == 200


# What stays


def test_what_people_have_signed_is_not_deleted(secretary_client: Client, home: Any) -> None:
    page = open_declaration()
    submitted(page)
    index = page.get_parent()
    for target in (page, index, home):
        answer = secretary_client.post(
            reverse("wagtailadmin_pages:delete", args=(target.pk,)), {"confirm_site_name": "HW4All"}, follow=True
        )
        assert "success" not in levels(answer), target
    assert Page.objects.filter(pk__in=(page.pk, index.pk, home.pk)).count() == 3
    empty = make_declaration("Nobody signed this", live=False)
    secretary_client.post(reverse("wagtailadmin_pages:delete", args=(empty.pk,)))
    assert not Page.objects.filter(pk=empty.pk).exists()


def test_unpublishing_says_what_it_means(secretary_client: Client) -> None:
    page = open_declaration()
    confirmed(page)
    asked = reverse("wagtailadmin_pages:unpublish", args=(page.pk,))
    editing = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    assert "sign-on-warning" in secretary_client.get(asked).content.decode()
    before = words(secretary_client.get(editing))
    secretary_client.post(asked)
    assert state(page) == "open"
    assert words(secretary_client.get(editing)) != before


def test_who_is_referred_to_is_kept_or_let_go_without_a_server_error(
    secretary_client: Client, secretary: Any, make_user: Any, django_user_model: Any, home: Any
) -> None:
    known = Organisation.objects.create(name="Midwives of Gulu", slug="gulu", country="UG", website="https://midwives-gulu.example")
    founder = Organisation.objects.create(name="Founders", slug="founders", country="KE")
    page = open_declaration()
    assert confirmed(page).organisation == known
    page.initial_signatories.add(InitialSignatory(organisation=founder))
    page.save()
    for organisation in (known, founder):
        delete = reverse("wagtailsnippets_members_organisation:delete", args=(organisation.pk,))
        for answer in (secretary_client.get(delete), secretary_client.post(delete)):
            assert answer.status_code == 302, organisation
    together = reverse("wagtail_bulk_action", args=("members", "organisation", "delete")) + f"?id={known.pk}&next=/admin/"
    refused = secretary_client.post(together, follow=True)
    assert "success" not in levels(refused)
    assert known.name in said(refused)
    for organisation in (known, founder):
        assert Organisation.objects.filter(pk=organisation.pk).exists()
    colleague = make_user("Secretariat", name="Leaving")
    change_text(page, "Pay them all on time.")
    declarations.publish_text(sign_on_of(page), is_new=False, note="A slip.", by=colleague, now=timezone.now())
    assert secretary_client.post(reverse("wagtailusers_users:delete", args=(colleague.pk,))).status_code == 302
    assert not django_user_model.objects.filter(pk=colleague.pk).exists()
    assert sign_on_of(page).version.made_by is None
    assert secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))).status_code == 200


# In a browser


@pytest.mark.django_db(transaction=True)
def test_the_panel_follows_the_writing_and_the_secret_is_there_to_copy(new_page: Callable[..., Any], secretary: Any) -> None:
    page = open_declaration()
    screen = new_page(user=secretary, width=768)
    screen.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    screen.goto(reverse("wagtailadmin_pages:edit", args=(page.pk,)))
    screen.wait_for_timeout(2500)  # as in test_admin_browser: Wagtail remembers the form two seconds after it opened
    panel = screen.locator("#where-it-stands")
    assert "another text" not in panel.inner_text()
    screen.fill("#id_title", "Pay health workers more")
    screen.keyboard.press("Tab")
    panel.get_by_text("Your draft has another text").wait_for()
    panel.get_by_text("Publish the changed text").click()
    screen.get_by_label("A slip was corrected").check()
    screen.get_by_label("What changed, for readers").fill("The title.")
    screen.get_by_role("button", name="Publish it now").click()
    screen.get_by_text("correction 1 of").wait_for()
    assert "another text" not in panel.inner_text()

    other = make_declaration("Under embargo", live=False)
    screen.goto(address(other, "circulate"))
    screen.get_by_role("button", name="Circulate it now").click()
    secret = screen.get_by_label("Secret address")
    secret.wait_for()
    assert "/declarations/" in secret.input_value()
    screen.get_by_text("I have copied it").click()
    screen.get_by_text("Circulating under embargo").wait_for()
