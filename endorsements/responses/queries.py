"""Who answers for a member when a declaration is open, who is still to be asked, and what came of it. Reads only;
`endorsements.responses.workflow` writes.

Members are asked, observers are not: they take part without a vote, and their silence says nothing. Both may answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates import site_date, site_today
from core.mail.suppression import suppressed_among
from endorsements.models import DeclarationPage, Endorsement, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.states import Answer, SignOnState
from members.models import Contact, Membership, Organisation
from members.models.contact import who_answer
from members.states import Category

# Nobody decides for longer than this, even when a declaration stays open for years.
LONGEST = timedelta(days=180)


def may_answer(contact: Contact) -> bool:
    """Whether this contact speaks for their organisation, and it belongs to the coalition today, a dormant one too."""
    belongs = Membership.objects.on(site_today()).filter(organisation=contact.organisation_id)
    return contact in Contact.objects.filter(organisation=contact.organisation_id).who_answer() and belongs.exists()


def is_asked_about(page: DeclarationPage, now: datetime) -> bool:
    """Whether members are asked about it: it is open, public, and for organisations. One under embargo goes by its secret link alone."""
    sign_on = sign_on_of(page)
    return sign_on.state == SignOnState.OPEN and page.live and page.takes_organisations and sign_on.takes_endorsements(now)


def last_day(page: DeclarationPage, now: datetime) -> date:
    """Until when a member may say that it is deciding: it must be able to endorse on that day."""
    longest = site_date(now + LONGEST)
    return min(longest, site_date(page.closes_at - timedelta(seconds=1))) if page.closes_at else longest


def standing_of(page: DeclarationPage, organisation: Organisation) -> Endorsement | None:
    """The endorsement with which it stands under the declaration, whichever way it came."""
    return Endorsement.objects.under(page).live().filter(organisation=organisation).select_related("version").order_by("pk").first()


def members_of(day: date) -> Any:
    """The organisations that are asked: members of that day that are not dormant."""
    return Organisation.objects.filter(pk__in=Membership.objects.awake(day).filter(category=Category.MEMBER).values("organisation"))


def not_asked(page: DeclarationPage, now: datetime) -> Any:
    """Members that were not asked about it, did not answer unasked, and do not stand under it."""
    standing = Endorsement.objects.under(page).live().filter(organisation__isnull=False)
    known = Invitation.objects.under(page)
    members = members_of(site_date(now))
    return members.exclude(Q(pk__in=standing.values("organisation")) | Q(pk__in=known.values("organisation"))).order_by("name", "pk")


def silent(page: DeclarationPage, now: datetime) -> Any:
    """The invitations of members that were asked about it and have said nothing."""
    asked = Invitation.objects.under(page).filter(asked_at__isnull=False, organisation__in=members_of(site_date(now)))
    return asked.with_word().filter(word=Answer.SILENT)


def whom_to_ask(organisations: Iterable[Organisation]) -> dict[int, list[Contact]]:
    """By organisation, those who answer for it and may be written to; in two queries."""
    found: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(organisation__in=organisations).order_by("sort_order", "pk"):
        found[contact.organisation_id].append(contact)
    asked = {pk: who_answer(contacts) for pk, contacts in found.items()}
    unwanted = suppressed_among(contact.email for contacts in asked.values() for contact in contacts)
    wanted = {pk: [contact for contact in contacts if contact.email not in unwanted] for pk, contacts in asked.items()}
    return {pk: contacts for pk, contacts in wanted.items() if contacts}


def words_of(invitation: Invitation | None) -> str:
    """What an organisation that does not endorse said; '' when it said nothing yet. Load it `with_word`."""
    if invitation is None or invitation.word == Answer.SILENT:
        return ""
    if invitation.word == Answer.DECIDING and invitation.deciding_until:
        return _("Deciding until %(day)s") % {"day": date_format(invitation.deciding_until, "j F Y")}
    return _("Not this time")


@dataclass(frozen=True)
class Line:
    """What is known of one organisation: its answer, the invitation if there is one, and why it was not asked."""

    organisation: Organisation
    word: Answer
    invitation: Invitation | None = None
    why: str = ""


def answers_to(page: DeclarationPage, now: datetime) -> list[Line]:
    """Every member of today, and whoever else was asked or answered, by name."""
    invited = Invitation.objects.under(page).with_word().select_related("organisation", "answered_by")
    lines = [Line(row.organisation, Answer(row.word), row) for row in invited]
    rest = list(not_asked(page, now))
    reached = whom_to_ask(rest)
    nobody, later = _("Nobody to write to: it has no contact, or they want no mail."), _("Not asked yet.")
    lines += [Line(one, Answer.UNASKED, why=later if one.pk in reached else nobody) for one in rest]
    known = [line.organisation.pk for line in lines]
    lines += [Line(one, Answer.YES) for one in members_of(site_date(now)).exclude(pk__in=known)]
    return sorted(lines, key=lambda line: line.organisation.name.casefold())
