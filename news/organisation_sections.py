"""The section with posts on an organisation's page (members/organisations/sections.py)."""

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.public_pages import url_of
from members.models import Organisation
from members.organisations.sections import ProfileLink, ProfileSection, public_section

from .models import PostAuthor, PostPage, SpotlightPage

MAX_POSTS = 12


@public_section("posts", order=30)
def posts_of(organisation: Organisation) -> ProfileSection:
    """Posts by its authors and spotlights on its people, newest first."""
    written = PostAuthor.objects.filter(author__organisation=organisation).values("post")
    spotlights = SpotlightPage.objects.filter(organisation=organisation).values("pk")
    posts = PostPage.objects.published().filter(Q(pk__in=written) | Q(pk__in=spotlights)).newest_first()[:MAX_POSTS]
    links = [ProfileLink(post.title, url_of(post.url_path), str(post.get_kind_display()), post.date, post.date_inferred) for post in posts]
    return ProfileSection(_("In our news"), [link for link in links if link.href])
