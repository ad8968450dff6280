"""Nobody can use our forms to flood a mailbox, to learn what an address has had, or to write to somebody who said "this wasn't me"."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.links import limits as doors
from core.mail.delivery import deliver
from core.mail.send import send
from core.mail.suppression import lift, suppress, suppressed_since
from core.mail.templates import email_templates
from core.models import OutgoingMail
from core.states import MailState
from core.web.limits import OF_ONE_KIND, ON_SITE, TO_DOMAIN, TO_RECIPIENT
from endorsements.models import DeclarationPage, Endorsement
from endorsements.moderation import workflow as moderation
from endorsements.signing import emails as signing_emails
from endorsements.states import State
from tests.support.applying import LINK, ask, base_of
from tests.support.concurrency import at_once
from tests.support.declarations import PERSON, confirmed, open_declaration, submitted
from tests.support.endorsing import PERSON_FORM, link_in, press, sent, words
from tests.support.members import draft, make_contact, make_organisation

pytestmark = pytest.mark.usefixtures("home")

# Noon, so that no hour and no day ends while a test counts.
NOON = datetime.fromisoformat("2026-03-10T12:05:00+00:00")
SPELLINGS = ("victim@gmail.com", "V.ictim@gmail.com", "victim+a@googlemail.com", "VICTIM@GMAIL.COM", "vic.tim+b@gmail.com")
MANAGE_LINK = "/endorsements/link/"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def named(number: int, email: str = "ngozi@example.net") -> dict[str, str]:
    """One of many organisations for which this address endorses."""
    return {"name": f"Organisation {number}", "website": f"https://listed-{number}.example/", "email": email}


def waiting(**found: Any) -> int:
    return OutgoingMail.objects.filter(state=MailState.WAITING, **found).count()


def kept(**found: Any) -> int:
    return OutgoingMail.objects.filter(state=MailState.LIMITED, **found).count()


def visitor(number: int) -> Client:
    """A visitor from a network of their own."""
    return Client(REMOTE_ADDR=f"10.{number // 250}.{number % 250}.1")


# A flood of each kind


def forms_in_one_name(number: int) -> Any:
    page = getattr(forms_in_one_name, "page", None) or open_declaration()
    forms_in_one_name.page = page  # type: ignore[attr-defined]
    return sent(f"{page.url}endorse/", client=visitor(number), **named(number, SPELLINGS[number % 5]))


def colleagues_asked(number: int) -> Any:
    page = getattr(colleagues_asked, "page", None) or open_declaration()
    colleagues_asked.page = page  # type: ignore[attr-defined]
    row = confirmed(
        page, name=f"Organisation {number}", website=f"https://unit{number}.victim.example/", email=f"a{number}@elsewhere.example"
    )
    link = signing_emails.link(row, signing_emails.MANAGE)
    return visitor(number).post(link, {"action": "second", "email": "director@victim.example"})


def colleagues_invited(number: int) -> Any:
    base = base_of(draft(f"applicant{number}@elsewhere.example"))
    return visitor(number).post(f"{base}colleagues/", {"email": SPELLINGS[number % 5], "access": "read"})


def applications_begun(number: int) -> Any:
    return ask(SPELLINGS[number % 5], visitor(number), another="on")


def links_asked_for(number: int) -> Any:
    if not number:
        page = open_declaration()
        for place in range(4):
            confirmed(page, **named(place, "victim@gmail.com"))
    return visitor(number).post(MANAGE_LINK, {"email": SPELLINGS[number % 5]})


def profile_links_asked_for(number: int) -> Any:
    make_contact(make_organisation(f"Member {number}"), "victim@gmail.com")
    return visitor(number).post(LINK, {"email": SPELLINGS[number % 5]})


FLOODS = {
    "endorsements.confirm": forms_in_one_name,
    "endorsements.second": colleagues_asked,
    "members.invitation": colleagues_invited,
    "members.resume": applications_begun,
    "endorsements.manage": links_asked_for,
    "members.profile": profile_links_asked_for,
}


@pytest.mark.parametrize("purpose", FLOODS)
def test_a_flood_ends_and_nobody_is_told(purpose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    flood = FLOODS[purpose]
    monkeypatch.delattr(flood, "page", raising=False)
    answers = [flood(number) for number in range(OF_ONE_KIND.most + 4)]
    assert {answer.status_code for answer in answers} <= {200, 303}
    assert len({answer.status_code for answer in answers}) == 1
    places = {re.sub(r"[\w-]{43}", "", answer.headers.get("Location", "")) for answer in answers}
    assert len(places) == 1, "the last answer is as the first"
    assert waiting(purpose=purpose) <= OF_ONE_KIND.most
    victims = OutgoingMail.objects.filter(recipient__icontains="victim", state=MailState.WAITING).exclude(purpose="endorsements.confirmed")
    assert 0 < victims.count() <= TO_RECIPIENT.most
    monkeypatch.delattr(flood, "page", raising=False)


def test_all_kinds_together_are_limited_too() -> None:
    for number in range(OF_ONE_KIND.most + 2):
        write("members/invitation", number)
        write("members/profile", number)
    assert waiting(purpose="members.invitation") < OF_ONE_KIND.most
    assert waiting(recipient="victim@example.net") == TO_RECIPIENT.most
    page = open_declaration()
    assert "check-mail" in sent(f"{page.url}endorse/", PERSON_FORM, email="victim+1@example.net")["Location"]
    assert waiting() == TO_RECIPIENT.most


def test_many_mailboxes_of_one_domain_are_one_victim_but_not_those_of_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.mail.limits.TO_DOMAIN", replace(TO_DOMAIN, most=3))
    for number in range(6):
        ask(f"a{number}@host{number}.victim.example", visitor(number))
        ask(f"b{number}@gmail.com", visitor(number))
    assert waiting(recipient__endswith="victim.example") == 3
    assert waiting(recipient__endswith="gmail.com") == 6


@pytest.mark.one_database
def test_an_office_of_twenty_endorses_within_the_hour() -> None:
    page = open_declaration()
    for number in range(20):
        form = {"email": f"p{number}@office.example", "name": f"Person {number}"}
        assert "check-mail" in sent(f"{page.url}endorse/", PERSON_FORM, client=Client(REMOTE_ADDR="10.1.1.1"), **form)["Location"]
    assert waiting(purpose="endorsements.confirm") == 20


# Not a dead end


def test_what_is_kept_back_is_asked_for_again_the_next_day_or_sent_by_the_secretariat(secretary_client: Client) -> None:
    page = open_declaration()
    for number in range(OF_ONE_KIND.most):
        submitted(page, **named(number))
    row = submitted(page, **named(98))
    mail = OutgoingMail.objects.get(about=signing_emails.subject(row))
    assert (mail.state, row.state) == (MailState.LIMITED, State.PENDING)
    assert not deliver(clock=timezone.now).get(MailState.LIMITED)
    shown = secretary_client.get(reverse("outgoingmail:inspect", args=(mail.pk,)))
    assert "Email limit reached" in shown.content.decode()
    assert reverse("outgoingmail:index") + "?state=limited" in secretary_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Email limit reached" in secretary_client.get(reverse("endorsements:inspect", args=(row.pk,))).content.decode()
    secretary_client.post(reverse("outgoingmail:inspect", args=(mail.pk,)))
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING
    press(link_in(mail, "confirm"))
    row.refresh_from_db()
    assert row.state in (State.CONFIRMED, State.LISTED)
    again = submitted(page, **named(99))
    assert kept(about=signing_emails.subject(again)) == 1
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        Client().post(MANAGE_LINK, {"email": again.email})
        assert waiting(about=signing_emails.subject(again)) == 1


@pytest.mark.one_database
def test_what_a_colleague_sends_counts_for_nobody(secretary: Any) -> None:
    page = open_declaration()
    rows = [submitted(page, over_limit=True, **named(number)) for number in range(TO_RECIPIENT.most + 2)]
    for row in rows:
        moderation.release(row, by=secretary, now=timezone.now())
    assert waiting(purpose="endorsements.confirm") == len(rows)
    ask("ngozi@example.net")
    assert waiting(purpose="members.resume") == 1


# Told on the screen


DOORS: dict[str, Callable[[], Any]] = {
    "links": lambda: Client().post(MANAGE_LINK, {"email": "typed@example.net"}),
    "profile": lambda: Client().post(LINK, {"email": "typed@example.net"}),
    "joining": lambda: ask("typed@example.net"),
    "invitations": lambda: Client().post(f"{base_of(draft())}colleagues/", {"email": "typed@example.net", "access": "read"}),
    "second": lambda: Client().post(
        signing_emails.link(
            confirmed(open_declaration(f"Number {DeclarationPage.objects.count()}"), email="a@elsewhere.example"), signing_emails.MANAGE
        ),
        {"action": "second", "email": "typed@midwives-gulu.example"},
    ),
}


@pytest.mark.parametrize("limit", ["FROM_NETWORK", "ON_SITE"])
@pytest.mark.parametrize("door", DOORS)
def test_a_limit_of_network_or_site_is_told_and_nothing_typed_is_lost(door: str, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ON_SITE.hit("")
    monkeypatch.setattr(doors, limit, replace(getattr(doors, limit), most=1))
    DOORS[door]()
    before = OutgoingMail.objects.filter(recipient__startswith="typed").count()
    answer = DOORS[door]()
    assert answer.status_code in (200, 429)
    assert re.search(r"in \d+ minutes?", words(answer))
    assert 'value="typed@' in answer.content.decode()
    assert OutgoingMail.objects.filter(recipient__startswith="typed").count() == before


# This wasn't me


BY_STRANGERS = [one for one in email_templates() if one.by_stranger and not one.to_colleagues]


def write(name: str, number: int = 0, to: str = "victim@example.net") -> bool:
    template = next(one for one in email_templates() if one.name == name)
    return send(name, to=to, about="", key=(name, "t", number), context=template.sample(), is_repeatable=True)


def not_me_in(mail: OutgoingMail) -> str:
    message = message_from_bytes(bytes(mail.content), policy=policy.default)
    [found] = set(re.findall(r"http://testserver(/not-me/[\w-]{43}/)", message.get_body(("plain",)).get_content()))
    return str(found)


@pytest.mark.parametrize("template", BY_STRANGERS, ids=lambda one: one.name)
def test_every_email_of_strangers_offers_to_stop_them_all(template: Any) -> None:
    offers = re.compile(r"http://testserver/(?:[\w-]+/)?(?:not-me)/[\w-]+/")
    message = template.compose()
    assert offers.search(str(message.body))
    assert offers.search(str(message.alternatives[0].content))


def test_who_presses_it_gets_no_email_of_any_stranger_and_still_those_of_the_secretariat(secretary: Any) -> None:
    assert write("endorsements/manage")
    first = OutgoingMail.objects.get()
    where = not_me_in(first)
    assert Client().get(where).status_code == 200
    assert suppressed_since("victim@example.net") is None, "a GET changes nothing"
    for _time in range(2):
        assert Client().post(where).status_code == 303
    assert "Nobody can use our forms" in words(Client().get(where))
    for template in BY_STRANGERS:
        for spelling in ("victim@example.net", "Victim+x@EXAMPLE.net"):
            assert write(template.name, to=spelling), "nothing shows it"
    assert OutgoingMail.objects.count() == 1
    page = open_declaration()
    assert "check-mail" in sent(f"{page.url}endorse/", PERSON_FORM, email="victim@example.net")["Location"]
    assert (OutgoingMail.objects.count(), Endorsement.objects.for_declaration(page).count()) == (1, 0)
    assert deliver() == {MailState.UNWANTED: 1}, "nor what was under way"
    assert write("members/year")
    assert waiting(purpose="members.year") == 1
    assert lift("victim@example.net", by=secretary)
    assert write("endorsements/second", 1)
    assert waiting(purpose="endorsements.second") == 1


# The same work for everybody


def queries(act: Callable[[], Any]) -> list[str]:
    """The work that this makes for the database, without the bounds of transactions."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))]


def test_an_endorsement_is_the_same_work_for_an_address_that_refuses_or_has_had_too_many() -> None:
    page = open_declaration()
    address = f"{page.url}endorse/"
    sent(address, PERSON_FORM, email="warm@example.net")
    suppress("refuses@example.net")
    for number in range(OF_ONE_KIND.most):
        submitted(page, **named(number, "flooded@example.net"))

    def work(who: str) -> int:
        form = named(7, f"{who}@example.net") | {"name": f"Name of {who}", "website": f"{who}.example"}
        return len(queries(lambda: sent(address, **form)))

    usual = work("somebody")
    assert [work("refuses"), work("flooded")] == [usual, usual]
    assert not OutgoingMail.objects.filter(recipient="refuses@example.net").exists()
    assert kept(recipient="flooded@example.net") == 1


@pytest.mark.parametrize("form", [MANAGE_LINK, LINK], ids=["endorsements", "members"])
def test_a_link_is_the_same_work_for_an_address_that_is_known_refuses_or_has_had_too_many(form: str) -> None:
    page = open_declaration()
    for who in ("known", "refuses", "flooded"):
        confirmed(page, PERSON, email=f"{who}@example.net", name=who)
        make_contact(make_organisation(who), f"{who}@example.net")
    suppress("refuses@example.net")
    for number in range(TO_RECIPIENT.most + 1):
        write("members/invitation", number, "flooded@example.net")

    def work(who: str) -> int:
        return len(queries(lambda: Client().post(form, {"email": f"{who}@example.net"})))

    work("unknown")
    usual = work("known")
    assert [work("refuses"), work("flooded")] == [usual, usual]
    assert abs(work("nobody") - usual) <= 3
    pages = [Client().post(form, {"email": f"{who}@example.net"}).content for who in ("known", "refuses", "flooded", "nobody")]
    assert len(set(pages)) == 1


def test_many_at_the_same_moment_exceed_no_limit(transactional_db: None) -> None:
    page = open_declaration()
    at_once(24, lambda number: submitted(page, **named(number, f"{'victim' if number % 2 else 'other'}@example.net")))
    assert waiting(recipient="victim@example.net") == OF_ONE_KIND.most
    assert waiting(recipient="other@example.net") == OF_ONE_KIND.most
    held = Endorsement.objects.for_declaration(page).filter(state=State.HELD).count()
    assert kept() + held == 24 - 2 * OF_ONE_KIND.most
