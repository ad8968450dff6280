"""What a limit has held, released in one act: each gets the email to confirm."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from core.admin.confirm import ConfirmView
from endorsements.declarations.admin_status import OVER_LIMIT
from endorsements.models import Endorsement
from endorsements.moderation import bulk
from endorsements.moderation import workflow as moderation
from endorsements.states import State

from .bulk import say_what_was_refused
from .queue import OfDeclarations
from .selection import PORTION, as_shown, with_declarations

# So many with one press, a portion in a transaction.
MOST = 5 * PORTION


class ReleaseHeld(OfDeclarations, ConfirmView):
    """All that were held over a limit and not confirmed yet, of one declaration or of all, as far as they were there when it was shown."""

    page_title = gettext_lazy("Release those held by the limit")
    header_icon = "mail"

    @cached_property
    def held(self) -> list[Endorsement]:
        return list(self.rows().filter(OVER_LIMIT).order_by("pk")[:MOST])

    @property
    def shown(self) -> str:
        """The last of them: what comes later was not looked at."""
        return str(self.held[-1].pk) if self.held else ""

    def get_back_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=(self.chosen.pk,)) if self.chosen else super().get_back_url()

    def question(self) -> str:
        count = len(self.held)
        return ngettext("Send %(count)d email to confirm?", "Send %(count)d emails to confirm?", count) % {"count": count}

    def consequences(self) -> Iterable[str]:
        if self.chosen:
            yield _("Declaration: %(title)s") % {"title": self.chosen.title}
        domains = Counter(row.email.rpartition("@")[2] for row in self.held).most_common(5)
        yield _("They came over the limit of their network, or of the site. Most of their addresses are at: %(domains)s.") % {
            "domains": ", ".join(f"{domain} ({count})" for domain, count in domains)
        }
        yield _("Each address gets the email to confirm, at most one for each endorsement. Nothing is listed before it is confirmed.")
        if len(self.held) == MOST:
            yield _("There are more: come back for them afterwards.")

    def why_not(self) -> list[str]:
        return [] if self.held else [_("None is held by a limit: a colleague was faster, or there was none.")]

    def get_button(self) -> str:
        return ngettext("Send it", "Send these %(count)d", len(self.held)) % {"count": len(self.held)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        last = request.POST.get("shown", "")
        if last.isascii() and last.isdecimal() and len(last) < 18:
            self.held = [row for row in self.held if row.pk <= int(last)]
        return super().post(request, *args, **kwargs)

    def act(self) -> bool:
        self.sent, self.refused = 0, Counter[str]()
        for start in range(0, len(self.held), PORTION):
            self._release(self.held[start : start + PORTION])
        return True

    def _release(self, portion: list[Endorsement]) -> None:
        by, now = self.request.user, timezone.now()
        with transaction.atomic():
            rows, _changed = as_shown({row.pk: State.HELD for row in portion}, lock=True)
            unconfirmed = [row for row in rows if row.confirmed_at is None]
            with_declarations(unconfirmed)
            act, refused = bulk.apply_to_all(
                unconfirmed, lambda row: moderation.release(row, by=by, now=now), to=State.PENDING, by=by, now=now
            )
        self.sent += act.items.count()
        self.refused += refused

    def succeed(self, result: bool) -> HttpResponseBase:
        count = self.sent
        message = ngettext("%(count)d email to confirm is on its way.", "%(count)d emails to confirm are on their way.", count)
        undo = messages.button(reverse("endorsement_queue:acts"), _("Look again, or undo"))
        messages.success(self.request, message % {"count": count}, buttons=[undo])
        say_what_was_refused(self.request, self.refused)
        return redirect(self.back_url)
