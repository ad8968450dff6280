"""The pages of an application behind its link: write, invite, look at it once more, hand it in, and later see where it stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.public_pages import addresses
from core.transitions import NotPossible, Refused
from core.web.private_pages import posted, see, show
from members.applications import emails
from members.applications import workflow as applications
from members.applications.forms import FILES, STEPS, AnswersForm, InvitationForm, StepForm, after
from members.applications.requirements import why_not_ready
from members.applications.workflow import Outcome
from members.states import Access, State

from .links import Opened, message, of_application
from .read_only import as_written, download

# By the word in the address after it was done.
SAID = {
    "saved": gettext_lazy("Saved. Stop here and come back with the same link whenever you like."),
    "submitted": gettext_lazy("Thank you: your application has arrived. A mail says so too."),
    "answered": gettext_lazy("Thank you: your answers have arrived."),
    "kept": gettext_lazy("Saved, not yet sent. Come back with the same link whenever you like."),
    "invited": gettext_lazy("We have written to your colleague."),
    "removed": gettext_lazy("Done."),
    "withdrawn": gettext_lazy("Your application is withdrawn."),
    "file": gettext_lazy("The file has arrived."),
}


def said(request: HttpRequest) -> Any:
    return "" if request.method == "POST" else SAID.get(request.GET.get("done", ""), "")


@of_application()
def application(request: HttpRequest, opened: Opened) -> HttpResponse:
    """A draft's pages, or where it stands."""
    if opened.application.state != State.DRAFT:
        return _status(request, opened)
    parts = as_written(opened.application, lacks=why_not_ready(opened.application))
    context = {"parts": parts, "said": said(request), "first": next((part for part in parts if part.lacks), None)}
    return show(request, "members/applications/overview.html", opened.context(_("Your application"), **context))


def _status(request: HttpRequest, opened: Opened) -> HttpResponse:
    row = opened.application
    context = {
        "said": said(request),
        "parts": as_written(row),
        "questions": row.questions_open() if row.state == State.MORE_INFORMATION else [],
        "is_late": row.is_open and row.promised_on is not None and row.promised_on < timezone.localdate(),
    }
    return show(request, "members/applications/status.html", opened.context(_("Where it stands"), **context))


@of_application(emails.APPLICATION_READ)
def reading(request: HttpRequest, opened: Opened) -> HttpResponse:
    """For a colleague who may read."""
    parts = as_written(opened.application)
    return show(request, "members/applications/read.html", opened.context(opened.application.title, parts=parts))


@of_application()
def file(_request: HttpRequest, opened: Opened, number: int) -> HttpResponse:
    return download(opened.application, number)  # type: ignore[return-value]


# Writing


@of_application()
def step(request: HttpRequest, opened: Opened, word: str) -> HttpResponse:
    """One page of the form. What is sound is saved whatever is missing or wrong elsewhere."""
    row = opened.application
    if request.method != "POST":
        return see_elsewhere(request, opened) or _step(request, opened, STEPS[word](application=row))
    data = posted(request)
    with applications.alone(row):
        form = STEPS[word](data, application=row)
        try:
            applications.save(row, values=form.sound(), now=timezone.now())
        except Refused:
            return not_kept(request, opened, form)
        except NotPossible as problem:
            form.add_error(None, str(problem))
    if form.errors:
        return _step(request, opened, form)
    if data.get("then") == "stop":
        return see(request, f"{opened.base}?done=saved")
    return see(request, f"{opened.base}{after(word)}/")


def _step(request: HttpRequest, opened: Opened, form: StepForm) -> HttpResponse:
    title = _("Mistake: %(title)s") % {"title": form.title} if form.is_bound and form.errors else str(form.title)
    number = [*STEPS, FILES].index(form.word) + 1
    join_url = "/join/" if "/join/" in addresses().values() else ""
    seen = STEPS[form.word](application=opened.application).seen
    context = {"form": form, "seen": seen, "number": number, "of": len(STEPS) + 1, "join_url": join_url}
    return show(request, "members/applications/step.html", opened.context(title, **context))


def see_elsewhere(request: HttpRequest, opened: Opened) -> HttpResponse | None:
    """For who looks for a page of the draft when it is none any more."""
    return None if opened.application.state == State.DRAFT else see(request, opened.base)


def not_kept(request: HttpRequest, opened: Opened, form: StepForm) -> HttpResponse:
    """A colleague handed it in, or it was decided, while this was being typed: here it is, to be copied."""
    opened.application.refresh_from_db()
    typed = [(field.label, field.value()) for field in form if field.value()]
    # Questions that were answered meanwhile have no field any more.
    typed = typed or [("", value) for name, value in form.data.items() if name not in ("then", "seen") and value]
    return show(request, "members/applications/not_kept.html", opened.context(_("This was not saved"), typed=typed), status=409)


@of_application()
def colleagues(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Who else may read or edit; invite somebody, or take it back."""
    row, form = opened.application, InvitationForm()
    if request.method == "POST":
        data = posted(request)
        if data.get("action") == "remove":
            number = data.get("number", "")
            invited = row.invitations.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
            if invited:
                applications.uninvite(invited)
            return see(request, f"{request.path}?done=removed")
        form = InvitationForm(data)
        if form.is_valid() and _invited(opened, form):
            return see(request, f"{request.path}?done=invited")
    context = {"form": form, "invitations": row.invitations.order_by("pk"), "said": said(request)}
    return show(request, "members/applications/colleagues.html", opened.context(_("Invite a colleague"), **context))


def _invited(opened: Opened, form: InvitationForm) -> bool:
    address, access = form.cleaned_data["email"], Access(form.cleaned_data["access"])
    try:
        if applications.invite(opened.application, email=address, access=access, now=timezone.now()):
            return True
    except NotPossible as problem:
        form.add_error(None, str(problem))
        return False
    form.add_error(None, _("Not sent: at most ten colleagues can be invited, and three mails a day go to each."))
    return False


# Handing in


@of_application()
def review(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Everything once more, with what is missing; the button hands it in, once."""
    row = opened.application
    if request.method != "POST":
        return see_elsewhere(request, opened) or _review(request, opened)
    outcome = applications.submit(row, now=timezone.now())
    if outcome == Outcome.NOT_READY:
        return _review(request, opened)
    if outcome == Outcome.STANDS_ALREADY:
        told = _("Ask your colleagues: perhaps one of them handed it in. Nothing of what you wrote is lost.")
        back = (_("Back to your application"), opened.base)
        return message(request, _("There is an open application of this organisation already"), told, to=back, status=409)
    return see(request, f"{opened.base}?done=submitted" if outcome == Outcome.DONE else opened.base)


def _review(request: HttpRequest, opened: Opened) -> HttpResponse:
    lacks = why_not_ready(opened.application)
    problems = [(f"{opened.base}{_page_of(name)}/#{name}", sentence) for name, sentence in lacks.items()]
    context = {"parts": as_written(opened.application, lacks=lacks), "problems": problems, "was_sent": request.method == "POST"}
    return show(request, "members/applications/review.html", opened.context(_("Look at it once more"), **context))


def _page_of(name: str) -> str:
    return next((word for word, form in STEPS.items() if name in form.base_fields), FILES)


@of_application()
def answers(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The secretariat's questions, and only the fields they are about."""
    row = opened.application
    if request.method != "POST":
        if row.state != State.MORE_INFORMATION:
            return see(request, opened.base)
        return _answers(request, opened, AnswersForm(application=row, questions=row.questions_open()))
    data = posted(request)
    with applications.alone(row):
        form = AnswersForm(data, application=row, questions=row.questions_open())
        values, replies, is_sound = form.values(), form.replies(), form.is_valid()
        finish = is_sound and data.get("then") not in ("stop", FILES)
        try:
            outcome = applications.answer(row, values=values, replies=replies, finish=finish, now=timezone.now())
        except Refused:
            return not_kept(request, opened, form)
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return _answers(request, opened, form)
    if outcome == Outcome.DONE:
        return see(request, f"{opened.base}?done=answered")
    if outcome == Outcome.ENDED:
        return not_kept(request, opened, form)
    if is_sound and not finish:
        return see(request, f"{opened.base}{FILES}/" if data.get("then") == FILES else f"{opened.base}?done=kept")
    if is_sound:
        _say_what_lacks(form, why_not_ready(row))
    return _answers(request, opened, form)


def _say_what_lacks(form: AnswersForm, lacks: dict[str, str]) -> None:
    for question, field in form.asked():
        if field is None:
            continue
        if question.field in lacks:
            form.add_error(field.name, lacks[question.field])
        elif not question.field and not form.cleaned_data.get(field.name):
            form.add_error(field.name, _("Please write a reply, if only a short one."))


def _answers(request: HttpRequest, opened: Opened, form: AnswersForm) -> HttpResponse:
    title = _("Mistake: %(title)s") % {"title": form.title} if form.is_bound and form.errors else str(form.title)
    seen = AnswersForm(application=opened.application, questions=opened.application.questions_open()).seen
    return show(request, "members/applications/answers.html", opened.context(title, form=form, seen=seen, asked=list(form.asked())))


# Ending


@of_application()
def withdraw(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Asked once more, because it cannot be taken back. Only who applied may; a draft is deleted instead."""
    row = opened.application
    if not opened.is_applicant or row.state == State.DRAFT:
        return see(request, opened.base)
    if request.method == "POST":
        posted(request)
        try:
            applications.withdraw(row, now=timezone.now())
        except Refused:
            row.refresh_from_db()
        else:
            return see(request, f"{opened.base}?done=withdrawn")
    if row.may_be_withdrawn:
        return show(request, "members/applications/withdraw.html", opened.context(_("Withdraw the application?")))
    if row.state == State.WITHDRAWN:
        return see(request, opened.base)
    told = _("It is decided already, so there is nothing to withdraw. If your organisation does not wish to belong, write to us.")
    back = (_("See where it stands"), opened.base)
    return message(request, _("It cannot be withdrawn any more"), told, to=back, status=409 if request.method == "POST" else 200)


@of_application()
def discard(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Delete a draft with all that is in it."""
    if not opened.is_applicant or opened.application.state != State.DRAFT:
        return see(request, opened.base)
    if request.method != "POST":
        return show(request, "members/applications/discard.html", opened.context(_("Delete the draft?")))
    posted(request)
    try:
        applications.discard(opened.application)
    except Refused:
        return see(request, opened.base)
    return message(request, _("The draft is deleted"), _("Nothing of it is kept, its files included, and its links work no more."))
