"""Additions to the Wagtail admin, and parts of it that are hidden."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page, TaskState
from wagtail.permissions import page_permission_policy

from core.mail.queue import can_be_sent_again, kept_back_lately
from core.states import MailState

from .admin_views import CommentView, handbook
from .content_checks import find_problems, reasons_not_to_publish
from .dashboard import HOOK, Shortcut, WelcomePanel
from .edit_views import urls as editing_urls
from .emails import WHAT_WAITS
from .models import Announcement
from .page_conflicts import save_one_after_the_other
from .page_permissions import may_only_comment
from .userbar import replace_checker

# The secretariat does not need these; technical staff can open them by URL.
HIDDEN_FROM_MENU = {"help", "collections", "workflow-tasks", "page-types-usage"}


@hooks.register("before_edit_page")
def open_for_comments_only(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Users who may only comment get their own editor, also when they open a revision to revert to."""
    return CommentView.as_view()(request, page.pk) if may_only_comment(request.user, page) else None


hooks.register("before_edit_page", save_one_after_the_other, order=10)


@hooks.register("after_publish_page")
def warn_about_problems(request: HttpRequest, page: Page) -> None:
    """Show the problems that did not block publishing."""
    warnings = [problem.message for problem in find_problems(page.specific)]
    if warnings:
        messages.warning(request, format_html("{} {}", _("Published. Please look again:"), " ".join(warnings)))


@hooks.register("before_bulk_action")
def refuse_bulk_publishing(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponseBase | None:
    """Publish no page if one of them, or of the drafts below to be published too, has a problem that blocks publishing."""
    if action_type != "publish" or action.models != [Page]:
        return None
    pages = list(objects)
    if action.cleaned_form.cleaned_data["include_descendants"]:
        pages += [below for page in objects for below in page.get_descendants().not_live()]
    reasons = reasons_not_to_publish(pages)
    if not reasons:
        return None
    messages.error(request, _("Nothing was published. %(reasons)s") % {"reasons": " ".join(reasons)})
    return redirect(action.next_url)


@hooks.register("construct_wagtail_userbar")
def use_our_content_checker(request: HttpRequest, items: list[Any], page: Page | None) -> None:
    replace_checker(items)


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/admin.css"))


@hooks.register("insert_editor_js")
def editor_scripts() -> SafeString:
    return format_html_join("", '<script src="{}" defer></script>', [(static("admin/post-kind.js"),)])


@hooks.register("construct_main_menu")
@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
def hide_menu_items(request: HttpRequest, items: list[MenuItem]) -> None:
    hidden = HIDDEN_FROM_MENU
    if not page_permission_policy.user_has_permission(request.user, "publish"):
        hidden = hidden | {"reports"}
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_homepage_summary_items", order=1000)
def remove_summary_items(request: HttpRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_homepage_panels")
def welcome(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(WelcomePanel())


@hooks.register("register_admin_urls")
def handbook_url() -> list[URLPattern]:
    return [path("handbook/", handbook, name="handbook")]


@hooks.register("register_admin_menu_item")
def handbook_item() -> MenuItem:
    return MenuItem(gettext_lazy("Handbook"), reverse("handbook"), name="handbook", icon_name="help", order=11_000)


@hooks.register(HOOK)
def pages_to_review(user: Any) -> Shortcut | None:
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
def failed_emails(user: Any) -> Shortcut | None:
    """Shown while there are emails that can be sent again. A failed digest is not news for the next digest."""
    if not user.has_perm("core.view_outgoingmail"):
        return None
    failed = can_be_sent_again().aggregate(count=Count("pk"), newest=Max("finished_at", filter=~Q(purpose=WHAT_WAITS)))
    if not failed["count"]:
        return None
    return Shortcut(
        label=_("Mail that could not be sent"),
        text=_("A mail server refused it, or was away for days. See why, and send it again."),
        url=reverse("outgoingmail:index") + f"?state={MailState.FAILED}",
        icon="mail",
        order=25,
        **failed,
    )


@hooks.register(HOOK)
def emails_kept_back(user: Any) -> Shortcut | None:
    """Shown for a week after a limit has kept an email back."""
    if not user.has_perm("core.view_outgoingmail"):
        return None
    found = kept_back_lately(timezone.now()).aggregate(count=Count("pk"), newest=Max("finished_at"))
    if not found["count"]:
        return None
    return Shortcut(
        label=_("Emails kept back by a limit"),
        text=_("One address got very many emails from our forms. See to whom they go, and send those that are wanted."),
        url=reverse("outgoingmail:index") + f"?state={MailState.LIMITED}",
        icon="mail",
        order=26,
        **found,
    )


@hooks.register(HOOK)
def change_banner(user: Any) -> Shortcut | None:
    if not user.has_perm("cms.change_announcement"):
        return None
    return Shortcut(
        label=_("Change the banner"),
        text=_("One sentence over every page, for as long as you say."),
        url=reverse("wagtailsettings:edit", args=(Announcement._meta.app_label, Announcement._meta.model_name)),
        icon="warning",
        order=30,
    )


# Before Wagtail's own views at the same addresses.
hooks.register("register_admin_urls", editing_urls, order=-10)
