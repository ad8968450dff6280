"""Organisations with their memberships, contacts and applications."""

from datetime import timedelta
from random import Random

from django.utils.text import slugify
from django.utils.timezone import now
from modelsearch.backends import get_search_backend

from benchmarks.content import words
from core.mail.addresses import canonical_address
from members.applications.keys import keep_keys
from members.identity.keys import organisation_key
from members.models import Application, ApplicationNote, Contact, Membership, Organisation, ProfileChange, Seat, Theme
from members.models.derived import derive_all
from members.states import OPEN, ApplicationState, Category, ChangeState, OrganisationKind

YEARS = 20
SEATS = 9
WAITING = 40


def add_organisations(total: int) -> None:
    """Organisations until there are so many; most are members, some observers, some have left or are silent."""
    random, today = Random(3), now().date()
    rows = []
    for number in range(total - Organisation.objects.count()):
        name, country = words.organisation(number)
        rows.append(
            Organisation(
                name=name,
                slug=f"{slugify(name)[:60] or 'organisation'}-{number}",
                acronym="".join(word[0] for word in name.split())[:10].upper() if number % 3 else "",
                aliases=f"Former {name}" if number % 5 == 0 else "",
                more_domains=f"mail-{number}.example" if number % 7 == 0 else "",
                country=country if number % 20 else "",
                countries_of_work=sorted({country, words.place(number * 7)[1]}),
                kind=random.choice(OrganisationKind.values),
                founded=random.randint(1900, 2025),
                website=f"https://www.{domain(number)}/",
                summary=f"{name} speaks for the health workers of its region, trains them, and asks for safe and decent work.",
            )
        )
    rows = Organisation.objects.bulk_create(rows, batch_size=500)
    derive_all(Organisation.objects.all())
    themes, link = list(Theme.objects.order_by("pk")), Organisation.themes.through
    link.objects.bulk_create([link(organisation_id=row.pk, theme=theme) for row in rows for theme in random.sample(themes, 2)])
    memberships, contacts = [], []
    for number, row in enumerate(rows):
        since = today - timedelta(days=random.randrange(400, YEARS * 365))
        confirmed = today - timedelta(days=random.randrange(1, 300))
        dates = {"since": since, "confirmed_on": confirmed, "recorded_on": since}
        if number % 25 == 0:  # has left
            dates["until"] = since + timedelta(days=random.randrange(1, 399))
        elif number % 25 == 1:  # silent, and so dormant
            asked = today - timedelta(days=120)
            last = asked - timedelta(days=365)
            dates |= {"confirmed_on": last, "asked_about": last, "request_on": asked, "asked_on": asked}
        category = Category.OBSERVER if number % 10 == 2 else Category.MEMBER
        memberships.append(Membership(organisation=row, category=category, founding=number % 40 == 3, **dates))
        for place, role in enumerate(("voting", "communications")):
            email = f"contact-{place}@{domain(number)}"
            address = {"email": email, "address_key": canonical_address(email)}
            contacts.append(Contact(organisation=row, name=words.person(random), sort_order=place, **address, **{role: True}))
    Membership.objects.bulk_create(memberships)
    Contact.objects.bulk_create(contacts, batch_size=2000)
    for place, row in enumerate(rows[:SEATS]):
        name, email = words.person(random), f"seat-{place}@committee.example"
        Seat.objects.create(organisation=row, since=today - timedelta(days=200), person_name=name, person_email=email)
    pending = [row for number, row in enumerate(rows) if number % 25 > 1][:WAITING]
    ProfileChange.objects.bulk_create(
        [ProfileChange(organisation=row, before={"founded": row.founded}, after={"founded": 1999}) for row in pending]
        + [
            ProfileChange(organisation=row, before={"acronym": ""}, after={"acronym": "A"}, state=ChangeState.APPLIED, decided_at=now())
            for row in rows[WAITING:]
        ]
    )
    backend = get_search_backend()
    for start in range(0, len(rows), 500):
        backend.add_bulk(Organisation, rows[start : start + 500])


def domain(number: int) -> str:
    return f"organisation-{number}.example"


def add_applications(total: int) -> None:
    """Applications of all states: a few dozen wait, the others ended over the years."""
    random, moment = Random(4), now()
    members = list(Organisation.objects.order_by("pk"))
    rows = []
    for number in range(total):
        name, country = words.organisation(number + 50_000)
        ended = number >= WAITING
        states = (ApplicationState.ACCEPTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN) if ended else OPEN[:3]
        state = states[number % len(states)]
        at = moment - timedelta(days=random.randrange(60, YEARS * 365) if ended else random.randrange(1, 30))
        website, email = f"https://applicant-{number}.example/", f"director@applicant-{number}.example"
        rows.append(
            Application(
                state=state,
                name=name,
                country=country,
                countries_of_work=[country],
                website=website,
                kind=random.choice(OrganisationKind.values),
                key=organisation_key(name, country, website),
                email=email,
                address_key=canonical_address(email),
                representative_name=words.person(random),
                representative_email=email,
                representative_position="Director",
                second_name=words.person(random),
                second_email=f"second@applicant-{number}.example",
                work="It trains midwives in rural clinics, and speaks for them.",
                motivation="We want to be heard.",
                agrees_vision=True,
                agrees_terms=True,
                started_at=at,
                saved_at=at,
                submitted_at=at,
                promised_on=(at + timedelta(days=30)).date(),
                ended_at=at + timedelta(days=20) if ended else None,
                organisation=members[number % len(members)] if state == ApplicationState.ACCEPTED else None,
            )
        )
    rows = Application.objects.bulk_create(rows, batch_size=500)
    keep_keys(rows)
    ApplicationNote.objects.bulk_create([ApplicationNote(application=row, text="Called them.") for row in rows])
