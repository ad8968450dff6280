"""The section with working groups on an organisation's page, and the working groups that applicants can choose."""

from django.utils.translation import gettext as _

from cms.page_privacy import open_to_all
from cms.public_pages import urls_of
from members.applications.working_groups import register_working_groups
from members.models import Organisation
from members.organisations.sections import ProfileLink, ProfileSection, public_section

from .models import WorkingGroupPage


@public_section("working groups", order=10)
def working_groups_convened_by(organisation: Organisation) -> ProfileSection:
    groups = open_to_all(WorkingGroupPage.objects.live()).filter(conveners__organisation=organisation).order_by("title")
    urls = urls_of([group.pk for group in groups])
    links = [ProfileLink(group.title, urls.get(group.pk, ""), str(group.get_kind_display())) for group in groups]
    return ProfileSection(_("Convenes"), [link for link in links if link.href])


@register_working_groups
def names_of_working_groups() -> list[str]:
    return list(open_to_all(WorkingGroupPage.objects.live()).order_by("title").values_list("title", flat=True))
