"""What a member does itself, by a link of 15 minutes: correct the public profile and the contacts, confirm the year."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import site_today
from core.transitions import NotPossible
from core.web.private_pages import post_data, post_data_with_files, render_message, render_private, see_other
from members.applications.views.files import MOST_BYTES
from members.membership import emails
from members.models import Contact, Membership, Organisation, ProfileChange
from members.organisations.sections import sections_for
from members.states import ChangeState, YearStatus

from . import workflow
from .forms import ContactsForm, ProfileForm, initial_of
from .links import DONE_MESSAGES, OpenedProfile, opened_by_contact_link


def redirect_done(request: HttpRequest, opened: OpenedProfile, done: str) -> HttpResponse:
    """Back to the first page, or, when the link has run out meanwhile, a page that says it was done all the same."""
    if opened.is_live:
        return see_other(request, f"{opened.base}?done={done}")
    return render_message(request, _("Thank you"), DONE_MESSAGES[done], next_page=(_("Ask for another link"), reverse("member_link")))


@opened_by_contact_link(emails.PROFILE)
def profile(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """What there is to do; its one button confirms the year."""
    if request.method == "POST":
        post_data(request)
        workflow.confirm_year(opened.organisation, contact=opened.contact, now=timezone.now())
        return redirect_done(request, opened, "year")
    standings = _standings(opened.organisation)
    context = {
        "done_message": DONE_MESSAGES.get(request.GET.get("done", ""), ""),
        "standings": standings,
        "needs_confirmation": any(standing.status != YearStatus.ACTIVE for _row, standing in standings),
        "is_confirmed_today": _are_confirmed_today(standings),
        "pending": ProfileChange.objects.filter(organisation=opened.organisation, state=ChangeState.PENDING).first(),
        "people": opened.organisation.contacts.all(),
        "sections": sections_for(opened.contact, opened.base),
    }
    return render_private(request, "members/membership/profile.html", opened.context(opened.organisation.name, **context))


def _standings(organisation: Organisation) -> list[tuple[Membership, Any]]:
    """Each membership of today with how it stands."""
    today = site_today()
    return [(row, row.standing(today)) for row in Membership.objects.on(today).filter(organisation=organisation)]


@opened_by_contact_link(emails.PROFILE)
def public_profile(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """Propose what the public reads; the secretariat looks before it shows."""
    pending = ProfileChange.objects.filter(organisation=opened.organisation, state=ChangeState.PENDING).first()
    profile = workflow.profile_of(opened.organisation) | (pending.after if pending else {})
    if request.method != "POST":
        return _public_profile(request, opened, ProfileForm(profile=profile))
    form = ProfileForm(post_data_with_files(request, most_bytes=MOST_BYTES), request.FILES, profile=profile)
    if form.is_valid():
        values, logo = form.changed_values(), form.cleaned_data.get("logo")
        if not values and not logo:
            return redirect_done(request, opened, "same")
        try:
            change = workflow.propose_change(opened.organisation, contact=opened.contact, values=values, logo=logo, now=timezone.now())
        except ValidationError as error:
            form.add_error("logo", error)
        else:
            return redirect_done(request, opened, "proposed" if change else "same")
    return _public_profile(request, opened, form)


def _public_profile(request: HttpRequest, opened: OpenedProfile, form: ProfileForm) -> HttpResponse:
    title = _("Public profile")
    return render_private(
        request,
        "members/membership/public_profile.html",
        opened.context(_("Mistake: %(title)s") % {"title": title} if form.is_bound else title, form=form),
    )


@opened_by_contact_link(emails.PROFILE)
def contacts(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """Who may be written to. At once, without review: it is not public."""
    people = [initial_of(contact) for contact in opened.organisation.contacts.all()]
    if request.method != "POST":
        return _contacts(request, opened, ContactsForm(initial=people))
    forms = ContactsForm(post_data(request), initial=people)
    if not forms.is_valid():
        return _contacts(request, opened, forms)
    try:
        workflow.change_contacts(opened.organisation, people=forms.people(), now=timezone.now())
    except NotPossible as problem:
        return _contacts(request, opened, forms, str(problem))
    if not Contact.objects.filter(pk=opened.contact.pk).exists():
        return render_message(request, _("Thank you"), DONE_MESSAGES["contacts"], _("You are no contact any more, so your link has ended."))
    return redirect_done(request, opened, "contacts")


def _contacts(request: HttpRequest, opened: OpenedProfile, forms: Any, problem: str = "") -> HttpResponse:
    title = _("Contacts")
    problems = [*forms.non_form_errors(), problem] if forms.is_bound else []
    context = {"forms": forms, "problems": list(filter(None, problems))}
    return render_private(
        request,
        "members/membership/contacts.html",
        opened.context(_("Mistake: %(title)s") % {"title": title} if forms.is_bound else title, **context),
    )


def _are_confirmed_today(standings: list[tuple[Membership, Any]]) -> bool:
    """Who has confirmed is not asked again on the same day."""
    return all(row.confirmed_on == site_today() for row, _standing in standings)


@opened_by_contact_link(emails.YEAR)
def year(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """ "Is this still right?" One button says yes, and no more: the link lives too long to let anybody change something with it."""
    if request.method == "POST":
        post_data(request)
        workflow.confirm_year(opened.organisation, contact=opened.contact, now=timezone.now())
        return see_other(request, f"{request.path}?done=year")
    standings = _standings(opened.organisation)
    context = {
        "standings": standings,
        "done_message": DONE_MESSAGES["year"] if request.GET.get("done") and standings else "",
        "is_confirmed_today": _are_confirmed_today(standings),
    }
    return render_private(request, "members/membership/year.html", opened.context(_("Is this still right?"), **context))
