"""End a membership in the admin, and with it the seats and the links of its contacts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput
from wagtail.permissions import ModelPermissionPolicy

from cms.dashboard import Shortcut
from core.admin.confirm import ConfirmView
from core.admin.views import Breadcrumb
from core.dates import site_today
from members.models import Contact, Leaving, Membership, Organisation, Vote
from members.organisations.ending import last_day_of, outlasting_seats, seats_after
from members.states import RUNNING, LeavingState

from . import workflow
from .leaving import waiting_for


class EndForm(forms.Form):
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=AdminDateInput, help_text=gettext_lazy("The membership lasts until the end of this day.")
    )
    ends_seats = forms.BooleanField(
        label=gettext_lazy("End its seat on the steering committee on the same day"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without a membership a seat has no vote, but it is still listed."),
    )
    ends_links = forms.BooleanField(
        label=gettext_lazy("End the links that its contacts were sent"),
        required=False,
        initial=True,
        help_text=gettext_lazy("At once. After the last day they can ask for no new ones."),
    )


class EndMembership(ConfirmView):
    permission_policy = ModelPermissionPolicy(Organisation)
    queryset = Organisation.objects.all()
    header_icon = "group"
    button = gettext_lazy("End it")
    is_destructive = True
    success_message = gettext_lazy("The membership of “%(name)s” has its last day, and what you ticked ends with it.")

    def get_page_title(self) -> str:
        return _("End the membership") if self.lasting else _("End its seat and links")

    def above(self) -> list[Breadcrumb]:
        return [(reverse("wagtailsnippets_members_organisation:list"), _("Organisations")), (self.get_back_url(), self.object.name)]

    def get_back_url(self) -> str:
        return reverse("wagtailsnippets_members_organisation:inspect", args=(self.object.pk,))

    @cached_property
    def today(self) -> date:
        return site_today()

    @cached_property
    def lasting(self) -> list[Membership]:
        """Its memberships that are not over."""
        rows = Membership.objects.filter(organisation=self.object)
        return [row for row in rows if row.until is None or row.until >= self.today]

    @cached_property
    def seats(self) -> list[Any]:
        """Its seats that are not over, or outlast the membership."""
        return list(seats_after(self.object, self.today) | outlasting_seats(self.object))

    @cached_property
    def leaving(self) -> Leaving | None:
        """The wish of the member to leave that waits."""
        return waiting_for(self.object)

    @property
    def wished_day(self) -> date | None:
        return self.leaving.last_day if self.leaving else None

    def is_possible(self) -> bool:
        return bool(self.lasting or self.seats or self.leaving)

    @property
    def shown(self) -> str:
        rows = [f"{row.pk}-{row.until or ''}" for row in (*self.lasting, *self.seats)]
        return ":".join([*rows, f"leaving-{self.leaving.pk}" if self.leaving else ""])

    def consequences(self) -> Iterable[str]:
        if self.leaving:
            yield _("The member asked to leave, with %(day)s as its last day. Its contacts get an email when you end the membership.") % {
                "day": date_format(self.leaving.last_day, "j F Y")
            }
            if self.leaving.reason:
                yield _("Its reason: “%(reason)s”") % {"reason": self.leaving.reason}
        for row in self.lasting:
            yield _("%(category)s until now: until %(day)s.") % {
                "category": row.get_category_display(),
                "day": date_format(row.until, "j F Y") if row.until else _("no end"),
            }
        if self.lasting:
            yield _("After the last day it leaves the directory. Nothing is deleted; what it endorsed stays.")
        for seat in self.seats:
            yield _("Seat on the steering committee: %(person)s.") % {"person": seat.person_name or _("nobody named")}
        running = Vote.objects.filter(seat__in=[seat.pk for seat in self.seats], ballot__state__in=RUNNING).count()
        if running:
            yield ngettext(
                "It votes in %(count)d running ballot. If seat or membership ends before the ballot, the vote does not count.",
                "It votes in %(count)d running ballots. If seat or membership ends before a ballot, the vote does not count.",
                running,
            ) % {"count": running}

    def make_form(self, data: Any) -> EndForm:
        form = EndForm(data, initial={"last_day": self.wished_day or last_day_of(self.object) or self.today})
        if not self.seats:
            del form.fields["ends_seats"]
        if not Contact.objects.filter(organisation=self.object).exists():
            del form.fields["ends_links"]
        return form

    def act(self) -> bool:
        chosen = {name: bool(self.answers.get(name)) for name in ("ends_seats", "ends_links")}
        return workflow.end_membership(self.object, last_day=self.answers["last_day"], **chosen, by=self.request.user, now=timezone.now())

    def too_late(self) -> str:
        return _("Nothing was done: nothing of “%(name)s” lasts longer.") % {"name": self.object.name}


def offer_to_end_seats(request: HttpRequest, instance: Any) -> HttpResponse | None:
    """After an organisation was saved with a membership that ends before its seat: lead to the page that ends both."""
    if not isinstance(instance, Organisation) or not outlasting_seats(instance).exists():
        return None
    messages.warning(request, _("Saved. Its membership ends before its seat on the steering committee: end the seat too?"))
    return redirect("organisation_end", instance.pk)


def members_who_leave(user: Any) -> Shortcut | None:
    """On the first page of the admin and in the digest, while any waits."""
    if not user.has_perm("members.change_organisation"):
        return None
    rows = Leaving.objects.filter(state=LeavingState.WAITING).order_by("last_day", "pk")
    waiting = rows.aggregate(count=Count("pk"), newest=Max("asked_at"))
    if not waiting["count"]:
        return None
    first = rows[0]
    return Shortcut(
        label=_("Members that want to leave"),
        text=_("The first to end the membership of: %(name)s.") % {"name": first.organisation.name},
        url=reverse("organisation_end", args=(first.organisation_id,)),
        icon="logout",
        order=18,
        **waiting,
    )


def urls() -> list[URLPattern]:
    return [path("organisations/<int:pk>/end/", EndMembership.as_view(), name="organisation_end")]
