"""The pages of an application, opened by an emailed link: fill in, invite, review, submit, answer, withdraw, and see its status."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.public_pages import url_of_live_page
from core.dates import site_today
from core.links.limits import rate_limit_error
from core.transitions import NotPossible, TransitionNotAllowed
from core.web.private_pages import post_data, render_message, render_private, see_other
from members.applications import emails
from members.states import Access, ApplicationState

from .. import workflow as applications
from ..forms import FILES_STEP, STEP_BY_FIELD, STEPS, AnswersForm, InvitationForm, StepForm, next_step
from ..requirements import missing_answers
from ..sections import application_sections
from ..workflow import Outcome
from .links import OpenedApplication, done_message, opened_by_application_link


@opened_by_application_link()
def application(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """The overview of a draft, or the status of a submitted application."""
    if opened.application.state != ApplicationState.DRAFT:
        return _status(request, opened)
    sections = application_sections(opened.application, missing=missing_answers(opened.application))
    first = next((section for section in sections if section.missing_count), None)
    context = {"sections": sections, "done_message": done_message(request), "first": first}
    return render_private(request, "members/applications/overview.html", opened.context(_("Your application"), **context))


def _status(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    row = opened.application
    context = {
        "done_message": done_message(request),
        "sections": application_sections(row),
        "questions": row.open_questions() if row.state == ApplicationState.MORE_INFORMATION else [],
        "is_late": row.is_open and row.promised_on is not None and row.promised_on < site_today(),
    }
    return render_private(request, "members/applications/status.html", opened.context(_("Where it stands"), **context))


@opened_by_application_link(emails.APPLICATION_READ)
def reading(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """The application for a colleague who may only read."""
    context = opened.context(opened.application.title, sections=application_sections(opened.application))
    return render_private(request, "members/applications/read.html", context)


# Filling in


@opened_by_application_link()
def step(request: HttpRequest, opened: OpenedApplication, slug: str) -> HttpResponse:
    """A step of the form. Valid fields are saved even if others are missing or wrong."""
    row = opened.application
    if request.method != "POST":
        return redirect_unless_draft(request, opened) or _step(request, opened, STEPS[slug](application=row))
    data = post_data(request)
    with applications.locked(row):
        form = STEPS[slug](data, application=row)
        try:
            applications.save(row, values=form.valid_values(), now=timezone.now())
        except TransitionNotAllowed:
            return not_saved(request, opened, form)
        except NotPossible as problem:
            form.add_error(None, str(problem))
    if form.errors:
        return _step(request, opened, form)
    if data.get("then") == "stop":
        return see_other(request, f"{opened.base}?done=saved")
    return see_other(request, f"{opened.base}{next_step(slug)}/")


def _step(request: HttpRequest, opened: OpenedApplication, form: StepForm) -> HttpResponse:
    title = _("Mistake: %(title)s") % {"title": form.title} if form.is_bound and form.errors else str(form.title)
    number = [*STEPS, FILES_STEP].index(form.slug) + 1
    join_url = url_of_live_page("/join/")
    fingerprints = STEPS[form.slug](application=opened.application).fingerprints
    context = {"form": form, "fingerprints": fingerprints, "number": number, "of": len(STEPS) + 1, "join_url": join_url}
    return render_private(request, "members/applications/step.html", opened.context(title, **context))


def redirect_unless_draft(request: HttpRequest, opened: OpenedApplication) -> HttpResponse | None:
    """Return a redirect to the status once the application is submitted; None while it is a draft."""
    return None if opened.application.state == ApplicationState.DRAFT else see_other(request, opened.base)


def not_saved(request: HttpRequest, opened: OpenedApplication, form: StepForm) -> HttpResponse:
    """Show the answers, to be copied, because the application was submitted or decided meanwhile."""
    opened.application.refresh_from_db()
    answers = [(field.label, field.value()) for field in form if field.value()]
    # The form has no field for questions that were answered meanwhile.
    answers = answers or [("", value) for name, value in form.data.items() if name not in ("then", "fingerprints") and value]
    context = opened.context(_("This was not saved"), answers=answers)
    return render_private(request, "members/applications/not_saved.html", context, status=409)


@opened_by_application_link()
def colleagues(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """List, invite and remove colleagues who may read or edit."""
    row, form = opened.application, InvitationForm()
    if request.method == "POST":
        data = post_data(request)
        if data.get("action") == "remove":
            return _uninvite(request, opened, data.get("number", ""))
        form = InvitationForm(data)
        if form.is_valid() and _invited(request, opened, form):
            return see_other(request, f"{request.path}?done=invited")
    context = {"form": form, "invitations": row.invitations.order_by("pk"), "done_message": done_message(request)}
    return render_private(request, "members/applications/colleagues.html", opened.context(_("Invite a colleague"), **context))


def _uninvite(request: HttpRequest, opened: OpenedApplication, number: str) -> HttpResponse:
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    invitation = opened.application.invitations.filter(pk=int(number)).first() if is_number else None
    if invitation:
        applications.uninvite(invitation)
    return see_other(request, f"{request.path}?done=removed")


def _invited(request: HttpRequest, opened: OpenedApplication, form: InvitationForm) -> bool:
    too_often = rate_limit_error(request, scope="members.invitations")
    if too_often:
        form.add_error(None, too_often)
        return False
    address, access = form.cleaned_data["email"], Access(form.cleaned_data["access"])
    if opened.invitation and form.recipient == opened.invitation.address_key:
        form.add_error("email", _("This is your own address. Enter a colleague’s address."))
        return False
    try:
        if applications.invite(opened.application, email=address, access=access, now=timezone.now()):
            return True
    except NotPossible as problem:
        form.add_error("email", str(problem))
        return False
    form.add_error(None, _("You have invited ten colleagues. Remove one to invite another."))
    return False


# Submitting


@opened_by_application_link()
def review(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """Show all answers and what is missing; the button submits the application, once."""
    row = opened.application
    if request.method != "POST":
        return redirect_unless_draft(request, opened) or _review(request, opened)
    outcome = applications.submit(row, now=timezone.now())
    if outcome == Outcome.NOT_READY:
        return _review(request, opened)
    if outcome == Outcome.ALREADY_OPEN:
        title = _("There is an open application of this organisation already")
        explanation = _("Ask your colleagues: perhaps one of them handed it in. Nothing of what you wrote is lost.")
        back = (_("Back to your application"), opened.base)
        return render_message(request, title, explanation, next_page=back, status=409)
    return see_other(request, f"{opened.base}?done=submitted" if outcome == Outcome.DONE else opened.base)


def _review(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    missing = missing_answers(opened.application)
    problems = [(f"{opened.base}{STEP_BY_FIELD[name]}/#{name}", sentence) for name, sentence in missing.items()]
    sections = application_sections(opened.application, missing=missing)
    context = {"sections": sections, "problems": problems, "was_sent": request.method == "POST"}
    return render_private(request, "members/applications/review.html", opened.context(_("Look at it once more"), **context))


@opened_by_application_link()
def answers(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """Answer the secretariat's questions: a form with only the fields that they are about."""
    row = opened.application
    if request.method != "POST":
        if row.state != ApplicationState.MORE_INFORMATION:
            return see_other(request, opened.base)
        return _answers(request, opened, AnswersForm(application=row, questions=row.open_questions()))
    data = post_data(request)
    with applications.locked(row):
        form = AnswersForm(data, application=row, questions=row.open_questions())
        values, replies, is_valid = form.values(), form.replies(), form.is_valid()
        finish = is_valid and data.get("then") not in ("stop", FILES_STEP)
        try:
            outcome = applications.answer(row, values=values, replies=replies, finish=finish, now=timezone.now())
        except TransitionNotAllowed:
            return not_saved(request, opened, form)
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return _answers(request, opened, form)
    if outcome == Outcome.DONE:
        return see_other(request, f"{opened.base}?done=answered")
    if outcome == Outcome.ENDED:
        return not_saved(request, opened, form)
    if is_valid and not finish:
        return see_other(request, f"{opened.base}{FILES_STEP}/" if data.get("then") == FILES_STEP else f"{opened.base}?done=kept")
    if is_valid:
        _add_missing(form, missing_answers(row))
    return _answers(request, opened, form)


def _add_missing(form: AnswersForm, missing: dict[str, str]) -> None:
    for question, field in form.questions_with_fields():
        if field is None:
            continue
        if question.field in missing:
            form.add_error(field.name, missing[question.field])
        elif not question.field and not form.cleaned_data.get(field.name):
            form.add_error(field.name, _("Please write a reply, if only a short one."))


def _answers(request: HttpRequest, opened: OpenedApplication, form: AnswersForm) -> HttpResponse:
    title = _("Mistake: %(title)s") % {"title": form.title} if form.is_bound and form.errors else str(form.title)
    fingerprints = AnswersForm(application=opened.application, questions=opened.application.open_questions()).fingerprints
    context = opened.context(title, form=form, fingerprints=fingerprints, asked=list(form.questions_with_fields()))
    return render_private(request, "members/applications/answers.html", context)


# Ending


@opened_by_application_link()
def withdraw(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """Withdraw the application after confirmation. Only for the applicant; a draft is deleted instead."""
    row = opened.application
    if not opened.is_applicant or row.state == ApplicationState.DRAFT:
        return see_other(request, opened.base)
    if request.method == "POST":
        post_data(request)
        try:
            applications.withdraw(row, now=timezone.now())
        except TransitionNotAllowed:
            row.refresh_from_db()
        else:
            return see_other(request, f"{opened.base}?done=withdrawn")
    if row.may_be_withdrawn:
        return render_private(request, "members/applications/withdraw.html", opened.context(_("Withdraw the application?")))
    if row.state == ApplicationState.WITHDRAWN:
        return see_other(request, opened.base)
    explanation = _("It is decided already, so there is nothing to withdraw. If your organisation does not wish to belong, write to us.")
    back, status = (_("See where it stands"), opened.base), 409 if request.method == "POST" else 200
    return render_message(request, _("It cannot be withdrawn any more"), explanation, next_page=back, status=status)


@opened_by_application_link()
def discard(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """Delete a draft after confirmation."""
    if not opened.is_applicant or opened.application.state != ApplicationState.DRAFT:
        return see_other(request, opened.base)
    if request.method != "POST":
        return render_private(request, "members/applications/discard.html", opened.context(_("Delete the draft?")))
    post_data(request)
    try:
        applications.discard(opened.application)
    except TransitionNotAllowed:
        return see_other(request, opened.base)
    return render_message(request, _("The draft is deleted"), _("Nothing of it is kept, its files included, and its links work no more."))
