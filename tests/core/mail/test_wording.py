"""The words of the mails, as the secretariat changes them, and what keeps a mail whole whatever is typed."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.mail.templates import compose, email_templates
from core.mail.wording import save
from core.models import MailText, OutgoingMail
from members.applications import workflow as applications
from tests.support.concurrency import at_once
from tests.support.members import APPLICANT, make_organisation, submitted

from .test_templates import faults_of

pytestmark = pytest.mark.one_database

MAIL = "members/withdrawn"
OPENING = "Dear all,\n\nwe have closed the file of {organisation}.\n- It is gone; write to {contact}."


def address(name: str = MAIL) -> str:
    return reverse("email_templates:edit", args=(name,))


def press(client: Client, act: str, name: str = MAIL, *, version: int | None = None, **words: str) -> Any:
    """The form as it stands, these words typed, a button pressed."""
    form = client.get(address(name)).context["form"]
    typed = form.initial | words | {"act": act} | ({} if version is None else {"version": version})
    return client.post(address(name), typed, follow=True)


def says(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def sent(**found: Any) -> Any:
    return message_from_bytes(bytes(OutgoingMail.objects.get(**found).content), policy=policy.default)


def parts(mail: Any) -> tuple[str, str]:
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text, html


def test_words_that_were_changed_go_out_in_both_parts_and_the_change_is_in_the_history(secretary_client: Client, secretary: Any) -> None:
    answer = press(secretary_client, "save", subject="Closed: {organisation}", opening=OPENING.replace("\n", "\r\n"))
    assert "Saved" in says(answer)
    shown = answer.content.decode()
    assert "Changed the words of a mail" in shown
    assert "Changed" in secretary_client.get(reverse("email_templates:index")).content.decode()
    application = submitted(name="A & B’s {contact}", acronym="")
    applications.withdraw(application, by=None, now=timezone.now())
    mail = sent(purpose="members.withdrawn")
    text, html = parts(mail)
    assert mail["Subject"].strip() == "Closed: A & B’s {contact}", "a value is never looked through for names"
    assert text.startswith("Dear all,\n\nwe have closed the file of A & B’s {contact}.\n- It is gone; write to ")
    assert "You are welcome to apply again" in text, "a passage that was not changed says its original words"
    assert '>Dear all,</p><p style="margin:0 0 1em">we have closed the file of A &amp; B’s {contact}.<br>\n- It is gone' in html
    entry = ModelLogEntry.objects.get(action="core.change_words")
    assert (entry.user, sorted(entry.data["after"])) == (secretary, ["opening", "subject"])


REFUSED = {
    "Dear {declaratoin}": "“{declaratoin}” in line 1 is no variable of this mail. Did you mean {declaration}?",
    "Dear all\n{{ settings.SECRET_KEY }}": "“{{ settings.SECRET_KEY }}” in line 2 is no variable",
    "Dear {declaration.__class__}": "“{declaration.__class__}” in line 1 is no variable",
    "{% include 'x' %}": "“{% include 'x' %}” in line 1 is no variable",
    "Dear {declaration": "There is a single “{” in line 1.",
    "Dear <b>all</b>": "Line 1: Leave out the signs “&lt;” and “&gt;”",
    "Dear all\n\nhttps://evil.example/x": "Line 3: Leave out the web address",
    "Dear \ue000all": "cannot show",
    "a" * 2001: "at most 2000 characters",
}


def test_what_would_break_a_mail_is_refused_by_word_and_place_and_kept(secretary_client: Client) -> None:
    texts = list(REFUSED)
    for first in range(0, len(texts), 3):
        typed = dict(zip(("opening", "middle", "closing"), texts[first:], strict=False))
        answer = press(secretary_client, "save", "endorsements/new_version", **typed)
        assert "Please look at: Opening, Middle, Closing." in says(answer)
        for place, text in typed.items():
            assert REFUSED[text] in answer.content.decode().replace("&#x27;", "'"), text
            assert answer.context["form"][place].value() == text
    assert not MailText.objects.exists()


def test_a_line_break_in_a_subject_is_a_space_and_an_empty_field_says_the_original_words(secretary_client: Client) -> None:
    press(secretary_client, "save", subject="Closed\r\nBcc: all of {organisation}", opening=OPENING)
    assert MailText.objects.get().wording == {"subject": "Closed Bcc: all of {organisation}", "opening": OPENING}
    press(secretary_client, "save", subject="", opening=OPENING)
    assert MailText.objects.get().wording == {"opening": OPENING}


def test_what_the_mail_must_say_cannot_be_left_out(secretary_client: Client) -> None:
    shown = press(secretary_client, "save", "members/draft_expiring", opening="We delete it soon.").content.decode()
    assert "{last_day} is missing (The day after which the draft is deleted)." in shown
    assert not MailText.objects.exists()


def test_a_preview_shows_mail_and_difference_and_stores_nothing(secretary_client: Client) -> None:
    answer = press(
        secretary_client, "preview", "members/welcome", opening="Karibu, {organisation}!", opening_observer="Hello {organisation}!"
    )
    assert "Karibu, Midwives of Example!" in answer.context["preview"].text
    assert "Karibu, Midwives of Example!" in answer.context["preview"].html
    shown = answer.content.decode()
    assert "Karibu, {organisation}!</span>" not in shown
    assert "<ins>" in shown
    assert "In its own, it reads: Hello Midwives of Example!" in shown, "the sample mail is not the one to an observer"
    assert not MailText.objects.exists()


def test_back_to_the_original_words(secretary_client: Client) -> None:
    press(secretary_client, "save", opening=OPENING)
    answer = press(secretary_client, "original")
    assert "Press Save" in says(answer)
    assert MailText.objects.get().wording
    assert "The application of {organisation} is withdrawn" in answer.context["form"]["opening"].value()
    press(secretary_client, "save", **answer.context["form"].initial)
    assert MailText.objects.get().wording == {}
    assert ModelLogEntry.objects.filter(action="core.change_words").count() == 2


def test_a_test_goes_to_who_asks_for_it_and_not_too_often(
    secretary_client: Client, secretary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.mail.admin.wording.MOST_TESTS", 1)
    answer = press(secretary_client, "test", "members/welcome", subject="Karibu, {organisation}", opening="Karibu!")
    assert f"A test is on its way to {secretary.email}" in says(answer)
    assert answer.context["form"]["opening"].value() == "Karibu!", "what was typed is not lost"
    mail = sent(recipient=secretary.email)
    assert mail["Subject"].strip() == "Test: Karibu, Midwives of Example"
    assert all("Karibu!" in part for part in parts(mail))
    assert "1 tests within the hour" in says(press(secretary_client, "test"))
    assert OutgoingMail.objects.filter(purpose="core.test").count() == 1
    assert not MailText.objects.exists()


def test_of_two_who_save_at_once_the_second_is_told_and_loses_nothing(
    secretary_client: Client, make_user: Callable[..., Any], signed_in: Callable[[Any], Client]
) -> None:
    ann = signed_in(make_user("Secretariat", name="Ann Other"))
    press(ann, "save", opening="Ann’s words.")
    answer = press(secretary_client, "save", version=0, opening="My own words.")
    assert "Ann Other changed this mail" in says(answer)
    assert MailText.objects.get().wording == {"opening": "Ann’s words."}
    shown = answer.content.decode()
    assert "My own words." in shown
    assert "Your colleague wrote:</strong> Ann’s words." in shown
    press(secretary_client, "save", version=answer.context["form"]["version"].value(), opening="My own words.")
    assert MailText.objects.get().wording == {"opening": "My own words."}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_is_kept() -> None:
    kept = at_once(4, lambda number: save(MAIL, {"opening": f"Words {number}"}, version=0, by=None))
    assert sorted(kept) == [False, False, False, True]
    assert MailText.objects.get().wording == {"opening": f"Words {kept.index(True)}"}


def test_who_may_only_read_reads(make_user: Callable[..., Any], signed_in: Callable[[Any], Client], editor: Any) -> None:
    readers = Group.objects.create(name="Readers of mail")
    readers.permissions.set(Permission.objects.filter(codename__in=("access_admin", "view_outgoingmail")))
    reader = make_user("Readers of mail")
    shown = signed_in(reader).get(address()).content.decode()
    assert "Your application to join is withdrawn" in shown
    assert 'name="opening"' not in shown
    for client in (signed_in(reader), signed_in(editor)):
        assert client.post(address(), {"act": "save", "version": 0, "opening": "Mine."}).status_code in (302, 403)
    assert not MailText.objects.exists()


def test_a_text_that_no_longer_fits_is_not_used_and_the_admin_says_so(secretary_client: Client, secretary: Any) -> None:
    words = {"subject": "Hello {a_variable_of_old}", "opening": "<b>{organisation}</b>\nwithdrawn", "coda": "Gone."}
    assert save(MAIL, words, version=0, by=secretary)
    applications.withdraw(submitted(), by=None, now=timezone.now())
    mail = sent(purpose="members.withdrawn")
    text, html = parts(mail)
    assert mail["Subject"].strip() == "Your application to join is withdrawn"
    assert text.startswith("<b>Midwives of Gulu</b>\nwithdrawn")
    assert "&lt;b&gt;Midwives of Gulu&lt;/b&gt;<br>" in html
    assert "Please look" in secretary_client.get(reverse("email_templates:index")).content.decode()
    shown = secretary_client.get(address()).content.decode()
    assert "“{a_variable_of_old}” in line 1 is no variable of this mail" in shown
    assert "This mail has no such passage any more." in shown


def test_every_mail_keeps_to_the_rules_with_changed_words(db: None) -> None:
    for one in email_templates():
        long = "{contact} & “{site_name}”\n\n" + " ".join(variable.placeholder for variable in one.variables)
        words = {passage.name: " ".join(long.split()) if passage.one_line else long for passage in one.passages()}
        assert list(faults_of(one.compose(one.wording(words)))) == [], one.name


def test_a_mail_asks_for_its_words_once(db: None, django_assert_num_queries: Any) -> None:
    context = {"organisation": make_organisation(), "profile_url": "https://example.org/x/"}
    with django_assert_num_queries(1):
        compose("members/profile", to=APPLICANT, context=context)
