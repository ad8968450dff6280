"""The style guide: every component on one page, with the sample values of the blocks. Designers and tests use it."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cms.blocks.body import BodyBlock
from core.web.page_cache import public_page
from members.directory.growth import Growth
from members.directory.listing import DirectoryList
from members.directory.world_map import world
from members.models import KnownSize, Membership
from members.models.membership_year import membership_year
from members.states import Category, Role
from news.models import PostPage

from .blocks import HomeBlock

COLOURS = ("paper", "raised", "ink", "soft", "line", "dot", "accent", "link", "tint", "deep")
MAP_COUNTRIES = [("UG", "Uganda: 2", False), ("KE", "Kenya: 1", False), ("MT", "Malta: 1", False), ("US", "United States: 1", True)]


class SampleForm(forms.Form):
    """One field of each type."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name of the organisation"), help_text=_("In full."))
    email = forms.EmailField(label=_("E-mail address"), required=False)
    category = forms.ChoiceField(label=_("It wishes to join as"), choices=Category.choices, widget=forms.RadioSelect)
    agrees = forms.BooleanField(label=_("We agree with the terms."))


@public_page
def styleguide(request: HttpRequest) -> HttpResponse:
    """`/styleguide/`: public, because it shows only samples and public content, but not linked and not indexed."""
    body_blocks = HomeBlock().child_blocks
    shared = BodyBlock().child_blocks
    samples = [
        (block, block.bind(block.get_preview_value()), name in shared) for name, block in body_blocks.items() if block.is_previewable
    ]
    posts = PostPage.objects.published().newest_first().for_cards()[:3]
    form = SampleForm({"email": "akello", "category": Category.MEMBER}, auto_id="sample-%s")
    context = {"samples": samples, "posts": posts, "colours": COLOURS, "form": form, "noindex": True}
    return render(request, "styleguide.html", context | _member_samples())


def _member_samples() -> dict[str, Any]:
    day = date(2026, 6, 1)
    sample = membership_year(since=date(2020, 2, 1), until=None, confirmed_on=date(2026, 2, 1), recorded_on=day, on=day)
    return {
        "directory": DirectoryList({"role": Role.MEMBER}),
        "world": world(),
        "map_countries": MAP_COUNTRIES,
        "growth": Growth([(2024, 34), (2025, 41)], 3, [KnownSize(name="January 2019", year=2019, members=30)]),
        "memberships": [(Membership(), sample)],
    }
