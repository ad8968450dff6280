"""What members want changed in their public profiles: a light review, field by field."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.permissions import ModelPermissionPolicy

from cms.dashboard import Shortcut
from core.admin.audit import last_transition
from core.admin.menu import menu_item_for
from core.admin.records import RecordIndex, Records, label_of
from core.admin.views import AdminView, Breadcrumb
from core.transitions import NotPossible, TransitionNotAllowed
from members.identity.countries import country_name
from members.models import ProfileChange, Theme
from members.states import ChangeState, OrganisationKind

from . import workflow

LOGO = "logo"
# A change that waits for longer is late: members are told "usually within two working days".
LATE_AFTER = timedelta(days=7)


class ProfileChangeIndex(RecordIndex):
    page_title = gettext_lazy("Profile changes")
    default_ordering = "-proposed_at"
    columns = [
        TitleColumn(
            "organisation",
            accessor="organisation.name",
            label=gettext_lazy("Organisation"),
            sort_key="organisation__name",
            get_url=lambda row: reverse("profile_changes:review", args=(row.pk,)),
        ),
        Column("fields", accessor=lambda row: ", ".join(changed_fields(row)), label=gettext_lazy("What"), width="40%"),
        StatusTagColumn(
            "state",
            accessor=lambda row: row.get_state_display(),
            label=gettext_lazy("State"),
            sort_key="state",
            primary=lambda row: row.state == ChangeState.PENDING,
        ),
        DateColumn("proposed_at", label=gettext_lazy("Proposed"), sort_key="proposed_at"),
    ]

    def get_base_queryset(self) -> QuerySet[ProfileChange]:
        return super().get_base_queryset().select_related("organisation")


def changed_fields(change: ProfileChange) -> list[str]:
    names = [label for label, _before, _after in change.differences]
    return [*names, *([_("logo")] if change.logo else [])]


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever proposed it reads this in a mail."),
    )


class Review(AdminView):
    """Before and after of each field; the POST applies those that are ticked, or none, with the reason."""

    permission_policy = ModelPermissionPolicy(ProfileChange)
    permission_required = "view"
    template_name = "members/membership/admin/profile_change.html"
    page_title = gettext_lazy("Profile change")
    header_icon = "edit"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(
            ProfileChange.objects.select_related("organisation__logo", "contact", "decided_by"), pk=kwargs["pk"]
        )

    def above(self) -> list[Breadcrumb]:
        return [(reverse("profile_changes:index"), _("Profile changes"))]

    @cached_property
    def may_decide(self) -> bool:
        return self.object.state == ChangeState.PENDING and self.user_has_permission("change")

    @property
    def shown(self) -> str:
        """The member may add to it while somebody reads."""
        return f"{self.object.state}:{self.object.proposed_at.isoformat()}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        if request.POST.get("shown") != self.shown:
            messages.warning(request, self._too_late())
        elif request.POST.get("action") == "refuse":
            return self._refuse()
        elif request.POST.get("action") == "apply":
            self._apply(request.POST.getlist("field"))
        return redirect(request.path)

    def _too_late(self) -> str:
        last = last_transition(self.object)
        return (
            _("Nothing was done: %(last)s.") % {"last": last}
            if last and self.object.state != ChangeState.PENDING
            else _("Nothing was done: the member changed it while you were reading. This is how it stands now.")
        )

    def _apply(self, fields: list[str]) -> None:
        if not fields:
            messages.warning(self.request, _("Tick what becomes public; or refuse all of it, with a reason."))
            return
        try:
            done = workflow.apply_change(self.object, by=self.request.user, now=timezone.now(), fields=fields)
        except NotPossible as reason:
            messages.error(self.request, str(reason))
        except TransitionNotAllowed:
            messages.warning(self.request, self._too_late())
        else:
            self.object.organisation.refresh_from_db(fields=["name"])
            if done:
                messages.success(self.request, _("The profile of “%(name)s” is changed.") % {"name": self.object.organisation.name})
            else:
                messages.warning(self.request, self._too_late())

    def _refuse(self) -> HttpResponseBase:
        form = RefuseForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            done = workflow.refuse_change(self.object, reason=form.cleaned_data["reason"], by=self.request.user, now=timezone.now())
        except (NotPossible, TransitionNotAllowed):
            done = False
        if done:
            messages.success(self.request, _("Nothing of it becomes public. The contact is emailed why, unless they want no emails."))
        else:
            messages.warning(self.request, self._too_late())
        return redirect(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, organisation = self.object, self.object.organisation
        lines = [
            {"name": name, "label": label_of(type(organisation), name), "before": as_text(name, row.before.get(name)), "after": text}
            for name, text in ((name, as_text(name, value)) for name, value in row.after.items())
        ]
        ours = {
            "object": row,
            "organisation": organisation,
            "lines": lines,
            "may_decide": self.may_decide,
            "shown": self.shown,
            "form": RefuseForm(),
            "logo_url": reverse("profile_changes:logo", args=(row.pk,)) if row.logo else "",
        }
        return super().get_context_data(**{**ours, **kwargs})


def as_text(name: str, value: Any) -> str:
    """A value of a profile as JSON holds it, as people read it."""
    if value in (None, "", []):
        return ""
    if name == "country":
        return country_name(value)
    if name == "countries_of_work":
        return ", ".join(map(country_name, value))
    if name == "kind":
        return str(OrganisationKind(value).label) if value in OrganisationKind.values else str(value)
    if name == "themes":
        return ", ".join(Theme.objects.filter(slug__in=value).values_list("name", flat=True))
    return str(value)


def logo(request: HttpRequest, pk: int) -> FileResponse:
    """The proposed logo; it was written anew when it was uploaded, so it is a picture and nothing else."""
    if not request.user.has_perm("members.view_profilechange"):
        raise PermissionDenied
    change = get_object_or_404(ProfileChange, pk=pk)
    if not change.logo:
        raise Http404
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(change.logo.open("rb"), headers=headers)


class ProfileChanges(Records):
    name = "profile_changes"
    url_prefix = "profile-changes"
    model = ProfileChange
    icon = "edit"
    menu_label = gettext_lazy("Profile changes")
    menu_item_class = menu_item_for("members.view_profilechange")
    index_view_class = ProfileChangeIndex
    inspect_view_enabled = False
    page_url_name = "review"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", Review.as_view(), name="review"),
            path("<int:pk>/logo/", logo, name="logo"),
        ]


def profile_changes(user: Any) -> Shortcut | None:
    """On the first page of the admin, while any waits."""
    if not user.has_perm("members.change_profilechange"):
        return None
    waiting = ProfileChange.objects.filter(state=ChangeState.PENDING).aggregate(count=Count("pk"), newest=Max("proposed_at"))
    if not waiting["count"]:
        return None
    return Shortcut(
        label=_("Profile changes"),
        text=_("Members have changed their profiles: look at what the public will read."),
        url=reverse("profile_changes:index"),
        icon="edit",
        order=17,
        late=ProfileChange.objects.filter(state=ChangeState.PENDING, proposed_at__lt=timezone.now() - LATE_AFTER).count(),
        **waiting,
    )
