"""Applying to join: links by mail, drafts that may lack anything, colleagues, files, questions and answers, admission."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from PIL import Image

from core.mail.addresses import canonical_address
from core.mail.delivery import is_wanted
from core.models import MailedLink, OutgoingMail
from core.transitions import NotPossible, TransitionNotAllowed
from members.applications import workflow as applications
from members.applications.emails import APPLICATION, APPLICATION_READ, NOT_ME
from members.applications.files import add_file, remove_file
from members.applications.reminders import warn_of_and_delete_drafts
from members.applications.requirements import missing_answers
from members.applications.workflow import Outcome
from members.models import Application, Contact, FormerAddress, Membership, Organisation
from members.models.subjects import subject
from members.organisations.matching import known_organisation
from members.review import workflow as review
from members.review.reminders import remind_of_questions
from members.states import Access, Category, DeclineReason, FileKind, State
from tests.support.members import (
    APPLICANT,
    agreed,
    asked,
    checking,
    draft,
    has_link,
    mails,
    make_contact,
    make_organisation,
    purposes,
    submitted,
)
from tests.support.pictures import encoded, gradient, png_of_claimed_size, telephone_jpeg, upload, zipped

ADA = "ada@example.org"
PNG = encoded(gradient(), "PNG")
PDF = b"%PDF-1.7 sample"


def now() -> Any:
    return timezone.now()


def start(email: str = ADA, **more: Any) -> Any:
    applications.start(email, now=now(), **more)
    return Application.objects.of_address(canonical_address(email)).order_by("pk")


# Starting and saving


def test_asking_again_brings_the_same_draft_and_a_new_one_only_on_request(db: None) -> None:
    (row,) = start()
    assert len(start("Ada+again@Example.org")) == 1
    applications.save(row, values={"name": "Nurses"}, now=now())
    assert len(start()) == 1
    assert len(start(another=True)) == 2
    assert purposes(subject(row)) == ["resume"] * 3, "at most three a day"


def test_a_draft_keeps_anything_and_says_what_it_lacks(db: None) -> None:
    (row,) = start()
    assert applications.submit(row, now=now()) == Outcome.NOT_READY
    assert list(missing_answers(row))[:3] == ["name", "country", "kind"]
    applications.save(row, values={"work": "x" * 2000, "countries_of_work": ["UG", "KE"], "for_profit_funding": True}, now=now())
    row = Application.objects.get(pk=row.pk)
    assert [country.code for country in row.countries_of_work] == ["KE", "UG"]
    assert "for_profit_explanation" in missing_answers(row)
    assert "country" not in missing_answers(row)
    with pytest.raises(NotPossible):
        applications.save(row, values={"state": "accepted"}, now=now())


def test_the_second_contact_has_another_mailbox(db: None) -> None:
    assert list(missing_answers(draft(second_email="Akello+x@midwives-gulu.example"))) == ["second_email"]


def test_submitting_promises_a_day_and_writes_once(db: None) -> None:
    row = submitted()
    assert applications.submit(row, now=now()) == Outcome.DONE
    assert row.promised_on == timezone.localdate() + timedelta(days=applications.PROMISED_DAYS)
    assert purposes(subject(row)) == ["resume", "submitted"]
    with pytest.raises(TransitionNotAllowed):
        applications.save(row, values={"name": "Others"}, now=now())


def test_a_second_application_of_an_organisation_waits_until_the_first_has_ended(db: None) -> None:
    first, second = submitted(), draft("opio@midwives-gulu.example", name="The Midwives of Gulu Ltd")
    assert applications.submit(second, now=now()) == Outcome.STANDS_ALREADY
    assert Application.objects.get(pk=second.pk).state == State.DRAFT
    applications.withdraw(first, now=now())
    assert applications.submit(second, now=now()) == Outcome.DONE


# Colleagues and links


def test_a_colleague_reads_or_edits_by_a_link_of_their_own(db: None) -> None:
    row = draft()
    assert applications.invite(row, email=ADA, access=Access.READ, now=now())
    (invited,) = row.invitations.all()
    assert has_link(APPLICATION_READ, subject(invited))
    assert not has_link(APPLICATION, subject(invited))
    assert applications.invite(row, email="ADA@example.org", access=Access.EDIT, now=now())
    assert (row.invitations.count(), has_link(APPLICATION_READ, subject(invited))) == (1, False)
    assert applications.invite(row, email=ADA, access=Access.READ, now=now()), "changing one's mind twice brings a link each time"
    assert applications.opened_with(subject(invited)) == (row, invited)
    assert applications.opened_with(subject(row)) == (row, None)
    applications.start(ADA, now=now())
    assert not Application.objects.of_address(ADA).exists(), "who lost an invitation gets it again, not a draft"
    applications.uninvite(invited)
    assert applications.opened_with(subject(invited)) is None
    assert not MailedLink.objects.filter(subject=subject(invited)).exists()
    for number in range(12):
        applications.invite(row, email=f"c{number}@example.org", access=Access.READ, now=now())
    assert row.invitations.count() == applications.MOST_INVITATIONS
    applications.submit(row, now=now())
    applications.withdraw(row, now=now())
    with pytest.raises(NotPossible):
        applications.invite(row, email=ADA, access=Access.READ, now=now())


def test_links_of_nothing_open_nothing(db: None) -> None:
    for name in ("application:0", "application:", "vote:1", "x", "", "application:1;drop", "endorsement:1"):
        assert applications.opened_with(name) is None


def test_a_mail_that_is_no_longer_true_is_not_sent(db: None) -> None:
    row = asked()
    wanted = {mail.purpose: is_wanted(mail) for mail in mails(subject(row))}
    assert wanted == {"members.resume": True, "members.submitted": True, "members.questions": True}
    applications.withdraw(row, now=now())
    wanted = {mail.purpose: is_wanted(mail) for mail in mails(subject(row))}
    assert wanted == {"members.resume": False, "members.submitted": False, "members.questions": False, "members.withdrawn": True}


# Files


def test_a_logo_is_written_anew_and_replaced_and_nothing_serves_it(db: None, client: Client) -> None:
    row = draft()
    first = add_file(row, kind=FileKind.LOGO, upload=upload("../my logo\u202e.png", PNG), now=now())
    assert first.name == "my logo.png"
    stored_name = str(first.file.name)
    assert stored_name.startswith("private/applications/")
    stored = Path(first.file.path)
    assert stored.exists()
    for path in (f"/media/{stored_name}", f"/media/PRIVATE/x/../{stored_name.removeprefix('private/')}"):
        assert client.get(path).status_code == 404
    assert add_file(row, kind=FileKind.LOGO, upload=upload("again.png", PNG), now=now()).pk == first.pk
    add_file(row, kind=FileKind.LOGO, upload=upload("other.png", encoded(gradient(size=(90, 90)), "PNG")), now=now())
    assert row.files.count() == 1


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        (FileKind.LOGO, "half.png", PNG[: len(PNG) // 2]),
        (FileKind.LOGO, "large.png", png_of_claimed_size(20_000, 10_000)),
        (FileKind.LOGO, "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        (FileKind.DOCUMENT, "statutes.pdf", b"<html><script>alert(1)</script>"),
        (FileKind.DOCUMENT, "bomb.docx", zipped("word/document.xml", size=210 * 1024 * 1024)),
        (FileKind.DOCUMENT, "run.exe", b"MZ"),
        (FileKind.DOCUMENT, "page.jpg", b"<html><script>alert(1)</script>"),
    ],
    ids=["truncated", "200 megapixels", "SVG", "HTML named pdf", "zip bomb", "program", "HTML named jpg"],
)
def test_hostile_files_are_refused_and_nothing_is_kept(db: None, kind: FileKind, name: str, content: bytes) -> None:
    row = draft()
    with pytest.raises(ValidationError):
        add_file(row, kind=kind, upload=upload(name, content), now=now())
    assert not row.files.exists()


def test_a_page_photographed_with_a_telephone_is_a_document_without_its_place(db: None) -> None:
    photo = add_file(draft(), kind=FileKind.DOCUMENT, upload=upload("Certificate.JPG", telephone_jpeg()), now=now())
    assert (photo.kind, photo.name) == (FileKind.DOCUMENT, "Certificate.JPG")
    with Image.open(photo.file) as kept:
        assert (kept.format, dict(kept.getexif())) == ("JPEG", {})


def test_three_documents_are_enough_and_none_after_submitting(db: None, django_capture_on_commit_callbacks: Any) -> None:
    row = draft()
    files = [add_file(row, kind=FileKind.DOCUMENT, upload=upload(f"{n}.pdf", PDF + str(n).encode()), now=now()) for n in range(3)]
    with pytest.raises(NotPossible):
        add_file(row, kind=FileKind.DOCUMENT, upload=upload("4.pdf", PDF), now=now())
    path = Path(files[0].file.path)
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(files[0], now=now())
    assert not path.exists()
    applications.submit(row, now=now())
    with pytest.raises(TransitionNotAllowed):
        add_file(row, kind=FileKind.DOCUMENT, upload=upload("5.pdf", PDF + b"5"), now=now())
    with pytest.raises(TransitionNotAllowed):
        remove_file(files[1], now=now())


# Questions


def test_only_what_is_asked_can_be_changed_and_the_difference_is_kept(db: None) -> None:
    row = asked(("work", "How many?"), ("", "Who speaks for you?"), ("documents", "Please send the statutes."))
    assert applications.writable_fields(row) == {"work", "documents"}
    with pytest.raises(NotPossible):
        applications.save(row, values={"name": "Others"}, now=now())
    with pytest.raises(NotPossible):
        add_file(row, kind=FileKind.LOGO, upload=upload("logo.png", PNG), now=now())
    add_file(row, kind=FileKind.DOCUMENT, upload=upload("statutes.pdf", PDF), now=now())
    replies = {row.questions.get(field="").pk: "Akello does."}
    assert applications.answer(row, values={"work": ""}, replies=replies, now=now()) == Outcome.NOT_READY
    assert applications.answer(row, values={"work": "It trains 240."}, now=now()) == Outcome.DONE
    assert Application.objects.get(pk=row.pk).state == State.CHECKING
    told = [(one.label, one.before[:8], one.after, one.reply, one.is_changed) for one in row.questions.all()]
    assert told == [
        ("what it does for health workers", "It train", "It trains 240.", "", True),
        ("", "", "", "Akello does.", False),
        ("Document", "", "statutes.pdf", "", True),
    ]
    assert applications.writable_fields(row) == frozenset()
    assert applications.answer(row, values={"work": "Again."}, now=now()) == Outcome.DONE
    assert Application.objects.get(pk=row.pk).work == "It trains 240."
    review.ask(row, questions=[("work", "Where?")], by=None, now=now())
    assert purposes(subject(row)).count("questions") == 2


def test_a_question_is_about_a_field_of_the_form_once(db: None) -> None:
    row = checking()
    for questions in ([], [("work", " ")], [("work", "a"), ("work", "b")]):
        with pytest.raises(NotPossible):
            review.ask(row, questions=questions, by=None, now=now())
    with pytest.raises(ValueError, match="field"):
        review.ask(row, questions=[("state", "?")], by=None, now=now())


def test_answers_cannot_turn_it_into_another_organisation_that_has_applied(db: None) -> None:
    submitted("x@wemos.example", name="Wemos", website="https://wemos.example/")
    row = asked(("website", "Is it this one?"))
    with pytest.raises(NotPossible):
        applications.answer(row, values={"website": "https://wemos.example/"}, now=now())
    assert Application.objects.get(pk=row.pk).state == State.MORE_INFORMATION


def test_questions_are_reminded_of_after_7_and_21_days_and_nothing_closes(db: None) -> None:
    row = asked()
    begun = row.asked_at
    assert begun
    days = (6, 7, 7.5, 13, 21, 22, 300)
    assert [bool(remind_of_questions(begun + timedelta(days=day))) for day in days] == [False, True, False, False, True, False, False]
    late = asked(name="Others", website="https://others.example/")
    links = MailedLink.objects.count()
    assert remind_of_questions((late.asked_at or begun) + timedelta(days=25)) == "1 reminded"
    assert remind_of_questions((late.asked_at or begun) + timedelta(days=25)) == ""
    assert MailedLink.objects.count() == links + 1, "no link without a mail"
    assert Application.objects.get(pk=row.pk).state == State.MORE_INFORMATION


# Drafts end


def test_drafts_are_warned_of_at_75_days_and_gone_at_90_with_their_files(db: None, django_capture_on_commit_callbacks: Any) -> None:
    row = draft()
    file = add_file(row, kind=FileKind.DOCUMENT, upload=upload("a.pdf", PDF), now=now())
    row.refresh_from_db()
    saved = row.saved_at
    assert saved
    path = Path(file.file.path)
    days = (74, 75, 76, 89, 90, 91)
    with django_capture_on_commit_callbacks(execute=True):
        said = [warn_of_and_delete_drafts(saved + timedelta(days=day)) for day in days]
    assert said == ["", "1 warned of", "", "", "1 deleted", ""]
    assert not Application.objects.filter(pk=row.pk).exists()
    assert not path.exists()
    assert not MailedLink.objects.filter(subject=subject(row)).exclude(purpose=NOT_ME).exists()
    assert not OutgoingMail.objects.filter(recipient=APPLICANT).exists()


def test_a_draft_is_never_deleted_without_fifteen_days_of_warning(db: None) -> None:
    saved = draft().saved_at
    assert saved
    said = [warn_of_and_delete_drafts(saved + timedelta(days=day)) for day in (120, 121, 134, 135)]
    assert said == ["1 warned of", "", "", "1 deleted"]


def test_saving_keeps_a_draft_alive_and_an_empty_one_goes_without_a_word(db: None) -> None:
    row = draft()
    saved = row.saved_at
    assert saved
    warn_of_and_delete_drafts(saved + timedelta(days=80))
    applications.save(row, values={"size": "12 staff"}, now=saved + timedelta(days=85))
    assert warn_of_and_delete_drafts(saved + timedelta(days=100)) == ""
    (empty,) = start()
    assert warn_of_and_delete_drafts(empty.started_at + timedelta(days=91)) == "1 deleted"
    assert purposes(subject(empty)) == []


# Deciding


def test_colleagues_are_warned_of_each_other(db: None, secretary: Any, django_user_model: Any) -> None:
    row = checking()
    other = django_user_model.objects.create(email="second@example.org")
    assert review.look(row, by=secretary, now=now()) is None
    assert review.look(row, by=secretary, now=now()) is None
    assert (review.look(row, by=other, now=now()) or [None])[0] == secretary
    assert review.look(row, by=secretary, now=now() + timedelta(hours=1)) is None
    assert review.assign(row, to=other, by=secretary)
    assert not review.assign(row, to=other, by=secretary)
    assert review.assign(row, to=None, by=secretary)


def test_accepting_makes_a_member_with_contacts_logo_and_profile(db: None) -> None:
    row = draft()
    add_file(row, kind=FileKind.LOGO, upload=upload("logo.png", PNG), now=now())
    applications.submit(row, now=now())
    review.take(row, by=None, now=now())
    row = agreed(row)
    member = review.accept(row, letter="Come to our assembly.", by=None, now=now())
    assert member is not None
    today = timezone.localdate()
    assert list(Organisation.objects.listed(today).filter(pk=member.pk)) == [member]
    assert (member.slug, member.other_names) == ("mog", ["Gulu Midwives’ Union"])
    assert [country.code for country in member.countries_of_work] == ["SS", "UG"]
    assert member.logo is not None
    assert not member.logo.file.name.startswith("private/")
    contacts = [(one.email, one.voting, one.alternate) for one in member.contacts.order_by("pk")]
    assert contacts == [("akello@midwives-gulu.example", True, False), ("opio@midwives-gulu.example", False, True)]
    membership = Membership.objects.get(organisation=member)
    assert (membership.category, membership.since) == (Category.MEMBER, today)
    (welcome,) = mails(purpose="members.welcome")
    assert "Come to our assembly." in bytes(welcome.content).decode()
    with pytest.raises(TransitionNotAllowed):
        applications.withdraw(row, now=now())


def test_accepting_a_known_observer_makes_it_a_member_and_keeps_what_the_secretariat_wrote(db: None) -> None:
    begun = timezone.localdate() - timedelta(days=900)
    site = "https://midwives-gulu.example"
    known = make_organisation("Midwives in Gulu", category=Category.OBSERVER, since=begun, website=site, summary="Our words.")
    make_contact(known, "akello@midwives-gulu.example", name="A. Apio", finance=True, voting=False)
    member = review.accept(agreed(), by=None, now=now())
    assert member == known
    known.refresh_from_db()
    assert (known.summary, known.other_names) == ("Our words.", ["Midwives of Gulu", "Gulu Midwives’ Union"])
    assert known_organisation("Gulu Midwives' Union", "UG", "") == known
    today = timezone.localdate()
    assert [row.category for row in Membership.objects.on(today).filter(organisation=known)] == [Category.MEMBER]
    contact = Contact.objects.get(organisation=known, email="akello@midwives-gulu.example")
    assert (contact.name, contact.finance, contact.voting) == ("Akello Apio", True, True)


def test_another_organisation_of_the_same_name_is_a_question_not_an_error(db: None) -> None:
    other = make_organisation("Midwives of Gulu", category="", country="KE", website="https://elsewhere.example")
    row = agreed()
    with pytest.raises(NotPossible):
        review.accept(row, by=None, now=now())
    assert Application.objects.get(pk=row.pk).state == State.WITH_COMMITTEE
    row.refresh_from_db()
    assert review.accept(row, organisation=other, by=None, now=now()) == other


def test_an_address_that_a_merged_organisation_had_is_not_given_again(db: None) -> None:
    FormerAddress.objects.create(slug="mog", organisation=make_organisation())
    member = review.accept(agreed(), by=None, now=now())
    assert member is not None
    assert member.slug == "mog-2"


def test_declining_writes_the_letter_with_its_reason(db: None) -> None:
    row = checking()
    review.decline(row, reason=DeclineReason.COMMERCIAL, letter="We looked at your annual report.", by=None, now=now())
    text = bytes(mails(subject(row))[-1].content).decode()
    assert "We looked at your annual report." in text
    quiet = checking(name="Others", website="https://others.example/")
    review.decline(quiet, reason=DeclineReason.DUPLICATE, by=None, now=now(), tell=False)
    assert "declined" not in purposes(subject(quiet))
