"""Applications in the admin: the list, one application, the actions, and two colleagues at once."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from core.dates import site_date
from core.transitions import NotPossible
from members.applications import workflow as applications
from members.applications.files import add_file
from members.models import Application, Ballot, Contact, Membership, Organisation
from members.review import workflow as review
from members.states import ApplicationState, FileKind, VotingRule
from tests.support.admin_screen import words
from tests.support.answers import Screen, levels, mistakes, said
from tests.support.members import agreed, asked, checking, draft, in_state, mails, make_organisation, make_seats, purposes, submitted
from tests.support.pictures import encoded, gradient, upload

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]


def address(name: str, row: Any, *more: Any) -> str:
    return reverse(f"applications:{name}", args=(row.pk, *more))


def do(client: Client, row: Application, action: str, **fields: Any) -> Any:
    """Open the page of the action and press its button."""
    page = client.get(address(action, row))
    assert page.status_code == 200, (action, page.status_code)
    return client.post(address(action, row), {"shown": page.context["shown"], **fields}, follow=True)


def state(row: Application) -> str:
    return str(Application.objects.get(pk=row.pk).state)


# The list


def test_the_list_shows_what_waits_first_and_never_a_draft(secretary_client: Client) -> None:
    draft("a@one.example", name="Only a draft")
    ended = in_state(ApplicationState.WITHDRAWN)
    late = submitted("b@two.example", name="Waits long", website="https://two.example")
    Application.objects.filter(pk=late.pk).update(
        submitted_at=timezone.localtime() - timedelta(days=50), promised_on=timezone.localdate() - timedelta(days=8)
    )
    new = submitted("c@three.example", name="Is new", website="https://three.example", category="observer")
    listing = secretary_client.get(reverse("applications:index"))
    assert [row.pk for row in listing.context["object_list"]] == [late.pk, new.pk, ended.pk]
    assert "Only a draft" not in words(listing)
    for wanted, found in (
        ({"overdue": "yes"}, [late]),
        ({"category": "observer"}, [new]),
        ({"state": ["withdrawn"]}, [ended]),
        ({"assigned_to": "null", "state": ["submitted"]}, [late, new]),
        ({"q": "three.example"}, [new]),
        ({"q": "nobody"}, []),
    ):
        rows = secretary_client.get(reverse("applications:index"), wanted).context["object_list"]
        assert [row.pk for row in rows] == [row.pk for row in found], wanted


def test_the_list_costs_the_same_for_two_and_for_thirty(secretary_client: Client) -> None:
    make_organisation("Midwives of Gulu", website="https://midwives-gulu.example")
    first = submitted()
    submitted("b@two.example", name="Another", website="https://two.example")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert secretary_client.get(reverse("applications:index")).status_code == 200
        return len(queries)

    cost()
    before = cost()
    rows = []
    for number in range(30):
        copy = Application.objects.get(pk=first.pk)
        copy.pk, copy.key, copy.name = None, f"domain:{number}.example", f"Copy {number}"
        rows.append(copy)
    Application.objects.bulk_create(rows)
    assert cost() == before


# One application


def test_the_page_shows_everything_and_warns_of_a_colleague(secretary_client: Client, make_user: Any, signed_in: SignIn) -> None:
    row = checking()
    other = signed_in(make_user("Secretariat", name="Ann Other"))
    assert "Ann Other" not in Screen(other.get(address("inspect", row))).text
    page = secretary_client.get(address("inspect", row))
    shown = words(page)
    for text in ("Ann Other", "Midwives of Gulu", "Akello Apio", "NGO bureau 1234", "South Sudan"):
        assert text in shown, text
    assert address("put_to_committee", row) in Screen(page).links
    assert secretary_client.get(address("inspect", draft("x@x.example"))).status_code == 404


def test_a_note_is_kept_for_colleagues(secretary_client: Client) -> None:
    row = submitted()
    secretary_client.post(address("note", row), {"note": " Their director called. "})
    secretary_client.post(address("note", row), {"note": "  "})
    secretary_client.post(address("note", row), {"note": "x" * 4001})
    assert [note.text for note in row.notes.all()] == ["Their director called."]
    assert "Their director called." in words(secretary_client.get(address("inspect", row)))


def test_its_files_are_for_those_who_may_read_it(
    secretary_client: Client, editor: Any, committee_member: Any, signed_in: SignIn, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = draft()
    file = add_file(row, kind=FileKind.LOGO, upload=upload("logo.png", encoded(gradient(), "PNG")), now=timezone.now())
    assert secretary_client.get(address("file", row, file.pk)).status_code == 404, "a draft is the applicant's own"
    assert applications.submit(row, now=timezone.now()) == applications.Outcome.DONE
    answer = secretary_client.get(address("file", row, file.pk))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert {"private", "no-store"} <= {*answer["Cache-Control"].split(", ")}
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    for other in (signed_in(editor), signed_in(committee_member), client):
        assert other.get(address("file", row, file.pk)).status_code == 302
    file.file.storage.delete(file.file.name)
    assert secretary_client.get(address("file", row, file.pk)).status_code == 404
    assert (
        secretary_client.get(address("file", submitted("z@z.example", name="Z", website="https://z.example"), file.pk)).status_code == 404
    )


# The actions


def test_it_is_taken_assigned_and_promised(secretary_client: Client, secretary: Any, make_user: Any) -> None:
    row = submitted()
    assert levels(do(secretary_client, row, "take")) == ["success"]
    row.refresh_from_db()
    assert (row.state, row.assigned_to) == (ApplicationState.CHECKING, secretary)
    colleague = make_user("Secretariat", name="Ann Other")
    do(secretary_client, row, "assign", to=colleague.pk)
    row.refresh_from_db()
    assert row.assigned_to == colleague
    assert secretary_client.post(address("assign", row), {"shown": "checking:0", "to": ""}, follow=True).status_code == 200
    row.refresh_from_db()
    assert row.assigned_to == colleague, "what was on the screen is not so any more"
    assert mistakes(do(secretary_client, row, "promise", on="2020-01-01")) == {"on"}
    do(secretary_client, row, "promise", on="2099-01-01")
    row.refresh_from_db()
    assert row.promised_on.year == 2099


def test_questions_go_out_in_one_mail_and_the_answers_are_shown_as_differences(secretary_client: Client) -> None:
    row = checking()
    assert mistakes(do(secretary_client, row, "ask"))
    assert state(row) == ApplicationState.CHECKING
    do(secretary_client, row, "ask", about_work="How many midwives?", about_="Who signs?")
    row.refresh_from_db()
    assert row.state == ApplicationState.MORE_INFORMATION
    assert {question.field for question in row.questions.all()} == {"work", ""}
    assert purposes(f"application:{row.pk}").count("questions") == 1
    replies = {question.pk: "The director." for question in row.questions.filter(field="")}
    applications.answer(row, values={"work": "It trains 240 midwives."}, replies=replies, now=timezone.now())
    shown = words(secretary_client.get(address("inspect", row)))
    for text in ("How many midwives?", "It trains 240 midwives.", "The director."):
        assert text in shown
    other = asked(("work", "Why?"), email="b@two.example", name="Two", website="https://two.example")
    do(secretary_client, other, "stop_asking")
    assert state(other) == ApplicationState.CHECKING


def test_it_is_put_to_the_committee_and_taken_back(secretary_client: Client) -> None:
    row = checking()
    make_seats(3)
    for wrong in ({"rule": "majority", "days": 61}, {"rule": "no", "days": 7}):
        do(secretary_client, row, "put_to_committee", **wrong)
        assert state(row) == ApplicationState.CHECKING, wrong
    do(secretary_client, row, "put_to_committee", rule="majority", days=7)
    ballot = Ballot.objects.get(application=row)
    assert (ballot.rule, ballot.quorum_percent, state(row)) == (VotingRule.MAJORITY, 50, ApplicationState.WITH_COMMITTEE)
    do(secretary_client, row, "ask_again")
    ballot.refresh_from_db()
    assert (ballot.state, state(row)) == ("cancelled", ApplicationState.CHECKING)


def test_without_seats_there_is_no_button(secretary_client: Client) -> None:
    row = checking()
    make_seats(0)
    page = secretary_client.get(address("put_to_committee", row))
    assert "shown" not in Screen(page).hidden
    secretary_client.post(address("put_to_committee", row), {"shown": ApplicationState.CHECKING, "rule": "majority", "days": 7})
    assert state(row) == ApplicationState.CHECKING


def test_accepting_shows_the_mail_first_and_makes_a_member(secretary_client: Client) -> None:
    row = agreed()
    page = do(secretary_client, row, "accept", step="read", organisation="new", decision_message="The next call is on Monday.")
    assert "The next call is on Monday." in page.content.decode()
    assert state(row) == ApplicationState.WITH_COMMITTEE
    do(secretary_client, row, "accept", step="do", organisation="new", decision_message="The next call is on Monday.")
    member = Organisation.objects.get(name="Midwives of Gulu")
    assert state(row) == ApplicationState.ACCEPTED
    assert Membership.objects.filter(organisation=member).count() == 1
    assert Contact.objects.filter(organisation=member).count() == 2
    shown = words(secretary_client.get(reverse("wagtailsnippets_members_organisation:inspect", args=(member.pk,))))
    assert "Akello Apio" in shown


def test_accepting_without_a_ballot_needs_to_say_how_the_committee_decided(secretary_client: Client) -> None:
    row = checking()
    make_seats(2)
    review.put_to_committee(row, rule=VotingRule.MAJORITY, days=7, by=None, now=timezone.now())
    known = make_organisation("Midwives in Gulu", website="https://midwives-gulu.example", category="")
    assert secretary_client.get(address("accept", row)).context["form"]["organisation"].value() == str(known.pk)
    do(secretary_client, row, "accept", step="do", organisation=known.pk, decision_message="")
    assert state(row) == ApplicationState.WITH_COMMITTEE
    do(secretary_client, row, "accept", step="do", organisation=known.pk, decision_message="", decided_otherwise="In its meeting of 3 May")
    row.refresh_from_db()
    assert (row.state, row.organisation) == (ApplicationState.ACCEPTED, known)
    assert "In its meeting of 3 May" in words(secretary_client.get(address("inspect", row)))


def test_a_name_that_another_organisation_has_is_settled_before_accepting(secretary_client: Client) -> None:
    row = agreed()
    make_organisation("Midwives of Gulu", country="NL", category="", website="https://elsewhere.example")
    read = do(secretary_client, row, "accept", step="read", organisation="new", decision_message="")
    assert ("step", "do") not in Screen(read).buttons
    assert "success" not in levels(do(secretary_client, row, "accept", step="do", organisation="new", decision_message=""))
    assert state(row) == ApplicationState.WITH_COMMITTEE


def test_what_is_recognised_is_offered_and_somebody_decides(secretary_client: Client) -> None:
    row = agreed()
    wrong = make_organisation("Midwives in Gulu", website="https://midwives-gulu.example", category="")
    page = secretary_client.get(address("accept", row))
    assert page.context["form"]["organisation"].value() == str(wrong.pk)
    assert wrong.name in words(page)
    missed = make_organisation("Acholi Midwives", category="")
    chosen = {"organisation": "other", "decision_message": ""}
    assert mistakes(do(secretary_client, row, "accept", step="read", **chosen)) == {"other"}
    assert missed.name in words(do(secretary_client, row, "accept", step="read", other=missed.pk, **chosen))
    twin = make_organisation("Gulu Midwives", website="https://www.midwives-gulu.example", category="")
    page = do(secretary_client, row, "accept", step="do", decision_message="")
    assert page.context["form"]["organisation"].value() in (None, ""), "two may be it, and none is chosen for anybody"
    assert state(row) == ApplicationState.WITH_COMMITTEE
    assert not mistakes(do(secretary_client, row, "accept", step="read", organisation="new", decision_message=""))
    do(secretary_client, row, "accept", step="do", organisation="new", decision_message="")
    row.refresh_from_db()
    assert row.organisation not in (wrong, missed, twin, None)
    assert not Membership.objects.filter(organisation__in=(wrong, missed, twin)).exists()


def test_an_entry_that_was_merged_meanwhile_is_not_made_again(secretary_client: Client) -> None:
    row, known = agreed(), make_organisation("Acholi Midwives", category="")
    gone = Organisation.objects.get(pk=known.pk)
    known.delete()
    with pytest.raises(NotPossible):
        review.accept(row, organisation=gone, by=None, now=timezone.now())
    assert state(row) == ApplicationState.WITH_COMMITTEE


def test_declining_shows_the_mail_with_reason_and_letter_before_it_leaves(secretary_client: Client) -> None:
    row = checking()
    assert mistakes(do(secretary_client, row, "decline", step="read", reason="other", tell="on", decision_message=""))
    page = do(secretary_client, row, "decline", step="read", reason="unverified", tell="on", decision_message="Send us your registration.")
    text = html.unescape(page.content.decode())
    assert "Send us your registration." in text
    assert row.email in text
    assert mails(f"application:{row.pk}", purpose="members.declined") == []
    again = do(
        secretary_client, row, "decline", step="change", reason="unverified", tell="on", decision_message="Send us your registration."
    )
    assert again.context["form"]["decision_message"].value() == "Send us your registration."
    assert state(row) == ApplicationState.CHECKING
    do(secretary_client, row, "decline", step="do", reason="unverified", tell="on", decision_message="Send us your registration.")
    assert state(row) == ApplicationState.DECLINED
    assert len(mails(f"application:{row.pk}", purpose="members.declined")) == 1


def test_declining_in_silence_writes_no_mail(secretary_client: Client) -> None:
    row = checking()
    assert not mistakes(do(secretary_client, row, "decline", step="read", reason="duplicate", decision_message=""))
    do(secretary_client, row, "decline", step="do", reason="duplicate", decision_message="")
    assert state(row) == ApplicationState.DECLINED
    assert mails(f"application:{row.pk}", purpose="members.declined") == []


def test_whoever_decides_second_is_told_who_was_faster(secretary_client: Client, make_user: Any) -> None:
    row = checking()
    seen = secretary_client.get(address("decline", row)).context["shown"]
    make_seats(2)
    faster = make_user("Secretariat", name="Ann Other")
    review.put_to_committee(row, rule=VotingRule.MAJORITY, days=7, by=faster, now=timezone.now())
    form = {"shown": seen, "step": "do", "reason": "duplicate", "decision_message": ""}
    answer = secretary_client.post(address("decline", row), form, follow=True)
    assert levels(answer) == ["warning"]
    assert row.name in said(answer)
    assert "Ann Other" in said(answer)
    assert state(row) == ApplicationState.WITH_COMMITTEE
    assert levels(secretary_client.get(address("ask", row), follow=True)) == ["warning"]


def test_what_was_typed_comes_back_when_a_colleague_was_faster(secretary_client: Client) -> None:
    row = checking()
    shown = secretary_client.get(address("ask", row)).context["shown"]
    make_seats(2)
    review.put_to_committee(row, rule=VotingRule.MAJORITY, days=7, by=None, now=timezone.now())
    answer = secretary_client.post(address("ask", row), {"shown": shown, "about_work": "How many midwives?"})
    assert answer.context["why_not"]
    assert "How many midwives?" in answer.content.decode()
    assert not row.questions.exists()
    data = {"shown": shown, "step": "do", "reason": "duplicate", "decision_message": "You applied before."}
    answer = secretary_client.post(address("decline", row), data)
    assert (answer.context["why_not"], answer.context["form"]["decision_message"].value()) == ([], "You applied before.")
    assert state(row) == ApplicationState.WITH_COMMITTEE
    secretary_client.post(address("decline", row), {**data, "shown": answer.context["shown"]})
    assert state(row) == ApplicationState.DECLINED


def test_an_action_leads_back_to_where_one_came_from_on_this_site(secretary_client: Client) -> None:
    listing = reverse("applications:index")
    for came_from, goes_to in ((listing, listing), ("https://elsewhere.example/", None)):
        row = submitted(f"{len(came_from)}@x.example", name=came_from, website="")
        page = secretary_client.get(address("take", row), {"next": came_from})
        done = secretary_client.post(address("take", row), page.context["hidden_fields"])
        assert done["Location"] == (goes_to or address("inspect", row))
        assert state(row) == ApplicationState.CHECKING


def test_withdrawn_for_the_applicant(secretary_client: Client) -> None:
    row = submitted()
    do(secretary_client, row, "withdraw")
    assert state(row) == ApplicationState.WITHDRAWN
    assert purposes(f"application:{row.pk}").count("withdrawn") == 1


# Who may


@pytest.mark.parametrize("name", [name for name in ApplicationState.values if name != ApplicationState.DRAFT])
def test_in_every_state_just_the_actions_on_the_page_answer(name: str, secretary_client: Client) -> None:
    actions = ("take", "stop_asking", "ask_again", "withdraw", "assign", "promise", "ask", "put_to_committee", "accept", "decline")
    row = in_state(name)
    page = secretary_client.get(address("inspect", row))
    assert page.status_code == 200
    offered = {where for where, _label in page.context["actions"]}
    assert {address(action, row) for action in actions if secretary_client.get(address(action, row)).status_code == 200} == offered


def test_others_neither_see_nor_do(editor: Any, committee_member: Any, signed_in: SignIn, client: Client) -> None:
    row = submitted()
    for other in (signed_in(editor), signed_in(committee_member), client):
        assert other.get(reverse("applications:index")).status_code == 302
        for name in ("inspect", "take", "decline", "note"):
            assert other.get(address(name, row)).status_code == 302, name
            assert other.post(address(name, row), {"shown": "submitted", "note": "x"}).status_code == 302
    assert state(row) == ApplicationState.SUBMITTED
    assert not row.notes.exists()


@pytest.mark.parametrize("hour", [1, 23])
def test_a_member_begins_on_the_day_of_the_site_wherever_the_secretary_is(secretary_client: Client, secretary: Any, hour: int) -> None:
    """At one in the morning in Manila it is still yesterday on the site, and the member is in the directory at once."""
    profile = UserProfile.get_for_user(secretary)
    profile.current_time_zone = "Asia/Manila"
    profile.save()
    row = agreed()
    here = timezone.now().astimezone(ZoneInfo("Asia/Manila")).replace(hour=hour, minute=30) + timedelta(days=2)
    with time_machine.travel(here, tick=False):
        do(secretary_client, row, "accept", step="do", organisation="new", decision_message="")
        member = Organisation.objects.get(name="Midwives of Gulu")
        assert member.memberships.get().since == site_date(here)
        assert Client().get(f"/members/{member.slug}/").status_code == 200
