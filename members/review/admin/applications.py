"""All applications in one list, and everything that is known of one."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.backends import ModelBackend
from django.db.models import Case, Count, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, Table, TitleColumn
from wagtail.admin.views.generic import InspectView

from cms.dashboard import Shortcut
from core.admin.audit import ago, history
from core.admin.records import RecordIndex
from core.dates import site_today
from core.models import OutgoingMail
from members.applications.admin import answers
from members.applications.requirements import ORGANISATION_FIELDS, PEOPLE_FIELDS, REASON_FIELDS
from members.models import Application, Ballot
from members.models.subjects import subject
from members.review import workflow as review
from members.review.checks import checks_for, similar_checks
from members.states import APPLICATION_TRANSITIONS, AWAITING_SECRETARIAT, OPEN, ApplicationState, BallotResult, Category, DeclineReason

SUBMITTED = [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT]
CHANGE = "members.change_application"
MAX_EMAILS = 20


def colleagues(permission: str) -> QuerySet[Any]:
    """Who may do it, by name: "members.change_application"."""
    return ModelBackend().with_perm(permission).order_by("name", "email")


class ApplicationFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=SUBMITTED, widget=forms.CheckboxSelectMultiple)
    assigned_to = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Assigned to"), queryset=lambda _request: colleagues(CHANGE), null_label=gettext_lazy("Nobody")
    )
    category = django_filters.ChoiceFilter(label=gettext_lazy("Joins as"), choices=Category.choices)
    overdue = django_filters.ChoiceFilter(
        label=gettext_lazy("Promised day"), choices=[("yes", gettext_lazy("Has passed"))], method="filter_overdue"
    )

    class Meta:
        model = Application
        fields = ("state", "assigned_to", "category")

    def filter_overdue(self, rows: Any, _name: str, value: str) -> Any:
        return rows.overdue(site_today()) if value == "yes" else rows


def waiting(application: Application) -> str:
    """How long it waits, or took; and whether its promised day has passed."""
    today = site_today()
    days = application.waiting_days(today)
    time = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if not application.is_open:
        return _("ended after %(time)s") % {"time": time} if days else _("ended on the same day")
    if application.promised_on and is_overdue(application):
        return _("%(time)s, overdue since %(day)s") % {"time": time, "day": date_format(application.promised_on, "j F")}
    return time if days else _("since today")


def is_overdue(application: Application) -> bool:
    return bool(application.is_open and application.promised_on and application.promised_on < site_today())


def state_of(application: Any) -> str:
    """Its state and, while the committee's count waits to be carried out, what came of it."""
    state = str(application.get_state_display())
    is_counted = application.state == ApplicationState.WITH_COMMITTEE and application.last_result
    return f"{state}. {BallotResult(application.last_result).label}." if is_counted else state


class SameColumn(Column):
    """Who it may be the same as: of each the first line."""

    cell_template_name = "members/review/admin/same_cell.html"

    def get_value(self, instance: Any) -> Any:
        return instance.similar


class ApplicationIndex(RecordIndex):
    """Every application that was submitted, those that wait longest first. Drafts are the applicants' own."""

    page_title = gettext_lazy("Applications")
    filterset_class = ApplicationFilterSet
    default_ordering = "submitted_at"
    is_searchable = True
    columns = [
        TitleColumn(
            "name",
            accessor="title",
            label=gettext_lazy("Organisation"),
            sort_key="name",
            get_url=lambda row: reverse("applications:inspect", args=(row.pk,)),
        ),
        Column(
            "country", accessor=lambda row: row.country.name or _("several countries"), label=gettext_lazy("Country"), sort_key="country"
        ),
        Column("category", accessor="get_category_display", label=gettext_lazy("Joins as"), sort_key="category"),
        StatusTagColumn(
            "state",
            accessor=state_of,
            label=gettext_lazy("State"),
            sort_key="state",
            primary=lambda row: row.state in AWAITING_SECRETARIAT,
        ),
        Column("waiting", accessor=waiting, label=gettext_lazy("Waiting"), sort_key="submitted_at"),
        Column("assigned_to", accessor=lambda row: row.assigned_to or "–", label=gettext_lazy("Assigned to"), sort_key="assigned_to__name"),
        SameColumn("same", label=gettext_lazy("Known here?"), width="22%"),
    ]

    def get_base_queryset(self) -> QuerySet[Application]:
        last = Ballot.objects.filter(application=OuterRef("pk")).order_by("-pk").values("result")[:1]
        return super().get_base_queryset().submitted().select_related("assigned_to").annotate(last_result=Subquery(last))

    def order_queryset(self, queryset: QuerySet[Application]) -> QuerySet[Application]:
        """Without a wish: what is open before what has ended, then by how long it waits."""
        if self.request.GET.get("ordering"):
            return super().order_queryset(queryset).order_by(self.ordering, "-pk")
        open_first = Case(When(state__in=OPEN, then=Value(0)), default=Value(1))
        return queryset.order_by(open_first, "submitted_at", "pk")

    def search_queryset(self, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return queryset.search(self.search_query)

    def get_table(self, object_list: Any) -> Table:
        rows = list(object_list)
        similar = similar_checks(rows)
        for row in rows:
            row.similar = similar[row.pk]
        return super().get_table(rows)


class ApplicationView(InspectView):
    """Everything known of one application, what speaks for and against it, its history, and the actions that are possible now."""

    any_permission_required = ["view"]
    page_title = gettext_lazy("Application")
    header_icon = "form"

    def get_queryset(self) -> QuerySet[Application]:
        return Application.objects.submitted().select_related("assigned_to", "opened_by", "organisation")

    def get_object(self, queryset: Any = None) -> Application:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, _here = super().get_breadcrumbs_items()
        return [*above, {"url": "", "label": self.object.title}]

    def get_fields(self) -> list[str]:
        return []

    @cached_property
    def may_decide(self) -> bool:
        return bool(self.user_has_permission("change"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            **kwargs,
            opened_by=self.opened_by(),
            groups=[answers(_("The organisation"), row, ORGANISATION_FIELDS), answers(_("Why it joins"), row, REASON_FIELDS)],
            people=answers(_("People"), row, PEOPLE_FIELDS),
            checks=checks_for([row])[row.pk],
            actions=self.actions() if self.may_decide else [],
            may_decide=self.may_decide,
            waiting=waiting(row),
            is_overdue=is_overdue(row),
            files=row.files.all(),
            questions=row.questions.select_related("asked_by"),
            notes=row.notes.select_related("by"),
            ballots=row.ballots.all() if self.request.user.has_perm("members.view_ballot") else [],
            mails=_mails(row) if self.request.user.has_perm("core.view_outgoingmail") else [],
            history=history(row, dict(DeclineReason.choices)),
        )

    def actions(self) -> list[tuple[str, str]]:
        """Addresses and words; the ballot first, while one runs."""
        running = [(reverse("ballots:inspect", args=(ballot.pk,)), _("See the ballot")) for ballot in self.object.ballots.running()]
        return [*running, *((reverse(f"applications:{name}", args=(self.object.pk,)), label) for name, label in possible(self.object))]

    def opened_by(self) -> str:
        """The warning that a colleague opened it a moment ago; it notes as well that this one opens it now.

        That a GET writes this is no act: it moves no state, is not logged, and changes nothing that anybody decides on. Whoever is here has
        signed in, so no scanner of mails comes by; and a colleague who only reads is the one to be warned of.
        """
        if not self.may_decide:
            return ""
        other = review.record_opening(self.object, by=self.request.user, now=timezone.now())
        return _("Opened by %(name)s %(ago)s.") % {"name": other[0], "ago": ago(other[1])} if other else ""


def _mails(row: Application) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(about=subject(row)).defer("content").order_by("-created_at", "-pk")[:MAX_EMAILS])


def possible(row: Application) -> list[tuple[str, str]]:
    """The actions that fit it now, each with the words on its button, the likeliest first."""
    following = APPLICATION_TRANSITIONS[ApplicationState(row.state)]
    actions = [
        ("take", _("Begin to check …"), row.state == ApplicationState.SUBMITTED),
        ("stop_asking", _("Go on without the answers …"), row.state == ApplicationState.MORE_INFORMATION),
        ("put_to_committee", _("Put to the committee …"), ApplicationState.WITH_COMMITTEE in following),
        (
            "put_to_committee",
            _("Open another ballot …"),
            row.state == ApplicationState.WITH_COMMITTEE and not row.ballots.running().exists(),
        ),
        ("accept", _("Accept …"), ApplicationState.ACCEPTED in following),
        ("ask", _("Ask questions …"), ApplicationState.MORE_INFORMATION in following),
        ("ask_again", _("Take back and check again …"), row.state == ApplicationState.WITH_COMMITTEE),
        ("decline", _("Decline …"), ApplicationState.DECLINED in following),
        ("assign", _("Assign …"), row.is_open),
        ("promise", _("Promise another day …"), row.is_open),
        ("withdraw", _("Withdrawn by the applicant …"), row.may_be_withdrawn),
    ]
    return [(name, label) for name, label, fits in actions if fits]


def applications_to_decide(user: Any) -> Shortcut | None:
    """On the first page, once any was submitted. (That one came is told by an email of its own.)"""
    if not user.has_perm("members.view_application"):
        return None
    overdue = Application.objects.overdue(site_today())
    waiting = Application.objects.filter(Q(state__in=AWAITING_SECRETARIAT) | Q(pk__in=overdue.values("pk"))).aggregate(
        count=Count("pk", distinct=True), newest=Max("questions__answered_at")
    )
    if not waiting["count"] and not Application.objects.submitted().exists():
        return None
    return Shortcut(
        label=_("Applications to join"),
        text=_("Organisations that wait for an answer: check them, ask them, put them to the steering committee."),
        url=reverse("applications:index"),
        icon="form",
        order=16,
        late=overdue.count(),
        **waiting,
    )
