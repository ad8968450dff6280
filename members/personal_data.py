"""The personal data of this app: applications, invitations, contacts, seats and votes."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import site_date, site_today
from core.mail.addresses import canonical_address
from core.personal_data import Person, PersonalData, Retention, admin_url, empty, fields, itself, register, related, text
from members.applications.reminders import DELETE_AFTER
from members.applications.requirements import FORM_FIELDS, PEOPLE_FIELDS

from .erasure import (
    anonymise_application,
    erase_address_change,
    erase_application,
    erase_contact,
    erase_invitation,
    erase_named_person,
    erase_vote,
    erase_voter,
)
from .models import (
    AddressChange,
    Application,
    ApplicationFile,
    ApplicationNote,
    Contact,
    ImportedMembers,
    Invitation,
    Leaving,
    Membership,
    ProfileChange,
    Question,
    Seat,
    Vote,
)
from .states import OPEN, ApplicationState, ContactRole

YEAR, TWO_YEARS = timedelta(days=365), timedelta(days=730)
REPRESENTATIVE = tuple(field for field in PEOPLE_FIELDS if field.startswith("representative"))
SECOND_CONTACT = tuple(field for field in PEOPLE_FIELDS if field.startswith("second"))


# Applications


def applicant_name(application: Application) -> str:
    """Return the representative's name if the application was started with their address; '' otherwise."""
    is_representative = canonical_address(application.representative_email) == application.address_key
    return application.representative_name if is_representative else ""


def application_url(application: Application) -> str:
    return "" if application.state == ApplicationState.DRAFT else reverse("applications:inspect", args=(application.pk,))


def outcome_for_application(application: Application) -> str:
    if application.state == ApplicationState.DRAFT:
        return _("It is deleted, with its files and all links to it.")
    if application.state in OPEN:
        return _(
            "It is withdrawn, and a ballot about it is cancelled. What it says goes, with people, files and emails. "
            "That there was one stays: how it ended, country, kind and dates."
        )
    return _(
        "The applicant’s name, role, address and phone go, with links, emails and notes. "
        "What the organisation answered, the decision and its entry in the directory stay."
    )


def advice_for_representative(application: Application) -> str:
    return _("An application needs a representative: ask the applicant to name somebody else.") if application.state in OPEN else ""


def unsuccessful_before(moment: datetime) -> Q:
    return Q(anonymised_at__isnull=True, state__in=(ApplicationState.DECLINED, ApplicationState.WITHDRAWN), ended_at__lt=moment)


def accepted_before(moment: datetime) -> Q:
    return Q(anonymised_at__isnull=True, state=ApplicationState.ACCEPTED, ended_at__lt=moment)


NAMED_IN_AN_APPLICATION = gettext_lazy("Name, role, address and telephone are taken out. The application stays: it is somebody else’s.")
APPLICATIONS = PersonalData(
    rows=Application.objects.filter(anonymised_at__isnull=True),
    parts=(ApplicationFile, ApplicationNote, Question),
    section="applications",
    permission="members.change_application",
    people=(
        Person(
            email="email",
            name=applicant_name,
            search_text="search_text",
            label=text(gettext_lazy("Application of %(name)s: %(state)s"), name="title", state=Application.get_state_display),
            exported=fields(
                *FORM_FIELDS,
                *("email", "language", "state", "started_at", "submitted_at", "promised_on", "ended_at"),
                letter="decision_message",
                files=related("files", "kind", "name", "size", "uploaded_at"),
                questions=related("questions", "field", "text", "before", "after", "reply", "asked_at", "answered_at"),
                notes=related("notes", "text", "at"),
                colleagues=related("invitations", "email", "access", "invited_at"),
            ),
            outcome=outcome_for_application,
            erase=erase_application,
            url=application_url,
        ),
        Person(
            part=True,
            email="representative_email",
            name="representative_name",
            search_text="search_text",
            label=text(gettext_lazy("Named as representative in the application of %(name)s"), name="title"),
            exported=fields(*REPRESENTATIVE, application_of="name"),
            outcome=NAMED_IN_AN_APPLICATION,
            erase=partial(erase_named_person, fields=REPRESENTATIVE),
            history=itself,
            advice=advice_for_representative,
            url=application_url,
        ),
        Person(
            part=True,
            email="second_email",
            name="second_name",
            search_text="search_text",
            label=text(gettext_lazy("Named as second contact in the application of %(name)s"), name="title"),
            exported=fields(*SECOND_CONTACT, application_of="name"),
            outcome=NAMED_IN_AN_APPLICATION,
            erase=partial(erase_named_person, fields=SECOND_CONTACT),
            history=itself,
            url=application_url,
        ),
    ),
    retention=(
        Retention(
            period=DELETE_AFTER,
            when="after a draft was last saved, with a warning before",
            done_by="members.applications.reminders.warn_of_and_delete_drafts",
        ),
        Retention(period=YEAR, when="after it was declined or withdrawn", expired=unsuccessful_before, erase=anonymise_application),
        Retention(period=TWO_YEARS, when="after it was accepted", expired=accepted_before, erase=anonymise_application),
    ),
)
INVITATIONS = PersonalData(
    rows=Invitation.objects.select_related("application"),
    section="applications",
    permission="members.change_application",
    people=(
        Person(
            email="email",
            label=text(gettext_lazy("Invited to the application of %(name)s"), name="application.title"),
            exported=fields("email", "access", "invited_at", invited_to="application.title"),
            outcome=gettext_lazy("The invitation is deleted, and its link works no more."),
            erase=erase_invitation,
            history="application",
            url=lambda invitation: application_url(invitation.application),
        ),
    ),
    retention=(Retention(period=None, when="the application", done_by="members.erasure.anonymise_application"),),
)


# Members


def contact_label(contact: Contact) -> str:
    label = _("Contact of %(name)s: %(roles)s") if contact.roles else _("Contact of %(name)s")
    return label % {"name": contact.organisation.name, "roles": ", ".join(contact.roles)}


def profile_changes_of(contact: Contact) -> list[dict[str, Any]]:
    changes = ProfileChange.objects.filter(contact=contact).values("proposed_at", "state", "before", "after", "reason")
    return [dict(change) for change in changes]


def leavings_of(contact: Contact) -> list[dict[str, Any]]:
    return [dict(row) for row in Leaving.objects.filter(contact=contact).values("asked_at", "last_day", "reason", "state")]


def advice_for_contact(contact: Contact) -> str:
    """A member should keep a contact and a voting representative. This is advice only: the right to erasure comes first."""
    others = Contact.objects.filter(organisation=contact.organisation_id).exclude(pk=contact.pk)
    if not Membership.objects.on(site_today()).filter(organisation=contact.organisation_id).exists():
        return ""
    name = {"name": contact.organisation.name}
    if not others.exists():
        return _("It is the only contact of %(name)s. Ask there who follows, and enter them; else nobody of it can be reached.") % name
    if contact.voting and not others.with_role(ContactRole.VOTING).exists():
        return _("Nobody else votes for %(name)s. Ask there who follows, and tick it with that contact.") % name
    return ""


def no_member_since(moment: datetime) -> Q:
    """Contacts added before a moment, of organisations without a membership since."""
    recent = Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=site_date(moment)))
    return Q(added_at__lt=moment) & ~Q(organisation__in=recent.values("organisation"))


organisation_url = admin_url("wagtailsnippets_members_organisation:edit", "organisation_id")
CONTACTS = PersonalData(
    rows=Contact.objects.select_related("organisation"),
    parts=(ProfileChange, Leaving),
    section="contacts",
    permission="members.change_organisation",
    people=(
        Person(
            email="email",
            name="name",
            search_text="search_text",
            label=contact_label,
            exported=fields(
                *("roles", "name", "email", "position", "phone", "added_at", "confirmed_at"),
                organisation="organisation.name",
                profile_changes=profile_changes_of,
                asked_to_leave=leavings_of,
            ),
            outcome=gettext_lazy(
                "It is deleted, with its links and mails. What they proposed for the public profile stays, without their name."
            ),
            erase=erase_contact,
            history="organisation",
            advice=advice_for_contact,
            url=organisation_url,
        ),
    ),
    retention=(
        Retention(
            period=YEAR,
            when="after the organisation has left, or after they were entered where it never belonged",
            expired=no_member_since,
            erase=erase_contact,
        ),
    ),
)
ADDRESS_CHANGES = PersonalData(
    rows=AddressChange.objects.select_related("contact__organisation"),
    section="contacts",
    permission="members.change_organisation",
    people=tuple(
        Person(
            part=True,
            email=email,
            label=text(gettext_lazy("Change of address of a contact of %(name)s"), name="contact.organisation.name"),
            exported=fields(email, "asked_at", "confirmed_at", organisation="contact.organisation.name"),
            outcome=gettext_lazy("The change is deleted, with its links. The contact stays as they are."),
            erase=erase_address_change,
            history="contact.organisation",
        )
        for email in ("email", "former")
    ),
    retention=(
        Retention(
            period=timedelta(days=30),
            when="after it was asked for",
            expired=lambda moment: Q(asked_at__lt=moment),
            erase=erase_address_change,
        ),
    ),
)


# The steering committee


def advice_for_seat(seat: Seat) -> str:
    is_current = Seat.objects.on(site_today()).filter(pk=seat.pk).exists()
    return _("Enter who sits there instead; else the seat gets no ballots.") if is_current else ""


def advice_for_vote(vote: Vote) -> str:
    is_awaited = vote.ballot.is_running and not vote.choice
    return _("The ballot is still running. The seat has not voted: record its vote if it tells you.") if is_awaited else ""


def decided_before(moment: datetime) -> Q:
    return Q(ballot__closed_at__lt=moment) & ~Q(person_name="", email="", reason="")


SEAT_STAYS = gettext_lazy("Name and address go. The seat and its term stay: they are the organisation’s.")
SEATS = PersonalData(
    rows=Seat.objects.select_related("organisation"),
    section="seats and votes",
    permission="members.change_ballot",
    people=(
        Person(
            part=True,
            email="person_email",
            name="person_name",
            search_text="search_text",
            label=text(gettext_lazy("Seat of %(name)s on the steering committee"), name="organisation.name"),
            exported=fields(
                "since", "until", "person_name", "person_email", organisation="organisation.name", **{"as": lambda seat: "person"}
            ),
            outcome=SEAT_STAYS,
            erase=empty("person_name", "person_email"),
            history="organisation",
            advice=advice_for_seat,
            url=organisation_url,
        ),
        Person(
            part=True,
            email="alternate_email",
            name="alternate_name",
            search_text="search_text",
            label=text(gettext_lazy("Alternate for the seat of %(name)s"), name="organisation.name"),
            exported=fields(
                "since", "until", "alternate_name", "alternate_email", organisation="organisation.name", **{"as": lambda seat: "alternate"}
            ),
            outcome=SEAT_STAYS,
            erase=empty("alternate_name", "alternate_email"),
            history="organisation",
            url=organisation_url,
        ),
    ),
    retention=(
        Retention(
            period=YEAR,
            when="after the term",
            expired=lambda moment: Q(until__lt=site_date(moment)),
            clear=dict.fromkeys(("person_name", "person_email", "alternate_name", "alternate_email"), ""),
        ),
    ),
)
VOTES = PersonalData(
    rows=Vote.objects.select_related("ballot__application"),
    section="seats and votes",
    permission="members.change_ballot",
    people=(
        Person(
            email="email",
            name="person_name",
            search_text="search_text",
            label=text(gettext_lazy("Vote for %(name)s on %(about)s"), name="organisation_name", about="ballot.application.title"),
            exported=fields("organisation_name", "person_name", "email", "choice", "reason", "cast_at", about="ballot.application.title"),
            outcome=gettext_lazy(
                "Name, address and link go, and the reason for taking no part. The vote and its reason stay: they are the organisation’s."
            ),
            erase=erase_voter,
            history="ballot",
            advice=advice_for_vote,
            url=admin_url("ballots:inspect", "ballot_id"),
        ),
    ),
    retention=(Retention(period=TWO_YEARS, when="after the ballot", expired=decided_before, erase=erase_vote),),
)

UPLOADED_TABLES = PersonalData(
    rows=ImportedMembers.objects.all(),
    why_not_searched="It is a file, kept until it is imported; what is imported becomes contacts and seats.",
    retention=(
        Retention(
            period=timedelta(days=7),
            when="the file, and what is needed to take the import back",
            expired=lambda moment: Q(uploaded_at__lt=moment),
            clear={"content": b"", "answers": {}, "choices": {}, "written": []},
        ),
    ),
)

register(APPLICATIONS, INVITATIONS, CONTACTS, ADDRESS_CHANGES, SEATS, VOTES, UPLOADED_TABLES)
