"""Deciding on endorsements as the secretariat does: the queue, its evidence, one and many, and two colleagues at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.models import OutgoingMail
from endorsements.models import BulkAct, Endorsement
from endorsements.moderation import workflow as moderation
from endorsements.moderation.checks import checks_of
from endorsements.signing import workflow as signing
from endorsements.states import DeclineReason, HoldReason, State
from members.models import Membership, Organisation
from members.review.checks import DOUBT, GOOD, PLAIN
from tests.support.admin_screen import words
from tests.support.answers import Screen, levels, said
from tests.support.concurrency import at_once
from tests.support.declarations import PERSON, confirmed, open_declaration, recorded, submitted

SignIn = Callable[[Any], Client]
ELSEWHERE = {"email": "akello@elsewhere.example"}


def mark(row: Endorsement) -> str:
    return f"{row.pk}:{row.state}"


def check_texts(row: Endorsement) -> list[tuple[str, str]]:
    """How good each sign is, and its words, for the names and numbers in them."""
    found = checks_of([Endorsement.objects.select_related("organisation").get(pk=row.pk)])[row.pk].checks
    return [(sign.tone, sign.text) for sign in found]


def state(row: Endorsement) -> str:
    return str(Endorsement.objects.get(pk=row.pk).state)


def decide(client: Client, row: Endorsement, verb: str, **fields: str) -> Any:
    return client.post(reverse("endorsements:decide", args=(row.pk,)), {"action": verb, "shown": row.state, **fields}, follow=True)


@pytest.fixture
def waiting(db: None) -> Endorsement:
    """Confirmed, from a mail address that says nothing."""
    return confirmed(open_declaration(), **ELSEWHERE)


# The queue


def test_the_nearest_deadline_comes_first_and_each_declaration_in_one_piece(secretary_client: Client) -> None:
    now = timezone.now()
    pages = [open_declaration(f"Closes {days}", closes_at=now + timedelta(days=days)) for days in (9, 2)]
    pages.insert(2, open_declaration("Closes then too", closes_at=pages[1].closes_at))
    pages.append(open_declaration("No end", closes_at=None))
    for name in ("First", "Second"):
        for page in pages:
            confirmed(page, name=name, website=f"https://{name.lower()}.example", **ELSEWHERE)
    Endorsement.objects.exclude(declaration__in=pages).filter(state__in=("confirmed", "held")).delete()
    groups = secretary_client.get(reverse("endorsement_queue:index")).context["groups"]
    assert [group["declaration"].pk for group in groups] == [pages[1].pk, pages[2].pk, pages[0].pk, pages[3].pk]
    assert [[item["row"].name for item in group["rows"]] for group in groups] == [["First", "Second"]] * 4
    only = secretary_client.get(reverse("endorsement_queue:index"), {"declaration": pages[0].pk}).context["groups"]
    assert [group["declaration"].pk for group in only] == [pages[0].pk]
    for odd in ("x", "0", "9" * 30, "-1", "²"):
        assert secretary_client.get(reverse("endorsement_queue:index"), {"declaration": odd, "p": odd}).status_code == 200


def test_the_screens_cost_the_same_for_three_and_for_fifty(secretary_client: Client) -> None:
    page = open_declaration(person_rule="none", organisation_rule="none")
    other = open_declaration("Another", person_rule="none")
    first = confirmed(page)
    Endorsement.objects.filter(pk=first.pk).update(network="n0")

    def cost(name: str, **wanted: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert secretary_client.get(reverse(name), wanted).status_code == 200
        return len(queries)

    confirmed(other, PERSON)
    confirmed(page, PERSON)
    screens: list[tuple[str, dict[str, Any]]] = [
        ("endorsement_queue:index", {}),
        ("endorsement_queue:green", {}),
        ("declarations:index", {}),
        ("endorsements:index", {"q": "gulu"}),
        ("endorsements:index", {"state": ["confirmed", "held"], "kind": "person"}),
    ]
    for name, wanted in screens:  # what is remembered per process is remembered now
        cost(name, **wanted)
    before = [cost(name, **wanted) for name, wanted in screens]
    rows = []
    for number in range(50):
        copy = Endorsement.objects.get(pk=first.pk)
        copy.pk, copy.key, copy.name = None, f"domain:gulu{number}.example", f"Gulu {number}"
        copy.website, copy.email = f"https://gulu{number}.example", f"a@gulu{number}.example"
        copy.address_key, copy.network, copy.declaration = copy.email, f"n{number % 7}", page if number % 2 else other
        rows.append(copy)
    Endorsement.objects.bulk_create(rows)
    after = [cost(name, **wanted) for name, wanted in screens]
    assert all(now <= then for now, then in zip(after, before, strict=True)), (after, before)


# CheckResults


def test_only_a_domain_known_from_elsewhere_is_green(db: None) -> None:
    page = open_declaration(organisation_rule="none")
    recorded()
    [(tone, told), *_others] = check_texts(confirmed(page))
    assert (tone, "midwives-gulu.example" in told) == (GOOD, True)
    agreeing = check_texts(confirmed(page, name="Typed", website="https://typed.example", email="a@typed.example"))
    assert {tone for tone, _told in agreeing} == {PLAIN}
    assert any("typed.example" in told for _tone, told in agreeing)
    free = check_texts(confirmed(page, name="Lawyers", website="https://lawyers.example", email="lawyers@gmail.com"))
    assert any(tone == DOUBT and "gmail.com" in told for tone, told in free)
    other = confirmed(page, name="Doctors", website="https://doctors.example", email="d@elsewhere.example")
    assert any(tone == DOUBT and "elsewhere.example" in told and "doctors.example" in told for tone, told in check_texts(other))
    signing.ask_second_person(other, address="head@doctors.example", now=timezone.now())
    signing.confirm_as_second_person(other, now=timezone.now())
    assert GOOD not in {tone for tone, _told in check_texts(other)}
    recorded("Doctors", "https://doctors.example")
    assert GOOD in {tone for tone, _told in check_texts(other)}, "judged again when it is shown"
    assert state(other) == State.CONFIRMED, "and moved by nobody"


def test_a_member_is_recognised_and_linked(secretary_client: Client) -> None:
    known = Organisation.objects.create(name="Midwives of Gulu", slug="gulu", website="https://midwives-gulu.example")
    Membership.objects.create(organisation=known, category="member")
    row = confirmed(open_declaration(organisation_rule="none"))
    assert any(tone == PLAIN and known.name in told for tone, told in check_texts(row))
    queue = secretary_client.get(reverse("endorsement_queue:index")).content.decode()
    assert reverse("wagtailsnippets_members_organisation:edit", args=(known.pk,)) in queue


def test_a_repeat_and_those_that_may_be_the_same_are_shown(db: None) -> None:
    page = open_declaration(organisation_rule="none")
    declined = confirmed(page, **ELSEWHERE)
    moderation.decline(declined, reason="identity", by=None, now=timezone.now())
    again = confirmed(page)
    reason = str(DeclineReason.IDENTITY.label)
    assert any(tone == DOUBT and reason in told for tone, told in check_texts(again))
    abroad = confirmed(page, country="KE", website="https://gulu-kenya.example", **ELSEWHERE)
    colleague = confirmed(page, name="Gulu Union", website="", email="union@midwives-gulu.example")
    found = checks_of([again])[again.pk].possible_duplicates
    assert {row.pk for row in found} == {abroad.pk, colleague.pk}
    elsewhere = confirmed(open_declaration("Another"), **ELSEWHERE)
    assert elsewhere not in found
    assert checks_of([]) == {}


def test_many_from_one_place_in_one_hour_are_counted(secretary_client: Client) -> None:
    page = open_declaration()
    rows = [
        submitted(page, name=f"Pills {number}", website=f"https://pills{number}.example", email=f"a{number}@spam.example", over_limit=True)
        for number in range(3)
    ]
    Endorsement.objects.filter(pk__in=[row.pk for row in rows]).update(network="n1")
    Endorsement.objects.filter(pk=rows[2].pk).update(submitted_at=timezone.now() - timedelta(hours=2))
    rows[0].refresh_from_db()
    found = checks_of([rows[0]])[rows[0].pk].checks
    near = [sign.text for sign in found if sign.url == reverse("endorsements:alike", args=(rows[0].pk,))]
    assert [re.findall(r"\d+", told) for told in near] == [["1"], ["1"]]
    assert "spam.example" in near[1]
    assert any(sign.tone == DOUBT and str(HoldReason(rows[0].hold_reason).label) in sign.text for sign in found)
    queue = words(secretary_client.get(reverse("endorsement_queue:index")))
    for sign in found:
        assert sign.text in queue


# One endorsement


def test_all_that_is_held_is_shown(secretary_client: Client, waiting: Endorsement) -> None:
    Endorsement.objects.filter(pk=waiting.pk).update(provenance="Paper <b>sheet</b>")
    page = secretary_client.get(reverse("endorsements:inspect", args=(waiting.pk,)))
    shown = words(page)
    for told in (
        "Midwives of Gulu",
        "Akello Apio",
        "akello@elsewhere.example",
        "Version 1",
        *(consent.wording for consent in waiting.consents.all()),
        *(mail.subject for mail in OutgoingMail.objects.filter(about=f"endorsement:{waiting.pk}")),
    ):
        assert told in shown, told
    assert "<b>sheet</b>" not in page.content.decode()
    assert 'name="given"' not in page.content.decode(), "nobody but the holder changes a consent"
    for erased_or_not in Endorsement.objects.order_by("?")[:3]:
        assert secretary_client.get(reverse("endorsements:inspect", args=(erased_or_not.pk,))).status_code == 200


def test_names_are_found_with_and_without_accents_and_by_address(secretary_client: Client) -> None:
    page = open_declaration()
    confirmed(page, PERSON, name="José Ñandú", email="jn@andes.example")
    confirmed(page)
    listing = reverse("endorsements:index")
    for asked, found in (("nandu", "José Ñandú"), ("Ñandú jose", "José Ñandú"), ("jn@andes", "José Ñandú"), ("apio", "Midwives of Gulu")):
        shown = words(secretary_client.get(listing, {"q": asked}))
        assert found in shown, asked
        assert ("Midwives of Gulu" in shown) != ("José Ñandú" in shown), asked
    narrowed = secretary_client.get(
        listing, {"declaration": page.pk, "state": ["listed"], "kind": "person", "source": "site", "country": "NG"}
    )
    assert [row.name for row in narrowed.context["object_list"]] == ["José Ñandú"]
    assert secretary_client.get(listing, {"q": "% _ ' \\ ́", "country": "XX", "state": "x", "ordering": "-sort_key"}).status_code == 200


def test_approve_hold_release_and_note(secretary_client: Client, secretary: Any, waiting: Endorsement) -> None:
    assert levels(decide(secretary_client, waiting, "approve")) == ["success"]
    waiting.refresh_from_db()
    assert waiting.state == State.LISTED
    assert ModelLogEntry.objects.filter(action="endorsements.approve", object_id=str(waiting.pk), user=secretary).count() == 1
    assert levels(decide(secretary_client, waiting, "hold")) == ["success"]
    waiting.refresh_from_db()
    decide(secretary_client, waiting, "note", note="They rang.", note_seen="")
    assert levels(decide(secretary_client, waiting, "note", note="Mine.", note_seen="")) == ["error"]
    waiting.refresh_from_db()
    assert waiting.note == "They rang.", "a colleague's note is not written over"
    pending = submitted(waiting.declaration, name="Over", website="https://over.example", email="a@over.example", over_limit=True)
    assert levels(decide(secretary_client, pending, "release")) == ["success"]
    assert OutgoingMail.objects.filter(about=f"endorsement:{pending.pk}", purpose="endorsements.confirm").exists()
    for verb in ("erase", "", "__class__", "merge"):
        decide(secretary_client, waiting, verb)
    assert secretary_client.get(reverse("endorsements:decide", args=(waiting.pk,))).status_code == 302
    assert state(waiting) == State.HELD


def test_the_mail_that_declines_is_read_before_it_goes(secretary_client: Client, waiting: Endorsement) -> None:
    where = reverse("endorsements:decline")
    asked = secretary_client.post(where, {"row": mark(waiting)})
    assert waiting.name in words(asked)
    form = {"row": mark(waiting), "reason": "authority", "tell": "on", "message": "Send us a <b>letter</b>."}
    read = secretary_client.post(where, {**form, "step": "read"})
    assert "akello@elsewhere.example" in words(read)
    assert "Send us a &lt;b&gt;letter&lt;/b&gt;." in read.content.decode()
    assert 'sandbox=""' in read.content.decode()
    assert (state(waiting), OutgoingMail.objects.filter(purpose="endorsements.declined").count()) == (State.CONFIRMED, 0)
    changing = secretary_client.post(where, {**form, "step": "change"})
    assert "Send us a" in words(changing)
    secretary_client.post(where, {**form, "step": "do"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decline_reason) == (State.DECLINED, "authority")
    (mail,) = OutgoingMail.objects.filter(purpose="endorsements.declined")
    assert mail.recipient == "akello@elsewhere.example"
    assert b"Send us a" in bytes(mail.content)


def test_no_mail_to_an_address_that_confirmed_nothing_and_no_empty_reason(secretary_client: Client) -> None:
    page = open_declaration()
    row = submitted(page, over_limit=True)
    where = reverse("endorsements:decline")
    assert "tell" not in Screen(secretary_client.get(where, {"row": mark(row)})).fields
    secretary_client.post(where, {"row": mark(row), "reason": "false", "tell": "on", "message": "Ha", "step": "do"})
    assert state(row) == State.DECLINED
    assert not OutgoingMail.objects.filter(purpose="endorsements.declined").exists()
    row = confirmed(page, **ELSEWHERE)
    for wrong in ({"reason": "other", "tell": "on"}, {"reason": "nonsense"}, {}):
        assert secretary_client.post(where, {"row": mark(row), "step": "do", **wrong}).status_code == 200
    assert state(row) == State.CONFIRMED
    assert levels(secretary_client.post(where, {"row": "x:y"}, follow=True)) == ["warning"]


def test_duplicates_are_merged_into_the_one_that_is_chosen(secretary_client: Client) -> None:
    page = open_declaration(organisation_rule="none")
    one = confirmed(page)
    two = confirmed(page, country="KE", website="https://gulu-kenya.example", **ELSEWHERE)
    three = confirmed(page, name="African Nurses Council", website="https://anc.example", email="a@anc.example")
    unconfirmed = submitted(page, name="Midwives of Gulu", website="https://gulu.example", email="x@gulu.example")
    where = reverse("endorsements:merge", args=(two.pk,))
    assert {row.pk for row in secretary_client.get(where).context["choices"]} == {one.pk, two.pk, unconfirmed.pk}
    assert three in secretary_client.get(where, {"q": "nurses african"}).context["choices"]
    foreign = confirmed(open_declaration("Another"))
    for wrong in (
        {"stays": mark(unconfirmed), "same": mark(one)},
        {"stays": mark(one), "same": mark(one)},
        {"same": mark(one)},
        {"stays": mark(one), "same": mark(foreign)},
    ):
        assert levels(secretary_client.post(where, wrong, follow=True)) == ["error"], wrong
    assert not BulkAct.objects.exists()
    assert levels(secretary_client.post(where, {"stays": mark(one), "same": [mark(two), mark(unconfirmed)]}, follow=True)) == ["success"]
    two.refresh_from_db()
    assert (two.state, two.decline_reason, two.merged_into) == (State.DECLINED, "duplicate", one)
    assert state(one) == State.CONFIRMED
    act = BulkAct.objects.latest("pk")
    secretary_client.post(reverse("endorsement_queue:act", args=(act.pk,)))
    two.refresh_from_db()
    assert (two.state, two.decline_reason, two.merged_into) == (State.CONFIRMED, "", None)
    moderation.decline(two, reason="other", by=None, now=timezone.now())
    assert secretary_client.get(where).status_code == 302


# Many


def test_all_green_are_approved_and_exactly_those_that_were_shown(secretary_client: Client) -> None:
    page = open_declaration(organisation_rule="none")
    for name in ("N0", "N1", "N2", "Later"):
        recorded(name, f"https://{name.lower()}.example")
    green = [confirmed(page, name=f"N{n}", website=f"https://n{n}.example", email=f"a@n{n}.example") for n in range(3)]
    grey = confirmed(page, **ELSEWHERE)
    where = reverse("endorsement_queue:green") + f"?declaration={page.pk}"
    queue = Screen(secretary_client.get(reverse("endorsement_queue:index"), {"declaration": page.pk}))
    assert where in queue.links
    shown = secretary_client.get(where)
    assert {row.name for row in green} == {name for name in ("N0", "N1", "N2", grey.name) if name in words(shown)}
    assert {state(row) for row in green} == {State.CONFIRMED}
    moderation.decline(green[0], reason="other", by=None, now=timezone.now())
    later = confirmed(page, name="Later", website="https://later.example", email="a@later.example")
    done = secretary_client.post(where, {"row": [shown.context["hidden_fields"]["row"], mark(grey)]}, follow=True)
    assert levels(done)[:2] == ["success", "warning"]
    assert green[0].name in said(done)
    assert [state(row) for row in (*green, grey, later)] == ["declined", "listed", "listed", "confirmed", "confirmed"]


def test_those_ticked_are_approved_held_or_sent_their_mail(secretary_client: Client) -> None:
    page = open_declaration(organisation_rule="none")
    rows = [confirmed(page, name=f"N{n}", website=f"https://n{n}.example", **ELSEWHERE) for n in range(2)]
    unconfirmed = submitted(page, name="Over", website="https://over.example", email="a@over.example", over_limit=True)
    where = reverse("endorsement_queue:chosen")
    ticked = [mark(row) for row in (*rows, unconfirmed)]
    answer = secretary_client.post(where, {"action": "approve", "row": ticked, "next": "https://elsewhere.example/"}, follow=True)
    assert levels(answer)[0] == "success"
    assert {state(row) for row in rows} == {State.LISTED}
    assert state(unconfirmed) == State.HELD
    secretary_client.post(where, {"action": "release", "row": mark(unconfirmed)})
    assert state(unconfirmed) == State.PENDING
    secretary_client.post(where, {"action": "hold", "row": [f"{row.pk}:listed" for row in rows]})
    assert {state(row) for row in rows} == {State.HELD}
    for odd in ({}, {"row": "x"}, {"row": ["1:", ":held", "9" * 40 + ":held", "²:held"]}, {"action": "erase", "row": mark(unconfirmed)}):
        assert secretary_client.post(where, odd).status_code == 302
    assert secretary_client.get(where).status_code == 302


# Two colleagues


def test_whoever_is_slower_is_told_who_did_what(secretary_client: Client, make_user: Any, waiting: Endorsement) -> None:
    colleague = make_user("Secretariat", name="Ann Other")
    moderation.decline(Endorsement.objects.get(pk=waiting.pk), reason="identity", by=colleague, now=timezone.now())
    for answer in (
        decide(secretary_client, waiting, "approve"),
        secretary_client.post(reverse("endorsements:decline"), {"row": mark(waiting)}, follow=True),
    ):
        assert levels(answer) == ["warning"]
        for told in (waiting.name, str(State.DECLINED.label), "Ann Other"):
            assert told in said(answer)
    assert state(waiting) == State.DECLINED


@pytest.mark.django_db(transaction=True)
def test_two_decide_at_the_same_moment_and_one_wins(make_user: Any, signed_in: SignIn) -> None:
    page = open_declaration()
    clients = [signed_in(make_user("Secretariat", name=name)) for name in ("Ann Other", "Bob Builder")]
    for number in range(3):
        row = confirmed(page, name=f"N{number}", website=f"https://n{number}.example", **ELSEWHERE)
        presses = (
            lambda client, row=row: client.post(reverse("endorsement_queue:chosen"), {"action": "approve", "row": mark(row)}),
            lambda client, row=row: client.post(reverse("endorsements:decline"), {"row": mark(row), "reason": "identity", "step": "do"}),
        )
        answers = at_once(2, lambda turn, presses=presses: presses[turn](clients[turn]))
        assert [answer.status_code for answer in answers] == [302, 302]
        decided = ModelLogEntry.objects.filter(object_id=str(row.pk), action__in=("endorsements.approve", "endorsements.decline"))
        assert decided.count() == 1, "both got their way"
        assert state(row) in (State.LISTED, State.DECLINED)
        slower = clients[1] if state(row) == State.LISTED else clients[0]
        assert f"N{number}: " in words(slower.get(reverse("endorsement_queue:index"))), "the slower one is told"
