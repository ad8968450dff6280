"""The page on which the holder of an endorsement sees all that is stored, corrects it, and withdraws."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.web.private_pages import post_data, render_private, see_other
from endorsements.models import Endorsement
from endorsements.models.name_change import NAME_FIELDS, name_of_endorsement
from endorsements.states import ENDED, Purpose, State
from members.identity.form_fields import EmailAddressForm

from .. import emails as signing_emails
from .. import name_proposals as signing_names
from .. import workflow as signing
from ..consents import current_consent, wording
from ..forms import NameForm, RoleForm
from ..limits import is_changed_too_often
from ..name_proposals import waiting_proposal
from ..precedence import superseding
from .confirm import link_context, submit_second_person_form
from .links import opened_by_endorsement_link

# By the query parameter `done` of the address to which an action redirects.
DONE_MESSAGES = {
    "role": gettext_lazy("Your correction is saved."),
    "name": gettext_lazy("Your choice is saved. The public list shows it within a minute."),
    "news": gettext_lazy("Your choice is saved."),
    "updates": gettext_lazy("Your choice is saved."),
    "second": gettext_lazy("Your colleague can confirm with the link in our email. We send only a few emails a day to each address."),
    "propose": gettext_lazy("The secretariat looks at the name that you proposed, and emails you. Until then the list stays as it is."),
    "cancel": gettext_lazy("Your proposal is cancelled."),
}
TOO_OFTEN = gettext_lazy("You have changed what the list shows many times today. Try again tomorrow.")
Action = Callable[[HttpRequest, Endorsement, QueryDict], HttpResponse]


@opened_by_endorsement_link(signing_emails.MANAGE)
def manage(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    """Show the page; a POST takes its `action`."""
    if request.method != "POST" or endorsement.state in ENDED:
        return _page(request, endorsement)
    data = post_data(request)
    act = ACTIONS.get(data.get("action", ""))
    return act(request, endorsement, data) if act else _page(request, endorsement)


def _page(
    request: HttpRequest,
    endorsement: Endorsement,
    *,
    role_form: RoleForm | None = None,
    second_form: EmailAddressForm | None = None,
    name_form: NameForm | None = None,
    name_error: Any = "",
) -> HttpResponse:
    page = endorsement.declaration
    news = current_consent(endorsement, Purpose.NEWS)
    context = {
        "has_ended": endorsement.state in ENDED,
        "replaced_on": endorsement.ended_at if superseding(endorsement) else None,
        "done_message": "" if request.method == "POST" else DONE_MESSAGES.get(request.GET.get("done", ""), ""),
        "role_form": role_form or RoleForm(endorsement=endorsement),
        "second_form": second_form or EmailAddressForm(),
        "name_form": name_form or NameForm(endorsement=endorsement),
        "proposal": waiting_proposal(endorsement),
        "name_in_profile": name_in_profile(endorsement),
        "name_error": name_error,
        "may_ask_second": signing.may_ask_second_person(endorsement),
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
    if any(form.cleaned_data[name] for name in form.changed_data) and is_changed_too_often(endorsement):
        form.add_error(form.changed_data[0], TOO_OFTEN)
        return _page(request, endorsement, role_form=form)
    signing.change_role(endorsement, **form.cleaned_data)
    return _done(request, "role")


def name_in_profile(endorsement: Endorsement) -> dict[str, str]:
    """The name in the profile of the organisation of the coalition, if it is another one: the profile is the source."""
    known = endorsement.organisation
    if known is None:
        return {}
    values = {name: str(getattr(known, name) or "") for name in NAME_FIELDS}
    return {} if values == name_of_endorsement(endorsement) else values


def _propose_name(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    """As typed; or for an organisation of the coalition, as in its profile."""
    if endorsement.organisation:
        signing_names.propose_name(endorsement, name_in_profile(endorsement), now=timezone.now())
        return _done(request, "propose")
    form = NameForm(data, endorsement=endorsement)
    if not form.is_valid():
        return _page(request, endorsement, name_form=form)
    if not signing_names.propose_name(endorsement, form.cleaned_data, now=timezone.now()):
        form.add_error("name", _("This is the name as it is. Type the corrected one."))
        return _page(request, endorsement, name_form=form)
    return _done(request, "propose")


def _cancel_proposal(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    signing_names.cancel_proposal(endorsement, now=timezone.now())
    return _done(request, "cancel")


def _change_consent(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    """Give a consent (if `given` is in the data) or withdraw it."""
    purpose, given = Purpose.NEWS if data.get("action") == "news" else Purpose.SHOW_NAME, "given" in data
    if purpose == Purpose.SHOW_NAME and given and not endorsement.show_name and is_changed_too_often(endorsement):
        return _page(request, endorsement, name_error=TOO_OFTEN)
    if purpose == Purpose.NEWS or not endorsement.is_organisation:
        signing.change_consent(endorsement, purpose=purpose, given=given, language=get_language() or "", now=timezone.now())
    return _done(request, "news" if purpose == Purpose.NEWS else "name")


def _set_wants_updates(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    signing.set_wants_updates(endorsement, wanted="given" in data)
    return _done(request, "updates")


def _ask_second_person(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    form = EmailAddressForm(data)
    is_sent = submit_second_person_form(request, endorsement, form)
    return _done(request, "second") if is_sent else _page(request, endorsement, second_form=form)


def _withdraw(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    """Ask again before withdrawing, because it cannot be undone."""
    shown = data.get("shown") == "yes"
    if "sure" not in data:
        return render_private(
            request, "endorsements/signing/withdraw.html", link_context(endorsement, _("Withdraw for good?"), shown=shown)
        )
    signing.withdraw(endorsement, shown=shown, now=timezone.now())
    return see_other(request)


ACTIONS: dict[str, Action] = {
    "role": _change_role,
    "propose": _propose_name,
    "cancel": _cancel_proposal,
    "name": _change_consent,
    "news": _change_consent,
    "updates": _set_wants_updates,
    "second": _ask_second_person,
    "withdraw": _withdraw,
}
