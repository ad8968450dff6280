"""Acting on many endorsements at once, as one action that can be undone; and the page of such an action."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.views import AdminView, Breadcrumb
from endorsements.models import BulkAct, BulkActItem, Delivery, Endorsement
from endorsements.models.delivery import delivered_without
from endorsements.moderation import bulk
from endorsements.moderation import workflow as moderation
from endorsements.signing import precedence
from endorsements.states import IN_QUEUE, State

from .selection import PORTION, as_shown, last_changes, name_of, with_declarations

A_PAGE = 25
MAX_MESSAGES = 5
ALREADY_LISTED = gettext_lazy("“%(name)s” is in the list already, endorsed by somebody else. Nothing was changed.")


class ModerationView(AdminView):
    """A page for those who decide on endorsements."""

    permission_policy = ModelPermissionPolicy(Endorsement)
    header_icon = "tasks"

    def above(self) -> list[Breadcrumb]:
        return [(reverse("endorsement_queue:index"), _("Endorsements waiting for you"))]

    def get_back_url(self) -> str:
        return reverse("endorsement_queue:index")

    @property
    def back_url(self) -> str:
        """Where the person came from, if it is a page of ours; else the queue."""
        return str(get_valid_next_url_from_request(self.request) or self.get_back_url())


@dataclass(frozen=True)
class BulkAction:
    """What a button does to each endorsement that was ticked, the state that leads to, and the sentence afterwards."""

    function: Callable[..., bool]
    to: State
    message: Callable[[int], str]


ACTIONS = {
    "approve": BulkAction(
        moderation.approve,
        State.LISTED,
        lambda count: ngettext("%(count)d endorsement is approved.", "%(count)d endorsements are approved.", count),
    ),
    "hold": BulkAction(
        moderation.hold,
        State.HELD,
        lambda count: ngettext("%(count)d endorsement is held back.", "%(count)d endorsements are held back.", count),
    ),
    "release": BulkAction(
        moderation.release,
        State.PENDING,
        lambda count: ngettext("%(count)d email to confirm is on its way.", "%(count)d emails to confirm are on their way.", count),
    ),
    "decline": BulkAction(
        moderation.decline,
        State.DECLINED,
        lambda count: ngettext("%(count)d endorsement is declined.", "%(count)d endorsements are declined.", count),
    ),
}


def act_on_selected(
    request: HttpRequest,
    name: str,
    selection: dict[int, str],
    *,
    only: Callable[[Endorsement], bool] = lambda _row: True,
    **options: Any,
) -> None:
    """Do it to those that are still as they were shown, as one action that can be undone, and say what came of it."""
    action, by, now = ACTIONS[name], request.user, timezone.now()
    with transaction.atomic():
        rows, changed = as_shown(selection, lock=True)
        act, refused = bulk.apply_to_all(
            filter(only, rows), lambda row: action.function(row, by=by, now=now, **options), to=action.to, by=by, now=now
        )
    count = act.items.count()
    say_what_was_done(request, act, action.message(count) % {"count": count}, changed)
    say_what_was_refused(request, refused)
    if name == "approve":
        _say_who_was_not_delivered(request, act)
    chosen_from = [row for row in rows if name == "approve" and row.state != State.LISTED and signatory_is_listed(row)]
    for row in chosen_from[:MAX_MESSAGES]:
        messages.warning(request, ALREADY_LISTED % {"name": name_of(row)}, buttons=[button_to_choose(row)])
    if left := len(rows) - count - refused.total() - len(chosen_from):
        message = ngettext(
            "%(count)d was left as it is: this button does not fit it.",
            "%(count)d were left as they are: this button does not fit them.",
            left,
        )
        messages.info(request, message % {"count": left})


def _say_who_was_not_delivered(request: HttpRequest, act: BulkAct) -> None:
    """Of those approved, how many are in the list only after their declaration was delivered."""
    rows = [item.endorsement for item in act.items.select_related("endorsement")]
    if late := sum(delivered_without(row) is not None for row in rows):
        message = ngettext(
            "%(count)d of them is listed after the delivery: what was delivered does not have it. The site and its email say so.",
            "%(count)d of them are listed after the delivery: what was delivered does not have them. The site and their emails say so.",
            late,
        )
        messages.info(request, message % {"count": late})


def signatory_is_listed(row: Endorsement) -> bool:
    """Whether approving it means to choose between it and one that is listed."""
    return row.state in IN_QUEUE and precedence.others_of_signatory(row).listed().exists()


def button_to_choose(row: Endorsement) -> Any:
    return messages.button(reverse("endorsements:merge", args=(row.pk,)), _("Choose which one stays"))


def say_what_was_done(request: HttpRequest, act: BulkAct, message: str, changed: list[Endorsement]) -> None:
    """After an action on one or many: `message`, with the way to undo it; and what was left alone."""
    if act.items.exists():
        undo = messages.button(reverse("endorsement_queue:act", args=(act.pk,)), _("Look again, or undo"))
        messages.success(request, message, buttons=[undo])
    if changed:
        messages.warning(request, last_changes(changed))


def say_what_was_refused(request: HttpRequest, refused: Counter[str]) -> None:
    """For each reason why it was not possible, of how many."""
    for reason, number in refused.items():
        message = ngettext("%(count)d was left as it is. %(reason)s", "%(count)d were left as they are. %(reason)s", number)
        messages.warning(request, message % {"count": number, "reason": reason})


# What was done to many at once


class BulkActions(ModerationView):
    """The newest first, each leading to its page."""

    template_name = "endorsements/moderation/admin/bulk_actions.html"
    page_title = gettext_lazy("Done together")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        acts = BulkAct.objects.annotate(count=Count("items")).filter(count__gt=0).select_related("made_by").order_by("-made_at", "-pk")
        paginator: Paginator = WagtailPaginator(acts, A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs, page_obj=page, elided_page_range=paginator.get_elided_page_range(page.number))


class UndoBulkAction(ModerationView, ConfirmView):
    """What one of them did to whom, where they are now, and the button that undoes it."""

    queryset = BulkAct.objects.select_related("made_by")
    template_name = "endorsements/moderation/admin/bulk_action.html"
    page_title = gettext_lazy("Done together")
    header_icon = "history"

    def above(self) -> list[Breadcrumb]:
        return [*super().above(), (reverse("endorsement_queue:acts"), self.page_title)]

    def here(self) -> str:
        return date_format(localtime(self.object.made_at), "j F Y, H:i")

    def get_back_url(self) -> str:
        return reverse("endorsement_queue:acts")

    @cached_property
    def items(self) -> list[BulkActItem]:
        items = list(self.object.items.select_related("act", "endorsement").order_by("pk")[:PORTION])
        with_declarations(item.endorsement for item in items)
        for item in items:
            item.state_before = State(item.came_from).label
        return items

    @cached_property
    def movable(self) -> int:
        return sum(bulk.is_as_left(item) for item in self.items)

    @cached_property
    def deliveries_since(self) -> bool:
        declarations = {item.endorsement.declaration_id for item in self.items}
        return Delivery.objects.filter(declaration__in=declarations, made_at__gte=self.object.made_at).exists()

    def question(self) -> str:
        count = self.object.items.count()
        return ngettext("%(count)d endorsement: %(state)s", "%(count)d endorsements: %(state)s", count) % {
            "count": count,
            "state": self.object.get_to_display(),
        }

    def consequences(self) -> Iterable[str]:
        day = date_format(localtime(self.object.made_at), "j F Y, H:i")
        who = self.object.made_by
        yield _("Done by %(who)s on %(day)s.") % {"who": who, "day": day} if who else _("Done on %(day)s.") % {"day": day}
        if not self.why_not():
            yield _("Emails about it that still wait are not sent. Those who got one already are told that it is undone.")
            yield _("What a colleague has changed since stays as it is.")
            if self.deliveries_since:
                yield _("The declaration was delivered since. What was handed over stays as it was recorded then.")

    def why_not(self) -> list[str]:
        if self.object.undone_at:
            return [_("Undone on %(day)s.") % {"day": date_format(localtime(self.object.undone_at), "j F Y, H:i")}]
        return [] if self.movable else [_("There is nothing to undo any more: all of them have moved on.")]

    def get_button(self) -> str:
        return ngettext("Undo: put %(count)d back where it was", "Undo: put %(count)d back where they were", self.movable) % {
            "count": self.movable
        }

    def act(self) -> bulk.Undone | None:
        self.total = self.object.items.count()
        undone = bulk.undo(self.object, by=self.request.user, now=timezone.now())
        return undone if undone.restored else None

    def succeed(self, result: bulk.Undone) -> HttpResponseBase:
        count = result.restored
        message = ngettext("%(count)d endorsement is back where it was.", "%(count)d endorsements are back where they were.", count)
        messages.success(self.request, message % {"count": count})
        for number, one, many in (
            (result.stopped, _("%(count)d email about it was not sent."), _("%(count)d emails about it were not sent.")),
            (
                result.told,
                _("%(count)d email had been sent. Its recipient is told that it is undone."),
                _("%(count)d emails had been sent. Their recipients are told that it is undone."),
            ),
            (
                self.total - count,
                _("%(count)d stays as it is: it was changed since, or another one took its place."),
                _("%(count)d stay as they are: they were changed since, or others took their place."),
            ),
        ):
            if number:
                messages.info(self.request, (one if number == 1 else many) % {"count": number})
        return redirect(self.request.path)

    def too_late(self) -> str:
        return _("Nothing was put back: it was undone before, or all of them have moved on.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, items=self.items)
