"""The pages behind links in emails, each with one button. GET changes nothing, because mail scanners open links."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.absolute_urls import absolute
from core.differences import differences
from core.links.limits import rate_limit_error
from core.mail.addresses import canonical_address
from core.mail.suppression import is_suppressed
from core.web.private_pages import post_data, render_private, see_other
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import ENDED, State
from endorsements.text.display import as_blocks
from members.identity.form_fields import EmailAddressForm
from members.identity.keys import same_domain

from .. import emails as signing_emails
from .. import precedence
from .. import workflow as signing
from ..workflow import Outcome
from .links import opened_by_endorsement_link

NO_VERSION = TextVersion(number=0)  # a version that is not of this declaration


# Confirm


@opened_by_endorsement_link(signing_emails.CONFIRM)
def confirm(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    data = post_data(request) if request.method == "POST" else None
    if data and data.get("action") == "second" and endorsement.is_live:
        return _ask_second_person(request, endorsement, data)
    now, shown = timezone.now(), endorsement.version
    if data is None:
        outcome = signing.reason_not_to_confirm(endorsement, now=now)
    else:
        shown = shown_version(endorsement.declaration, data)
        outcome = signing.confirm(endorsement, version=shown, replaces=_number(data, "replaces"), now=now)
        if outcome == Outcome.DONE:
            return see_other(request)
    if outcome == Outcome.DONE:
        return _confirmed(request, endorsement)
    if outcome not in (None, Outcome.TEXT_CHANGED):
        return _not_done(request, endorsement, outcome)
    context = _context_with_text(endorsement, _("Confirm your endorsement"), shown) | _earlier(endorsement)
    return render_private(request, "endorsements/signing/confirm.html", context)


def _earlier(endorsement: Endorsement) -> dict[str, Any]:
    """What the same address has endorsed already: what this one replaces, and what it may replace if its holder says so."""
    replaced = precedence.earlier_of_holder(endorsement, None)
    others = [] if replaced else list(precedence.others_of_holder(endorsement))
    similar = [other.pk for other in others if precedence.is_similar_name(endorsement.name, other.name)]
    return {"replaced": replaced, "others": others, "similar": similar[0] if similar else None}


def shown_version(page: DeclarationPage, data: QueryDict) -> TextVersion:
    """The version of the text that the page with the pressed button showed."""
    number = _number(data, "version")
    return (TextVersion.objects.filter(declaration_id=page.pk, pk=number).first() if number is not None else None) or NO_VERSION


def _number(data: QueryDict, name: str) -> int | None:
    """A primary key that the form carries; None if there is none."""
    number = data.get(name, "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def _confirmed(request: HttpRequest, endorsement: Endorsement, form: EmailAddressForm | None = None) -> HttpResponse:
    """Say thank you, and offer to forward the declaration and to have a second person confirm."""
    context = link_context(endorsement, _("Thank you"))
    address = absolute(context["text_url"]) if context["text_url"] else ""
    title = endorsement.declaration.title
    body = f"{title}\n\n{address}"
    context |= {
        "address": address,
        "may_share": context["sign_on"].takes_endorsements(timezone.now()),
        "share_url": f"mailto:?subject={quote(title)}&body={quote(body)}",
        "form": form or EmailAddressForm(),
        "earlier_is_listed": endorsement.replaces is not None and endorsement.replaces.state == State.LISTED,
        "may_ask_second": signing.may_ask_second_person(endorsement),
    }
    return render_private(request, "endorsements/signing/confirmed.html", context)


# Confirm a new version of the text


@opened_by_endorsement_link(signing_emails.RENEW)
def renew(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    """Confirm the version in force. Who does nothing stays under the version they signed."""
    now, shown = timezone.now(), endorsement.version
    outcome = signing.reason_not_to_renew(endorsement, now=now)
    if request.method == "POST":
        shown = shown_version(endorsement.declaration, post_data(request))
        outcome = signing.renew(endorsement, version=shown, now=now)
        if outcome == Outcome.DONE:
            return see_other(request)
    if outcome == Outcome.DONE:
        return render_private(request, "endorsements/signing/renewed.html", link_context(endorsement, _("Thank you")))
    if outcome not in (None, Outcome.TEXT_CHANGED):
        return _not_done(request, endorsement, outcome)
    return render_private(request, "endorsements/signing/renew.html", _context_with_text(endorsement, _("The text has changed"), shown))


# Have a second person confirm


def _ask_second_person(request: HttpRequest, endorsement: Endorsement, data: QueryDict) -> HttpResponse:
    form = EmailAddressForm(data)
    if not submit_second_person_form(request, endorsement, form):
        return _confirmed(request, endorsement, form)
    return see_other(request)


def submit_second_person_form(request: HttpRequest, endorsement: Endorsement, form: EmailAddressForm) -> bool:
    """Email the second person. False with the reason as a form error, except for a limit or a refusal of theirs: these are not revealed."""
    if not form.is_valid():
        return False
    address = form.cleaned_data["email"]
    too_often = rate_limit_error(request, scope="endorsements.second")
    if too_often:
        form.add_error("email", too_often)
    elif not signing.may_ask_second_person(endorsement):
        form.add_error("email", _("Enough people were asked. The secretariat will look at it."))
    elif not same_domain(address, endorsement.website):
        form.add_error("email", _("Please give an address at the domain of %(website)s.") % {"website": endorsement.website})
    elif canonical_address(address) == endorsement.address_key:
        form.add_error("email", _("This is your own address. Please give a colleague’s."))
    else:
        signing.ask_second_person(endorsement, address=address, now=timezone.now())
    return form.is_valid()


@opened_by_endorsement_link(signing_emails.SECOND)
def second_person(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    """Somebody else at the organisation's own domain confirms the endorsement."""
    if request.method == "POST":
        outcome = signing.confirm_as_second_person(endorsement, now=timezone.now())
        return see_other(request) if outcome == Outcome.DONE else _not_done(request, endorsement, outcome)
    if not endorsement.is_live:
        return _not_done(request, endorsement, Outcome.ENDED)
    is_done = endorsement.seconded_at is not None
    title = _("Thank you") if is_done else _("Does your organisation endorse this?")
    version = endorsement.version
    context = link_context(endorsement, title, is_done=is_done, version=version, blocks=as_blocks(version.text, top=2))
    return render_private(request, "endorsements/signing/second.html", context)


# Stop


@opened_by_endorsement_link(signing_emails.NOT_ME)
def not_me(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    if request.method == "POST":
        signing.report_not_me(endorsement, now=timezone.now())
        return see_other(request)
    is_done = endorsement.state in ENDED and is_suppressed(endorsement.email)
    title = _("You will not hear from us again") if is_done else _("This was not you?")
    return render_private(request, "endorsements/signing/not_me.html", link_context(endorsement, title, is_done=is_done))


@opened_by_endorsement_link(signing_emails.UPDATES, even_expired=True)
def updates(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    """Stop emails about deliveries and replies. Mail programs POST here for their reader, with any body (RFC 8058)."""
    if request.method == "POST":
        signing.set_wants_updates(endorsement, wanted=False)
    title = _("Mails about this declaration") if endorsement.wants_updates else _("No more mails")
    return render_private(request, "endorsements/signing/updates.html", link_context(endorsement, title))


# What these pages have in common


def link_context(endorsement: Endorsement, title: str, **more: Any) -> dict[str, Any]:
    """The context of every page behind a link. The declaration's own address is in it only while the declaration is public."""
    page = endorsement.declaration
    sign_on = sign_on_of(page)
    is_public = page.live and sign_on.has_public_list
    return {
        "title": title,
        "endorsement": endorsement,
        "declaration": page,
        "sign_on": sign_on,
        "text_url": page.get_url() if is_public else "",
        "is_secret": not page.live and sign_on.is_frozen and not sign_on.has_public_list,
        **more,
    }


def _context_with_text(endorsement: Endorsement, title: str, before: TextVersion) -> dict[str, Any]:
    """With the text in force and, if the one shown before has another number, the differences between them."""
    context = link_context(endorsement, title)
    version, before = context["sign_on"].version, before if before.pk else endorsement.version
    changes = differences(before.text, version.text) if before.number != version.number else []
    return {**context, "version": version, "before": before, "changes": changes, "blocks": as_blocks(version.text, top=2)}


def _not_done(request: HttpRequest, endorsement: Endorsement, outcome: Outcome | None) -> HttpResponse:
    """Why it was not done. The status of a POST is 409."""
    title = {
        Outcome.CLOSED: _("The sign-on is closed"),
        Outcome.PAUSED: _("The declaration is not public at the moment"),
        Outcome.ALREADY_ENDORSED: _("Your organisation has already endorsed"),
        Outcome.SUPERSEDED: _("You confirmed other answers"),
    }.get(outcome or Outcome.ENDED, _("This endorsement has ended"))
    context = link_context(endorsement, title, outcome=outcome.name if outcome else "", later=precedence.superseding(endorsement))
    return render_private(
        request,
        "endorsements/signing/not_done.html",
        {**context, "closed_at": context["sign_on"].ends_at, "delivered_at": context["sign_on"].delivered_at},
        status=409 if request.method == "POST" else 200,
    )
