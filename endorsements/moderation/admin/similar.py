"""One endorsement looks made up: which others came from the same place in the same hour, and what to do with all of them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from endorsements.models import Endorsement
from endorsements.moderation import workflow as moderation
from endorsements.moderation.checks import owned_domain, similar
from endorsements.states import NOT_ENDED, DeclineReason, State

from .decisions import ModerationPage, say_what_was_done
from .queue import do_to_those_seen
from .selection import PORTION, as_seen, asked_for, called, mark, with_declarations


class Alike(ModerationPage):
    """Shows them with their number; the POST holds or declines those that are ticked, without a mail. It can be taken back as one."""

    template_name = "endorsements/moderation/admin/similar.html"
    page_title = gettext_lazy("Find alike")
    header_icon = "search"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(Endorsement, pk=kwargs["pk"])

    @cached_property
    def found(self) -> Any:
        return similar(self.object)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        asked = dict(list(asked_for(request.POST.getlist("row")).items())[:PORTION])
        reason = request.POST.get("reason", "")
        if not asked:
            messages.warning(request, _("Tick the endorsements first."))
        elif request.POST.get("verb") == "hold":
            do_to_those_seen(request, "hold", asked)
        elif request.POST.get("verb") == "decline" and reason in DeclineReason.values:
            self._decline(asked, DeclineReason(reason))
        else:
            messages.warning(request, _("Choose a reason first."))
        return redirect("endorsements:alike", pk)

    def _decline(self, asked: dict[int, str], reason: DeclineReason) -> None:
        user, now = self.request.user, timezone.now()
        with transaction.atomic():
            rows, changed = as_seen(asked, lock=True)
            act = moderation.apply_to_all(
                rows, lambda row: moderation.decline(row, reason=reason, by=user, now=now), to=State.DECLINED, by=user, now=now
            )
        count = act.items.count()
        words = ngettext("%(count)d endorsement is declined.", "%(count)d endorsements are declined.", count) % {"count": count}
        say_what_was_done(self.request, act, words, changed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = self.found.filter(state__in=NOT_ENDED)
        rows = list(standing[:PORTION])
        with_declarations(rows)
        domain = owned_domain(self.object.email)
        return super().get_context_data(
            **kwargs,
            object=self.object,
            name=called(self.object),
            domain=domain,
            searched=bool(domain or self.object.network),
            count=standing.count(),
            decided=self.found.exclude(state__in=NOT_ENDED).count(),
            several=len({row.declaration_id for row in rows}) > 1,
            rows=[{"row": row, "mark": mark(row), "why": self._why(row, domain)} for row in rows],
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
