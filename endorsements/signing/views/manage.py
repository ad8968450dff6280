"""What the holder of an endorsement may do with it: see all that is stored, correct, show or hide, withdraw."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.web.private_pages import post_data, render_private, see_other
from endorsements.models import Endorsement
from endorsements.states import ENDED, Purpose, State
from members.identity.form_fields import EmailAddressForm

from .. import emails as signing_emails
from .. import workflow as signing
from ..consents import current_answer, wording
from ..forms import RoleForm
from .confirm import ask_second_person, link_context
from .links import opened_by_endorsement_link

# By the `done` in the address to which an action redirects.
DONE_MESSAGES = {
    "role": gettext_lazy("Your correction is saved."),
    "name": gettext_lazy("Your choice is saved. The public list shows it within a minute."),
    "news": gettext_lazy("Your choice is saved."),
    "updates": gettext_lazy("Your choice is saved."),
    "second": gettext_lazy("We have written to your colleague."),
}
Action = Callable[[HttpRequest, Endorsement, QueryDict], HttpResponse]


@opened_by_endorsement_link(signing_emails.MANAGE)
def manage(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    """The page; a POST does what its `action` says, and an unknown one nothing."""
    if request.method != "POST" or endorsement.state in ENDED:
        return _page(request, endorsement)
    data = post_data(request)
    act = ACTIONS.get(data.get("action", ""))
    return act(request, endorsement, data) if act else _page(request, endorsement)


def _page(
    request: HttpRequest, endorsement: Endorsement, *, role_form: RoleForm | None = None, second_form: EmailAddressForm | None = None
) -> HttpResponse:
    page = endorsement.declaration
    news = current_answer(endorsement, Purpose.NEWS)
    context = {
        "has_ended": endorsement.state in ENDED,
        "done_message": "" if request.method == "POST" else DONE_MESSAGES.get(request.GET.get("done", ""), ""),
        "role_form": role_form or RoleForm(endorsement=endorsement),
        "second_form": second_form or EmailAddressForm(),
        "may_ask_second": signing.may_ask_second(endorsement),
        "consents": endorsement.consents.all(),
        "name_wording": wording(Purpose.SHOW_NAME, page),
        "news_wording": wording(Purpose.NEWS, page),
        "has_news": bool(news and news.given),
        "may_show_withdrawal": endorsement.state == State.LISTED and endorsement.show_name,
    }
    return render_private(request, "endorsements/signing/manage.html", link_context(endorsement, _("Your endorsement"), **context))


def _done(request: HttpRequest, action: str) -> HttpResponse:
    return see_other(request, f"{request.path}?done={action}")


def _change_role(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    form = RoleForm(data, endorsement=endorsement)
    if not form.is_valid():
        return _page(request, endorsement, role_form=form)
    signing.change_role(endorsement, **form.cleaned_data)
    return _done(request, "role")


def _answer(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    """A consent given (`given` is there) or taken back."""
    purpose = Purpose.NEWS if data.get("action") == "news" else Purpose.SHOW_NAME
    if purpose == Purpose.NEWS or not endorsement.is_organisation:
        signing.answer(endorsement, purpose=purpose, given="given" in data, language=get_language() or "", now=timezone.now())
    return _done(request, "news" if purpose == Purpose.NEWS else "name")


def _want_updates(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    signing.want_updates(endorsement, wanted="given" in data)
    return _done(request, "updates")


def _ask_second(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    form = EmailAddressForm(data)
    return _done(request, "second") if ask_second_person(endorsement, form) else _page(request, endorsement, second_form=form)


def _withdraw(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    """Asked once more, because it cannot be taken back."""
    shown = data.get("shown") == "yes"
    if "sure" not in data:
        return render_private(
            request, "endorsements/signing/withdraw.html", link_context(endorsement, _("Withdraw for good?"), shown=shown)
        )
    signing.withdraw(endorsement, shown=shown, now=timezone.now())
    return see_other(request)


ACTIONS: dict[str, Action] = {
    "role": _change_role,
    "name": _answer,
    "news": _answer,
    "updates": _want_updates,
    "second": _ask_second,
    "withdraw": _withdraw,
}
