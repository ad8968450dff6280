"""Applying to join, through the door: an address, a link, short pages saved with anything missing, handed in once."""

import gzip
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.formats import date_format
from PIL import Image

from core.dates import datetime_text
from core.links import limits
from members.applications import workflow as applications
from members.models import Application, ApplicationFile, Invitation
from members.models.subjects import subject
from members.states import Access, ApplicationState, OrganisationKind
from tests.journeys.test_page_weight import KILOBYTE, compressed
from tests.support.answers import Screen
from tests.support.applying import APPLY, PAGES, ask, base_of, chosen, link_in, write_all
from tests.support.concurrency import at_once
from tests.support.endorsing import began, hidden, parsed, words
from tests.support.members import APPLICANT, days_ago, draft, mails, submitted

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.one_database]


def picture() -> SimpleUploadedFile:
    stored = BytesIO()
    Image.new("RGB", (20, 20), "red").save(stored, "PNG")
    return SimpleUploadedFile("our logo.png", stored.getvalue())


def missing(review: Screen) -> set[str]:
    """What the page before handing in asks for, as page and field ("work/#founded")."""
    told = [link for element in review.main.iter() if element.get("id") == "answer" for link in element.iter("a")]
    return {"/".join(link.get("href").rsplit("/", 2)[1:]) for link in told}


def test_the_editors_page_leads_to_the_form() -> None:
    page = Client().get("/join/")
    assert f'href="{APPLY}"' in page.content.decode()


def test_an_organisation_applies_from_an_address_to_a_status_page() -> None:
    client = Client()
    assert ask(APPLICANT, client).url == "/join/apply/check-mail/"
    assert client.get("/join/apply/check-mail/").status_code == 200
    [mail] = mails(purpose="members.resume")
    base = link_in(mail)
    assert PAGES["organisation"].keys() <= Screen(client.get(f"{base}organisation/")).fields.keys()
    assert client.post(f"{base}organisation/", PAGES["organisation"]).url == f"{base}work/"
    assert client.post(f"{base}organisation/", {**PAGES["organisation"], "then": "stop"}).url == f"{base}?done=saved"
    assert datetime_text(Application.objects.get().saved_at) in words(client.get(f"{base}?done=saved"))
    write_all(base, client)
    review = Screen(client.get(f"{base}review/"))
    assert missing(review) == set()
    assert "South Sudan" in review.text
    assert client.post(f"{base}review/").url == f"{base}?done=submitted"
    assert client.post(f"{base}review/").url == f"{base}?done=submitted"
    row = Application.objects.get()
    assert (row.state, row.country.code, row.founded, row.for_profit_funding) == (ApplicationState.SUBMITTED, "UG", 1998, False)
    assert [country.code for country in row.countries_of_work] == ["KR", "SS", "UG"]
    assert row.work == "It trains midwives in rural clinics,\nand speaks for them."
    status = Screen(client.get(base))
    for part in (str(row.pk), date_format(row.promised_on, "j F Y")):
        assert part in status.text
    assert f"{base}withdraw/" in status.links
    assert len(mails(purpose="members.submitted")) == 1
    assert not client.cookies


def test_pages_are_light_private_and_without_a_cookie(stylesheet: bytes) -> None:
    base = base_of(draft())
    ways = [APPLY, "/join/apply/check-mail/", "/members/link/", base, *(f"{base}{word}/" for word in PAGES)]
    ways += [f"{base}{word}/" for word in ("files", "colleagues", "review", "delete")]
    for address in ways:
        response = Client().get(address, headers={"accept-encoding": "gzip"})
        assert response.status_code == 200, address
        assert compressed(gzip.decompress(response.content)) + compressed(stylesheet) <= 15 * KILOBYTE, address
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
        parsed(Client().get(address))


def test_a_page_is_saved_with_anything_missing_and_a_mistake_keeps_the_rest() -> None:
    row = draft(name="", website="")
    base = base_of(row)
    assert Client().post(f"{base}organisation/", {"category": "member"}).status_code == 303
    answer = Client().post(
        f"{base}work/",
        {
            "size": "60",
            "registration": "1234/09",
            "founded": "98",
            "countries_of_work": "Uganda, Atlantis",
            "work": "Care",
            "for_profit_funding": "yes",
        },
    )
    assert answer.status_code == 200
    [summary] = Screen(answer).alerts
    assert {link.get("href") for link in summary.iter("a")} == {"#countries_of_work", "#founded"}
    assert "Atlantis" in "".join(summary.itertext())
    assert Screen(answer).fields["founded"].get("value") == "98"
    row.refresh_from_db()
    assert (row.size, row.registration, row.work, row.for_profit_funding) == ("60", "1234/09", "Care", True)
    assert row.founded == 1998
    assert {"organisation/#name", "work/#for_profit_explanation"} <= missing(Screen(Client().get(f"{base}review/")))
    sent = Screen(Client().post(f"{base}review/"))
    assert len(sent.alerts) == 1
    assert f"{base}organisation/#name" in sent.links
    row.refresh_from_db()
    assert row.state == ApplicationState.DRAFT


def test_what_people_type_is_refused_in_words() -> None:
    base = base_of(draft())
    for word, name, typed in (
        ("organisation", "name", "=HYPERLINK(1)"),
        ("organisation", "name", "x" * 161),
        ("organisation", "kind", "company"),
        ("organisation", "website", "http://user@bank.example"),
        ("organisation", "other_names", "Fine\n<b>not</b>"),
        ("people", "representative_email", "akello@localhost"),
        ("people", "representative_phone", "call me"),
        ("work", "for_profit_funding", "perhaps"),
    ):
        answer = Client().post(f"{base}{word}/", {**PAGES[word], name: typed})
        assert answer.status_code == 200, (name, typed)
        assert f'href="#{name}"' in answer.content.decode(), (name, typed)
    assert Client().post(f"{base}work/", {"work": "x" * 200_000}).status_code == 413
    assert Client().post(f"{base}nothing/").status_code == 404


# The first step


def test_a_known_address_gets_its_own_back_and_the_page_says_the_same() -> None:
    row = submitted()
    answers = [ask(APPLICANT), ask("nobody@example.net")]
    assert [answer.url for answer in answers] == ["/join/apply/check-mail/"] * 2
    assert answers[0].content == answers[1].content
    assert [mail.about for mail in mails(purpose="members.resume")][-2:] == [
        subject(row),
        subject(Application.objects.get(email="nobody@example.net")),
    ]
    ask(APPLICANT, another="on")
    assert Application.objects.for_address(row.address_key).count() == 2


def test_robots_and_haste_get_a_sentence_and_no_mail() -> None:
    for typed in ({}, {"began": "x"}, {"began": began(APPLY), "remarks": "spam"}):
        answer = Client().post(APPLY, {"email": APPLICANT, **typed})
        assert (answer.status_code, len(Screen(answer).alerts)) == (200, 1)
        assert Screen(answer).fields["email"].get("value") == APPLICANT
    assert Client().post(APPLY, {"email": "akello", "began": began(APPLY)}).status_code == 200
    assert mails() == []


def test_too_many_asks_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [ask("a@example.net").status_code for _time in range(5)] == [303] * 5, "what its recipient has had is told to nobody"
    monkeypatch.setattr(limits, "FROM_NETWORK", replace(limits.FROM_NETWORK, most=5))
    network = ask("b@example.net")
    assert network.status_code == 429
    assert 'value="b@example.net"' in network.content.decode()
    monkeypatch.setattr(limits, "FROM_NETWORK", replace(limits.FROM_NETWORK, most=50))
    monkeypatch.setattr(limits, "ON_SITE", replace(limits.ON_SITE, most=1))
    site = ask("b@example.net")
    assert site.status_code == 429
    assert words(site) != words(network), "each says what the limit is of"


def test_all_questions_can_be_taken_along() -> None:
    answer = Client().get("/join/apply/questions.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    for kind in OrganisationKind:
        assert f"[ ] {kind.label}" in text
    assert "3000" in text


# Files


def test_a_logo_and_documents_arrive_one_at_a_time_and_can_be_taken_away() -> None:
    row = draft()
    base = base_of(row)
    assert Client().post(f"{base}files/", {"action": "logo", "file": picture()}).status_code == 303
    for number in (1, 2, 3, 3):
        upload = SimpleUploadedFile("Statutes.pdf", f"%PDF-1.7 {number}".encode())
        assert Client().post(f"{base}files/", {"action": "document", "file": upload}).status_code == 303
    assert row.files.count() == 4
    page = Client().get(f"{base}files/")
    assert [field.get("value") for field in Screen(page).all("input") if field.get("name") == "action"].count("document") == 0
    fourth = Client().post(f"{base}files/", {"action": "document", "file": SimpleUploadedFile("more.pdf", b"%PDF-1.7 x")})
    assert len(Screen(fourth).alerts) == 1
    assert row.files.count() == 4
    stored = row.documents()[0]
    got = Client().get(f"{base}file/{stored.pk}/")
    assert b"".join(got.streaming_content) == b"%PDF-1.7 1"
    assert got["Content-Disposition"] == 'attachment; filename="Statutes.pdf"'
    assert Client().post(f"{base}files/", {"action": "remove", "number": str(stored.pk)}).status_code == 303
    assert row.documents().count() == 2
    other = ApplicationFile.objects.create(
        application=submitted("b@example.net", name="B", website=""), kind="document", file="x", name="x"
    )
    assert Client().get(f"{base}file/{other.pk}/").status_code == 404
    Client().post(f"{base}files/", {"action": "remove", "number": str(other.pk)})
    assert ApplicationFile.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    ("action", "name", "content"),
    [
        ("logo", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("logo", "logo.png", b"\x89PNG\r\n\x1a\n"),
        ("document", "page.pdf", b"<html><script>alert(1)</script>"),
        ("document", "run.exe", b"MZ"),
        ("document", "empty.pdf", b""),
        ("document", "far-too-large.pdf", b"%PDF-1.7" + b"\0" * 70_000_000),
        ("logo", "far-too-large.jpg", b"\xff\xd8" + b"\0" * 70_000_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_refused_in_words(action: str, name: str, content: bytes) -> None:
    row = draft()
    answer = Client().post(f"{base_of(row)}files/", {"action": action, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    [told] = Screen(answer).alerts
    assert "".join(told.itertext()).strip()
    form = answer.context["form"]
    assert (form.auto_id, len(form.errors["file"])) == (f"{action}-%s", 1)
    assert row.files.count() == 0


def test_what_is_no_upload_gets_an_answer() -> None:
    base = base_of(draft())
    assert len(Screen(Client().post(f"{base}files/", {"action": "logo"})).alerts) == 1
    assert Client().post(f"{base}files/", b"x", content_type="multipart/form-data; boundary=").status_code in (200, 400)
    assert Client().post(f"{base}files/", {"action": "remove", "number": "x"}).status_code == 303
    assert Client().post(f"{base}people/", b"--b\r\nx", content_type="multipart/form-data; boundary=b").status_code in (200, 303, 400)


# Colleagues


def test_a_colleague_reads_another_writes_and_both_can_be_taken_off() -> None:
    row = draft()
    base = base_of(row)
    for address, access in (("reader@example.net", Access.READ), ("writer@example.net", Access.EDIT)):
        sent = Client().post(f"{base}colleagues/", {"action": "invite", "email": address, "access": access})
        assert sent.url == f"{base}colleagues/?done=invited"
    reader, writer = (link_in(mails(subject(invited))[0]) for invited in Invitation.objects.order_by("pk"))
    assert "Midwives of Gulu" in words(Client().get(reader))
    assert Client().post(f"{reader.replace('read/', '')}people/", PAGES["people"]).status_code == 404
    assert Client().post(f"{writer}reasons/", {**PAGES["reasons"], "heard": "On the radio"}).status_code == 303
    row.refresh_from_db()
    assert row.heard == "On the radio"
    assert Client().post(f"{writer}delete/").status_code == 303
    assert Application.objects.filter(pk=row.pk).exists()
    for invited in Invitation.objects.all():
        Client().post(f"{base}colleagues/", {"action": "remove", "number": str(invited.pk)})
    assert Client().get(writer).status_code == Client().get(reader).status_code == 404
    assert len(Screen(Client().post(f"{base}colleagues/", {"action": "invite", "email": "x", "access": "all"})).alerts) == 1


def test_several_countries_or_the_whole_world_is_seen_again_as_it_was_chosen() -> None:
    row = draft(country="", countries_of_work=[])
    base = base_of(row)
    page = f"{base}organisation/"
    assert chosen(Client().get(page), "country") == [""], "nothing is chosen yet"
    write_all(base, country="global")
    assert chosen(Client().get(page), "country") == ["global"]
    row.refresh_from_db()
    assert row.country.code == ""


def test_two_who_write_on_one_page_at_once_lose_nothing() -> None:
    row = draft()
    page = f"{base_of(row)}work/"
    Client().post(page, PAGES["work"])
    as_shown = {**PAGES["work"], **hidden(Client().get(page)), "countries_of_work": "Korea, South\r\nSouth Sudan\r\nUganda"}
    assert Client().post(page, {**as_shown, "size": "900 members", "for_profit_funding": "yes"}).status_code == 303
    mine = {**as_shown, "registration": "NGO bureau 99", "countries_of_work": "Kenya"}
    assert Client().post(page, mine).status_code == 303
    row.refresh_from_db()
    assert (row.size, row.for_profit_funding, row.registration) == ("900 members", True, "NGO bureau 99")
    assert [country.code for country in row.countries_of_work] == ["KE"]
    mine["size"] = "12 staff"
    told = Client().post(page, mine)
    assert "“900 members”" in words(told)
    row.refresh_from_db()
    assert row.size == "900 members"
    [yes] = [field for field in parsed(told).iter("input") if field.get("value") == "yes"]
    assert "checked" in yes.attrib
    assert Client().post(page, {**mine, **hidden(told), "for_profit_funding": "yes"}).status_code == 303
    row.refresh_from_db()
    assert row.size == "12 staff"


@pytest.mark.django_db(transaction=True)
def test_two_who_send_one_page_at_the_same_moment_lose_nothing() -> None:
    row = draft()
    page = f"{base_of(row)}work/"
    Client().post(page, PAGES["work"])
    for number in range(5):
        shown = {**PAGES["work"], **hidden(Client().get(page))}
        row.refresh_from_db()
        shown |= {"size": row.size, "registration": row.registration}
        typed = [{"size": f"{number} members"}, {"registration": f"Bureau {number}"}]
        assert at_once(2, lambda turn, shown=shown, typed=typed: Client().post(page, shown | typed[turn]).status_code) == [303, 303]
        row.refresh_from_db()
        assert (row.size, row.registration) == (f"{number} members", f"Bureau {number}")


def test_a_page_sent_after_a_colleague_handed_it_in_loses_nothing() -> None:
    row = draft()
    base = base_of(row)
    applications.submit(row, now=days_ago(0))
    answer = Client().post(f"{base}reasons/", {**PAGES["reasons"], "motivation": "A long thought"})
    assert answer.status_code == 409
    assert "A long thought" in words(answer)
    assert Client().get(f"{base}reasons/").url == base
    assert Client().post(f"{base}files/", {"action": "logo", "file": picture()}).status_code == 409


def test_a_draft_is_deleted_when_its_writer_says_so() -> None:
    row = draft()
    base = base_of(row)
    assert Client().get(f"{base}delete/").status_code == 200
    assert Application.objects.filter(pk=row.pk).exists()
    assert Client().post(f"{base}delete/").status_code == 200
    assert not Application.objects.filter(pk=row.pk).exists()
    assert Client().post(f"{base}delete/").status_code == 404


def test_a_second_application_of_the_same_organisation_is_told_so() -> None:
    submitted()
    base = base_of(draft("other@midwives-gulu.example"))
    answer = Client().post(f"{base}review/")
    assert answer.status_code == 409
