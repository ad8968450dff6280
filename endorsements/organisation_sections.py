"""What an organisation's page in the directory, and the page that only its contacts see, show of endorsements
(members/organisations/sections.py)."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.public_pages import page_urls
from core.dates import site_date
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.responses.queries import may_answer, words_of
from members.models import Contact, Organisation
from members.organisations.sections import ProfileLink, ProfileSection, contact_section, public_section

from .models import DeclarationPage, Endorsement, Invitation
from .states import PUBLIC_LIST, SignOnState, Source, State, Who


@public_section("endorsements", order=20)
def endorsed_by(organisation: Organisation) -> ProfileSection:
    """The declarations in whose public list it stands, the newest first. Samples, which nobody signed, are none."""
    listed = _standing(organisation).listed().named().filter(declaration__in=DeclarationPage.objects.published())
    links = [_link(row) for row in listed.order_by("-listed_at", "pk")]
    return ProfileSection(_("Endorses"), [link for link in links if link.href])


@contact_section("endorsements", order=20)
def own_endorsements(contact: Contact, base: str) -> ProfileSection:
    """All that stands, listed or not yet, with the way to change it."""
    rows = _standing(contact.organisation).order_by("-confirmed_at", "pk")
    links = [_link(row, "" if row.state == State.LISTED else _("The secretariat looks at it")) for row in rows]
    if links:
        links.append(ProfileLink(_("Correct or withdraw one: ask for its link"), reverse("endorsement_link")))
    return ProfileSection(_("Your endorsements"), links)


def _standing(organisation: Organisation) -> EndorsementQuerySet:
    rows = Endorsement.objects.live().organisations().filter(organisation=organisation, declaration__sign_on__state__in=PUBLIC_LIST)
    return rows.exclude(source=Source.SAMPLE).select_related("declaration")


def _link(row: Endorsement, kind: str = "") -> ProfileLink:
    day = row.listed_at or row.confirmed_at
    return ProfileLink(row.declaration.title, page_urls().get(row.declaration_id, ""), kind, site_date(day) if day else None)


@contact_section("open declarations", order=10)
def open_declarations(contact: Contact, base: str) -> ProfileSection:
    """Those that the organisation may endorse and does not yet, each leading to the question."""
    now, organisation, title = timezone.now(), contact.organisation, _("Open for endorsement")
    if not may_answer(contact):
        return ProfileSection(title)
    closes = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
    theirs = Endorsement.objects.live().filter(organisation=organisation)
    pages = DeclarationPage.objects.live().filter(closes, sign_on__state=SignOnState.OPEN).exclude(who=Who.PEOPLE)
    pages = pages.exclude(pk__in=theirs.values("declaration")).order_by("closes_at", "pk")
    answered = {row.declaration_id: row for row in Invitation.objects.filter(organisation=organisation).with_word()}
    links = [ProfileLink(page.title, f"{base}declarations/{page.pk}/", words_of(answered.get(page.pk))) for page in pages]
    return ProfileSection(title, links, _("Read each, and answer with one button."))
