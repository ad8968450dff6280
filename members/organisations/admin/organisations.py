"""Organisations in one list, and everything that is known of one: how it stands, its people, its seat, what happened."""

from collections import defaultdict
from datetime import date
from functools import partial
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Count, Exists, Max, OuterRef, ProtectedError, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, Table, TitleColumn
from wagtail.snippets.views.snippets import DeleteView, IndexView, InspectView, SnippetViewSet

from core.admin.audit import history
from core.admin.edit_views import SnippetEditView
from core.admin.records import label_of
from core.dates import site_today
from members.models import Contact, Membership, Organisation, ProfileChange, Seat
from members.organisations.ending import outlasting_seats
from members.organisations.workflow import related_counts, why_not_deleted
from members.states import Category, ChangeState, MembershipStatus

# How long before the end of a term it is shown.
ENDING_DAYS = 60
PROFILE = (
    "name",
    "acronym",
    "aliases",
    "country",
    "countries_of_work",
    "kind",
    "founded",
    "website",
    "more_domains",
    "summary",
    "goals",
    "working_groups",
)


class OrganisationFilterSet(WagtailFilterSet):
    category = django_filters.ChoiceFilter(
        field_name="memberships__category", choices=Category.choices, distinct=True, label=gettext_lazy("Belongs, or belonged, as")
    )
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("Membership today"),
        choices=[
            *MembershipStatus.choices,
            ("about_to_be_hidden", gettext_lazy("About to be hidden within 30 days")),
            ("none", gettext_lazy("None")),
        ],
        method="filter_standing",
    )
    seat = django_filters.ChoiceFilter(
        label=gettext_lazy("Steering committee"),
        choices=[("held", gettext_lazy("Has a seat")), ("ending", gettext_lazy("Its term ends within 60 days"))],
        method="filter_seat",
    )
    contacts = django_filters.ChoiceFilter(
        label=gettext_lazy("Contacts"),
        choices=[
            ("cannot_be_asked", gettext_lazy("Nobody can be asked")),
            ("none", gettext_lazy("Nobody")),
            ("not_voting", gettext_lazy("No voting representative")),
        ],
        method="filter_contacts",
    )

    class Meta:
        model = Organisation
        fields = ()

    def filter_standing(self, rows: Any, _name: str, value: str) -> Any:
        if value == "none":
            return rows.filter(memberships__isnull=True)
        if value == "about_to_be_hidden":
            return rows.filter(pk__in=Membership.objects.about_to_be_hidden(site_today()).values("organisation"))
        return rows.filter(pk__in=Membership.objects.with_status(MembershipStatus(value), site_today()).values("organisation"))

    def filter_seat(self, rows: Any, _name: str, value: str) -> Any:
        today = site_today()
        seats = Seat.objects.ending(today, ENDING_DAYS) if value == "ending" else Seat.objects.on(today)
        return rows.filter(pk__in=seats.order_by().values("organisation"))

    def filter_contacts(self, rows: Any, _name: str, value: str) -> Any:
        if value == "cannot_be_asked":
            return rows.filter(pk__in=Membership.objects.unreachable(site_today()).values("organisation"))
        people = Contact.objects.filter(organisation=OuterRef("pk"), **({"voting": True} if value == "not_voting" else {}))
        return rows.filter(~Exists(people))


def today_in_words(organisation: Any) -> str:
    today = site_today()
    return "; ".join(map(partial(_today_in_words, today=today), organisation.current_memberships)) or "–"


def _today_in_words(membership: Membership, today: date) -> str:
    year = membership.year_on(today)
    text = f"{membership.get_category_display()}: {year.status.label}"
    if year.status == MembershipStatus.GRACE and year.hidden_on:
        return _("%(status)s, hidden on %(day)s") % {"status": text, "day": date_format(year.hidden_on, "j M Y")}
    return text


def contacts_in_words(organisation: Any) -> str:
    """How many contacts, and that nobody of a member can be asked: then the column leads to the form."""
    if any(one.unreachable_since for one in organisation.current_memberships):
        return _("%(count)d, cannot be asked. Add a contact") % {"count": organisation.contact_count}
    return str(organisation.contact_count)


class ContactsColumn(TitleColumn):
    def get_link_url(self, instance: Any, parent_context: Any) -> str:
        cannot = any(one.unreachable_since for one in instance.current_memberships)
        return contacts_url(instance) if cannot else ""


def contacts_url(organisation: Organisation) -> str:
    """Where a contact of the organisation is added."""
    return reverse("organisation_contact_add", args=(organisation.pk,))


def seat_in_words(organisation: Any) -> str:
    if not organisation.current_seats:
        return "–"
    seat = organisation.current_seats[0]
    who = seat.person_name or _("nobody named")
    return f"{who}, {_('until %(day)s') % {'day': date_format(seat.until, 'j M Y')}}" if seat.until else who


class NameColumn(TitleColumn):
    def get_link_url(self, instance: Any, parent_context: Any) -> str:
        return reverse("wagtailsnippets_members_organisation:inspect", args=(instance.pk,))


COLUMNS = (
    "name",
    Column("acronym", label=gettext_lazy("Short name"), sort_key="acronym"),
    Column("country_or_global", label=gettext_lazy("Country"), sort_key="country"),
    Column("today", accessor=today_in_words, label=gettext_lazy("Membership today")),
    Column("seat", accessor=seat_in_words, label=gettext_lazy("Steering committee")),
    ContactsColumn("contact_count", accessor=contacts_in_words, label=gettext_lazy("Contacts"), sort_key="contact_count"),
)


class OrganisationIndex(IndexView):
    """With its standing of today, its seat and how many contacts it has, in a fixed number of queries."""

    def _get_title_column(self, field_name: str, column_class: Any = NameColumn, **kwargs: Any) -> Any:
        return super()._get_title_column(field_name, column_class=column_class, **kwargs)

    def get_base_queryset(self) -> QuerySet[Organisation]:
        return super().get_base_queryset().annotate(contact_count=Count("contacts", distinct=True))

    def get_table(self, object_list: Any) -> Table:
        rows = list(object_list)
        today = site_today()
        memberships, seats = defaultdict(list), defaultdict(list)
        for membership in Membership.objects.on(today).filter(organisation__in=rows):
            memberships[membership.organisation_id].append(membership)
        for seat in Seat.objects.on(today).filter(organisation__in=rows).order_by("until", "pk"):
            seats[seat.organisation_id].append(seat)
        for row in rows:
            row.current_memberships, row.current_seats = memberships[row.pk], seats[row.pk]
        return super().get_table(rows)


class OrganisationView(InspectView):
    page_title = gettext_lazy("Organisation")

    def get_fields(self) -> list[str]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.object, site_today()
        seats = list(Seat.objects.filter(organisation=row).order_by("-since", "-pk"))
        ending = {seat.pk for seat in Seat.objects.ending(today, ENDING_DAYS).filter(organisation=row)}
        return super().get_context_data(
            **kwargs,
            profile={"heading": _("Profile"), "lines": list(filter(lambda line: line[2], (_line(row, name) for name in PROFILE)))},
            memberships=[(one, one.year_on(today)) for one in Membership.objects.filter(organisation=row).order_by("-since", "-pk")],
            unreachable_since=Membership.objects.unreachable(today).filter(organisation=row).aggregate(day=Max("unreachable_since"))["day"],
            outlasting_seats=outlasting_seats(row).exists(),
            may_end=Membership.objects.on(today).filter(organisation=row).exists() or outlasting_seats(row).exists(),
            contacts_url=contacts_url(row) if self.user_has_permission("change") else "",
            contacts=Contact.objects.filter(organisation=row).order_by("sort_order", "pk"),
            seats=[(seat, seat.pk in ending) for seat in seats],
            changes=ProfileChange.objects.filter(organisation=row).order_by("-proposed_at")[:10]
            if self.request.user.has_perm("members.view_profilechange")
            else [],
            pending=ChangeState.PENDING,
            applications=row.applications.submitted().order_by("-pk") if self.request.user.has_perm("members.view_application") else [],
            related=sorted(related_counts(row).items()),
            history=history(row),
            edit_url=reverse("wagtailsnippets_members_organisation:edit", args=(row.pk,)) if self.user_has_permission("change") else "",
        )


def _line(row: Organisation, name: str) -> tuple[str, str, str]:
    if name == "countries_of_work":
        value = ", ".join(str(country.name) for country in row.countries_of_work)
    elif name == "country":
        value = row.country_or_global
    else:
        value = str(getattr(row, f"get_{name}_display", lambda: getattr(row, name) or "")())
    return name, label_of(Organisation, name), value


class OrganisationDelete(DeleteView):
    """What begins to point to it while the button is pressed is refused in words too, as by the deletion guard."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().post(request, *args, **kwargs)
        except ProtectedError:
            messages.error(request, why_not_deleted(self.object))
            return redirect("wagtailsnippets_members_organisation:edit", self.object.pk)


class Organisations(SnippetViewSet):
    model = Organisation
    icon = "group"
    list_display = COLUMNS
    ordering = "name"
    filterset_class = OrganisationFilterSet
    index_view_class = OrganisationIndex
    edit_view_class = SnippetEditView
    inspect_view_enabled = True
    inspect_view_class = OrganisationView
    delete_view_class = OrganisationDelete
    inspect_template_name = "members/organisations/admin/organisation.html"
