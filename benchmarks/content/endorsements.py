"""An open declaration with many endorsements, smaller ones, what waits for the secretariat, and what members answered."""

import json
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.text import slugify
from django.utils.timezone import make_aware, now
from wagtail.models import ModelLogEntry

from benchmarks.content import words
from benchmarks.content.members import domain
from benchmarks.content.posts import YEARS, index_pages, insert_pages, log_pages, stems_of
from core.models import OutgoingMail
from core.states import MailState
from endorsements.models import Consent, DeclarationPage, Endorsement, Invitation, KnownName, SignOn
from endorsements.models.sign_on import TextVersion
from endorsements.states import HoldReason, Kind, Purpose, SignOnState, Source, State
from endorsements.text.canonical import canonical_text, digest
from members.identity.keys import index_letter, sort_key
from members.identity.similar_names import shape, stored_keys
from members.models import Contact, Organisation
from members.states import OrganisationKind
from news.models import NewsIndexPage
from tests.support.declarations import open_declaration

TEXT = "We ask every government to pay health workers fairly, to protect them at work, and to plan for as many as people need. "
BATCH = 5000
MONTH = timedelta(days=30)
OF_EACH = 20  # endorsements of a declaration of former years


def add_endorsements(total: int, waiting: int) -> None:
    """The open declaration with so many listed names, and so many that wait for the secretariat."""
    page = open_declaration(
        "Safe work for those who care",
        slug=words.DECLARATION_SLUG,
        goal=total * 2,
        text=TEXT * 15,
        asks_members=False,
        closes_at=now() + timedelta(days=90),
    )
    version = TextVersion.objects.get(declaration=page)
    members = list(Organisation.objects.filter(slug__contains="-").order_by("pk"))
    rows = _of_members(page, version, members[::3][: total // 5])
    rows += [_row(Random(5000 + number), page, version, number, of=total) for number in range(total - len(rows))]
    for number in range(waiting):
        row = _row(Random(900_000 + number), page, version, total + number, of=total)
        row.state, row.listed_at = State.CONFIRMED, None
        row.submitted_at = row.confirmed_at = now() - timedelta(minutes=number * 7)
        if number % 3 == 0:
            row.state, row.hold_reason = State.HELD, HoldReason.LIMIT if number % 2 else HoldReason.MODERATOR
        if number % 4 == 0:  # somebody at the domain of an organisation that we know
            row.email = row.address_key = f"nurse-{number}@{domain(number)}"
        rows.append(row)
    store(rows)
    _invite(page, members)


def add_declarations(total: int) -> None:
    """Closed declarations of former years, each with some endorsements."""
    random, pages = Random(6), []
    for number in range(total):
        day = now().date() - timedelta(days=random.randrange(60, YEARS * 365))
        title = f"Declaration of {words.place(number)[0]} {number + 1}"
        page = DeclarationPage(
            title=title,
            slug=f"{slugify(title)}-{number}",
            kind="declaration",
            date=day,
            standfirst="What we ask for.",
            body=json.dumps([{"type": "text", "value": f"<p>{TEXT}</p>"}]),
            first_published_at=make_aware(datetime.combine(day, time(9))),
        )
        page.words = " ".join(map(stems_of, (title, page.standfirst, TEXT)))
        pages.append(page)
    insert_pages(NewsIndexPage.objects.get(), pages)
    index_pages(DeclarationPage, pages)
    log_pages(pages)
    text = canonical_text(pages[0]) if pages else ""
    versions = TextVersion.objects.bulk_create(
        [TextVersion(declaration=page, number=1, text=text, sha256=digest(text), made_at=page.first_published_at) for page in pages]
    )
    SignOn.objects.bulk_create(
        [
            SignOn(
                declaration=page, state=SignOnState.CLOSED, version=version, opened_at=version.made_at, closed_at=version.made_at + MONTH
            )
            for page, version in zip(pages, versions, strict=True)
        ]
    )
    store(
        [
            _row(Random(number), page, version, number, of=OF_EACH)
            for page, version in zip(pages, versions, strict=True)
            for number in range(OF_EACH)
        ]
    )


def _row(random: Random, page: Any, version: TextVersion, number: int, *, of: int) -> Endorsement:
    """A listed endorsement: every twentieth is an organisation's; of the people one in six is not named."""
    place, country = words.place(random.randrange(10_000))
    moment = page.first_published_at + (now() - page.first_published_at) * number / of if of > OF_EACH else version.made_at
    if number % 20 == 0:
        name, country = words.organisation(number + 10_000)
        email, who = f"director@signatory-{number}.example", words.person(random)
        told: dict[str, Any] = {"kind": Kind.ORGANISATION, "organisation_kind": random.choice(OrganisationKind.values), "signatory": who}
        told |= {"website": f"https://signatory-{number}.example/", "key": f"domain:signatory-{number}.example", "role": "Director"}
    else:
        name, email = words.person(random), f"person-{number}@{random.choice(('gmail.com', 'mail.example', f'clinic-{number}.example'))}"
        told = {"kind": Kind.PERSON, "role": random.choice(words.WORK), "affiliation": f"{place} Hospital" if number % 3 else ""}
        told |= {"key": f"mail:{email}|{name}", "show_name": number % 6 != 0}
    return Endorsement(
        declaration_id=page.pk,
        version=version,
        state=State.LISTED,
        source=Source.SITE,
        name=name,
        country=country,
        email=email,
        address_key=email,
        sort_key=sort_key(name),
        letter=index_letter(name),
        submitted_at=moment,
        confirmed_at=moment,
        listed_at=moment,
        approved_at=moment if number % 60 == 0 else None,
        **told,
    )


def _of_members(page: Any, version: TextVersion, members: list[Organisation]) -> list[Endorsement]:
    """Endorsements by members' own links."""
    return [
        Endorsement(
            declaration_id=page.pk,
            version=version,
            kind=Kind.ORGANISATION,
            state=State.LISTED,
            source=Source.MEMBER,
            key=f"domain:{row.website.removeprefix('https://www.').strip('/')}",
            name=row.name,
            country=row.country,
            website=row.website,
            organisation=row,
            organisation_kind=row.kind,
            sort_key=sort_key(row.name),
            letter=index_letter(row.name),
            confirmed_at=now(),
            listed_at=now(),
        )
        for row in members
    ]


def store(rows: list[Endorsement]) -> None:
    """The rows with their consents, the names by which approved ones are known, their audit log and sent emails."""
    kind = ContentType.objects.get_for_model(Endorsement)
    for start in range(0, len(rows), BATCH):
        made = Endorsement.objects.bulk_create(rows[start : start + BATCH])
        asked = {"wording": "Show my name, country and role in the public list.", "wording_version": "5f2a", "language": "en-gb"}
        Consent.objects.bulk_create(
            [Consent(endorsement=row, purpose=Purpose.SHOW_NAME, given=row.show_name, at=row.submitted_at, **asked) for row in made]
        )
        KnownName.objects.bulk_create(
            [KnownName(endorsement=row, key=key[:120]) for row in made if row.approved_at for key in stored_keys(shape(row.name))],
            ignore_conflicts=True,
        )
        ModelLogEntry.objects.bulk_create(
            [
                ModelLogEntry(
                    content_type=kind, object_id=str(row.pk), label=str(row), action="endorsements.confirm", timestamp=row.submitted_at
                )
                for row in made
            ]
        )
        OutgoingMail.objects.bulk_create([_sent(row) for row in made[::10] if row.email])


def _sent(row: Endorsement) -> OutgoingMail:
    return OutgoingMail(
        key=f"bench:{row.pk}",
        purpose="endorsements.confirm",
        about=str(row.pk),
        message_id=f"<{row.pk}@bench.example>",
        sender="site@example.org",
        recipient=row.email,
        subject="Confirm your endorsement",
        content=b"",
        state=MailState.SENT,
        tries=1,
        created_at=row.submitted_at,
        due_at=row.submitted_at,
        give_up_at=row.submitted_at + timedelta(days=3),
        finished_at=row.submitted_at,
    )


def _invite(page: Any, members: list[Organisation]) -> None:
    """Members were asked a week ago; some are deciding, some said no, most are silent or have endorsed. A few were not asked."""
    asked, contacts = now() - timedelta(days=7), {contact.organisation_id: contact for contact in Contact.objects.filter(voting=True)}
    answers: list[dict[str, Any]] = [
        {},
        {"answer": "deciding", "deciding_until": (now() + timedelta(days=9)).date(), "answered_at": asked},
        {},
        {"answer": "no", "answered_at": asked},
        {},
    ]
    Invitation.objects.bulk_create(
        Invitation(
            declaration=page,
            organisation=row,
            asked_at=asked,
            answered_by=contacts.get(row.pk) if answers[n % 5] else None,
            **answers[n % 5],
        )
        for n, row in enumerate(members)
        if n % 20 != 19
    )
