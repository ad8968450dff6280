"""What waits for a decision, over all declarations, with what speaks for and against it; and what was decided on many at once."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from endorsements.declarations.admin_status import moment
from endorsements.models import BulkAct, DeclarationPage, Endorsement
from endorsements.moderation import workflow as moderation
from endorsements.moderation.checks import checks_of
from endorsements.states import State

from .decisions import ModerationPage, say_what_was_done
from .selection import PORTION, as_seen, asked_for, mark, with_declarations

A_PAGE = 25
# What each button does: the verb, the state it leads to, and the sentence afterwards, for one and for many.
VERBS: dict[str, tuple[Callable[..., bool], State, Callable[[int], str]]] = {
    "approve": (
        moderation.approve,
        State.LISTED,
        lambda count: ngettext("%(count)d endorsement is in the list now.", "%(count)d endorsements are in the list now.", count),
    ),
    "hold": (
        moderation.hold,
        State.HELD,
        lambda count: ngettext("%(count)d endorsement is held back.", "%(count)d endorsements are held back.", count),
    ),
    "release": (
        moderation.release,
        State.PENDING,
        lambda count: ngettext("%(count)d mail to confirm is on its way.", "%(count)d mails to confirm are on their way.", count),
    ),
}


def do_to_those_seen(
    request: HttpRequest, verb: str, asked: dict[int, str], *, only: Callable[[Endorsement], bool] = lambda _row: True
) -> None:
    """Do it to those that are still as they were shown, as one act that can be taken back, and say what came of it."""
    act_on, to, words = VERBS[verb]
    user, now = request.user, timezone.now()
    with transaction.atomic():
        rows, changed = as_seen(asked, lock=True)
        fitting = [row for row in rows if only(row)]
        act = moderation.apply_to_all(fitting, lambda row: act_on(row, by=user, now=now), to=to, by=user, now=now)
    count = act.items.count()
    say_what_was_done(request, act, words(count) % {"count": count}, changed)
    if left := len(rows) - count:
        messages.info(
            request,
            ngettext(
                "%(count)d was left as it is: this button does not fit it.",
                "%(count)d were left as they are: this button does not fit them.",
                left,
            )
            % {"count": left},
        )


class _OfDeclarations(ModerationPage):
    """A part of the queue: all of it, or one declaration's."""

    @cached_property
    def chosen(self) -> DeclarationPage | None:
        wanted = self.request.GET.get("declaration", "")
        known = wanted.isascii() and wanted.isdecimal() and len(wanted) < 10
        return DeclarationPage.objects.select_related("sign_on").filter(pk=wanted).first() if known else None

    def rows(self) -> Any:
        rows = Endorsement.objects.in_queue().select_related("organisation", "version")
        return rows.filter(declaration_id=self.chosen.pk) if self.chosen else rows

    def green(self, most: int) -> list[Endorsement]:
        """Confirmed and with evidence enough, the first `most` of them."""
        found = []
        for row in self.rows().organisations().filter(state=State.CONFIRMED).iterator(1000):
            if row.is_verified:
                found.append(row)
            if len(found) == most:
                break
        return found

    @property
    def suffix(self) -> str:
        return f"?declaration={self.chosen.pk}" if self.chosen else ""


class Queue(_OfDeclarations):
    template_name = "endorsements/moderation/admin/queue.html"
    page_title = gettext_lazy("Endorsements waiting for you")
    permission_required = "view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paginator: Paginator = WagtailPaginator(self.rows(), A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        rows = list(page.object_list)
        pages, evidence = with_declarations(rows), checks_of(rows)
        may_decide = self.user_has_permission("change")
        green = self.green(PORTION) if may_decide else []
        return super().get_context_data(
            **kwargs,
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            groups=[
                {
                    "declaration": pages[pk],
                    "deadline": deadline(pages[pk]),
                    "rows": [{"row": row, "mark": mark(row), "evidence": evidence[row.pk]} for row in of_it],
                }
                for pk, of_it in groupby(rows, key=lambda row: row.declaration_id)
            ],
            may_decide=may_decide,
            chosen=self.chosen,
            declarations=DeclarationPage.objects.filter(pk__in=Endorsement.objects.in_queue().order_by().values("declaration")).only(
                "title"
            ),
            green_count=len(green),
            green_is_part=len(green) == PORTION,
            green_url=reverse("endorsement_queue:green") + self.suffix,
            some_unconfirmed=any(row.confirmed_at is None for row in rows),
            here=self.request.get_full_path(),
        )


def deadline(page: DeclarationPage) -> str:
    """Until when its names can still be put right, in words."""
    now = timezone.now()
    if page.sign_on.is_over:
        return str(page.sign_on.get_state_display())
    if page.closes_at is None:
        return _("No closing time")
    return (_("Closes on %(moment)s") if page.closes_at > now else _("Closed on %(moment)s")) % {"moment": moment(page.closes_at)}


class Chosen(ModerationPage):
    """Approve, hold or release those that were ticked. Declining them asks for the reason first (`deciding.Decline`)."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("endorsement_queue:index")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        asked = dict(list(asked_for(request.POST.getlist("row")).items())[:PORTION])
        verb = request.POST.get("verb", "")
        if not asked:
            messages.warning(request, _("Tick the endorsements first."))
        elif verb in VERBS:
            do_to_those_seen(request, verb, asked, only=(lambda row: row.confirmed_at is None) if verb == "release" else lambda row: True)
        return redirect(self.way_back())


class ApproveGreen(_OfDeclarations):
    """All whose organisation's own domain has answered: shows how many and which, and approves exactly those."""

    template_name = "endorsements/moderation/admin/approve_green.html"
    page_title = gettext_lazy("Approve all green")
    header_icon = "check"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        asked = dict(list(asked_for(request.POST.getlist("row")).items())[:PORTION])
        do_to_those_seen(request, "approve", asked, only=lambda row: row.state == State.CONFIRMED and row.is_verified)
        return redirect(reverse("endorsement_queue:index") + self.suffix)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.green(PORTION)
        with_declarations(rows)
        return super().get_context_data(
            **kwargs,
            rows=rows,
            named=",".join(mark(row) for row in rows),
            is_part=len(rows) == PORTION,
            chosen=self.chosen,
            back=reverse("endorsement_queue:index") + self.suffix,
        )


class Acts(ModerationPage):
    """What was done to many at once, the newest first, each to be looked at and taken back."""

    template_name = "endorsements/moderation/admin/bulk_actions.html"
    page_title = gettext_lazy("Done together")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        acts = BulkAct.objects.annotate(count=Count("items")).filter(count__gt=0).select_related("made_by").order_by("-made_at", "-pk")
        paginator: Paginator = WagtailPaginator(acts, A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs, page_obj=page, elided_page_range=paginator.get_elided_page_range(page.number))


class Act(ModerationPage):
    """One of them: what it did to whom, and where they stand now. The POST takes it back."""

    template_name = "endorsements/moderation/admin/bulk_action.html"
    page_title = gettext_lazy("Done together")
    header_icon = "history"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.act = get_object_or_404(BulkAct.objects.select_related("made_by"), pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, here = super().get_breadcrumbs_items()
        made = date_format(localtime(self.act.made_at), "j F Y, H:i")
        return [*above, {"url": reverse("endorsement_queue:acts"), "label": here["label"]}, {"url": "", "label": made}]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        total = self.act.items.count()
        back = moderation.undo(self.act, by=request.user, now=timezone.now())
        if self.act.undone_at or not back:
            messages.warning(request, _("Nothing was put back: it was taken back before, or all of them have moved on."))
        else:
            messages.success(
                request,
                ngettext("%(count)d endorsement is back where it was.", "%(count)d endorsements are back where they were.", back)
                % {"count": back},
            )
            if left := total - back:
                messages.info(
                    request,
                    ngettext("%(count)d was moved by somebody since, and stays.", "%(count)d were moved by somebody since, and stay.", left)
                    % {"count": left},
                )
        return redirect("endorsement_queue:act", pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = list(self.act.items.select_related("endorsement").order_by("pk")[:PORTION])
        rows = [item.endorsement for item in items]
        with_declarations(rows)
        for item in items:
            item.came_from_words = State(item.came_from).label
        movable = sum(row.state == self.act.to for row in rows)
        return super().get_context_data(**kwargs, act=self.act, items=items, count=self.act.items.count(), movable=movable)
