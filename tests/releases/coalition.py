"""The coalition of a stored database: people, members, applications, ballots, and what editors and the secretariat left. All invented."""

import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.models import Comment, Page, PageViewRestriction, Site

from members.applications import workflow as applications
from members.applications.files import add_file
from members.committee import workflow as committee
from members.membership import emails
from members.membership import workflow as membership
from members.membership.workflow import ContactDetails
from members.models import Application, Contact, Membership, Organisation, Seat
from members.organisations import workflow as organisations
from members.review import workflow as review
from members.states import Access, DeclineReason, FileKind, VotingRule
from tests.releases.days import on
from tests.support.applying import ask, base_of
from tests.support.members import checking, draft, make_contact, make_organisation, submitted
from tests.support.news import make_post, newsroom, publish

PASSWORD = "correct horse battery staple"
# What the secretariat says in mails: of each mail the passages it changed.
WORDS = {
    "endorsements/confirm": {
        "subject": "Your yes to “{declaration}”",
        "opening": "Karibu!\n\nOne press of the button is missing.",
        "opening_reminder": "Karibu again!",
    },
    "endorsements/confirmed": {"opening": "Asante for endorsing “{declaration}”.", "closing": "Write to {contact}, day or night."},
    "endorsements/new_version": {"heading": "New words", "middle": "Read them at leisure."},
    "members/resume": {
        "subject": "Your application waits, {organisation}",
        "opening": "Karibu again, {organisation}.",
        "closing": "Pole pole.",
    },
    "members/submitted": {"opening": "We have it, {organisation}.\n- It is read by two of us."},
    "members/vote": {"subject": "{seat}: a vote on {organisation}"},
    "members/withdrawn": {"opening": "Gone."},
}


def people() -> tuple[Any, Any]:
    """Users of every role; returns the secretary and the superuser."""
    with on("2026-09-01"):
        make = get_user_model().objects.create_user
        operator = get_user_model().objects.create_superuser("operator@example.org", PASSWORD, name="Olga Operator")
        secretary = make("secretary@example.org", PASSWORD, name="Selma Secretary")
        for user, role in (
            (secretary, "Secretariat"),
            (make("editor@example.org", PASSWORD, name="Edgar Editor"), "Editor"),
            (make("committee@example.org", PASSWORD, name="Cora Committee"), "Steering committee"),
            (make("former@example.org", PASSWORD, name="Fay Former", is_active=False), "Editor"),
        ):
            user.groups.add(Group.objects.get(name=role))
        second_factor(operator)
    return secretary, operator


def second_factor(user: Any) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)


def wording(secretary_client: Client) -> None:
    """The secretariat changes what mails say; of one it goes back to the original words."""
    with on("2026-09-02"):
        for name, words in WORDS.items():
            change_words(secretary_client, name, words)
        change_words(secretary_client, "members/withdrawn", {"opening": ""})


def change_words(secretary_client: Client, name: str, words: dict[str, str]) -> None:
    address = reverse("email_templates:edit", args=(name,))
    form = secretary_client.get(address).context["form"]
    answer = secretary_client.post(address, form.initial | words | {"act": "save"})
    assert answer.status_code == 302, name


def picture(name: str = "logo.png") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def document(name: str = "statutes.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"The statutes of an invented organisation ({name}).\n".encode(), "text/plain")


def seats() -> None:
    """Whoever sits on the steering committee of the starting content gets an address; one has none, one only an alternate."""
    with on("2026-09-03"):
        for number, seat in enumerate(Seat.objects.order_by("pk")):
            seat.person_name, seat.person_email = f"Person {number}", f"seat{number}@example.org" if number > 1 else ""
            if number == 1:
                seat.alternate_name, seat.alternate_email = "Alternate One", "alternate@example.org"
            seat.save()


def members() -> list[Organisation]:
    """Four with contacts, of whom one is in its second year; two that were the same; one that left."""
    with on("2026-09-04"):
        names = ("Nurses of Lira", "Clinics of Kisumu", "Doctors of Pune", "Carers of Cebu")
        rows = [
            make_organisation(
                name,
                since=date(2024, 3, 1),
                website=f"https://{name.split()[-1].lower()}.example.org/",
                country=country,
                summary=f"{name}, together.",
            )
            for name, country in zip(names, ("UG", "KE", "IN", "PH"), strict=True)
        ]
        for row in rows:
            make_contact(
                row, f"voice@{row.name.split()[-1].lower()}.example.org", name=f"Voice of {row.name.split()[-1]}", position="Chair"
            )
        double = make_organisation("Lira Nurses’ Union", slug="lira-nurses-union", website="https://lira-nurses.example.org/", country="UG")
        organisations.merge(double, into=rows[0], by=None)
        left = make_organisation("Pharmacists of Ndola", since=date(2022, 1, 1), country="ZM")
        Membership.objects.filter(organisation=left).update(until=date(2026, 6, 30))
    return rows


def profiles(rows: Iterable[Organisation], secretary: Any) -> None:
    """A profile change applied, one refused, one that waits with a logo; contacts changed by the member; a year confirmed."""
    nurses, clinics, doctors, _carers = rows
    with on("2026-10-12"):
        for organisation, verb in ((nurses, membership.apply_change), (clinics, membership.refuse_change)):
            change = membership.propose_change(
                organisation, contact=organisation.contacts.get(), values={"acronym": organisation.name[:3].upper()}, now=timezone.now()
            )
            more = {"reason": "Is that its name?"} if verb == membership.refuse_change else {}
            assert verb(change, by=secretary, now=timezone.now(), **more)
        membership.propose_change(
            doctors,
            contact=doctors.contacts.get(),
            values={"summary": "Doctors, together.", "founded": 1999},
            logo=picture(),
            now=timezone.now(),
        )
        membership.confirm_year(nurses, contact=nurses.contacts.get(), now=timezone.now())
    with on("2026-10-13"):
        voice = clinics.contacts.get()
        wanted = [
            ContactDetails(voice.name, voice.email, voice.position, "+254 700 000000", frozenset({"voting"})),
            ContactDetails("Money Matters", "money@kisumu.example.org", "Treasurer", "", frozenset({"finance"})),
        ]
        membership.change_contacts(clinics, people=wanted, now=timezone.now())
        Contact.objects.get(email="money@kisumu.example.org").delete()


def applicant(name: str, site: str) -> dict[str, Any]:
    address = f"director@{site}.example.org"
    return {
        "email": address,
        "name": name,
        "acronym": "",
        "website": f"https://{site}.example.org/",
        "representative_email": address,
        "second_email": f"second@{site}.example.org",
    }


def make_applications(secretary: Any) -> None:
    """One in every state before the committee, with files, notes, colleagues and questions."""
    with on("2026-10-15"):
        now = timezone.now()
        written = draft(**applicant("Midwives of Arusha", "arusha-midwives"))
        add_file(written, kind=FileKind.DOCUMENT, upload=document(), now=now)
        applications.invite(written, email="colleague@arusha-midwives.example.org", access=Access.EDIT, now=now)
        applications.invite(written, email="reader@arusha-midwives.example.org", access=Access.READ, now=now)
        handed = submitted(**applicant("Radiographers of Enugu", "enugu-radio"))
        review.set_promised_date(handed, on=date(2026, 12, 20), by=secretary)
        taken = checking(**applicant("Surgeons of Leeds", "leeds-surgeons"))
        review.assign(taken, to=secretary, by=secretary)
        review.add_note(taken, text="They are known to the Nurses of Lira.", by=secretary, now=now)
        asked = draft(**applicant("Dentists of Recife", "recife-dentists"))
        add_file(asked, kind=FileKind.LOGO, upload=picture(), now=now)
        add_file(asked, kind=FileKind.DOCUMENT, upload=document("registration.txt"), now=now)
        assert applications.submit(asked, now=now) == applications.Outcome.DONE
        review.start_review(asked, by=secretary, now=now)
        questions = [("work", "How many dentists do you reach?"), ("documents", "Send the statutes, please."), ("", "Who founded you?")]
        review.ask(asked, questions=questions, by=secretary, now=now)
        refused = checking(**applicant("Vitamins for All", "vitamins"))
        review.decline(refused, reason=DeclineReason.COMMERCIAL, decision_message="Thank you for telling us.", by=secretary, now=now)
        applications.withdraw(submitted(**applicant("Runners for Health", "runners")), now=now)
        applications.start("begun@example.org", now=now)


def ballots(secretary: Any) -> None:
    """Four ballots: adopted and the member admitted, closed without enough votes, stopped by an objection, open with votes cast."""
    with on("2026-10-16"):
        admitted = voted("Paramedics of Durban", "durban-paramedics", secretary, days=7)
        for vote in admitted.votes.order_by("pk"):
            committee.cast_vote(vote, choice="for", now=timezone.now())
        admitted.application.refresh_from_db()
        review.accept(admitted.application, decision_message="Welcome!", by=secretary, now=timezone.now())
        unheard = voted("Opticians of Ndola", "ndola-opticians", secretary, days=7, rule=VotingRule.MAJORITY)
        committee.cast_vote(unheard.votes.first(), choice="abstain", now=timezone.now())
    with on("2026-10-30"):
        committee.close_ballot(unheard, by=None, now=timezone.now())
    with on("2026-11-20"):
        stopped = voted("Therapists of Genève", "geneve-therapists", secretary, days=30)
        first, second, *_others = stopped.votes.order_by("pk")
        committee.cast_vote(first, choice="for", now=timezone.now())
        committee.cast_vote(second, choice="objection", reason="Who pays them?", now=timezone.now())
        running = voted("Anaesthetists of Kano", "kano-anaesthetists", secretary, days=40, rule=VotingRule.MAJORITY)
        first, second, *_others = running.votes.order_by("pk")
        committee.cast_vote(first, choice="for", now=timezone.now())
        committee.cast_vote(second, choice="recuse", reason="A cousin works there.", now=timezone.now())


def voted(name: str, site: str, secretary: Any, *, days: int, rule: VotingRule = VotingRule.NO_OBJECTION) -> Any:
    application = draft(**applicant(name, site))
    add_file(application, kind=FileKind.LOGO, upload=picture(), now=timezone.now())
    assert applications.submit(application, now=timezone.now()) == applications.Outcome.DONE
    review.start_review(application, by=secretary, now=timezone.now())
    ballot = review.put_to_committee(application, rule=rule, days=days, by=secretary, now=timezone.now())
    assert ballot
    return ballot


def pages(secretary: Any) -> None:
    """What editors left: a renamed post, a draft of a change, a planned and a private page, a comment, redirects, the banner."""
    with on("2026-10-18"):
        post = make_post("A post that was renamed", text="It had another address.", date=date(2026, 10, 18))
        post.slug = "renamed"
        publish(post)
        post.title = "A title in a draft"
        post.save_revision(user=secretary)
        planned = make_post("A post for later", text="Not yet.", live=False, go_live_at=timezone.now() + timedelta(days=200))
        planned.save_revision(user=secretary, approved_go_live_at=planned.go_live_at)
        private = make_post("A post for colleagues", text="Between us.", date=date(2026, 10, 17))
        PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
        Comment.objects.create(page=private, user=secretary, text="Is this right?", contentpath="title")
        checked = make_post("A post to be reviewed", text="Is it good?", live=False)
        checked.get_workflow().start(checked, secretary)
        get_image_model().objects.first().tags.add("clinic")
        make_post("A post taken off", text="Gone.", date=date(2026, 10, 16)).unpublish(user=secretary)
        newsroom().get_children().get(slug="renamed").specific.create_alias(update_slug="renamed-too", user=secretary)
        site = Site.objects.get(is_default_site=True)
        Redirect.objects.create(old_path="/campaign", site=site, redirect_page=Page.objects.get(slug="goals"), is_permanent=False)
        Redirect.objects.create(old_path="/partner", redirect_link="https://example.org/partner?a=b")


def banner(secretary_client: Client) -> None:
    with on("2026-10-19"):
        address = reverse("wagtailsettings:edit", args=("cms", "announcement", 1))
        form = secretary_client.get(address).context["form"]
        typed = {name: value for name, value in form.initial.items() if value is not None} | {"text": "We meet in Gulu in March."}
        assert secretary_client.post(address, typed).status_code == 302


def erased(secretary_client: Client) -> None:
    """A person asked to be forgotten."""
    with on("2026-11-21"):
        words = {"query": "not.me@example.org"}
        found = secretary_client.post(reverse("personal_data:index"), words).context["found"]
        chosen = [one.key for one in found]
        secretary_client.post(reverse("personal_data:index"), {**words, "action": "erase", "chosen": chosen})


def last_days(rows: Iterable[Organisation]) -> None:
    """Links that nobody has pressed yet."""
    nurses, clinics, doctors, carers = rows
    ask("newcomer@example.org", Client(REMOTE_ADDR="198.51.100.60"))
    applications.start("director@arusha-midwives.example.org", now=timezone.now())
    applications.invite(
        Application.objects.get(name="Midwives of Arusha"), email="late@arusha-midwives.example.org", access=Access.EDIT, now=timezone.now()
    )
    for organisation in (doctors, carers):
        membership.send_profile_links(organisation.contacts.get().email, now=timezone.now())
    due_on = timezone.localdate()
    for step in (0, 1):
        hidden_on = due_on + timedelta(days=90)
        emails.confirmation_request(
            carers.contacts.get(), organisation=carers, begun=due_on, hidden_on=hidden_on, step=step, now=timezone.now()
        )
    Client().post(reverse("account_reset_password"), {"email": "editor@example.org"})
    base_of(nurses.contacts.get(), emails.YEAR)
    base_of(clinics.contacts.get(), emails.PROFILE)
