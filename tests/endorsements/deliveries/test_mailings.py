"""News to all who endorsed: everybody who is to get it gets it, once, whatever is killed on the way; and nobody who does not want it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.links import tokens
from core.mail import queue
from core.mail.delivery import is_wanted
from core.mail.suppression import suppress
from core.models import MailedLink, OutgoingMail
from core.transitions import NotPossible
from endorsements.declarations import workflow as declarations
from endorsements.deliveries import emails, mailings
from endorsements.deliveries.workflow import announce, record_reply
from endorsements.erasure import erase_endorsement
from endorsements.models import Delivery, Endorsement, Mailing
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import workflow as signing
from endorsements.signing.emails import RENEW, UPDATES, find_by_subject, subject
from endorsements.states import Kind, MailingKind, Source, State
from tests.support.concurrency import at_once
from tests.support.declarations import ORGANISATION, PERSON, confirmed, delivered, open_declaration, submitted

ours = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


def sign_many(page: Any, number: int, **fields: Any) -> list[Endorsement]:
    """People who confirmed here, each with an address of their own."""
    version = sign_on_of(page).version
    same = {"declaration": page, "version": version, "kind": Kind.PERSON, "state": State.LISTED, "confirmed_at": now(), **fields}
    addresses = [f"person{n}@example.net" for n in range(number)]
    rows = [Endorsement(**same, key=f"mail:{a}", name=f"Person {n}", email=a, address_key=a) for n, a in enumerate(addresses)]
    return Endorsement.objects.bulk_create(rows)


def run() -> str:
    return mailings.queue_due_mailings(now()) or ""


def mails(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=f"endorsements.{kind}").order_by("pk"))


def recipients(kind: str) -> list[str]:
    return sorted(mail.recipient for mail in mails(kind))


def text_of(mail: OutgoingMail) -> Any:
    return message_from_bytes(bytes(mail.content), policy=policy.default)


def data(page: Any) -> Any:
    """The declaration delivered, and the news of it begun."""
    return announce(delivered(page), MailingKind.DELIVERED, by=None, now=now())


def new_text(page: Any, text: str = "Pay them twice.") -> Any:
    page = type(page).objects.get(pk=page.pk)
    page.body = [("text", f"<p>{text}</p>")]
    page.save_revision()
    version = declarations.publish_text(sign_on_of(page), is_new=True, note="They are paid twice.", by=None, now=now())
    return Mailing.objects.get(version=version)


# Who gets it


@ours
def test_news_of_a_delivery_goes_to_those_who_stand_by_it_and_want_it() -> None:
    page = open_declaration()
    signing.list_endorsement(confirmed(page), by=None, now=now())
    confirmed(page, PERSON)
    quiet = confirmed(page, PERSON, email="quiet@example.net")
    signing.set_wants_updates(quiet, wanted=False)
    signing.withdraw(confirmed(page, PERSON, email="left@example.net"), shown=True, now=now())
    submitted(page, PERSON, email="pending@example.net")
    for source in (Source.IMPORT, Source.INITIAL, Source.SAMPLE):
        Endorsement.objects.filter(pk=confirmed(page, PERSON, email=f"{source}@example.net").pk).update(source=source)
    suppress(confirmed(page, PERSON, email="not.me@example.net").email)
    mailing = data(page)
    assert mailings.email_count(mailing) == 3
    assert run() == "3 written"
    assert recipients("delivered") == ["akello@midwives-gulu.example", "ngozi@example.net"]
    mailing.refresh_from_db()
    assert mailing.finished_at
    assert run() == ""


@ours
def test_one_address_gets_news_once_and_one_click_ends_all_of_it() -> None:
    page = open_declaration()
    officer, other = confirmed(page), confirmed(page, name="Another Society", website="https://another.example")
    for row in (officer, other):
        signing.list_endorsement(row, by=None, now=now())
    herself = confirmed(page, PERSON, email=ORGANISATION["email"])
    mailing = data(page)
    assert mailings.email_count(mailing) == 1
    run()
    (mail,) = mails("delivered")
    assert mail.key == f"mailing:{mailing.pk}:{officer.pk}"
    message = text_of(mail)
    address = message["List-Unsubscribe"].strip().strip("<>")
    assert message["List-Unsubscribe-Post"].strip() == "List-Unsubscribe=One-Click"
    assert address in message.get_body(("plain",)).get_content()
    link = tokens.find(address.rstrip("/").rpartition("/")[2], UPDATES)
    assert link is not None
    assert find_by_subject(link.subject) == officer
    pressed = Client(enforce_csrf_checks=True).post(urlsplit(address).path, {"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200
    herself.refresh_from_db()
    assert not herself.wants_updates
    record_reply(mailing.delivery, reply="No.", replied_on=timezone.localdate(), by=None, now=now())
    announce(mailing.delivery, MailingKind.REPLY, by=None, now=now())
    run()
    assert mails("reply") == []


@ours
def test_the_mail_says_what_was_handed_over_and_how_to_check_it() -> None:
    page = open_declaration()
    confirmed(page, PERSON)
    delivery = delivered(page, note="She took an hour.")
    announce(delivery, MailingKind.DELIVERED, by=None, now=now())
    record_reply(delivery, reply="We <shall> see.\n\nSoon.", replied_on=timezone.localdate(), by=None, now=now())
    announce(delivery, MailingKind.REPLY, by=None, now=now())
    run()
    (first,), (second,) = mails("delivered"), mails("reply")
    assert first.sealed
    text = text_of(first).get_body(("plain",)).get_content()
    for words in ("The Minister of Health", "2 March 2026", "1 person from 1 country", f"/verify/{delivery.sha256}/", "She took an hour."):
        assert words in text
    assert "We <shall> see." in text_of(second).get_body(("plain",)).get_content()
    assert "We &lt;shall&gt; see." in text_of(second).get_body(("html",)).get_content()


@ours
def test_a_new_version_is_put_to_each_earlier_endorsement() -> None:
    page = open_declaration()
    officer, person = confirmed(page), confirmed(page, PERSON)
    signing.set_wants_updates(person, wanted=False)  # news is one thing, being asked about one's own name another
    other = confirmed(page, name="Another Society", website="https://another.example")
    mailing = new_text(page)
    late = confirmed(page, PERSON, email="late@example.net")
    signing.renew(other, version=mailing.version, now=now())
    assert mailings.email_count(mailing) == 2
    run()
    assert [mail.key for mail in mails("new_version")] == [f"mailing:{mailing.pk}:{row.pk}" for row in (officer, person)]
    assert late.version_id == mailing.version_id
    mail = mails("new_version")[0]
    text = text_of(mail).get_body(("plain",)).get_content()
    assert "They are paid twice." in text
    assert "Midwives of Gulu" in text
    assert MailedLink.objects.filter(purpose=RENEW, subject=subject(officer)).count() == 1
    assert is_wanted(mail)
    signing.renew(officer, version=mailing.version, now=now())
    assert not is_wanted(mail)


@ours
def test_a_version_that_was_followed_by_another_is_asked_for_no_more() -> None:
    page = open_declaration()
    confirmed(page)
    first = new_text(page)
    run()
    (mail,) = mails("new_version")
    assert is_wanted(mail)
    second = new_text(page, "Pay them three times.")
    assert not is_wanted(mail)
    assert (mailings.email_count(first), mailings.email_count(second)) == (0, 1)
    run()
    assert [mail.key.split(":")[1] for mail in mails("new_version")] == [str(first.pk), str(second.pk)]


# Right before it is sent


@ours
@pytest.mark.parametrize("what", ["unsubscribed", "withdrawn", "erased", "suppressed", "declined"])
def test_who_has_left_between_writing_and_sending_gets_nothing(what: str) -> None:
    page = open_declaration()
    row = confirmed(page, PERSON)
    data(page)
    run()
    (mail,) = mails("delivered")
    assert is_wanted(mail)
    match what:
        case "unsubscribed":
            signing.set_wants_updates(row, wanted=False)
        case "withdrawn":
            signing.withdraw(row, shown=False, now=now())
        case "erased":
            erase_endorsement(row, by=None, now=now())
        case "suppressed":
            suppress(row.email)
        case "declined":
            Endorsement.objects.filter(pk=row.pk).update(state=State.DECLINED)
    mail.refresh_from_db()
    assert not is_wanted(mail)


# Once each


@ours
def test_a_large_mailing_goes_out_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "PORTION", 4)
    monkeypatch.setattr(mailings, "MAX_A_RUN", 10)
    page = open_declaration()
    sign_many(page, 23)
    mailing = data(page)
    assert [run(), run(), run(), run()] == ["10 written", "10 written", "3 written", ""]
    assert Counter(recipients("delivered")).most_common(1)[0][1] == 1
    assert (len(mails("delivered")), emails.written_count(mailing)) == (23, 23)


class Killed(BaseException):
    """The process ends here: nothing catches it."""


@pytest.mark.django_db(transaction=True)
def test_a_mailing_killed_in_the_middle_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "PORTION", 5)
    page = open_declaration()
    sign_many(page, 12)
    mailing = data(page)
    write, calls = queue.enqueue, Counter[str]()

    def die_at_the_eighth(*args: Any, **kwargs: Any) -> bool:
        calls["mails"] += 1
        if calls["mails"] == 8:
            raise Killed
        return write(*args, **kwargs)

    monkeypatch.setattr("core.mail.send.enqueue", die_at_the_eighth)
    with pytest.raises(Killed):
        run()
    mailing.refresh_from_db()
    assert (len(mails("delivered")), emails.written_count(mailing), mailing.finished_at) == (5, 5, None)
    assert run() == "7 written"
    assert len(set(recipients("delivered"))) == len(mails("delivered")) == 12


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_write_each_mail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "PORTION", 3)
    page = open_declaration()
    sign_many(page, 30)
    data(page)
    at_once(3, lambda _n: run())
    run()
    assert len(set(recipients("delivered"))) == len(mails("delivered")) == 30


@ours
def test_an_address_that_no_mail_can_have_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    page = open_declaration()
    broken, _whole = sign_many(page, 2)
    Endorsement.objects.filter(pk=broken.pk).update(email="no address\n@example.net")
    data(page)
    assert run() == "2 written"
    assert recipients("delivered") == ["person1@example.net"]
    assert "was not written" in caplog.text
    assert "no address" not in caplog.text


@ours
def test_news_is_announced_once_and_a_reply_only_when_there_is_one() -> None:
    page = open_declaration()
    confirmed(page, PERSON)
    delivery = delivered(page)
    with pytest.raises(NotPossible):
        announce(delivery, MailingKind.REPLY, by=None, now=now())
    with pytest.raises(ValueError, match="no mailing"):
        announce(delivery, MailingKind.NEW_VERSION, by=None, now=now())
    assert len({announce(delivery, MailingKind.DELIVERED, by=None, now=now()).pk for _twice in range(2)}) == 1
    assert ModelLogEntry.objects.filter(action="endorsements.announce", object_id=str(delivery.pk)).count() == 1


# In the admin


@ours
def test_the_secretariat_sees_how_many_and_what_before_it_sends(secretary: Any, signed_in: Callable[[Any], Client]) -> None:
    page, client = open_declaration(), signed_in(secretary)
    sign_many(page, 3)
    delivery = delivered(page)
    screen, address = reverse("delivery:inspect", args=(delivery.pk,)), reverse("delivery:announce", args=(delivery.pk, "delivered"))
    assert address in client.get(screen).content.decode()
    shown = client.get(address).content.decode()
    for words in ("3 addresses", "Handed over: Pay health workers", "The Minister of Health", "Send 3 emails"):
        assert words in shown
    assert not delivery.mailings.exists()
    reply = reverse("delivery:announce", args=(delivery.pk, "reply"))
    assert reply not in client.get(screen).content.decode()
    assert "Record it first" in client.get(reply).content.decode()
    client.post(reply)
    assert not delivery.mailings.exists()
    for _twice in range(2):
        assert client.post(address)["Location"] == screen
    assert delivery.mailings.count() == 1
    run()
    assert "3 mails written so far; that is all of them" in client.get(screen).content.decode()
    assert "on its way already" in client.get(address, follow=True).content.decode()
    assert client.get(reverse("delivery:announce", args=(delivery.pk, "new_version"))).status_code == 404


@ours
def test_a_mailing_begun_long_ago_counts_as_it_stands() -> None:
    """Days without `run_due`: who left meanwhile is left out, and the delivery is data as it was."""
    page = open_declaration()
    stays, leaves = sign_many(page, 2)
    mailing = data(page)
    Mailing.objects.filter(pk=mailing.pk).update(begun_at=now() - timedelta(days=9))
    signing.withdraw(leaves, shown=False, now=now())
    run()
    assert recipients("delivered") == [stays.email]
    assert "2 people" in text_of(mails("delivered")[0]).get_body(("plain",)).get_content()
    assert Delivery.objects.get(pk=mailing.delivery_id).people == 2
