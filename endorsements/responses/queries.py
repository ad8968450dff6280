"""Who may answer for a member, who is still to be asked, and what the responses are.

Members are asked; observers are not, but may answer.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates import site_date, site_today
from core.mail.suppression import suppressed_among
from endorsements.models import DeclarationPage, Endorsement, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.precedence import speaking
from endorsements.states import IN_QUEUE, Answer, SignOnState, State
from members.models import Contact, Membership, Organisation
from members.models.contact import representatives
from members.states import Category

MAX_TIME_TO_DECIDE = timedelta(days=180)
# So many members with nobody to write to are named.
MOST_NAMES = 50


def may_answer(contact: Contact) -> bool:
    """Whether this contact answers for an organisation that belongs to the coalition today, dormant or not."""
    belongs = Membership.objects.on(site_today()).filter(organisation=contact.organisation_id)
    return contact in Contact.objects.filter(organisation=contact.organisation_id).representatives() and belongs.exists()


def asks_members(page: DeclarationPage, now: datetime) -> bool:
    """Whether members are asked about the declaration: it is open, public, and for organisations."""
    sign_on = sign_on_of(page)
    return sign_on.state == SignOnState.OPEN and page.live and page.takes_organisations and sign_on.takes_endorsements(now)


def last_decision_day(page: DeclarationPage, now: datetime) -> date:
    """The last day until which a member may decide: it must be able to endorse on that day."""
    longest = site_date(now + MAX_TIME_TO_DECIDE)
    return min(longest, site_date(page.closes_at - timedelta(seconds=1))) if page.closes_at else longest


def endorsement_of(page: DeclarationPage, organisation: Organisation) -> Endorsement | None:
    """The endorsement that speaks for the organisation, a listed one first; None if there is only what somebody claims."""
    rows = Endorsement.objects.for_declaration(page).live().filter(organisation=organisation).select_related("version").order_by("pk")
    return min(speaking(rows), key=lambda row: row.state != State.LISTED, default=None)


def members_on(day: date) -> Any:
    """The organisations to ask: members on that day that are not dormant."""
    return Organisation.objects.filter(pk__in=Membership.objects.not_dormant(day).filter(category=Category.MEMBER).values("organisation"))


def have_endorsed(page: DeclarationPage) -> Q:
    """The organisations for which an endorsement speaks. What somebody claims in their name does not."""
    endorsing = Endorsement.objects.for_declaration(page).filter(organisation__isnull=False)
    by_database = endorsing.speaking().values("organisation")
    # The others that wait speak for it if they are verified, which is looked up for each: ask once for a page.
    waiting = endorsing.filter(state__in=IN_QUEUE, confirmed_at__isnull=False).exclude(organisation__in=by_database)
    return Q(pk__in=by_database) | Q(pk__in={row.organisation_id for row in speaking(waiting)})


def not_asked(page: DeclarationPage, now: datetime) -> Any:
    """Members that were not asked, have not answered, and have not endorsed."""
    asked = Invitation.objects.for_declaration(page)
    members = members_on(site_date(now))
    return members.exclude(have_endorsed(page) | Q(pk__in=asked.values("organisation"))).order_by("name", "pk")


def silent(page: DeclarationPage, now: datetime) -> Any:
    """The invitations of members that were asked and have not answered."""
    asked = Invitation.objects.for_declaration(page).filter(asked_at__isnull=False, organisation__in=members_on(site_date(now)))
    return asked.with_response().filter(response=Answer.SILENT)


def contacts_to_ask(organisations: Iterable[Organisation]) -> dict[int, list[Contact]]:
    """The contacts who answer and may be emailed, by the key of their organisation; in two queries."""
    return _to_ask(Contact.objects.filter(organisation__in=organisations))


def reachable(organisations: Collection[int]) -> dict[int, list[Any]]:
    """The same of thousands of organisations, by their keys: of each contact only `pk` and what is compared."""
    compared = ("pk", "organisation_id", "email", "confirmed_at", "voting", "alternate")
    return _to_ask(Contact.objects.filter(organisation__in=organisations).values_list(*compared, named=True))


def _to_ask(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for contact in rows.order_by("sort_order", "pk"):
        found[contact.organisation_id].append(contact)
    asked = {pk: representatives(contacts) for pk, contacts in found.items()}
    unwanted = suppressed_among(contact.email for contacts in asked.values() for contact in contacts)
    wanted = {pk: [contact for contact in contacts if contact.email not in unwanted] for pk, contacts in asked.items()}
    return {pk: contacts for pk, contacts in wanted.items() if contacts}


@dataclass(frozen=True)
class Audience:
    """The members that an email would ask: how many, how many emails, whom first; those with nobody to write to, and the first names."""

    members: int = 0
    emails: int = 0
    first: tuple[Organisation, Contact] | None = None
    unreachable: int = 0
    names: tuple[str, ...] = ()


def audience(page: DeclarationPage, now: datetime, *, without: Collection[int] = ()) -> Audience:
    """Who would be asked now, whether the declaration is open or not, `without` those who will have endorsed it."""
    return audience_among(list(not_asked(page, now).exclude(pk__in=without).values_list("pk", flat=True)))


def audience_among(organisations: Sequence[int]) -> Audience:
    """Of these, by their keys, in the order in which they are asked."""
    reached = reachable(organisations)
    asked = [pk for pk in organisations if pk in reached]
    first = Contact.objects.select_related("organisation").get(pk=reached[asked[0]][0].pk) if asked else None
    left = [pk for pk in organisations if pk not in reached]
    named = Organisation.objects.in_bulk(left[:MOST_NAMES])
    return Audience(
        len(asked),
        sum(map(len, reached.values())),
        (first.organisation, first) if first else None,
        len(left),
        tuple(named[pk].name for pk in left[:MOST_NAMES]),
    )


def answer_summary(invitation: Invitation | None) -> str:
    """What an organisation that does not endorse has answered; '' if nothing. Load the invitation `with_response`."""
    if invitation is None or invitation.response == Answer.SILENT:
        return ""
    if invitation.response == Answer.DECIDING and invitation.deciding_until:
        return _("Deciding until %(day)s") % {"day": date_format(invitation.deciding_until, "j F Y")}
    return _("Not this time")


@dataclass(frozen=True)
class MemberResponse:
    """The response of one organisation, its invitation if there is one, and why it was not asked."""

    organisation: Organisation
    response: Answer
    invitation: Invitation | None = None
    reason: str = ""


def organisations_with_response(page: DeclarationPage, now: datetime) -> Any:
    """All members of today, and others that were asked or have answered, each with its `response`, one of `Answer`."""
    invitations = Invitation.objects.for_declaration(page)
    theirs = invitations.filter(organisation=OuterRef("pk"))
    response = Case(
        When(have_endorsed(page), then=Value(Answer.YES.value)),
        When(Exists(theirs.filter(answer=Answer.DECIDING)), then=Value(Answer.DECIDING.value)),
        When(Exists(theirs.filter(answered_at__isnull=False)), then=Value(Answer.NO.value)),
        When(Exists(theirs), then=Value(Answer.SILENT.value)),
        default=Value(Answer.UNASKED.value),
    )
    either = Q(pk__in=members_on(site_date(now))) | Q(pk__in=invitations.values("organisation"))
    return Organisation.objects.filter(either).annotate(response=response)


def count_responses(organisations: Any) -> Counter[str]:
    """How many of these organisations, `organisations_with_response`, gave each `Answer`, counted by the database."""
    return Counter(dict(organisations.order_by().values_list("response").annotate(Count("pk"))))


def responses_to(page: DeclarationPage, organisations: Iterable[Organisation]) -> list[MemberResponse]:
    """What is known of these organisations, loaded `organisations_with_response`; the queries are as many for one as for a hundred."""
    rows = list(organisations)
    invited = Invitation.objects.for_declaration(page).filter(organisation__in=rows).with_response().select_related("answered_by")
    invitations = {row.organisation_id: row for row in invited}
    reached = contacts_to_ask([row for row in rows if row.response == Answer.UNASKED])
    nobody, later = _("Nobody to write to: it has no contact, or they want no email."), _("Not asked yet.")
    return [
        MemberResponse(
            row,
            Answer(row.response),
            invitations.get(row.pk),
            "" if row.response != Answer.UNASKED else later if row.pk in reached else nobody,
        )
        for row in rows
    ]
