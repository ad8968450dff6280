"""Handing a declaration over: what is frozen, the letter, and the page at which anybody checks it."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.transitions import TransitionNotAllowed
from endorsements.declarations import workflow as declarations
from endorsements.deliveries import snapshot
from endorsements.deliveries import workflow as deliveries
from endorsements.deliveries.workflow import deliver
from endorsements.erasure import erase_endorsement
from endorsements.models import Delivery, Endorsement, InitialSignatory, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import workflow as signing
from endorsements.states import Kind, Source, State
from tests.support.answers import Screen, mistakes
from tests.support.concurrency import at_once
from tests.support.declarations import (
    HANDED_OVER,
    PERSON,
    closed,
    confirmed,
    delivered,
    make_declaration,
    open_declaration,
    submitted,
)
from tests.support.news import publish

ours = pytest.mark.django_db


def signed_declaration() -> Any:
    """Signed by an initial signatory, two organisations, two people of whom one is not named, one who is waiting and one who left."""
    now = timezone.now()
    page = make_declaration(closes_at=now + timedelta(days=7), organisation_rule="all")
    page.initial_signatories = [InitialSignatory(name="Wemos of Example", country="NL", website="https://wemos.example")]
    page = publish(page)
    declarations.open_sign_on(sign_on_of(page), by=None, now=now)
    confirmed(page, acronym="MOG")
    abroad = {"name": "Écoute Santé", "country": "BJ", "website": "https://ecoute.example", "email": "aline@ecoute.example"}
    confirmed(page, **abroad)
    confirmed(page, PERSON)
    confirmed(page, PERSON, name="Hidden Henry", email="henry@example.net", show_name=False, country="FR")
    submitted(page, PERSON, name="Pending Paul", email="paul@example.net")
    gone = confirmed(page, PERSON, name="Gone Gertrud", email="gone@example.net")
    signing.withdraw(gone, shown=True, now=now)
    return page


# What is frozen


@pytest.mark.one_database
@ours
def test_a_delivery_holds_what_was_public_and_nothing_else() -> None:
    page = signed_declaration()
    delivery = delivered(page)
    data = json.loads(delivery.content)
    assert delivery.sha256 == sha256(delivery.content.encode()).hexdigest()
    assert delivery.content == json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert data["declaration"] == {"title": "Pay health workers", "address": f"http://testserver{page.url}"}
    assert data["delivery"] == {
        "recipient": "The Minister of Health",
        "on": "2026-03-02",
        "method": "in person, in Kampala",
        "recorded_at": delivery.made_at.isoformat(timespec="microseconds"),
    }
    assert data["counts"] == {"organisations": 3, "people": 2, "people_unnamed": 1, "countries": 5}
    assert data["country_names"] == {"BJ": "Benin", "NL": "Netherlands", "NG": "Nigeria", "UG": "Uganda"}
    (group,) = data["signed"]
    version = sign_on_of(page).version
    assert group["text"] == {"number": 1, "correction": 0, "text": version.text, "sha256": version.sha256}
    assert group["initial_signatories"] == [{"name": "Wemos of Example", "acronym": "", "country": "NL"}]
    assert group["organisations"] == [
        {"name": "Écoute Santé", "acronym": "", "country": "BJ"},
        {"name": "Midwives of Gulu", "acronym": "MOG", "country": "UG"},
    ]
    assert group["people"] == [{"name": "Ngozi Okafor", "role": "Nurse", "affiliation": "Enugu Clinic", "country": "NG"}]
    assert group["people_unnamed"] == 1
    for secret in ("@", "Akello", "Director", "Henry", "Paul", "Gertrud"):
        assert secret not in delivery.content
    assert (delivery.organisations, delivery.people, delivery.countries, delivery.version) == (3, 2, 5, version)


@ours
def test_names_stand_under_the_text_they_signed(client: Client, secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    page = signed_declaration()
    renewed = Endorsement.objects.get(name="Midwives of Gulu")
    page.body = [("text", "<p>Pay them twice.</p>")]
    page.save_revision()
    second = declarations.publish_text(sign_on_of(page), is_new=True, note="Twice.", by=None, now=timezone.now())
    signing.renew(renewed, version=second, now=timezone.now())
    delivery = delivered(page)
    newer, older = json.loads(delivery.content)["signed"]
    assert (newer["text"]["number"], older["text"]["number"]) == (2, 1)
    assert "twice" in newer["text"]["text"]
    assert "twice" not in older["text"]["text"]
    assert [one["name"] for one in newer["organisations"]] == ["Midwives of Gulu"]
    assert newer["people"] == []
    assert [one["name"] for one in older["organisations"]] == ["Écoute Santé"]
    assert [one["name"] for one in older["people"]] == ["Ngozi Okafor"]
    for reader, name, key in ((client, "verify", delivery.sha256), (signed_in(secretary), "delivery:letter", delivery.pk)):
        shown = reader.get(reverse(name, args=(key,))).content.decode()
        assert re.search(r"\b4\b", shown), "so many stand under an earlier version"


@pytest.mark.one_database
@ours
def test_what_happens_later_changes_nothing_that_was_handed_over(client: Client) -> None:
    page = signed_declaration()
    delivery = delivered(page)
    before = delivery.content
    signing.withdraw(Endorsement.objects.get(name="Écoute Santé"), shown=False, now=timezone.now())
    erase_endorsement(Endorsement.objects.get(name="Ngozi Okafor"), by=None, now=timezone.now())
    page.title = "Another title"
    publish(page)
    delivery.refresh_from_db()
    assert delivery.content == before
    assert delivery.sha256 == sha256(before.encode()).hexdigest()
    shown = client.get(reverse("verify", args=(delivery.sha256,))).content.decode()
    assert "Écoute Santé" in shown
    assert "<h1>Pay health workers</h1>" in shown


@ours
def test_thousands_of_names_are_frozen_in_a_moment() -> None:
    page = open_declaration()
    now = timezone.now()
    many = {"declaration": page, "version": sign_on_of(page).version, "kind": Kind.PERSON, "state": State.LISTED, "confirmed_at": now}
    rows = (Endorsement(**many, key=f"p{n}", name=f"Person {n}", country="KE", sort_key=f"person{n:06}") for n in range(2_000))
    Endorsement.objects.bulk_create(rows, batch_size=2000)
    start = timezone.now()
    delivery = delivered(page)
    assert timezone.now() - start < timedelta(seconds=2)
    assert delivery.people == 2_000
    assert delivery.content.count('"name":"Person ') == 2_000


# Who, when, how often


@ours
def test_only_a_closed_sign_on_is_delivered_and_then_again_to_others() -> None:
    page = signed_declaration()
    standing, now = sign_on_of(page), timezone.now()
    with pytest.raises(TransitionNotAllowed):
        deliver(standing, **HANDED_OVER, by=None, now=now)
    with pytest.raises(TransitionNotAllowed):
        deliver(sign_on_of(make_declaration("A draft")), **HANDED_OVER, by=None, now=now)
    closed(page)
    first = deliver(standing, **HANDED_OVER, by=None, now=now)
    assert (standing.state, standing.delivered_at) == ("delivered", now)
    assert deliver(standing, **HANDED_OVER, by=None, now=timezone.now()) == first
    later = timezone.now()
    second = deliver(sign_on_of(page), **{**HANDED_OVER, "recipient": "WHO"}, by=None, now=later)
    assert first.sha256 != second.sha256
    assert sign_on_of(page).delivered_at == now
    logged = ModelLogEntry.objects.filter(action="endorsements.deliver", object_id=str(standing.pk))
    assert {entry.data["sha256"] for entry in logged} == {first.sha256, second.sha256}
    assert logged.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_at_once_records_one_delivery() -> None:
    page = signed_declaration()
    closed(page)
    made = at_once(4, lambda _n: deliver(sign_on_of(page), **HANDED_OVER, by=None, now=timezone.now()).pk)
    assert len(set(made)) == 1
    assert Delivery.objects.filter(declaration=page).count() == 1
    assert ModelLogEntry.objects.filter(action="endorsements.deliver", object_id=str(sign_on_of(page).pk)).count() == 1


@ours
def test_after_a_delivery_no_link_confirms() -> None:
    page = open_declaration(grace_days=30)
    waiting = submitted(page)
    confirmed(page, PERSON)
    standing = closed(page, days_ago=1)
    assert standing.takes_confirmations(timezone.now())
    deliver(standing, **HANDED_OVER, by=None, now=timezone.now())
    assert signing.confirm(waiting, version=waiting.version, now=timezone.now()) == signing.Outcome.CLOSED


@pytest.mark.one_database
@ours
def test_a_reply_is_kept_beside_the_snapshot() -> None:
    delivery = delivered(signed_declaration())
    for _twice in range(2):
        deliveries.record_reply(delivery, reply="We shall see.", replied_on=date(2026, 4, 1), by=None, now=timezone.now())
    stored = Delivery.objects.get(pk=delivery.pk)
    assert (stored.reply, stored.replied_on, stored.sha256) == ("We shall see.", date(2026, 4, 1), delivery.sha256)
    assert ModelLogEntry.objects.filter(action="endorsements.reply", object_id=str(delivery.pk)).count() == 1


def test_counts_in_words() -> None:
    assert snapshot.counts_text(42, 1300, 23) == "42 organisations and 1,300 people from 23 countries"
    assert snapshot.counts_text(1, 0, 1) == "1 organisation from 1 country"
    assert snapshot.counts_text(0, 1, 0) == "1 person"
    assert snapshot.counts_text(0, 0, 0) == "0 organisations"


# At /verify/


@pytest.mark.one_database
@ours
def test_anybody_checks_a_delivery_by_its_hash(client: Client) -> None:
    page = signed_declaration()
    delivery = delivered(page)
    answer = client.get(reverse("verify_form"), {"hash": " ".join([delivery.sha256[:32].upper(), delivery.sha256[32:]])}, follow=True)
    assert answer.redirect_chain == [(reverse("verify", args=(delivery.sha256,)), 302)]
    shown = answer.content.decode()
    for words in ("The Minister of Health", "2 March 2026", "in person, in Kampala", "Midwives of Gulu (MOG)", "Benin", "sha256sum"):
        assert words in shown
    assert snapshot.counts_text(3, 2, 5) in shown
    assert f"{page.url}versions/1.0/" in shown
    for name in ("Ngozi", "Okafor", "Akello"):
        assert name not in shown
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    upper = client.get(reverse("verify", args=(delivery.sha256.upper(),)))
    assert (upper.status_code, upper["Location"]) == (301, reverse("verify", args=(delivery.sha256,)))
    assert client.get(reverse("verify", args=(delivery.sha256,)).rstrip("/")).status_code == 301


@pytest.mark.one_database
@ours
def test_a_delivery_is_checked_even_when_its_page_is_not_public(client: Client) -> None:
    page = signed_declaration()
    delivery = delivered(page)
    page.unpublish()
    shown = client.get(reverse("verify", args=(delivery.sha256,))).content.decode()
    assert "Midwives of Gulu" in shown
    assert page.url not in shown


@ours
def test_a_delivery_whose_names_had_to_go_keeps_its_hash(client: Client, secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    delivery = delivered(signed_declaration())
    Delivery.objects.filter(pk=delivery.pk).update(content="")  # as docs/data-protection.md says
    shown = client.get(reverse("verify", args=(delivery.sha256,))).content.decode()
    assert "The Minister of Health" in shown
    assert "Gulu" not in shown
    client = signed_in(secretary)
    names = ("inspect", "letter", "file")
    assert [client.get(reverse(f"delivery:{name}", args=(delivery.pk,))).status_code for name in names] == [200, 404, 404]


@ours
@pytest.mark.parametrize("typed", ["0" * 64, "abc", "g" * 64, "<script>alert(1)</script>", "٠" * 64, "a" * 5000, "a\0b"])
def test_an_unknown_hash_gets_what_to_look_at(client: Client, typed: str) -> None:
    answer = client.get(reverse("verify_form"), {"hash": typed}, follow=True)
    assert answer.status_code in (400, 404)
    if answer.status_code == 404:
        shown = answer.content.decode()
        assert "hash" in Screen(answer).fields
        assert "<script>alert" not in shown
    assert client.get("/verify/" + "Z" * 64 + "/").status_code == 404


@ours
def test_a_text_is_checked_by_its_hash_once_it_is_public(client: Client) -> None:
    page = make_declaration()
    standing = sign_on_of(page)
    declarations.circulate(standing, by=None, now=timezone.now())
    version = TextVersion.objects.get(declaration=page)
    address = reverse("verify", args=(version.sha256,))
    assert client.get(address).status_code == 404
    declarations.open_sign_on(standing, by=None, now=timezone.now())
    before = client.get(address).content.decode()
    assert version.label in before
    assert "Pay them on time." in before
    page = type(page).objects.get(pk=page.pk)
    page.body = [("text", "<p>Pay them twice.</p>")]
    page.save_revision()
    confirmed(page, PERSON)
    newer = declarations.publish_text(sign_on_of(page), is_new=True, note="", by=None, now=timezone.now())
    assert newer.label not in before
    assert newer.label in client.get(address).content.decode()
    type(page).objects.get(pk=page.pk).unpublish()
    assert client.get(address).status_code == 404


@ours
def test_the_page_of_many_names_reads_them_once(client: Client, django_assert_max_num_queries: Any) -> None:
    delivery = delivered(signed_declaration())
    data = snapshot.without_people(delivery)
    assert data["signed"][0]["people"] == 1
    with django_assert_max_num_queries(0):
        assert snapshot.without_people(delivery) == data


# In the admin


@ours
def test_the_secretariat_records_a_delivery(secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    page, client = signed_declaration(), signed_in(secretary)
    address = reverse("declaration_deliver", args=(page.pk,))
    edit = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    form = {"recipient": "  The   Minister ", "delivered_on": "2026-03-02", "method": "by mail", "note": "She smiled."}
    assert client.get(address)["Location"] == edit
    refused = client.post(address, form)
    assert refused.context["form"]["note"].value() == "She smiled.", "what was typed comes back"
    assert 'type="submit" class="button"' not in refused.content.decode()
    closed(page, days_ago=0)
    Endorsement.objects.filter(name="Écoute Santé").update(state=State.HELD)
    shown = client.get(address).content.decode()
    for words in (snapshot.counts_text(2, 2, 4), sign_on_of(page).version.label):
        assert words in shown
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert mistakes(client.post(address, {**form, "delivered_on": tomorrow.isoformat()})) == {"delivered_on"}
    assert mistakes(client.post(address, {"recipient": ""})) >= {"recipient"}
    assert not Delivery.objects.filter(declaration=page).exists()
    recorded = client.post(address, form)
    delivery = Delivery.objects.get(declaration=page)
    assert (delivery.recipient, delivery.note, delivery.made_by) == ("The Minister", "She smiled.", secretary)
    screen = reverse("delivery:inspect", args=(delivery.pk,))
    assert recorded["Location"] == screen
    assert delivery.sha256 in client.get(screen).content.decode()
    assert client.post(address, form)["Location"] == screen
    assert Delivery.objects.filter(declaration=page).count() == 1
    listed = client.get(reverse("delivery:index")).content.decode()
    assert screen in listed
    file = client.get(reverse("delivery:file", args=(delivery.pk,)))
    assert (file["Content-Type"], file.content) == ("application/json", delivery.content.encode())
    assert sha256(file.content).hexdigest() == delivery.sha256
    assert f'filename="{page.slug}-2026-03-02.json"' in file["Content-Disposition"]
    letter = client.get(reverse("delivery:letter", args=(delivery.pk,))).content.decode()
    for words in ("Wemos of Example", "Ngozi Okafor", delivery.sha256, "The Minister"):
        assert words in letter
    assert "Hidden Henry" not in letter
    draft = client.get(reverse("declaration_letter", args=(page.pk,))).content.decode()
    assert delivery.sha256 not in draft
    assert client.get(reverse("wagtailadmin_reports:site_history")).status_code == 200


@ours
def test_the_reply_is_recorded_after_the_delivery(secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    delivery, client = delivered(signed_declaration()), signed_in(secretary)
    address = reverse("delivery:reply", args=(delivery.pk,))
    assert mistakes(client.post(address, {"reply": "No.", "replied_on": "2026-03-01"})) == {"replied_on"}
    assert mistakes(client.post(address, {"reply": " ", "replied_on": "2026-03-03"})) == {"reply"}
    form = {"reply": "Yes.\r\nSoon.", "replied_on": "2026-03-03", "shown": client.get(address).context["shown"]}
    assert client.post(address, form).status_code == 302
    assert Delivery.objects.get(pk=delivery.pk).reply == "Yes.\nSoon."
    shown = client.get(reverse("delivery:inspect", args=(delivery.pk,))).content.decode()
    assert "Soon." in shown
    assert address in shown


@ours
def test_whoever_may_not_sees_no_delivery(editor: Any, committee_member: Any, signed_in: Callable[[Any], Client]) -> None:
    page = signed_declaration()
    delivery = delivered(page)
    names = ("inspect", "file", "letter", "reply")
    addresses = [reverse(f"delivery:{name}", args=(delivery.pk,)) for name in names]
    addresses += [reverse("delivery:index"), reverse("delivery:announce", args=(delivery.pk, "delivered"))]
    addresses += [reverse(name, args=(page.pk,)) for name in ("declaration_deliver", "declaration_letter")]
    for client in (signed_in(editor), signed_in(committee_member), Client()):
        for address in addresses:
            assert client.get(address).status_code == 302
            assert client.post(address).status_code in (302, 405)
    assert not delivery.mailings.exists()


# On paper


def test_the_letter_prints_to_pdf(new_page: Callable[..., Any], secretary: Any, live_site: str) -> None:
    page = signed_declaration()
    many = {"declaration": page, "version": sign_on_of(page).version, "state": State.LISTED, "confirmed_at": timezone.now()}
    rows = [
        Endorsement(**many, kind=Kind.PERSON, key=f"p{n}", name=f"Person {n}", role="Nurse", country="KE", sort_key=f"p{n:04}")
        for n in range(300)
    ]
    rows += [
        Endorsement(**many, kind=Kind.ORGANISATION, key=f"o{n}", source=Source.SITE, name=f"Society {n}", country="KE", sort_key=f"s{n:04}")
        for n in range(120)
    ]
    Endorsement.objects.bulk_create(rows)
    delivery = delivered(page)
    sheet = new_page(user=secretary)
    sheet.goto(reverse("delivery:letter", args=(delivery.pk,)))
    for paper in ("A4", "Letter"):
        pdf = sheet.pdf(format=paper)
        assert pdf.startswith(b"%PDF")
        assert 5 <= pdf.count(b"/Type /Page\n") <= 12
