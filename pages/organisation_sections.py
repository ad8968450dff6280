"""The section with working groups on an organisation's page (members/organisations/sections.py)."""

from django.utils.translation import gettext as _

from cms.page_privacy import open_to_all
from cms.public_pages import page_urls
from members.models import Organisation
from members.organisations.sections import ProfileLink, ProfileSection, public_section

from .models import WorkingGroupPage


@public_section("working groups", order=10)
def working_groups_convened_by(organisation: Organisation) -> ProfileSection:
    groups = open_to_all(WorkingGroupPage.objects.live()).filter(conveners__organisation=organisation).order_by("title")
    links = [ProfileLink(group.title, page_urls().get(group.pk, ""), str(group.get_kind_display())) for group in groups]
    return ProfileSection(_("Convenes"), [link for link in links if link.href])
