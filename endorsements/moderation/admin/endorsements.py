"""All endorsements in one list, and everything that is known of one."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import InspectView

from core.admin.audit import history
from core.admin.records import RecordIndex, label_of
from core.mail.addresses import canonical_host, with_ascii_host
from core.models import OutgoingMail
from core.search_text import MAX_QUERY_WORDS, containing, query_words
from endorsements.models import DeclarationPage, Endorsement
from endorsements.models.delivery import delivered_without
from endorsements.moderation.checks import checks_of
from endorsements.signing.emails import subject
from endorsements.states import IN_QUEUE, NOT_ENDED, DeclineReason, HoldReason, Kind, NameChangeState, Purpose, Source, State
from members.identity.countries import country_choices

from .names import as_cards, waiting_names
from .selection import key_of, name_of, short_state


def _countries_there_are() -> list[tuple[str, str]]:
    used = set(Endorsement.objects.exclude(country="").order_by().values_list("country", flat=True).distinct())
    return [(code, name) for code, name in country_choices() if code in used]


class EndorsementFilterSet(WagtailFilterSet):
    declaration = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Declaration"), queryset=lambda _request: DeclarationPage.objects.only("title").order_by("-pk")
    )
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"),
        choices=State.choices,
        widget=forms.CheckboxSelectMultiple,
        distinct=False,  # no row is twice, and sorting all of them to see it takes long
    )
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind"), choices=Kind.choices)
    source = django_filters.ChoiceFilter(label=gettext_lazy("Came by"), choices=Source.choices)
    country = django_filters.ChoiceFilter(label=gettext_lazy("Country"), choices=_countries_there_are)

    class Meta:
        model = Endorsement
        fields = ("declaration", "state", "kind", "source", "country")


def _where(endorsement: Endorsement) -> str:
    return reverse("endorsements:inspect", args=(endorsement.pk,))


class EndorsementIndex(RecordIndex):
    """Every endorsement in every state, the newest first."""

    page_title = gettext_lazy("All endorsements")
    filterset_class = EndorsementFilterSet
    default_ordering = "-submitted_at"
    is_searchable = True
    columns = [
        TitleColumn("name", accessor=name_of, label=gettext_lazy("Name"), sort_key="sort_key", get_url=_where),
        Column("get_kind_display", label=gettext_lazy("Kind"), sort_key="kind"),
        Column("place", label=gettext_lazy("Country"), sort_key="country"),
        Column("declaration", accessor="declaration.title", label=gettext_lazy("Declaration"), width="24%"),
        StatusTagColumn(
            "state",
            accessor=short_state,
            label=gettext_lazy("State"),
            sort_key="state",
            primary=lambda row: row.state in IN_QUEUE,
        ),
        Column("source", accessor="get_source_display", label=gettext_lazy("Came by"), sort_key="source"),
        DateColumn("submitted_at", label=gettext_lazy("Submitted"), sort_key="submitted_at"),
    ]

    def get_base_queryset(self) -> QuerySet[Endorsement]:
        shown = ("name", "kind", "country", "state", "source", "submitted_at", "declaration__title")
        return super().get_base_queryset().select_related("declaration").only(*shown)

    def order_queryset(self, queryset: QuerySet[Endorsement]) -> QuerySet[Endorsement]:
        return super().order_queryset(queryset).order_by(*[self.ordering], "-pk") if self.ordering else super().order_queryset(queryset)

    def search_queryset(self, queryset: QuerySet[Endorsement]) -> QuerySet[Endorsement]:
        """By name, acronym, affiliation and signatory in any spelling, website and address: each word somewhere."""
        for word in self.search_query.split()[:MAX_QUERY_WORDS]:
            host = with_ascii_host(word) if "@" in word else canonical_host(word) or word
            raw = Q(email__icontains=host) | Q(website__icontains=host) | Q(second_email__icontains=host)
            queryset = queryset.filter(raw | containing("people_text", query_words(word)))
        return queryset


class EndorsementView(InspectView):
    """Everything known of one endorsement, what speaks for and against it, its history, and the actions that are possible now."""

    any_permission_required = ["view"]
    page_title = gettext_lazy("Endorsement")
    header_icon = "user"

    def get_object(self, queryset: Any = None) -> Endorsement:
        endorsement: Endorsement = super().get_object(queryset)
        return endorsement

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, _here = super().get_breadcrumbs_items()
        return [*above, {"url": "", "label": self.page_title}]

    def get_fields(self) -> list[str]:
        return []

    @cached_property
    def may_decide(self) -> bool:
        return bool(self.user_has_permission("change"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            **kwargs,
            declaration=row.declaration,
            groups=list(filter(lambda group: group["lines"], (_who(row), _where_it_stands(row)))),
            checks=checks_of([row])[row.pk].checks if row.state in NOT_ENDED else [],
            actions=possible(row) if self.may_decide else set(),
            may_decide=self.may_decide,
            key=key_of(row),
            consents=[{"consent": one, "purpose": Purpose(one.purpose).label} for one in row.consents.all()],
            mails=_mails(row) if self.request.user.has_perm("core.view_outgoingmail") else [],
            history=history(row, {**dict(DeclineReason.choices), **dict(HoldReason.choices)}),
            merged=row.merged.all(),
            here=self.request.get_full_path(),
            proposals=as_cards(list(waiting_names().filter(endorsement=row))),
            name_changes=row.name_changes.exclude(state=NameChangeState.WAITING).select_related("decided_by"),
            delivery=delivered_without(row) if row.state in IN_QUEUE else None,
        )


def possible(row: Endorsement) -> set[str]:
    """The actions that fit it now."""
    fits = {
        "approve": row.state in IN_QUEUE and row.confirmed_at is not None,
        "hold": row.state in (State.PENDING, State.CONFIRMED, State.LISTED),
        "release": row.state == State.HELD and row.confirmed_at is None,
        "decline": row.state in NOT_ENDED,
        "name": row.state in NOT_ENDED and row.source != Source.INITIAL,
        "merge": row.state in NOT_ENDED,
        "note": row.state != State.ERASED,
        "similar": bool(row.network or row.email),
    }
    return {action for action, does in fits.items() if does}


def _lines(row: Endorsement, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Labels and values of the fields that hold something."""
    lines = []
    for name in names:
        value = getattr(row, f"get_{name}_display")() if hasattr(row, f"get_{name}_display") else getattr(row, name)
        if value not in ("", None):
            lines.append((label_of(Endorsement, name), value))
    return lines


def _who(row: Endorsement) -> dict[str, Any]:
    names = ("name", "acronym", "organisation_kind", "website", "organisation", "signatory", "role", "affiliation", "email", "second_email")
    lines = [(str(_("Kind")), row.get_kind_display()), *_lines(row, names)]
    if row.country_label:
        lines.insert(2, (str(_("Country")), row.country_label))
    return {"heading": _("Who it is"), "lines": lines}


def _where_it_stands(row: Endorsement) -> dict[str, Any]:
    names = (
        "version",
        "source",
        "provenance",
        "language",
        "submitted_at",
        "confirmed_at",
        "renewed_at",
        "seconded_at",
        "listed_at",
        "ended_at",
    )
    lines = _lines(row, names)
    if row.state == State.DECLINED:
        lines += _lines(row, ("decline_reason",))
    if row.state == State.HELD:
        lines += _lines(row, ("hold_reason",))
    shown = [("show_name", not row.is_organisation), ("wants_updates", True), ("withdrawal_shown", row.state == State.WITHDRAWN)]
    lines += [(label_of(Endorsement, name), bool(getattr(row, name))) for name, asked in shown if asked]
    return {"heading": _("Where it stands"), "lines": lines}


def _mails(row: Endorsement) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(about=subject(row)).defer("content").order_by("-created_at", "-pk")[:20])
