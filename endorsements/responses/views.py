"""The page on which a member answers an open declaration, opened by the link in an email or from its own page."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.public_pages import privacy_url
from core.dates import site_date
from core.links.views import OpenedLink, opened_by_link
from core.web.private_pages import post_data, render_message, render_private, see_other
from endorsements.models import DeclarationPage, Endorsement, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.consents import wording
from endorsements.signing.views.confirm import shown_version
from endorsements.signing.workflow import Outcome
from endorsements.states import Answer, Purpose, SignOnState
from endorsements.text.display import as_blocks
from members.membership.emails import PROFILE
from members.membership.links import RECOVERY, OpenedProfile, opened_by_contact_link
from members.models import Contact

from . import workflow
from .emails import ANSWER, find_by_subject
from .forms import DecidingForm
from .queries import answer_summary, endorsement_of, last_decision_day


def _find_question(link: OpenedLink) -> tuple[DeclarationPage, Contact | None] | None:
    page, contact = find_by_subject(link.subject)
    return (page, contact) if page else None


@opened_by_link(ANSWER, find_object=_find_question, recovery=RECOVERY)
def answer(request: HttpRequest, question: tuple[DeclarationPage, Contact | None]) -> HttpResponse:
    """Opened by the link in an email."""
    page, contact = question
    return _question(request, page, contact) if contact else _not_asked(request)


@opened_by_contact_link(PROFILE)
def answer_from_profile(request: HttpRequest, opened: OpenedProfile, pk: int) -> HttpResponse:
    page = DeclarationPage.for_reading().filter(pk=pk).first()
    return _question(request, page, opened.contact, opened) if page else RECOVERY.page(request)


def _question(request: HttpRequest, page: DeclarationPage, contact: Contact, opened: OpenedProfile | None = None) -> HttpResponse:
    """Show the question; a POST takes its `action`: endorse, deciding, or no."""
    now = timezone.now()
    if request.method != "POST":
        reason = workflow.reason_not_to_answer(page, contact, now=now)
        return _not_possible(request, page, contact, reason) if reason else _page(request, page, contact, opened, _form(page, contact))
    data = post_data(request)
    form, outcome = _form(page, contact, data if data.get("action") == Answer.DECIDING else None), None
    match data.get("action"):
        case "endorse":
            version = shown_version(page, data)
            outcome = workflow.endorse(page, contact, version=version, language=get_language() or "", now=now)
        case Answer.NO:
            outcome = workflow.record_answer(page, contact, answer=Answer.NO, now=now)
        case Answer.DECIDING if form and form.is_valid():
            outcome = workflow.record_answer(page, contact, answer=Answer.DECIDING, until=form.cleaned_data["until"], now=now)
    if outcome in (Outcome.DONE, Outcome.ALREADY_ENDORSED):
        return _thanks(request, opened)
    reason = outcome if outcome != Outcome.TEXT_CHANGED else None
    reason = reason or workflow.reason_not_to_answer(page, contact, now=now)
    if reason:
        return _not_possible(request, page, contact, reason)
    return _page(request, page, contact, opened, form or _form(page, contact), text_changed=outcome == Outcome.TEXT_CHANGED)


def _form(page: DeclarationPage, contact: Contact, data: Any = None) -> DecidingForm | None:
    """The form for the day of decision; None if the declaration closes too soon for one."""
    now = timezone.now()
    earliest, latest = site_date(now + timedelta(days=1)), last_decision_day(page, now)
    if latest < earliest:
        return None
    invitation = Invitation.objects.for_declaration(page).filter(organisation=contact.organisation).first()
    initial = {"until": invitation.deciding_until if invitation else None}
    return DecidingForm(data, earliest=earliest, latest=latest, initial=initial)


def _page(
    request: HttpRequest,
    page: DeclarationPage,
    contact: Contact,
    opened: OpenedProfile | None,
    form: DecidingForm | None,
    *,
    text_changed: bool = False,
) -> HttpResponse:
    """The question with its buttons or, once the organisation endorses, thanks."""
    organisation, sign_on = contact.organisation, sign_on_of(page)
    existing, version = endorsement_of(page, organisation), sign_on.version
    title = _("Thank you") if existing else _("Does your organisation endorse this?")
    context = {
        "title": _("Mistake: %(title)s") % {"title": title} if form and form.is_bound else title,
        "heading": title,
        "opened": opened,
        "organisation": organisation,
        "declaration": page,
        "text_url": page.get_url() or "",
        "version": version,
        "blocks": as_blocks(version.text, top=2) if version else [],
        "existing": existing,
        "endorsement": Endorsement(**workflow.submission_of(contact).row()),
        "authority": wording(Purpose.AUTHORITY, page),
        "earlier_answer": answer_summary(
            Invitation.objects.for_declaration(page).with_response().filter(organisation=organisation).first()
        ),
        "form": form,
        "text_changed": text_changed,
        "privacy_url": privacy_url(),
    }
    return render_private(request, "endorsements/responses/answer.html", context)


def _thanks(request: HttpRequest, opened: OpenedProfile | None) -> HttpResponse:
    """Redirect to the same page; if its link of 15 minutes has expired meanwhile, confirm the answer here."""
    if opened is None or opened.is_live:
        return see_other(request)
    return render_message(request, _("Thank you"), _("Your answer is kept."), next_page=(_("Ask for another link"), reverse("member_link")))


def _not_asked(request: HttpRequest) -> HttpResponse:
    return render_message(
        request,
        _("This question is not for you any more"),
        _("You are not among those who answer for a member of the coalition: its contacts have changed, or it has left."),
        next_page=(_("Look at your organisation’s contacts"), reverse("member_link")),
        status=409 if request.method == "POST" else 200,
    )


def _not_possible(request: HttpRequest, page: DeclarationPage, contact: Contact, outcome: Outcome) -> HttpResponse:
    """Why it cannot be answered. The title of a declaration that is not public is not revealed."""
    if outcome == Outcome.ENDED:
        return _not_asked(request)
    sign_on, existing = sign_on_of(page), endorsement_of(page, contact.organisation)
    is_over = sign_on.is_over or sign_on.state == SignOnState.OPEN
    context = {
        "title": _("The declaration is not public at the moment") if outcome == Outcome.PAUSED else _("The sign-on is closed"),
        "outcome": outcome.name,
        "declaration": page if page.live and sign_on.has_public_list else None,
        "text_url": page.get_url() or "",
        "closed_at": sign_on.ends_at if is_over else None,
        "organisation": contact.organisation,
        "existing": existing,
    }
    return render_private(request, "endorsements/responses/answer_over.html", context, status=409 if request.method == "POST" else 200)
