"""What members answer to a declaration: yes, deciding, no, silent; asking those who were not asked, and reminding the silent once."""

from collections.abc import Iterable
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.menu import menu_item_for
from core.admin.views import AdminView, Breadcrumb
from endorsements.models import DeclarationPage, Endorsement, Invitation
from endorsements.states import PUBLIC_LIST, Answer, WhoMayEndorse

from . import workflow
from .admin_opening import who_cannot_be_asked, who_is_emailed
from .emails import INVITED, REMINDED, preview
from .queries import (
    Audience,
    answer_summary,
    asks_members,
    audience,
    audience_among,
    count_responses,
    organisations_with_response,
    responses_to,
)

A_PAGE, DECLARATIONS_A_PAGE = 50, 25
TITLE = gettext_lazy("Answers of members")


class _AnswersView(AdminView):
    permission_policy = ModelPermissionPolicy(Endorsement)
    header_icon = "tasks"


class Declarations(_AnswersView):
    """Every declaration for organisations that is or was open, the newest first, each leading to its answers."""

    template_name = "endorsements/responses/admin/declarations.html"
    page_title = TITLE
    permission_required = "view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = DeclarationPage.objects.filter(sign_on__state__in=PUBLIC_LIST).exclude(who=WhoMayEndorse.PEOPLE).select_related("sign_on")
        paginator: Paginator = WagtailPaginator(pages.order_by("-sign_on__opened_at", "-pk"), DECLARATIONS_A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        counts = {"asked": Count("asked_at"), "answered": Count("answered_at")}
        counted = Invitation.objects.filter(declaration__in=page.object_list).order_by().values("declaration").annotate(**counts)
        by_declaration = {row["declaration"]: row for row in counted}
        rows = [(one, by_declaration.get(one.pk, dict.fromkeys(counts, 0))) for one in page.object_list]
        numbers = paginator.get_elided_page_range(page.number)
        return super().get_context_data(**kwargs, rows=rows, page_obj=page, elided_page_range=numbers)


class _OfDeclaration(_AnswersView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = DeclarationPage.objects.filter(sign_on__state__in=PUBLIC_LIST).select_related("sign_on")
        self.declaration = get_object_or_404(rows, pk=kwargs["pk"])
        self.now = timezone.now()

    def above(self) -> list[Breadcrumb]:
        return [(reverse("member_answers:index"), TITLE)]

    @cached_property
    def to_ask(self) -> Audience:
        return audience(self.declaration, self.now) if asks_members(self.declaration, self.now) else Audience()

    @cached_property
    def to_chase(self) -> Audience:
        if not asks_members(self.declaration, self.now):
            return Audience()
        silent = Invitation.objects.for_declaration(self.declaration).to_remind(self.now).order_by("pk")
        return audience_among(list(silent.values_list("organisation_id", flat=True)))


class Answers(_OfDeclaration):
    """Who said what, who was asked and reminded when, and why somebody was not; `?answer=` shows one answer's."""

    template_name = "endorsements/responses/admin/answers.html"
    permission_required = "view"

    def get_page_title(self) -> str:
        return _("Answers of members: %(title)s") % {"title": self.declaration.title}

    def here(self) -> str:
        return str(self.declaration.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("answer", "")
        rows = organisations_with_response(self.declaration, self.now)
        counts = count_responses(rows)
        listed = rows.filter(response=wanted) if wanted in Answer.values else rows
        paginator: Paginator = WagtailPaginator(listed.order_by("name", "pk").values_list("pk", flat=True), A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        lines = responses_to(self.declaration, rows.filter(pk__in=list(page.object_list)).order_by("name", "pk"))
        return super().get_context_data(
            **kwargs,
            declaration=self.declaration,
            counts=[(word, counts[word]) for word in Answer],
            wanted=wanted if wanted in Answer.values else "",
            lines=[{"line": line, "words": answer_summary(line.invitation) if line.response != Answer.YES else ""} for line in lines],
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            total=counts.total(),
            is_asked_about=asks_members(self.declaration, self.now),
            may_act=self.user_has_permission("change"),
            may_ask=counts[Answer.UNASKED] > 0,
            may_chase=counts[Answer.SILENT] + counts[Answer.DECIDING] > 0,
        )


class _Write(_OfDeclaration, ConfirmView):
    """Says how many organisations get an email and what it says, then writes to them. If the number changed meanwhile, nothing is done."""

    changed_message = gettext_lazy("Nothing was done: the number has changed meanwhile. This is how it stands now.")
    shows_email = True
    template = ""
    sentences: tuple[str | Promise, ...] = ()

    @property
    def audience(self) -> Audience:
        raise NotImplementedError

    @property
    def count(self) -> int:
        return min(self.audience.members, workflow.MAX_PER_RUN)

    def get_back_url(self) -> str:
        return reverse("member_answers:declaration", args=(self.declaration.pk,))

    def above(self) -> list[Breadcrumb]:
        return [*super().above(), (self.get_back_url(), self.declaration.title)]

    @property
    def shown(self) -> str:
        return str(self.count)

    def consequences(self) -> Iterable[str]:
        yield _("Emailed are: %(who)s.") % {"who": who_is_emailed(self.audience)}
        if self.audience.members > self.count:
            yield _("The first %(count)d members are emailed now. Come back for the others.") % {"count": self.count}
        yield from map(str, self.sentences)
        if sentence := who_cannot_be_asked(self.audience):
            yield sentence

    def why_not(self) -> list[str]:
        return [] if self.count else list(filter(None, (self.too_late(), who_cannot_be_asked(self.audience))))

    def email(self) -> EmailMultiAlternatives | None:
        """As the first of them gets it."""
        return preview(self.template, self.declaration, *self.audience.first) if self.audience.first else None

    def recipients(self, email: EmailMultiAlternatives) -> str:
        return _("To %(address)s and the others, each with the name of their organisation and a link of their own.") % {
            "address": email.to[0]
        }

    def too_late(self) -> str:
        return _("Nobody is left to write to, or the sign-on is not open.")


class Ask(_Write):
    page_title = gettext_lazy("Ask those not asked yet")
    button = gettext_lazy("Ask them now")
    template = INVITED
    sentences = (
        gettext_lazy(
            "Each voting representative gets an email with a link of their own: yes, deciding until a day, or not this time. Where there "
            "is none, the alternates get it, else all contacts."
        ),
        gettext_lazy("Members that endorse it already or were asked get nothing. Nor do observers and dormant members."),
        gettext_lazy("You cannot take the emails back."),
    )

    @property
    def audience(self) -> Audience:
        return self.to_ask

    def question(self) -> str:
        return ngettext(
            "Ask %(count)d member whether it endorses “%(title)s”?", "Ask %(count)d members whether they endorse “%(title)s”?", self.count
        ) % {"count": self.count, "title": self.declaration.title}

    def act(self) -> int:
        return workflow.ask_members(self.declaration, by=self.request.user, now=self.now)

    def get_success_message(self, result: int) -> str:
        return ngettext("%(count)d organisation was asked.", "%(count)d organisations were asked.", result) % {"count": result}


class Chase(_Write):
    page_title = gettext_lazy("Chase the silent")
    button = gettext_lazy("Remind them now")
    template = REMINDED
    sentences = (
        gettext_lazy(
            "Those are members that were asked at least two days ago and have said nothing, and those that wanted to decide by a day that "
            "has passed."
        ),
        gettext_lazy("Each is reminded of a declaration once, ever. You cannot take the emails back."),
    )

    @property
    def audience(self) -> Audience:
        return self.to_chase

    def question(self) -> str:
        return ngettext("Remind %(count)d member of “%(title)s”?", "Remind %(count)d members of “%(title)s”?", self.count) % {
            "count": self.count,
            "title": self.declaration.title,
        }

    def act(self) -> int:
        return workflow.remind_members(self.declaration, by=self.request.user, now=self.now)

    def get_success_message(self, result: int) -> str:
        return ngettext("%(count)d organisation was reminded.", "%(count)d organisations were reminded.", result) % {"count": result}


class MemberAnswers(ViewSet):
    """What members said to a declaration that is or was open, and writing to those who said nothing."""

    name = "member_answers"
    url_prefix = "member-answers"
    icon = "group"
    menu_label = TITLE
    menu_item_class = menu_item_for("endorsements.view_endorsement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Declarations.as_view(), name="index"),
            path("<int:pk>/", Answers.as_view(), name="declaration"),
            path("<int:pk>/ask/", Ask.as_view(), name="ask"),
            path("<int:pk>/chase/", Chase.as_view(), name="chase"),
        ]
