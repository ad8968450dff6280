"""One endorsement looks made up: which others came from the same place in the same hour, and what to do with all of them."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from endorsements.models import Endorsement
from endorsements.moderation.checks import similar
from endorsements.states import NOT_ENDED, DeclineReason
from members.organisations.known import owned_domain

from .bulk import ModerationView, act_on_selected
from .selection import PORTION, key_of, name_of, selected, with_declarations


class Similar(ModerationView):
    """Shows them with their number; the POST holds or declines those that are ticked, without a mail. It can be taken back as one."""

    template_name = "endorsements/moderation/admin/similar.html"
    page_title = gettext_lazy("Find similar")
    header_icon = "search"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(Endorsement, pk=kwargs["pk"])

    @cached_property
    def found(self) -> Any:
        return similar(self.object)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        selection, action = selected(request.POST.getlist("row")), request.POST.get("action")
        reason = request.POST.get("reason", "")
        if not selection:
            messages.warning(request, _("Tick the endorsements first."))
        elif action == "hold":
            act_on_selected(request, "hold", selection)
        elif action == "decline" and reason in DeclineReason.values:
            act_on_selected(request, "decline", selection, reason=DeclineReason(reason))
        else:
            messages.warning(request, _("Choose a reason first."))
        return redirect("endorsements:alike", pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = self.found.filter(state__in=NOT_ENDED)
        rows = list(standing[:PORTION])
        with_declarations(rows)
        domain = owned_domain(self.object.email)
        return super().get_context_data(
            **kwargs,
            object=self.object,
            name=name_of(self.object),
            domain=domain,
            searched=bool(domain or self.object.network),
            count=standing.count(),
            decided=self.found.exclude(state__in=NOT_ENDED).count(),
            several=len({row.declaration_id for row in rows}) > 1,
            rows=[{"row": row, "key": key_of(row), "why": self._why(row, domain)} for row in rows],
            reasons=DeclineReason.choices,
            likely=DeclineReason.FALSE,
        )

    def _why(self, row: Endorsement, domain: str) -> str:
        network = bool(row.network) and row.network == self.object.network
        same_domain = bool(domain) and owned_domain(row.email) == domain
        match network, same_domain:
            case True, True:
                return _("Network and mail domain")
            case True, False:
                return _("Network")
            case False, True:
                return _("Mail domain")
        return _("This one")
