"""Pages for contacts of members, opened by emailed links: edit the public profile and contacts, confirm the membership year."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import site_today
from core.links.views import OpenedLink, opened_by_link
from core.transitions import NotPossible, TransitionNotAllowed
from core.web.private_pages import post_data, post_data_with_files, render_message, render_private, see_other
from members.membership import emails
from members.models import AddressChange, Contact, Membership, Organisation, ProfileChange
from members.models.subjects import find_subject
from members.organisations.sections import contact_sections
from members.review.emails import CONFIRM_CONTACT
from members.states import ChangeState, MembershipStatus

from . import contacts as contact_changes
from . import leaving, workflow
from .forms import ContactFormSet, LeaveForm, ProfileForm
from .links import DONE_MESSAGES, RECOVERY, OpenedProfile, opened_by_contact_link


def redirect_done(request: HttpRequest, opened: OpenedProfile, done: str) -> HttpResponse:
    """Redirect to the first page; if the link has expired meanwhile, show a page that says what was done."""
    if opened.is_live:
        return see_other(request, f"{opened.base}?done={done}")
    return render_message(request, _("Thank you"), DONE_MESSAGES[done], next_page=(_("Ask for another link"), reverse("member_link")))


@opened_by_contact_link(emails.PROFILE)
def profile(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """The first page, with what can be done here. Its one button confirms the membership year."""
    if request.method == "POST":
        post_data(request)
        workflow.confirm_year(opened.organisation, contact=opened.contact, now=timezone.now())
        return redirect_done(request, opened, "year")
    memberships = _memberships(opened.organisation)
    context = {
        "done_message": DONE_MESSAGES.get(request.GET.get("done", ""), ""),
        "memberships": memberships,
        "needs_confirmation": any(year.status != MembershipStatus.ACTIVE for _membership, year in memberships),
        "is_confirmed_today": _are_confirmed_today(memberships),
        "pending": ProfileChange.objects.filter(organisation=opened.organisation, state=ChangeState.PENDING).first(),
        "people": opened.organisation.contacts.all(),
        "leaving": leaving.waiting_for(opened.organisation),
        "sections": contact_sections(opened.contact, opened.base),
    }
    return render_private(request, "members/membership/profile.html", opened.context(opened.organisation.name, **context))


def _memberships(organisation: Organisation) -> list[tuple[Membership, Any]]:
    """Return the memberships of today, each with its status."""
    today = site_today()
    return [(row, row.year_on(today)) for row in Membership.objects.on(today).filter(organisation=organisation)]


@opened_by_contact_link(emails.PROFILE)
def public_profile(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """Propose changes of the public profile; the secretariat reviews them before they are public."""
    pending = ProfileChange.objects.filter(organisation=opened.organisation, state=ChangeState.PENDING).first()
    profile = workflow.current_profile(opened.organisation) | (pending.after if pending else {})
    if request.method != "POST":
        return _public_profile(request, opened, ProfileForm(profile=profile))
    form = ProfileForm(post_data_with_files(request), request.FILES, profile=profile)
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
    """Edit contacts. Changes apply at once, without review, because contacts are not public."""
    people = list(Contact.objects.filter(organisation=opened.organisation).order_by("sort_order", "pk"))
    if request.method != "POST":
        return _contacts(request, opened, ContactFormSet(stored=people))
    forms = ContactFormSet(post_data(request), stored=people)
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


@opened_by_contact_link(emails.PROFILE)
def leave(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """Ask to leave the coalition, after confirmation, or take it back until the secretariat has ended the membership."""
    waiting, form = leaving.waiting_for(opened.organisation), LeaveForm(initial={"last_day": site_today()})
    if request.method == "POST":
        data = post_data(request)
        if data.get("action") == "stay":
            return _stay(request, opened)
        form = LeaveForm(data)
        if form.is_valid():
            try:
                leaving.ask_to_leave(opened.organisation, contact=opened.contact, **form.cleaned_data, now=timezone.now())
                return redirect_done(request, opened, "leaving")
            except NotPossible as problem:
                form.add_error(None, str(problem))
    title = _("Leave the coalition?") if waiting is None else _("Stay in the coalition?")
    context = {"form": form, "leaving": waiting}
    return render_private(request, "members/membership/leave.html", opened.context(title, **context))


def _stay(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    waiting = leaving.waiting_for(opened.organisation)
    try:
        if waiting is not None:
            leaving.take_back(waiting, now=timezone.now())
    except TransitionNotAllowed:
        waiting = None
    is_member = Membership.objects.on(site_today()).filter(organisation=opened.organisation, until=None).exists()
    return redirect_done(request, opened, "staying" if is_member else "ended")


def _are_confirmed_today(memberships: list[tuple[Membership, Any]]) -> bool:
    """Whether all are confirmed today, so that there is nothing to ask."""
    return all(membership.confirmed_on == site_today() for membership, _year in memberships)


@opened_by_contact_link(emails.YEAR)
def year(request: HttpRequest, opened: OpenedProfile) -> HttpResponse:
    """Confirm the membership year with one button. The long-lived link allows nothing else."""
    if request.method == "POST":
        post_data(request)
        workflow.confirm_year(opened.organisation, contact=opened.contact, now=timezone.now())
        return see_other(request, f"{request.path}?done=year")
    memberships = _memberships(opened.organisation)
    context = {
        "memberships": memberships,
        "done_message": DONE_MESSAGES["year"] if request.GET.get("done") and memberships else "",
        "is_confirmed_today": _are_confirmed_today(memberships),
    }
    return render_private(request, "members/membership/year.html", opened.context(_("Is this still right?"), **context))


def _find_contact(link: OpenedLink) -> Contact | None:
    contact = find_subject(link.subject)
    return contact if isinstance(contact, Contact) else None


@opened_by_link(CONFIRM_CONTACT, recovery=RECOVERY, find_object=_find_contact)
def confirm_contact(request: HttpRequest, contact: Contact) -> HttpResponse:
    """Confirm with one button that the address is theirs and that they speak for the organisation."""
    if request.method == "POST":
        post_data(request)
        contact_changes.confirm_contact(contact, now=timezone.now())
        return see_other(request)
    if contact.confirmed_at:
        text = _("We write to you about the membership of %(name)s from now on.") % {"name": contact.organisation.name}
        return render_message(request, _("Thank you"), text, next_page=(_("Ask for a link to your profile"), reverse("member_link")))
    context = {
        "organisation": contact.organisation,
        "title": _("Do you speak for %(name)s?") % {"name": contact.organisation.name},
        "explanation": _("Its application names you. Your part: %(roles)s. Confirm, and we write to you at %(address)s.")
        % {"roles": ", ".join(contact.roles) or _("contact"), "address": contact.email},
        "button": _("Yes, I speak for it"),
    }
    return render_private(request, "members/membership/address.html", context)


def _find_change(link: OpenedLink) -> AddressChange | None:
    change = find_subject(link.subject)
    return change if isinstance(change, AddressChange) else None


@opened_by_link(emails.CONFIRM_ADDRESS, recovery=RECOVERY, find_object=_find_change)
def confirm_address(request: HttpRequest, change: AddressChange) -> HttpResponse:
    """Confirm a new email address with one button."""
    if request.method == "POST":
        post_data(request)
        try:
            contact_changes.confirm_address(change, now=timezone.now())
        except NotPossible as problem:
            return render_message(request, _("This address is in use already"), str(problem), status=409)
    change.refresh_from_db()
    if change.confirmed_at:
        return render_message(request, _("Thank you"), _("From now on we write to you at this address."))
    return _address_page(
        request,
        change,
        title=_("Confirm your email address"),
        explanation=_("From now on we write to you at %(address)s.") % {"address": change.email},
        button=_("Confirm this address"),
    )


@opened_by_link(emails.STOP_ADDRESS, recovery=RECOVERY, find_object=_find_change)
def stop_address(request: HttpRequest, change: AddressChange) -> HttpResponse:
    """Keep the former address, or go back to it, with one button."""
    if request.method == "POST":
        post_data(request)
        address = change.former
        try:
            contact_changes.stop_change(change, now=timezone.now())
        except NotPossible as problem:
            return render_message(request, _("This address is in use already"), str(problem), status=409)
        return render_message(request, _("Your address stays"), _("We write to you at %(address)s, as before.") % {"address": address})
    return _address_page(
        request,
        change,
        title=_("Keep your email address?"),
        explanation=_("We write to you at %(address)s, and the new address is forgotten.") % {"address": change.former},
        button=_("Keep this address"),
    )


def _address_page(request: HttpRequest, change: AddressChange, **context: Any) -> HttpResponse:
    values = {"organisation": change.contact.organisation, **context}
    return render_private(request, "members/membership/address.html", values)
