"""Sections about endorsements on an organisation's page in the directory, and on the page of its contacts."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.public_pages import urls_of
from core.dates import site_date
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.responses.queries import answer_summary, may_answer
from endorsements.signing.precedence import speaking
from members.models import Contact, Organisation
from members.organisations.sections import ProfileLink, ProfileSection, contact_section, public_section

from .models import DeclarationPage, Endorsement, Invitation
from .states import PUBLIC_LIST, SignOnState, Source, State, WhoMayEndorse


@public_section("endorsements", order=20)
def endorsed_by(organisation: Organisation) -> ProfileSection:
    """The declarations that list the organisation, the newest first, without samples."""
    listed = _endorsements(organisation).listed().with_public_name().filter(declaration__in=DeclarationPage.objects.published())
    rows = list(listed.order_by("-listed_at", "pk"))
    urls = urls_of([row.declaration_id for row in rows])
    links = [_link(row, urls) for row in rows]
    return ProfileSection(_("Endorses"), [link for link in links if link.href])


@contact_section("endorsements", order=20)
def own_endorsements(contact: Contact, base: str) -> ProfileSection:
    """The organisation's endorsements, listed or not yet, with a link to change them."""
    rows = _endorsements(contact.organisation).order_by("-confirmed_at", "pk")
    theirs = {row.pk for row in speaking(rows)}
    urls = urls_of([row.declaration_id for row in rows])
    links = [_link(row, urls, _state_of(row, row.pk in theirs)) for row in rows]
    if links:
        links.append(ProfileLink(_("Correct or withdraw one: ask for its link"), reverse("endorsement_link")))
    return ProfileSection(_("Your endorsements"), links)


def _state_of(row: Endorsement, is_theirs: bool) -> str:
    if row.state == State.LISTED:
        return ""
    return _("We are checking it") if is_theirs else _("Somebody endorsed in your name. We are checking it")


def _endorsements(organisation: Organisation) -> EndorsementQuerySet:
    rows = Endorsement.objects.live().organisations().filter(organisation=organisation, declaration__sign_on__state__in=PUBLIC_LIST)
    return rows.exclude(source=Source.SAMPLE).select_related("declaration")


def _link(row: Endorsement, urls: dict[int, str], kind: str = "") -> ProfileLink:
    day = row.listed_at or row.confirmed_at
    return ProfileLink(row.declaration.title, urls.get(row.declaration_id, ""), kind, site_date(day) if day else None)


@contact_section("open declarations", order=10)
def open_declarations(contact: Contact, base: str) -> ProfileSection:
    """Declarations that the organisation may endorse and has not, each with a link to answer."""
    now, organisation, title = timezone.now(), contact.organisation, _("Open for endorsement")
    if not may_answer(contact):
        return ProfileSection(title)
    closes = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
    endorsed = Endorsement.objects.live().filter(organisation=organisation).select_related("declaration")
    spoken_for = {row.declaration_id for row in speaking(endorsed)}
    pages = DeclarationPage.objects.live().filter(closes, sign_on__state=SignOnState.OPEN).exclude(who=WhoMayEndorse.PEOPLE)
    pages = pages.exclude(pk__in=spoken_for).order_by("closes_at", "pk")
    answered = {row.declaration_id: row for row in Invitation.objects.filter(organisation=organisation).with_response()}
    links = [ProfileLink(page.title, f"{base}declarations/{page.pk}/", answer_summary(answered.get(page.pk))) for page in pages]
    return ProfileSection(title, links, _("Read each, and answer with one button."))
