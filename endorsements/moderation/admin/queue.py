"""What waits for a decision, over all declarations, with what speaks for and against it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from cms.dashboard import Shortcut
from core.admin.confirm import ConfirmView
from core.admin.views import Breadcrumb
from endorsements.declarations.admin_status import OVER_LIMIT, moment
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.moderation.checks import checks_of, is_green
from endorsements.signing.alarm import recent_alarm
from endorsements.signing.known import may_be_verified, verified
from endorsements.states import BY_ITS_HOLDER, TAKING_ENDORSEMENTS, SignOnState, State

from .bulk import A_PAGE, ModerationView, act_on_selected
from .names import waiting_names
from .selection import PORTION, as_shown, emailable, key_of, selected, with_declarations

# So many are looked at in search of green ones.
LOOKED_AT = 5 * PORTION
# So many, for the button that leads to them.
GLANCE = 50


class OfDeclarations(ModerationView):
    """A part of the queue: all of it, or one declaration's."""

    @cached_property
    def chosen(self) -> DeclarationPage | None:
        wanted = self.request.GET.get("declaration", "")
        known = wanted.isascii() and wanted.isdecimal() and len(wanted) < 10
        return DeclarationPage.objects.select_related("sign_on").filter(pk=wanted).first() if known else None

    def rows(self) -> Any:
        rows = Endorsement.objects.in_queue().select_related("organisation", "version")
        return rows.filter(declaration_id=self.chosen.pk) if self.chosen else rows

    def green(self) -> list[Endorsement]:
        """The green ones among the first that wait, at most a portion."""
        rows = list(self.rows().organisations().filter(state=State.CONFIRMED)[:LOOKED_AT])
        found = [row for start in range(0, len(rows), PORTION) for row in only_green(rows[start : start + PORTION])]
        return found[:PORTION]

    def may_have_green(self) -> bool:
        """Whether some may be green, or there are more than a glance shows. Whether their names are their own is not looked at."""
        rows = list(self.rows().organisations().filter(state=State.CONFIRMED)[: GLANCE + 1])
        return len(rows) > GLANCE or bool(may_be_verified(rows))

    @property
    def suffix(self) -> str:
        return f"?declaration={self.chosen.pk}" if self.chosen else ""


def only_green(rows: list[Endorsement]) -> list[Endorsement]:
    return [row for row, is_verified in zip(rows, verified(rows), strict=True) if is_green(row, is_verified=is_verified)]


class Queue(OfDeclarations):
    template_name = "endorsements/moderation/admin/queue.html"
    page_title = gettext_lazy("Endorsements waiting for you")
    permission_required = "view"

    def above(self) -> list[Breadcrumb]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paginator: Paginator = WagtailPaginator(self.rows(), A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        rows = list(page.object_list)
        pages, checks = with_declarations(rows), checks_of(rows)
        may_decide = self.user_has_permission("change")
        return super().get_context_data(
            **kwargs,
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            groups=[
                {
                    "declaration": pages[pk],
                    "deadline": deadline(pages[pk]),
                    "rows": [
                        {"row": row, "key": key_of(row), "checks": checks[row.pk].checks, "is_green": checks[row.pk].is_green}
                        for row in of_it
                    ],
                }
                for pk, of_it in groupby(rows, key=lambda row: row.declaration_id)
            ],
            may_decide=may_decide,
            chosen=self.chosen,
            declarations=DeclarationPage.objects.filter(pk__in=Endorsement.objects.in_queue().order_by().values("declaration")).only(
                "title"
            ),
            may_have_green=may_decide and self.may_have_green(),
            green_url=reverse("endorsement_queue:green") + self.suffix,
            names_count=waiting_names().count(),
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


class Chosen(ModerationView):
    """Approve, hold or release those that were ticked. Declining them asks for the reason first (`decisions.Decline`)."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("endorsement_queue:index")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        selection = selected(request.POST.getlist("row"))
        action = request.POST.get("action", "")
        if not selection:
            messages.warning(request, _("Tick the endorsements first."))
        elif action == "release":
            act_on_selected(request, action, selection, only=lambda row: row.confirmed_at is None)
        elif action in ("approve", "hold"):
            act_on_selected(request, action, selection)
        return redirect(self.back_url)


class ApproveGreen(OfDeclarations, ConfirmView):
    """All whose organisation's own domain has answered: shows how many and which, and approves exactly those."""

    template_name = "endorsements/moderation/admin/approve_green.html"
    page_title = gettext_lazy("Approve all green")
    header_icon = "check"

    @cached_property
    def found(self) -> list[Endorsement]:
        rows = self.green()
        with_declarations(rows)
        return rows

    def get_back_url(self) -> str:
        return super().get_back_url() + self.suffix

    def question(self) -> str:
        count = len(self.found)
        return ngettext("Approve %(count)d endorsement?", "Approve %(count)d endorsements?", count) % {"count": count}

    def consequences(self) -> Iterable[str]:
        yield _(
            "Each was confirmed by email, by its signatory or a second person, at a domain that we know as the organisation’s own, or "
            "given by a member’s own link."
        )
        emailed = sum(row.source in BY_ITS_HOLDER for row in emailable(self.found))
        yield ngettext("%(count)d holder is emailed.", "%(count)d holders are emailed.", emailed) % {"count": emailed}
        if late := {row.declaration.title for row in self.found if row.declaration.sign_on.state == SignOnState.DELIVERED}:
            yield _("Delivered already: %(titles)s. What was delivered does not have these names, and the emails say so.") % {
                "titles": "; ".join(sorted(late))
            }
        yield _("Exactly these are approved. One that somebody changes meanwhile is left as it is, and you are told.")
        if len(self.found) == PORTION:
            yield _("There are more: come back for them afterwards.")

    def why_not(self) -> list[str]:
        """What is posted was green when it was shown; what is not any more is left out, and told of."""
        if self.found or self.request.method == "POST":
            return []
        return [_("There is none to approve: nothing that waits is green, or a colleague was faster.")]

    def get_button(self) -> str:
        return ngettext("Approve this one", "Approve these %(count)d", len(self.found)) % {"count": len(self.found)}

    def hidden_fields(self) -> dict[str, str]:
        return {**super().hidden_fields(), "row": ",".join(map(key_of, self.found))}

    def act(self) -> bool:
        selection = selected(self.request.POST.getlist("row"))
        green = {row.pk for row in only_green(as_shown(selection)[0])}
        act_on_selected(self.request, "approve", selection, only=lambda row: row.state == State.CONFIRMED and row.pk in green)
        return True

    def succeed(self, result: bool) -> HttpResponseBase:
        return redirect(self.back_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, rows=self.found, chosen=self.chosen)


def endorsements_to_look_at(user: Any) -> Shortcut | None:
    """On the first page of the admin, while any waits, or may come."""
    if not user.has_perm("endorsements.view_endorsement"):
        return None
    waiting = Endorsement.objects.in_queue().aggregate(count=Count("pk"), newest=Max(Coalesce("confirmed_at", "submitted_at")))
    if not waiting["count"] and not SignOn.objects.filter(state__in=TAKING_ENDORSEMENTS).exists():
        return None
    return Shortcut(
        label=_("Endorsements to look at"),
        text=_("Organisations and people who put their names under a declaration. Approve them, or find out more."),
        url=reverse("endorsement_queue:index"),
        icon="tasks",
        order=15,
        **waiting,
    )


def site_was_over_its_limit(user: Any) -> Shortcut | None:
    """On the first page of the admin for a day, so that what is held is looked at."""
    if not user.has_perm("endorsements.view_endorsement"):
        return None
    alarm = recent_alarm(timezone.now())
    if alarm is None:
        return None
    return Shortcut(
        label=_("The site was over its limit of endorsements"),
        text=_("At %(moment)s it had taken %(limit)d within an hour, and held the rest. Release them, or find out where they come from.")
        % {"moment": moment(alarm.reached_at), "limit": alarm.limit},
        url=reverse("endorsement_queue:release_held"),
        icon="warning",
        order=5,
        count=Endorsement.objects.in_queue().filter(OVER_LIMIT).count(),
        newest=alarm.reached_at,
    )
