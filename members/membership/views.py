"""What a member does itself, by a link of 15 minutes: correct the public profile and the contacts, confirm the year."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links import tokens
from core.models import MailedLink
from core.transitions import NotPossible
from core.web.private_pages import posted, posted_with_files, private, see, show
from members import limits
from members.applications.views.files import MOST_BYTES
from members.applications.views.links import lost_context, message
from members.identity.form_fields import AddressForm
from members.models import Contact, Membership, Organisation, ProfileChange
from members.models.subjects import found_by
from members.organisations.sections import sections_for
from members.states import ChangeState, YearStatus

from . import emails, workflow
from .forms import ContactsForm, ProfileForm, row_of

# A page opened in time may be sent so long: nobody loses what they typed because they were called away.
TYPING = timedelta(hours=2)
_stamp = TimestampSigner(salt="members.profile")
SAID = {
    "proposed": gettext_lazy("Thank you. The secretariat looks at it first, usually within two working days."),
    "same": gettext_lazy("Nothing differs from what is there."),
    "contacts": gettext_lazy("Your contacts are saved."),
    "year": gettext_lazy("Thank you: it is confirmed. We ask again in a year."),
}
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Opened:
    """Whose link it is. `stamp` goes into every form, so that it may be sent although the link has run out meanwhile; from then on it
    is the one that was sent, and no new one."""

    contact: Contact
    base: str
    is_live: bool
    stamp: str

    @property
    def organisation(self) -> Organisation:
        return self.contact.organisation

    def context(self, title: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "opened": self, "organisation": self.organisation, "base": self.base, **more}


def of_contact(purpose: str) -> Callable[[View], View]:
    """The view gets an `Opened`. For an unknown or expired link, a page that says so and offers a new one."""

    def decorate(view: View) -> View:
        @private
        @wraps(view)
        def opened(request: HttpRequest, token: str, **given: Any) -> HttpResponse:
            link = tokens.peek(token, purpose)
            contact = found_by(link.subject) if link else None
            if link is None or not isinstance(contact, Contact):
                return lost(request)
            is_live = tokens.is_live(link)
            if not is_live and not (request.method == "POST" and _was_opened_in_time(request, link)):
                return lost(request, is_expired=True)
            base = reverse(emails.PAGES[purpose], args=(token,))
            stamp = _stamp.sign(str(link.pk)) if is_live else request.POST["opened"]
            return view(request, Opened(contact, base, is_live, stamp), **given)

        return opened

    return decorate


def _was_opened_in_time(request: HttpRequest, link: MailedLink) -> bool:
    try:
        told = posted_with_files(request, most_bytes=MOST_BYTES).get("opened", "")
        return _stamp.unsign(told, max_age=TYPING) == str(link.pk)
    except BadSignature:
        return False


def lost(request: HttpRequest, *, is_expired: bool = False) -> HttpResponse:
    context = {**lost_context(is_expired), "form": AddressForm()}
    return show(request, "members/membership/lost_link.html", context, status=410 if is_expired else 404)


@private
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """A link for each organisation of which the address is a contact. The answer is the same whether it is or not."""
    form = AddressForm(posted(request) if request.method == "POST" else None)
    context = {"title": _("Keep your profile true"), "form": form}
    if not form.is_bound or not form.is_valid():
        return show(request, "members/membership/ask_for_link.html", context)
    address = form.cleaned_data["email"]
    too_often = limits.why_too_often(request, address, limits.SELF_SERVICE)
    if too_often:
        form.add_error(None, too_often)
        return show(request, "members/membership/ask_for_link.html", context, status=429)
    workflow.ask_for_link(address, now=timezone.now())
    told = _("If the address you typed is that of a contact of a member, a mail with a link is on its way. The link works for 15 minutes.")
    return message(request, _("Check your mail"), told, _("Look among the unwanted mails (spam) too."))


def done(request: HttpRequest, opened: Opened, word: str) -> HttpResponse:
    """Back to the first page, or, when the link has run out meanwhile, a page that says it was done all the same."""
    if opened.is_live:
        return see(request, f"{opened.base}?done={word}")
    return message(request, _("Thank you"), str(SAID[word]), to=(_("Ask for another link"), reverse("member_link")))


@of_contact(emails.PROFILE)
def profile(request: HttpRequest, opened: Opened) -> HttpResponse:
    """What there is to do; its one button confirms the year."""
    if request.method == "POST":
        posted(request)
        workflow.confirm_year(opened.organisation, contact=opened.contact, now=timezone.now())
        return done(request, opened, "year")
    standings = _standings(opened.organisation)
    context = {
        "said": SAID.get(request.GET.get("done", ""), ""),
        "standings": standings,
        "is_asked": any(standing.status != YearStatus.ACTIVE for _row, standing in standings),
        "is_right": _are_confirmed(standings),
        "pending": ProfileChange.objects.filter(organisation=opened.organisation, state=ChangeState.PENDING).first(),
        "people": opened.organisation.contacts.all(),
        "sections": sections_for(opened.contact, opened.base),
    }
    return show(request, "members/membership/profile.html", opened.context(opened.organisation.name, **context))


def _standings(organisation: Organisation) -> list[tuple[Membership, Any]]:
    """Each membership of today with how it stands."""
    today = timezone.localdate()
    return [(row, row.standing(today)) for row in Membership.objects.on(today).filter(organisation=organisation)]


@of_contact(emails.PROFILE)
def public_profile(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Propose what the public reads; the secretariat looks before it shows."""
    pending = ProfileChange.objects.filter(organisation=opened.organisation, state=ChangeState.PENDING).first()
    stands = workflow.profile_of(opened.organisation) | (pending.after if pending else {})
    if request.method != "POST":
        return _public_profile(request, opened, ProfileForm(stands=stands))
    form = ProfileForm(posted_with_files(request, most_bytes=MOST_BYTES), request.FILES, stands=stands)
    if form.is_valid():
        values, logo = form.differing(), form.cleaned_data.get("logo")
        if not values and not logo:
            return done(request, opened, "same")
        try:
            change = workflow.propose_change(opened.organisation, contact=opened.contact, values=values, logo=logo, now=timezone.now())
        except ValidationError as error:
            form.add_error("logo", error)
        else:
            return done(request, opened, "proposed" if change else "same")
    return _public_profile(request, opened, form)


def _public_profile(request: HttpRequest, opened: Opened, form: ProfileForm) -> HttpResponse:
    title = _("Public profile")
    return show(
        request,
        "members/membership/public_profile.html",
        opened.context(_("Mistake: %(title)s") % {"title": title} if form.is_bound else title, form=form),
    )


@of_contact(emails.PROFILE)
def contacts(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Who may be written to. At once, without review: it is not public."""
    people = [row_of(contact) for contact in opened.organisation.contacts.all()]
    if request.method != "POST":
        return _contacts(request, opened, ContactsForm(initial=people))
    forms = ContactsForm(posted(request), initial=people)
    if not forms.is_valid():
        return _contacts(request, opened, forms)
    try:
        workflow.change_contacts(opened.organisation, people=forms.people(), now=timezone.now())
    except NotPossible as problem:
        return _contacts(request, opened, forms, str(problem))
    if not Contact.objects.filter(pk=opened.contact.pk).exists():
        return message(request, _("Thank you"), str(SAID["contacts"]), _("You are no contact any more, so your link has ended."))
    return done(request, opened, "contacts")


def _contacts(request: HttpRequest, opened: Opened, forms: Any, problem: str = "") -> HttpResponse:
    title = _("Contacts")
    problems = [*forms.non_form_errors(), problem] if forms.is_bound else []
    context = {"forms": forms, "problems": list(filter(None, problems))}
    return show(
        request,
        "members/membership/contacts.html",
        opened.context(_("Mistake: %(title)s") % {"title": title} if forms.is_bound else title, **context),
    )


def _are_confirmed(standings: list[tuple[Membership, Any]]) -> bool:
    """Today: whoever said so is not asked again on the same day."""
    return all(row.confirmed_on == timezone.localdate() for row, _standing in standings)


@of_contact(emails.YEAR)
def year(request: HttpRequest, opened: Opened) -> HttpResponse:
    """ "Is this still right?" One button says yes, and no more: the link lives too long to let anybody change something with it."""
    if request.method == "POST":
        posted(request)
        workflow.confirm_year(opened.organisation, contact=opened.contact, now=timezone.now())
        return see(request, f"{request.path}?done=year")
    standings = _standings(opened.organisation)
    context = {
        "standings": standings,
        "said": SAID["year"] if request.GET.get("done") and standings else "",
        "is_right": _are_confirmed(standings),
    }
    return show(request, "members/membership/year.html", opened.context(_("Is this still right?"), **context))
