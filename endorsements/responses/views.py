"""A member answers an open declaration: it endorses, says until when it decides, or that it will not. By the link of an invitation, or
from its own page."""

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
from endorsements.text.canonical import as_blocks
from members.membership.emails import PROFILE
from members.membership.links import RECOVERY, OpenedProfile, opened_by_contact_link
from members.models import Contact

from . import workflow
from .emails import ANSWER, found_by
from .forms import DecidingForm
from .queries import last_day, standing_of, words_of


def _find_question(link: OpenedLink) -> tuple[DeclarationPage, Contact | None] | None:
    page, contact = found_by(link.subject)
    return (page, contact) if page else None


@opened_by_link(ANSWER, find_object=_find_question, recovery=RECOVERY)
def answer(request: HttpRequest, question: tuple[DeclarationPage, Contact | None]) -> HttpResponse:
    """Behind the link of an invitation."""
    page, contact = question
    return _question(request, page, contact) if contact else _not_asked(request)


@opened_by_contact_link(PROFILE)
def answer_from_profile(request: HttpRequest, opened: OpenedProfile, pk: int) -> HttpResponse:
    page = DeclarationPage.for_reading().filter(pk=pk).first()
    return _question(request, page, opened.contact, opened) if page else RECOVERY.page(request)


def _question(request: HttpRequest, page: DeclarationPage, contact: Contact, opened: OpenedProfile | None = None) -> HttpResponse:
    """The page, or what came of pressing one of its buttons."""
    now = timezone.now()
    if request.method != "POST":
        hindered = workflow.hindrance(page, contact, now=now)
        return _not_possible(request, page, contact, hindered) if hindered else _page(request, page, contact, opened, _form(page, contact))
    data = post_data(request)
    form, outcome = _form(page, contact, data if data.get("action") == Answer.DECIDING else None), None
    match data.get("action"):
        case "endorse":
            version = shown_version(page, data)
            outcome = workflow.endorse(page, contact, version=version, language=get_language() or "", now=now)
        case Answer.NO:
            outcome = workflow.answer(page, contact, word=Answer.NO, now=now)
        case Answer.DECIDING if form and form.is_valid():
            outcome = workflow.answer(page, contact, word=Answer.DECIDING, until=form.cleaned_data["until"], now=now)
    if outcome in (Outcome.DONE, Outcome.STANDS_ALREADY):
        return _thanks(request, opened)
    hindered = outcome if outcome != Outcome.TEXT_CHANGED else None
    hindered = hindered or workflow.hindrance(page, contact, now=now)
    if hindered:
        return _not_possible(request, page, contact, hindered)
    return _page(request, page, contact, opened, form or _form(page, contact), text_changed=outcome == Outcome.TEXT_CHANGED)


def _form(page: DeclarationPage, contact: Contact, data: Any = None) -> DecidingForm | None:
    """None when it closes too soon for a day to be named."""
    now = timezone.now()
    earliest, latest = site_date(now + timedelta(days=1)), last_day(page, now)
    if latest < earliest:
        return None
    invitation = Invitation.objects.under(page).filter(organisation=contact.organisation).first()
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
    """The question with its buttons; once the organisation endorses, that it does."""
    organisation, sign_on = contact.organisation, sign_on_of(page)
    existing, version = standing_of(page, organisation), sign_on.version
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
        "earlier_answer": words_of(Invitation.objects.under(page).with_word().filter(organisation=organisation).first()),
        "form": form,
        "text_changed": text_changed,
        "privacy_url": privacy_url(),
    }
    return render_private(request, "endorsements/responses/answer.html", context)


def _thanks(request: HttpRequest, opened: OpenedProfile | None) -> HttpResponse:
    """The same page as it now is; or, when a link of 15 minutes has run out meanwhile, that it was done all the same."""
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
    """Why nothing can be answered. Of a declaration that is not public not even the title is told."""
    if outcome == Outcome.ENDED:
        return _not_asked(request)
    sign_on, existing = sign_on_of(page), standing_of(page, contact.organisation)
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
