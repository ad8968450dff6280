"""What members answer to a declaration: yes, deciding, no, silent; asking those who were not asked, and reminding the silent once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from endorsements.models import DeclarationPage, Invitation
from endorsements.moderation.admin.decisions import ModerationPage
from endorsements.states import PUBLIC_LIST, Answer, WhoMayEndorse

from . import workflow
from .queries import answer_summary, asks_members, contacts_to_ask, not_asked, responses_to

MOST = 200
TITLE = gettext_lazy("Answers of members")


class Declarations(ModerationPage):
    """Every declaration for organisations that is or was open, the newest first, each leading to its answers."""

    template_name = "endorsements/responses/admin/declarations.html"
    page_title = TITLE
    permission_required = "view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = DeclarationPage.objects.filter(sign_on__state__in=PUBLIC_LIST).exclude(who=WhoMayEndorse.PEOPLE).select_related("sign_on")
        asked, answered = Q(invitations__asked_at__isnull=False), Q(invitations__answered_at__isnull=False)
        counted = pages.annotate(asked=Count("invitations", filter=asked), answered=Count("invitations", filter=answered))
        return super().get_context_data(**kwargs, pages=counted.order_by("-sign_on__opened_at", "-pk")[:MOST])


class _OfDeclaration(ModerationPage):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = DeclarationPage.objects.filter(sign_on__state__in=PUBLIC_LIST).select_related("sign_on")
        self.declaration = get_object_or_404(rows, pk=kwargs["pk"])
        self.now = timezone.now()

    @property
    def screen(self) -> str:
        return reverse("member_answers:declaration", args=(self.declaration.pk,))

    @cached_property
    def to_ask(self) -> int:
        return len(contacts_to_ask(not_asked(self.declaration, self.now))) if asks_members(self.declaration, self.now) else 0

    @cached_property
    def to_chase(self) -> int:
        if not asks_members(self.declaration, self.now):
            return 0
        rows = Invitation.objects.for_declaration(self.declaration).to_remind(self.now).select_related("organisation")
        return len(contacts_to_ask([row.organisation for row in rows]))


class Answers(_OfDeclaration):
    """Who said what, who was asked and reminded when, and why somebody was not; `?answer=` shows one answer's."""

    template_name = "endorsements/responses/admin/answers.html"
    permission_required = "view"

    def get_page_title(self) -> str:
        return _("Answers of members: %(title)s") % {"title": self.declaration.title}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("member_answers:index"), "label": TITLE}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.declaration.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = responses_to(self.declaration, self.now)
        counts = Counter(line.response for line in lines)
        wanted = self.request.GET.get("answer", "")
        shown = [line for line in lines if wanted not in Answer.values or line.response == wanted]
        told = [{"line": line, "words": answer_summary(line.invitation) if line.response != Answer.YES else ""} for line in shown]
        return super().get_context_data(
            **kwargs,
            declaration=self.declaration,
            counts=[(word, counts[word]) for word in Answer],
            wanted=wanted if wanted in Answer.values else "",
            lines=told,
            total=len(lines),
            is_asked_about=asks_members(self.declaration, self.now),
            may_act=self.user_has_permission("change"),
            to_ask=self.to_ask,
            to_chase=self.to_chase,
        )


class _Write(_OfDeclaration):
    """Says how many organisations get a mail, asks once, then writes. If the number changed meanwhile, nothing is done."""

    button: str | Promise = ""
    act: Callable[..., int]
    done: Callable[[int], str]

    def count(self) -> int:
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("member_answers:index"), "label": TITLE}
        this = {"url": self.screen, "label": self.declaration.title}
        return [*self.breadcrumbs_items, above, this, {"url": "", "label": self.get_page_title()}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("seen") != str(self.count()):
            messages.warning(request, _("Nothing was done: the number has changed meanwhile. This is how it stands now."))
            return redirect(request.path)
        count = type(self).act(self.declaration, by=request.user, now=self.now)
        messages.success(request, type(self).done(count) % {"count": count})
        return redirect(self.screen)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = self.count()
        hindrances = [] if count else [_("Nobody is left to write to, or the sign-on is not open.")]
        more = {"declaration": self.declaration, "button": self.button, "back": self.screen, "hindrances": hindrances}
        return super().get_context_data(**kwargs, **more, count=count, seen=str(count))


class Ask(_Write):
    template_name = "endorsements/responses/admin/ask.html"
    page_title = gettext_lazy("Ask those not asked yet")
    button = gettext_lazy("Ask them now")
    act = workflow.ask_members

    def count(self) -> int:
        return min(self.to_ask, workflow.MAX_PER_RUN)

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)d organisation was asked.", "%(count)d organisations were asked.", count)


class Chase(_Write):
    template_name = "endorsements/responses/admin/remind.html"
    page_title = gettext_lazy("Chase the silent")
    button = gettext_lazy("Remind them now")
    act = workflow.remind_members

    def count(self) -> int:
        return min(self.to_chase, workflow.MAX_PER_RUN)

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)d organisation was reminded.", "%(count)d organisations were reminded.", count)
