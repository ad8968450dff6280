"""What the admin shows and does beyond Wagtail's own, and which of Wagtail's own it leaves out."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page, TaskState
from wagtail.permissions import page_permission_policy

from core.mail.queue import can_be_sent_again
from core.states import MailState

from .admin_views import CommentView, handbook
from .content_checker import ContentChecker, replace_checker
from .content_checks import held_back, problems_of
from .dashboard import HOOK, Shortcut, WelcomePanel
from .emails import WHAT_WAITS
from .models import Announcement
from .page_permissions import may_only_comment

# Nobody of a secretariat needs these; whoever runs the site finds them by address.
HIDDEN_FROM_MENU = {"help", "collections", "workflow-tasks", "page-types-usage"}


@hooks.register("before_edit_page")
def open_for_comments_only(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Those who read and comment get their own editor, whichever address opened it (a revision to revert to included)."""
    return CommentView.as_view()(request, page.pk) if may_only_comment(request.user, page) else None


@hooks.register("after_publish_page")
def say_what_looks_unfinished(request: HttpRequest, page: Page) -> None:
    """What did not hold publishing back is said once more, while it is easily mended."""
    doubts = [problem.message for problem in problems_of(page.specific)]
    if doubts:
        messages.warning(request, format_html("{} {}", _("Published. Please look again:"), " ".join(doubts)))


@hooks.register("before_bulk_action")
def publish_nothing_that_is_held_back(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponseBase | None:
    """What holds the button of one page back holds it back for many, with the drafts below them if they were to be published too."""
    if action_type != "publish" or action.models != [Page]:
        return None
    pages = list(objects)
    if action.cleaned_form.cleaned_data["include_descendants"]:
        pages += [below for page in objects for below in page.get_descendants().not_live()]
    reasons = held_back(pages)
    if not reasons:
        return None
    messages.error(request, _("Nothing was published. %(reasons)s") % {"reasons": " ".join(reasons)})
    return redirect(action.next_url)


@hooks.register("construct_wagtail_userbar")
def check_our_way(request: HttpRequest, items: list[Any], page: Page | None) -> None:
    replace_checker(items, ContentChecker)


@hooks.register("insert_global_admin_css")
def house_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/admin.css"))


@hooks.register("insert_editor_js")
def editor_scripts() -> SafeString:
    return format_html_join("", '<script src="{}" defer></script>', [(static("admin/post-kind.js"),)])


@hooks.register("construct_main_menu")
@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
def leave_out(request: HttpRequest, items: list[MenuItem]) -> None:
    hidden = HIDDEN_FROM_MENU
    if not page_permission_policy.user_has_permission(request.user, "publish"):
        hidden = hidden | {"reports"}
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_homepage_summary_items", order=1000)
def no_numbers(request: HttpRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_homepage_panels")
def welcome(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(WelcomePanel())


@hooks.register("register_admin_urls")
def handbook_address() -> list[URLPattern]:
    return [path("handbook/", handbook, name="handbook")]


@hooks.register("register_admin_menu_item")
def handbook_item() -> MenuItem:
    return MenuItem(gettext_lazy("Handbook"), reverse("handbook"), name="handbook", icon_name="help", order=11_000)


@hooks.register(HOOK)
def review(user: Any) -> Shortcut | None:
    waiting = TaskState.objects.reviewable_by(user).count()
    if not waiting and not user.has_perm("cms.change_announcement"):
        return None
    return Shortcut(
        label=_("Pages waiting for review"),
        text=_("Written by an editor. Read them, then publish them or send them back with a comment."),
        url=reverse("wagtailadmin_reports:workflow_tasks") + "?reviewable=true",
        icon="check",
        order=20,
        count=waiting,
    )


@hooks.register(HOOK)
def mail_that_did_not_go(user: Any) -> Shortcut | None:
    """Only while there is some that can still be sent again. That a mail like this one failed is no reason to write another."""
    if not user.has_perm("core.view_outgoingmail"):
        return None
    stuck = can_be_sent_again().aggregate(count=Count("pk"), newest=Max("finished_at", filter=~Q(purpose=WHAT_WAITS)))
    if not stuck["count"]:
        return None
    return Shortcut(
        label=_("Mail that could not be sent"),
        text=_("A mail server refused it, or was away for days. See why, and send it again."),
        url=reverse("outgoingmail:index") + f"?state={MailState.FAILED}",
        icon="mail",
        order=25,
        **stuck,
    )


@hooks.register(HOOK)
def change_the_banner(user: Any) -> Shortcut | None:
    if not user.has_perm("cms.change_announcement"):
        return None
    return Shortcut(
        label=_("Change the banner"),
        text=_("One sentence over every page, for as long as you say."),
        url=reverse("wagtailsettings:edit", args=(Announcement._meta.app_label, Announcement._meta.model_name)),
        icon="warning",
        order=30,
    )
