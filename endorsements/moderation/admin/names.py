"""Corrected names in the admin: those that holders propose, each with the checks of the new name; and correcting one oneself."""

from collections.abc import Iterable
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from cms.dashboard import Shortcut
from core.admin.confirm import ConfirmView
from core.transitions import NotPossible, TransitionNotAllowed
from endorsements.models import Endorsement, NameChange
from endorsements.models.name_change import name_of_endorsement
from endorsements.moderation import emails, names
from endorsements.signing.forms import NameForm
from endorsements.states import BY_ITS_HOLDER, NOT_ENDED, NameChangeState, State

from .bulk import A_PAGE, ModerationView
from .selection import name_of

MAX_MESSAGE = 1000


def waiting_names() -> QuerySet[NameChange]:
    """Proposals to decide on, the oldest first; none of an endorsement that has ended."""
    standing = Endorsement.objects.order_by().filter(pk=OuterRef("endorsement"), state__in=NOT_ENDED)
    waiting = NameChange.objects.filter(Exists(standing), state=NameChangeState.WAITING)
    return waiting.select_related("endorsement__declaration", "endorsement__organisation", "endorsement__version")


def as_cards(changes: list[NameChange]) -> list[dict[str, Any]]:
    """Each with the checks that the new name gets, as of a new endorsement; `shown` is when it was proposed."""
    checks = names.checks_of_names(changes)
    return [{"change": one, "checks": checks[one.pk].checks, "shown": one.proposed_at.isoformat()} for one in changes]


class NameChanges(ModerationView):
    """The proposals that wait, a button to accept and one to decline beside each."""

    template_name = "endorsements/moderation/admin/names.html"
    page_title = gettext_lazy("Names to correct")
    permission_required = "view"
    header_icon = "edit"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paginator: Paginator = WagtailPaginator(waiting_names().order_by("proposed_at", "pk"), A_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            **kwargs,
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            cards=as_cards(list(page.object_list)),
            may_decide=self.user_has_permission("change"),
            here=self.request.get_full_path(),
        )


class DecideName(ModerationView):
    """Accept or decline one proposal, if it is still the one that was shown."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("endorsement_queue:names")

    def get_back_url(self) -> str:
        return reverse("endorsement_queue:names")

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        change = get_object_or_404(NameChange.objects.select_related("endorsement__declaration"), pk=pk)
        message = request.POST.get("message", "").replace("\x00", "").strip()
        is_shown = request.POST.get("shown") == change.proposed_at.isoformat()
        if len(message) > MAX_MESSAGE:
            sentence = _("Nothing was done: the message is longer than 1,000 characters. It was: %(message)s")
            messages.error(request, sentence % {"message": message})
        elif not is_shown or not self._decide(change, request.POST.get("action", ""), message):
            messages.warning(request, _("Nothing was done: this proposal was decided on, cancelled or replaced meanwhile."))
        return redirect(self.back_url)

    def _decide(self, change: NameChange, action: str, message: str) -> bool:
        by, now, done = self.request.user, timezone.now(), False
        try:
            if action == "accept":
                done = names.accept_name(change, by=by, now=now)
                said = _("The name is “%(name)s” now.") % {"name": change.name}
            elif action == "decline":
                done = names.decline_name(change, message=message, by=by, now=now)
                said = _("The name stays “%(name)s”.") % {"name": name_of(change.endorsement)}
        except NotPossible as reason:
            messages.error(self.request, str(reason))
            return True
        except TransitionNotAllowed:
            return False
        if done:
            messages.success(self.request, said)
        return done


class CorrectName(ModerationView, ConfirmView):
    """A colleague corrects a name. Its holder reads in an email what was changed."""

    queryset = Endorsement.objects.select_related("declaration", "organisation", "version")
    page_title = gettext_lazy("Correct the name")
    header_icon = "edit"
    button = gettext_lazy("Correct it")
    success_message = gettext_lazy("The name is corrected.")
    states = NOT_ENDED
    shows_email = True
    template_name = "endorsements/moderation/admin/correct_name.html"

    def get_back_url(self) -> str:
        return reverse("endorsements:inspect", args=(self.object.pk,))

    @property
    def object_name(self) -> str:
        return name_of(self.object)

    @property
    def shown(self) -> str:
        return ":".join((str(self.object.state), *map(str, name_of_endorsement(self.object).values())))

    def consequences(self) -> Iterable[str]:
        yield _("The list, its files and its search have the corrected name at once. The history keeps the one before.")
        yield _("Lists that were handed over stay as they were handed over.")
        if self.object.organisation:
            yield _("It is linked to %(name)s. Correct the profile of the organisation too, if the mistake is there.") % {
                "name": self.object.organisation.name
            }

    def make_form(self, data: Any) -> NameForm:
        return NameForm(data, endorsement=self.object)

    def proposed(self) -> NameChange:
        """The correction as typed, not stored."""
        former = name_of_endorsement(self.object)
        return NameChange(endorsement=self.object, **(former | self.answers), **{f"former_{name}": value for name, value in former.items()})

    def email(self) -> EmailMultiAlternatives | None:
        change = self.proposed()
        if not change.lines:
            raise NotPossible(_("This is the name as it is. Type the corrected one."))
        is_told = self.object.source in BY_ITS_HOLDER and self.object.email and self.object.state != State.PENDING
        return emails.renamed_preview(change) if is_told else None

    def act(self) -> NameChange | None:
        return names.correct_name(self.object, self.answers, by=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the checks of the new name beside its email."""
        if kwargs.get("is_reading"):
            change = self.proposed()
            change.pk = 0
            kwargs["checks"] = names.checks_of_names([change])[0].checks
        return super().get_context_data(**kwargs)


def names_to_correct(user: Any) -> Shortcut | None:
    """On the first page of the admin, while any waits."""
    if not user.has_perm("endorsements.change_endorsement"):
        return None
    waiting = waiting_names().order_by().aggregate(count=Count("pk"), newest=Max("proposed_at"))
    if not waiting["count"]:
        return None
    return Shortcut(
        label=_("Names to correct"),
        text=_("Holders of endorsements say how their names should be written. Accept or decline each."),
        url=reverse("endorsement_queue:names"),
        icon="edit",
        order=16,
        **waiting,
    )
