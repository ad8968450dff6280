"""The same organisation or person endorses a declaration twice: which one stays?"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from core.search_text import containing, query_words
from core.transitions import TransitionNotAllowed
from endorsements.models import BulkAct, Endorsement
from endorsements.moderation import bulk
from endorsements.moderation.checks import checks_of
from endorsements.signing import precedence
from endorsements.signing.known import verify
from endorsements.states import NOT_ENDED, State

from .bulk import ModerationView, say_what_was_done
from .selection import as_shown, last_change, last_changes, selected, with_declarations


class Merge(ModerationView):
    """The same organisation or person stands there twice: which one stays?"""

    template_name = "endorsements/moderation/admin/merge.html"
    page_title = gettext_lazy("Merge duplicates")
    header_icon = "copy"
    MOST = 20

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(Endorsement.objects.select_related("organisation", "version"), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.user_has_permission("change") and self.object.state not in NOT_ENDED:
            messages.warning(request, _("Nothing was done. %(change)s.") % {"change": last_change(self.object)})
            return redirect("endorsements:inspect", self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def choices(self) -> list[Endorsement]:
        """This one, those that the checks say may be the same, and those found by the words typed."""
        likely = [row.pk for row in checks_of([self.object])[self.object.pk].possible_duplicates]
        rows_of_it = Endorsement.objects.select_related("organisation", "version").in_bulk(likely)
        found = {self.object.pk: self.object} | {pk: rows_of_it[pk] for pk in likely if pk in rows_of_it}
        if words := self.request.GET.get("q", "").strip()[:100]:
            standing = Endorsement.objects.filter(declaration_id=self.object.declaration_id, kind=self.object.kind, state__in=NOT_ENDED)
            standing = standing.filter(containing("folded", query_words(words)))
            found |= {row.pk: row for row in standing.order_by("sort_key", "pk")[: self.MOST]}
        rows = list(found.values())
        with_declarations(rows)
        return rows

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        same = selected(request.POST.getlist("same"))
        stays = selected([request.POST.get("stays", "")])
        wrong = self._wrong(stays, same)
        if wrong:
            messages.error(request, wrong)
            return redirect(request.get_full_path())
        (kept,) = stays
        with transaction.atomic():
            rows, changed = as_shown(stays | same, lock=True)
            act = None if changed else self._merge(next(row for row in rows if row.pk == kept), [row for row in rows if row.pk != kept])
        if act is None:
            listed = _("Another endorsement of the one that stays is in the list. Tick it too, or choose it.")
            messages.warning(request, last_changes(changed) if changed else listed)
            return redirect(request.get_full_path())
        say_what_was_done(request, act, _("Merged: one of them stays."), [])
        return redirect("endorsements:inspect", kept)

    def _wrong(self, stays: dict[int, str], same: dict[int, str]) -> str:
        known = set(Endorsement.objects.filter(declaration_id=self.object.declaration_id, pk__in=stays | same).values_list("pk", flat=True))
        if len(stays) != 1 or not stays.keys() <= known:
            return _("Choose the one that stays.")
        if not same.keys() - stays.keys() or not same.keys() <= known:
            return _("Tick at least one other that is the same.")
        if not Endorsement.objects.live().filter(pk__in=stays).exists():
            return _("The one that stays must be confirmed by its holder: else none would stand.")
        return ""

    def _merge(self, kept: Endorsement, duplicates: list[Endorsement]) -> BulkAct | None:
        try:
            return bulk.merge_all(duplicates, into=kept, by=self.request.user, now=timezone.now())
        except TransitionNotAllowed:
            return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = [row for row in self.choices if row.is_live]
        verified = {row.pk for row, found in zip(live, verify(live), strict=True) if found.is_verified}
        stays = min(live, key=lambda row: (row.pk not in verified, row.state != State.LISTED, row.pk), default=None)
        listed = set(precedence.others_of_signatory(self.object).listed().values_list("pk", flat=True))
        context = {"object": self.object, "choices": self.choices, "stays": stays, "ticked": {self.object.pk, *listed}}
        return super().get_context_data(**kwargs, **context, q=self.request.GET.get("q", ""))
