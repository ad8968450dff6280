"""The tables of this app with people in them: endorsements, answers of members, uploaded lists and deliveries."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mail.addresses import canonical_address
from core.personal_data import Person, PersonalData, Query, Retention, admin_url, empty, fields, itself, register, related, text
from core.search_text import containing

from .erasure import (
    WITHOUT_ADDRESS,
    erase_answered_by,
    erase_contact_details,
    erase_endorsement,
    erase_holder,
    is_act_of_organisation,
)
from .models import Consent, Delivery, Endorsement, ImportedList, Invitation, NameChange
from .states import LIVE, UNCONFIRMED, Kind, SignOnState, Source, State

TWO_YEARS = timedelta(days=730)
PORTION = 500


# Who is found


def endorsed_by(rows: QuerySet[Endorsement], query: Query) -> Iterable[Endorsement]:
    """By index or by the database: there may be a hundred thousand. A row whose search text is still to be filled is read."""
    if query.address:
        return rows.filter(address_key=query.address)
    found = rows.filter(containing("people_text", query.words) | Q(people_text="")) if query.words else rows.none()
    return (row for row in found.iterator() if row.people_text or query.is_in(row.name, row.acronym, row.affiliation, row.signatory))


def asked_as_second_person(rows: QuerySet[Endorsement], query: Query) -> Iterable[Endorsement]:
    if not query.address:
        return ()
    similar = rows.filter(second_email__istartswith=query.address[:1])
    return (row for row in similar if canonical_address(row.second_email) == query.address)


# What is shown and exported


def endorsement_label(row: Endorsement) -> str:
    who = f"{row.name} ({row.signatory})" if row.signatory else row.name
    values = {"who": who or "–", "declaration": row.declaration.title, "state": row.get_state_display()}
    return _("%(who)s endorses “%(declaration)s”: %(state)s") % values


def outcome_for_endorsement(row: Endorsement) -> str:
    if is_act_of_organisation(row):
        return _("The signer’s name, role and address, the notes, links and emails go. The endorsement stays: it is the organisation’s.")
    outcome = _("Name, address, consents, links and mails go. That there was one stays, without a name.")
    return f"{outcome} {_('A list that was handed over stays as it was handed over.')}" if row.listed_at else outcome


def handed_over_to(row: Endorsement) -> list[dict[str, Any]]:
    """The deliveries in which this was in the list (GDPR, Article 15(1)(c))."""
    if row.listed_at is None and row.state != State.LISTED:
        return []
    made = Delivery.objects.filter(declaration_id=row.declaration_id, made_at__gte=row.listed_at or row.submitted_at)
    if row.ended_at:
        made = made.filter(made_at__lt=row.ended_at)
    return [dict(delivery) for delivery in made.values("recipient", "delivered_on")]


# What has expired before a moment


def unconfirmed_since(moment: datetime) -> Q:
    last_asked = Q(submitted_at__lt=moment) & (Q(mailed_at__isnull=True) | Q(mailed_at__lt=moment))
    return Q(state__in=UNCONFIRMED, confirmed_at__isnull=True) & last_asked


def ended_before(moment: datetime) -> Q:
    return Q(state__in=(State.DECLINED, State.WITHDRAWN), withdrawal_shown=False, ended_at__lt=moment)


def never_decided(moment: datetime) -> Q:
    return Q(state__in=(State.CONFIRMED, State.HELD), declaration__sign_on__closed_at__lt=moment)


def never_opened(moment: datetime) -> Q:
    """Given to a text that circulated and was not opened. Initial signatories stay: the text names them."""
    waits = Q(declaration__sign_on__state__in=(SignOnState.DRAFT, SignOnState.CIRCULATING))
    return waits & Q(declaration__sign_on__circulated_at__lt=moment) & ~Q(source=Source.INITIAL) & ~Q(state=State.ERASED)


def listed_and_closed(moment: datetime) -> Q:
    return Q(state__in=LIVE, declaration__sign_on__closed_at__lt=moment) & _more_than_public()


def shown_as_withdrawn(moment: datetime) -> Q:
    return Q(state=State.WITHDRAWN, withdrawal_shown=True, ended_at__lt=moment) & _more_than_public()


def _more_than_public() -> Q:
    more = Q(kind=Kind.ORGANISATION) & ~Q(role="") | Q(kind=Kind.PERSON) & ~Q(key__startswith=WITHOUT_ADDRESS)
    for name in ("email", "signatory", "note", "second_email"):
        more |= ~Q(**{name: ""})
    return more


# The tables

ENDORSEMENTS = PersonalData(
    rows=Endorsement.objects.exclude(state=State.ERASED).select_related("declaration", "version"),
    parts=(Consent, NameChange),
    section="endorsements",
    permission="endorsements.change_endorsement",
    portion=PORTION,
    people=(
        Person(
            email="email",
            find=endorsed_by,
            label=endorsement_label,
            exported=fields(
                *("kind", "state", "source", "name", "acronym", "website", "organisation_kind", "signatory", "role", "affiliation"),
                *("email", "language", "show_name", "wants_updates", "withdrawal_shown", "second_email", "note", "provenance"),
                *("network", "submitted_at", "confirmed_at", "renewed_at", "seconded_at", "listed_at", "ended_at", "country"),
                declaration="declaration.title",
                version="version.label",
                consents=related("consents", "purpose", "given", "wording", "wording_version", "language", "at"),
                name_changes=related("name_changes", "state", "name", "former_name", "proposed_at", "decided_at"),
                handed_over_to=handed_over_to,
            ),
            outcome=outcome_for_endorsement,
            erase=erase_holder,
            url=admin_url("endorsements:inspect"),
        ),
        Person(
            part=True,
            email="second_email",
            find=asked_as_second_person,
            label=text(
                gettext_lazy("Asked to confirm that %(name)s endorses “%(declaration)s”"), name="name", declaration="declaration.title"
            ),
            # To the second person, nothing of the first.
            exported=fields("second_email", "seconded_at", declaration="declaration.title", asked_as_second_person_for="name"),
            outcome=gettext_lazy("The address goes. The endorsement stays: somebody else gave it."),
            erase=empty("second_email"),
            history=itself,
            url=admin_url("endorsements:inspect"),
        ),
    ),
    retention=(
        Retention(period=timedelta(days=30), when="after the last email about it", expired=unconfirmed_since, erase=erase_endorsement),
        Retention(period=timedelta(days=30), when="after it was declined or withdrawn", expired=ended_before, erase=erase_endorsement),
        Retention(period=TWO_YEARS, when="after closing, if never decided on", expired=never_decided, erase=erase_endorsement),
        Retention(period=TWO_YEARS, when="after the text circulated, if never opened", expired=never_opened, erase=erase_endorsement),
        Retention(period=TWO_YEARS, when="after closing: what is not public", expired=listed_and_closed, erase=erase_contact_details),
        Retention(
            period=timedelta(days=30),
            when="after a withdrawal that is shown: what is not public",
            expired=shown_as_withdrawn,
            erase=erase_contact_details,
        ),
        Retention(
            period=timedelta(days=30),
            when="the network",
            expired=lambda moment: Q(submitted_at__lt=moment),
            clear={"network": ""},
        ),
    ),
)
# What a contact answered for a member, to declarations that it does not endorse.
ANSWERS = PersonalData(
    rows=Invitation.objects.exclude(answered_by=None).exclude(answer="").select_related("answered_by", "declaration", "organisation"),
    section="answers to declarations",
    permission="endorsements.change_endorsement",
    people=(
        Person(
            email="answered_by.email",
            name="answered_by.name",
            search_text="answered_by__search_text",
            label=text(
                gettext_lazy("Answered for %(name)s whether it endorses “%(declaration)s”"),
                name="organisation.name",
                declaration="declaration.title",
            ),
            exported=fields(
                *("answer", "deciding_until", "answered_at"), declaration="declaration.title", organisation="organisation.name"
            ),
            outcome=gettext_lazy("Who answered goes. The answer stays: it is the organisation’s."),
            erase=erase_answered_by,
        ),
    ),
    retention=(
        Retention(
            period=TWO_YEARS,
            when="after closing: who answered",
            expired=lambda moment: Q(declaration__sign_on__closed_at__lt=moment),
            clear={"answered_by": None},
        ),
    ),
)
UPLOADED_LISTS = PersonalData(
    rows=ImportedList.objects.all(),
    why_not_searched="It is a file, kept until it is imported; what is imported becomes endorsements.",
    retention=(
        Retention(period=timedelta(days=7), when="the file", expired=lambda moment: Q(uploaded_at__lt=moment), clear={"content": b""}),
    ),
)
DELIVERIES = PersonalData(
    rows=Delivery.objects.all(),
    why_not_searched="What was handed over is not changed (docs/decisions/0014); each export says to whom a name went.",
    retention=(Retention(period=None, when="the declaration"),),
)

register(ENDORSEMENTS, ANSWERS, UPLOADED_LISTS, DELIVERIES)
