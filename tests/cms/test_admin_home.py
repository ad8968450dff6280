"""The way into the admin: what each role is offered, and what is left out."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from core.mail.suppression import suppress
from core.mail.wording import save
from endorsements.declarations import workflow as declarations
from endorsements.deliveries import workflow as deliveries
from endorsements.models import DeclarationPage, Invitation, NameChange, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.signing import emails as signing_emails
from endorsements.signing import event_mode
from members.committee import workflow as committee
from members.membership import workflow as membership
from members.membership.reminders import ask_for_confirmation
from members.models import Organisation
from members.review import workflow as review
from members.states import VotingRule
from news.models import Author, NewsIndexPage, PostPage, Topic
from pages.models import WorkingGroupPage
from tests.conftest import PASSWORD
from tests.support import importing
from tests.support.declarations import confirmed, make_declaration, open_declaration, recorded
from tests.support.declarations import submitted as submitted_endorsement
from tests.support.editor import add_post
from tests.support.emails import put
from tests.support.endorsing import link_of
from tests.support.members import asked, checking, make_contact, make_organisation, make_silent, submitted, with_committee
from tests.support.news import make_post
from tests.template_database import ROOT

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]


def first_page(client: Client) -> str:
    return str(client.get(reverse("wagtailadmin_home")).content.decode())


OFFERED = {
    "Secretariat": {
        "Write a post",
        "Write a declaration",
        "Endorsements to look at",
        "Pages waiting for review",
        "Change the banner",
        "Read the drafts",
    },
    "Editor": {"Write a post", "Write a declaration", "Read the drafts"},
    "Steering committee": {"Read the drafts"},
}


@pytest.mark.parametrize("role", OFFERED)
def test_each_role_is_offered_what_it_may_do(role: str, make_user: Any, signed_in: SignIn, home: Any) -> None:
    page = first_page(signed_in(make_user(role, name="Ann Other")))
    assert "Hello Ann, what would you like to do?" in page
    everything = set.union(*OFFERED.values())
    assert {words for words in everything if f"<strong>{words}" in page} == OFFERED[role]


def test_every_offer_leads_somewhere(make_user: Any, signed_in: SignIn, home: Any) -> None:
    for role in OFFERED:
        client = signed_in(make_user(role))
        section = re.search(r'class="welcome".*?</section>', first_page(client), re.DOTALL)
        assert section is not None
        addresses = [address.replace("&amp;", "&") for address in re.findall(r'<a href="([^"]+)"', section[0])]
        assert addresses
        for address in addresses:
            assert client.get(address, follow=True).status_code == 200, (role, address)


def test_what_waits_is_counted(secretary: Any, editor: Any, signed_in: SignIn, home: Any) -> None:
    client = signed_in(secretary)
    assert 'class="count"' not in first_page(client)
    add_post(signed_in(editor), NewsIndexPage.objects.get(), slug="waiting", **{"action-submit": "1"})
    assert '<span class="count">1</span>' in first_page(client)


def test_a_site_without_content_still_opens(empty_site: None, django_user_model: Any) -> None:
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("first@example.org", "a long enough password"))
    assert "what would you like to do?" in first_page(client)


def test_the_admin_wears_the_coalitions_dress_and_calls_nobody(secretary: Any, signed_in: SignIn, home: Any) -> None:
    page = first_page(signed_in(secretary))
    assert "<title>Dashboard - HW4All</title>" in " ".join(page.split())
    for foreign in ("wagtail.org", "gravatar", "What's new", "editor guide", "releases.wagtail.io"):
        assert foreign not in page, foreign


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (
            "Secretariat",
            {"Handbook", "Reports", "Redirects", "Users", "Announcement banner", "Menus", "Authors", "Organisations", "All endorsements"},
            {"Collections", "Help"},
        ),
        (
            "Editor",
            {"Handbook", "Authors", "Images", "Documents"},
            {"Users", "Redirects", "Reports", "Organisations", "Announcement banner", "All endorsements", "Waiting for you"},
        ),
        ("Steering committee", {"Handbook", "Pages", "All posts"}, {"Images", "Documents", "Authors", "Users", "Reports"}),
    ],
)
def test_the_menu_holds_what_a_role_needs(
    role: str, seen: set[str], unseen: set[str], make_user: Any, signed_in: SignIn, home: Any
) -> None:
    page = first_page(signed_in(make_user(role)))
    sidebar = page[page.index("wagtail-sidebar-props") :]
    labels = set(re.findall(r'"([A-Z][\w ,]+)"', sidebar))
    assert seen <= labels
    assert not unseen & labels


def test_the_handbook_is_at_hand_for_everybody(make_user: Any, signed_in: SignIn, home: Any) -> None:
    for role in OFFERED:
        page = signed_in(make_user(role)).get(reverse("handbook")).content.decode()
        assert "Nineteen things a secretary does" in page
        assert page.count("<h2>") >= 18
    assert Client().get(reverse("handbook")).status_code == 302


def test_the_handbook_is_one_page_of_numbered_things() -> None:
    headings = re.findall(r"^## (\d+)\. ", (ROOT / "docs" / "editors.md").read_text(), re.MULTILINE)
    assert headings == [str(number) for number in range(1, 20)]


def screens_of_declarations() -> list[str]:
    """A declaration in every state, with somebody in the queue, and the pages that its buttons lead to."""
    draft, opened, over = (
        make_declaration("Draft", live=False),
        open_declaration("Opened", organisation_rule="none"),
        open_declaration("Over"),
    )
    waiting = confirmed(opened, email="akello@elsewhere.example")
    submitted_endorsement(opened, name="Held", website="https://held.example", over_limit=True)
    event_mode.open_window(opened, most=50, ends_at=timezone.now() + timedelta(hours=2), by=None, now=timezone.now())
    recorded("Others", "https://others.example")
    confirmed(opened, name="Others", website="https://others.example", email="a@others.example")
    for member in (make_organisation("Not asked"), make_organisation("Silent")):
        make_contact(member, f"{member.slug}@example.org")
    Invitation.objects.create(declaration=opened, organisation=member, asked_at=timezone.now() - timedelta(days=3))
    changed = DeclarationPage.objects.get(pk=opened.pk)
    changed.body = [("text", "<p>Other words.</p>")]
    changed.save_revision()
    confirmed(over)
    declarations.close(sign_on_of(over), by=None, now=timezone.now())
    told = {"recipient": "A minister", "delivered_on": timezone.localdate(), "method": "by mail", "by": None, "now": timezone.now()}
    delivery = deliveries.deliver(sign_on_of(DeclarationPage.objects.get(pk=over.pk)), **told)
    answered = deliveries.deliver(sign_on_of(DeclarationPage.objects.get(pk=over.pk)), **(told | {"recipient": "Another"}))
    deliveries.record_reply(answered, reply="Thank you.", replied_on=timezone.localdate(), by=None, now=timezone.now())
    SignOn.objects.filter(declaration=opened).update(ask_members_at=timezone.now() + timedelta(minutes=9))
    closed = open_declaration("Closed")
    declarations.close(sign_on_of(closed), by=None, now=timezone.now())
    return [
        *(reverse("wagtailadmin_pages:edit", args=(page.pk,)) for page in (draft, opened, over, closed)),
        *(reverse(name) for name in ("endorsement_queue:index", "endorsement_queue:acts", "signatory_import:index")),
        *(reverse(name, args=(opened.pk,)) for name in ("declaration_publish_text", "member_answers:declaration")),
        reverse("declaration_deliver", args=(closed.pk,)),
        reverse("declaration_open", args=(draft.pk,)),
        reverse("endorsements:inspect", args=(waiting.pk,)),
        *(reverse("delivery:inspect", args=(one.pk,)) for one in (delivery, answered)),
    ]


def screens_of_the_coalition() -> list[str]:
    """Applications on which every button stands that the handbook speaks of, and the lists beside them."""
    new, looked_at = submitted("a@one.example", name="One", website="https://one.example"), checking()
    waiting = asked(email="b@two.example", name="Two", website="https://two.example")
    ballot = with_committee(email="c@three.example", name="Three", website="https://three.example")
    committee.cast_vote(ballot.votes.all()[0], choice="objection", reason="Who are they?", now=timezone.now())
    running, missed = (
        review.put_to_committee(
            checking(email=f"{name}@x.example", name=name, website=f"https://{name}.example"),
            rule=VotingRule.MAJORITY,
            days=7,
            by=None,
            now=timezone.now(),
        )
        for name in ("four", "five")
    )
    assert running
    assert missed
    committee.close_ballot(missed, by=None, now=timezone.now())
    make_silent(make_organisation("Has not answered"), asked=70)
    ask_for_confirmation(timezone.now())
    member = make_organisation()
    change = membership.propose_change(member, contact=None, values={"summary": "We speak up."}, now=timezone.now())
    return [
        *(reverse("applications:inspect", args=(row.pk,)) for row in (new, looked_at, waiting, ballot.application)),
        *(reverse(name) for name in ("applications:index", "ballots:index", "profile_changes:index", "coverage:index")),
        *(reverse(name) for name in ("member_export:index", "wagtailsnippets_members_organisation:list")),
        reverse("applications:accept", args=(ballot.application.pk,)),
        *(reverse("ballots:inspect", args=(row.pk,)) for row in (ballot, running, missed)),
        reverse("applications:inspect", args=(missed.application_id,)),
        reverse("profile_changes:review", args=(change.pk,)),
        reverse("organisation_merge", args=(member.pk,)),
        reverse("wagtailsnippets_members_organisation:inspect", args=(member.pk,)),
    ]


def screens_of_mails() -> list[str]:
    """The list with a text that no longer fits, that mail, and one that a limit keeps back."""
    save("members/welcome", {"opening": "Hello {nobody}"}, version=0, by=None)
    kept_back = reverse("outgoingmail:inspect", args=(put(limited="A limit").pk,))
    return [reverse("email_templates:index"), reverse("email_templates:edit", args=("members/welcome",)), kept_back]


def answers_about_names(client: Client) -> list[Any]:
    """A name that somebody wants corrected, and one that is listed already under another's hand."""
    page = open_declaration("Names", organisation_rule="none")
    first, second = (confirmed(page, website="https://names.example", email=f"{name}@names.example") for name in ("a", "b"))
    moderation.approve(first, by=None, now=timezone.now())
    form = {"action": "propose", "name": "Radiologists of Gulu", "acronym": "", "country": "UG", "website": "names.example"}
    Client().post(link_of(first, signing_emails.MANAGE), form)
    change = NameChange.objects.get()
    approve = {"action": "approve", "chosen": str(second.pk)}
    return [
        client.get(reverse("endorsement_queue:names")),
        client.get(reverse("endorsement_queue:name", args=(change.pk,))),
        client.get(reverse("endorsements:inspect", args=(second.pk,))),
        client.post(reverse("endorsement_queue:chosen"), approve, follow=True),
    ]


def answers_about_imports(client: Client) -> list[Any]:
    """A table of members with one in doubt, and another that is imported."""
    make_organisation("Nurses of Gulu", website="https://nurses-gulu.example")
    headings = ["Organisation", "Country", "Website", "Contact", "Email", "Category"]
    doubtful = importing.upload(client, headings, ["Nurses of Gulu District", "UG", "https://other.example", "", "", "member"])
    done = importing.upload(
        client, headings, ["Radiographers of Enugu", "NG", "https://enugu.example", "Ada", "ada@enugu.example", "member"]
    )
    importing.press(client, done)
    return [client.get(reverse("member_import:index")), client.get(importing.address(doubtful)), client.get(importing.address(done))]


def answers_about_a_person(client: Client) -> list[Any]:
    suppress("ada@example.org")
    return [client.post(reverse("personal_data:index"), {"query": "ada@example.org"})]


# Signs and names that stand on the screen as drawings, or that a script writes.
DRAWN = {"bold", "+", "i", "Comment", "/admin/"}


def test_the_handbook_speaks_the_words_of_the_screen(
    secretary: Any, editor: Any, committee_member: Any, signed_in: SignIn, home: Any
) -> None:
    """Whatever stands in bold in the handbook stands on one of the pages it speaks of."""
    index = NewsIndexPage.objects.get()
    add_post(signed_in(editor), index, slug="for-review", **{"action-submit": "1"})
    waiting = PostPage.objects.get(slug="for-review")
    planned = make_post("Planned", live=False, go_live_at=timezone.now() + timedelta(days=1))
    public = make_post("Public")
    for title in ("Put right", "TODO: put right again"):
        public.title = title
        public.save_revision(user=secretary, log_action=True)
    planned.save_revision().publish()
    Authenticator.objects.create(user=editor, type=Authenticator.Type.TOTP, data={"secret": "x"})
    edit = "wagtailadmin_pages:edit"
    addresses = [
        *(reverse(name) for name in ("wagtailadmin_home", "wagtailadmin_account", "posts:index", "mfa_activate_totp", "handbook")),
        *(reverse(name) for name in ("wagtailimages:add", "wagtailimages:index", "wagtaildocs:add", "wagtailusers_users:index")),
        *(reverse(edit, args=(page.pk,)) for page in (waiting, planned, public, home, WorkingGroupPage.objects.first())),
        reverse("wagtailusers_users:edit", args=(editor.pk,)),
        reverse("wagtailadmin_pages:revisions_revert", args=(public.pk, public.revisions.order_by("pk")[0].pk)),
        reverse("wagtailadmin_pages:history", args=(public.pk,)),
        reverse("wagtailadmin_pages:add", args=("news", "postpage", index.pk)),
        reverse("wagtailadmin_pages:add_subpage", args=(index.pk,)),
        reverse("wagtailsnippets_members_organisation:add"),
        *(
            reverse("wagtailsettings:edit", args=("cms", name, home.get_site().pk))
            for name in ("siteidentity", "navigation", "announcement")
        ),
    ]
    addresses += [*screens_of_declarations(), *screens_of_the_coalition(), *screens_of_mails()]
    client = Client()
    client.post(reverse("account_login"), {"login": secretary.email, "password": PASSWORD})
    screens = [Client().get(reverse("account_login"))]
    screens += [client.get(address, follow=True) for address in addresses if address != reverse("handbook")]
    screens += [*answers_about_a_person(client), *answers_about_names(client), *answers_about_imports(client)]
    screens.append(signed_in(committee_member).get(reverse(edit, args=(waiting.pk,))))
    pages = [html.unescape(screen.content.decode()) for screen in screens]
    # What scripts draw stands in the page as JSON, with its own escapes.
    shown = " ".join(" ".join((*pages, *(page.encode().decode("unicode_escape", "ignore") for page in pages))).split()).lower()
    bold = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", (ROOT / "docs" / "editors.md").read_text(), re.DOTALL)}
    assert len(bold) > 80
    missing = sorted(words for words in bold - DRAWN if words.lower() not in shown)
    assert missing == []


# The lists


def test_all_posts_are_listed_newest_first_and_filtered(committee_member: Any, signed_in: SignIn, home: Any) -> None:
    make_post("Only a draft", live=False)
    client = signed_in(committee_member)
    page = client.get(reverse("posts:index")).content.decode()
    newest, oldest = PostPage.objects.order_by("-date").first(), PostPage.objects.order_by("date").first()
    assert newest is not None
    assert oldest is not None
    assert page.index(newest.title.split("&")[0]) < page.index(oldest.title.split("&")[0])
    drafts = client.get(reverse("posts:index") + "?live=false").content.decode()
    assert "Only a draft" in drafts
    assert oldest.title.split("&")[0] not in drafts
    assert client.get(reverse("posts:index") + "?q=draft&kind=news&ordering=date").status_code == 200


def test_authors_topics_and_organisations_are_kept(secretary: Any, signed_in: SignIn, home: Any) -> None:
    client = signed_in(secretary)
    made = client.post(
        reverse("wagtailsnippets_news_author:add"),
        {
            "name": "A. Writer",
            "slug": "a-writer",
            "kind": "person",
            "role": "",
            "organisation": "",
            "organisation_name": "",
            "portrait": "",
            "bio": "null",
        },
    )
    assert made.status_code == 302
    assert Author.objects.filter(slug="a-writer").exists()
    assert client.post(reverse("wagtailsnippets_news_topic:add"), {"name": "Pay", "slug": "pay", "description": ""}).status_code == 302
    assert Topic.objects.filter(slug="pay").exists()
    organisation = nested_form_data(
        {
            **dict.fromkeys(("acronym", "website", "summary", "logo"), ""),
            "name": "New member",
            "slug": "new-member",
            "country": "KE",
            "memberships": inline_formset([{"category": "member", "since": "2026-01-01", "until": ""}]),
            "seats": inline_formset([]),
        }
    )
    assert client.post(reverse("wagtailsnippets_members_organisation:add"), organisation).status_code == 302
    assert Organisation.objects.get(slug="new-member").memberships.count() == 1
    for listing in ("news_author", "news_topic", "news_series", "members_organisation"):
        assert client.get(reverse(f"wagtailsnippets_{listing}:list") + "?q=a").status_code == 200


def test_an_author_with_posts_cannot_be_deleted(secretary: Any, signed_in: SignIn, home: Any) -> None:
    author = Author.objects.filter(authorships__isnull=False).first()
    assert author is not None
    signed_in(secretary).post(reverse("wagtailsnippets_news_author:delete", args=(author.pk,)))
    assert Author.objects.filter(pk=author.pk).exists()
