"""What an organisation's page in the directory shows of endorsements (members/profile_sections.py)."""

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.public_pages import addresses
from members.models import Organisation
from members.profile_sections import ProfileLink, ProfileSection

from .models import DeclarationPage, Endorsement
from .states import PUBLIC_LIST, Source


def endorsed_by(organisation: Organisation) -> ProfileSection:
    """The declarations in whose public list it stands, the newest first. Samples, which nobody signed, are none."""
    listed = Endorsement.objects.listed().organisations().named().filter(organisation=organisation).exclude(source=Source.SAMPLE)
    shown = listed.filter(declaration__in=DeclarationPage.objects.published(), declaration__sign_on__state__in=PUBLIC_LIST)
    links = [
        ProfileLink(
            row.declaration.title,
            addresses().get(row.declaration_id, ""),
            day=timezone.localdate(row.listed_at) if row.listed_at else None,
        )
        for row in shown.select_related("declaration").order_by("-listed_at", "pk")
    ]
    return ProfileSection(_("Endorses"), [link for link in links if link.href])
