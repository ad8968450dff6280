"""Blocks with content of other apps: news, spotlights, declarations, members, working groups."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.body import PEOPLE, TEXT, BodyBlock
from cms.blocks.page_choice import PageChoiceBlock
from endorsements.signatories.public_status import public_status
from members.directory.blocks import OrganisationsBlock
from members.directory.counts import front_names
from news.listing import news_url
from news.models import PostPage, SpotlightPage

# So many names are on the home page; the rest is in the directory.
MAX_NAMES = 40


class WorkingGroupsBlock(blocks.StaticBlock):
    class Meta:
        icon = "group"
        label = _("Working groups")
        description = _("All published working groups with their theme.")
        admin_text = _("Lists all published working groups by itself.")
        template = "blocks/working_groups.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        groups = apps.get_model("pages", "WorkingGroupPage")  # its body is made of these blocks
        return context | {"groups": groups.objects.live().public().order_by("title")}


class PageBodyBlock(BodyBlock):
    """The shared blocks, and those for coalition pages only."""

    organisations = OrganisationsBlock(group=PEOPLE)
    working_groups = WorkingGroupsBlock(group=PEOPLE)


class OpenDeclarationBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Line above it"), required=False, max_length=120, help_text=_("For example “Open for endorsement”."))
    post = blocks.PageChooserBlock(
        label=_("Declaration"),
        page_type="endorsements.DeclarationPage",
        help_text=_("While it is open, its numbers and the way to endorse it are shown too."),
    )
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400, help_text=_("Empty: its own standfirst."))

    class Meta:
        icon = "edit"
        label = _("Declaration")
        description = _("Puts one declaration before the reader.")
        template = "blocks/home/declaration.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        post = value.get("post")
        is_shown = post is not None and post.live and not post.get_view_restrictions().exists()
        return context | {"status": public_status(post) if is_shown else None}


class LatestNewsBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Title"), max_length=120, default=_("Latest from the coalition"), help_text=_("The heading over the posts.")
    )
    count = blocks.IntegerBlock(
        label=_("How many"), default=4, min_value=1, max_value=9, help_text=_("Posts to show; the newest is the largest.")
    )

    class Meta:
        icon = "doc-full"
        label = _("Latest news")
        description = _("The newest posts, by themselves.")
        template = "blocks/home/latest_news.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        posts = PostPage.objects.published().newest_first().for_cards()
        return context | {"posts": posts[: value.get("count") or 4], "news_url": news_url()}


class GoalsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, help_text=_("The heading over the goals."))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("title", blocks.CharBlock(label=_("Goal"), max_length=80, help_text=_("In a few words; the number is added."))),
                ("text", blocks.TextBlock(label=_("In one sentence"), max_length=240, help_text=_("What reaching the goal would mean."))),
            ],
            icon="tick",
        ),
        label=_("Goals"),
        min_num=1,
        max_num=6,
    )
    page = PageChoiceBlock(label=_("Page to read on"), required=False, help_text=_("Linked under the goals. Empty: no link."))

    class Meta:
        icon = "list-ol"
        label = _("Goals")
        description = _("The coalition's goals, numbered.")
        template = "blocks/home/goals.html"


class SpotlightBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Line above it"), max_length=120, default=_("Member spotlight"), help_text=_("A few words over the person's name.")
    )

    class Meta:
        icon = "user"
        label = _("Spotlight")
        description = _("The newest spotlight, by itself.")
        template = "blocks/home/spotlight.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        newest = SpotlightPage.objects.published().newest_first().select_related("lead_image", "organisation")
        return context | {"post": newest.prefetch_related("lead_image__renditions").first()}


class MembersBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, help_text=_("The heading over the names."))
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400)
    link = blocks.StructBlock(
        [
            (
                "label",
                blocks.CharBlock(
                    label=_("Words of the link"), required=False, max_length=80, help_text=_("Say where it leads: “How to join”.")
                ),
            ),
            ("page", PageChoiceBlock(label=_("Page"), required=False, help_text=_("Where the link leads. Empty: no link."))),
        ],
        label=_("Link"),
        required=False,
    )

    class Meta:
        icon = "group"
        label = _("Members")
        description = _("Names of the coalition's organisations, by themselves.")
        template = "blocks/home/members.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        names, total = front_names(MAX_NAMES)
        members = [organisation for organisation in names if organisation.is_member]
        return context | {"members": members, "observers": [one for one in names if not one.is_member], "more": total - len(names)}


class HomeBlock(PageBodyBlock):
    """The sections of the home page, in any order."""

    declaration = OpenDeclarationBlock(group=PEOPLE)
    latest_news = LatestNewsBlock(group=TEXT)
    goals = GoalsBlock(group=TEXT)
    spotlight = SpotlightBlock(group=PEOPLE)
    members = MembersBlock(group=PEOPLE)
