"""Deciding on one endorsement, or declining several: what is done leads back to where it was done, and says what came of it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from core.admin.confirm import ConfirmView
from core.transitions import NotPossible, TransitionNotAllowed
from endorsements.models import Endorsement
from endorsements.models.delivery import delivered_without
from endorsements.moderation import emails
from endorsements.moderation import workflow as moderation
from endorsements.signing.emails import how_listed
from endorsements.states import DeclineReason, State

from .bulk import ALREADY_LISTED, ModerationView, act_on_selected, button_to_choose, signatory_is_listed
from .selection import as_shown, emailable, key_of, last_change, last_changes, name_of, selected


class Decide(ModerationView):
    """Approve, hold, release, or write a note, each by a POST from the page of the endorsement."""

    SUCCESS = {
        "approve": gettext_lazy("“%(name)s” is approved. %(where)s"),
        "hold": gettext_lazy("“%(name)s” is held back until somebody releases it."),
        "release": gettext_lazy("The email to confirm is on its way to “%(name)s”."),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("endorsements:inspect", self.kwargs["pk"])

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        endorsement = get_object_or_404(Endorsement, pk=pk)
        action = request.POST.get("action", "")
        if action == "note":
            self._note(endorsement)
        elif action in self.SUCCESS:
            self._decide(endorsement, action)
        return redirect(get_valid_next_url_from_request(request) or reverse("endorsements:inspect", args=(pk,)))

    def _note(self, endorsement: Endorsement) -> None:
        note = self.request.POST.get("note", "").replace("\x00", "").strip()
        if endorsement.state == State.ERASED:
            messages.warning(self.request, _("It has been erased: there is nobody to write a note about."))
        elif len(note) > 2000:
            messages.error(self.request, _("The note was not kept: it is longer than 2,000 characters."))
        elif self.request.POST.get("note_shown", "") != str(endorsement.note):
            messages.error(
                self.request,
                _("A colleague changed the note while you were writing. It stands below; yours was: %(note)s") % {"note": note},
            )
        else:
            moderation.write_note(endorsement, note=note, by=self.request.user)
            messages.success(self.request, _("The note is kept."))

    def _decide(self, endorsement: Endorsement, action: str) -> None:
        try:
            with transaction.atomic():
                rows, _changed = as_shown({endorsement.pk: self.request.POST.get("shown", "")}, lock=True)
                done = _try(action, rows[0], self.request.user) if rows else False
        except NotPossible as reason:
            messages.error(self.request, str(reason))
            return
        if done:
            values = {"name": name_of(endorsement), "where": where_listed(rows[0])}
            messages.success(self.request, self.SUCCESS[action] % values)
        elif action == "approve" and rows and signatory_is_listed(rows[0]):
            messages.warning(self.request, ALREADY_LISTED % {"name": name_of(endorsement)}, buttons=[button_to_choose(endorsement)])
        else:
            endorsement.refresh_from_db()
            messages.warning(self.request, _("Nothing was done. %(change)s.") % {"change": last_change(endorsement)})


def _try(action: str, endorsement: Endorsement, by: Any) -> bool:
    if action == "release" and endorsement.confirmed_at is not None:  # since the page was shown: it would be listed unseen
        return False
    try:
        return bool(getattr(moderation, action)(endorsement, by=by, now=timezone.now()))
    except TransitionNotAllowed:
        return False


def where_listed(endorsement: Endorsement) -> str:
    """What approving has done for readers, and what it has not, in sentences."""
    if delivery := delivered_without(endorsement):
        values = {"recipient": delivery.recipient, "day": date_format(delivery.delivered_on, "j F Y")}
        return (
            _("It is in the list on the site, marked as listed after the delivery. What %(recipient)s got on %(day)s is without it.")
            % values
        )
    return {
        "named": _("It is in the list now."),
        "counted": _("It is counted now. The name is not shown, as its holder chose."),
        "later": _("It will be in the list when the declaration is public."),
    }.get(how_listed(endorsement), "")


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=DeclineReason.choices, widget=forms.RadioSelect)
    tell = forms.BooleanField(
        label=gettext_lazy("Write to them"),
        required=False,
        help_text=gettext_lazy("They get the reason by e-mail, in the words above. Before it leaves you read it."),
    )
    message = forms.CharField(
        label=gettext_lazy("A sentence of your own"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Added to the mail: for example what they could send you. It may stay empty."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("reason") == DeclineReason.OTHER and cleaned.get("tell") and not cleaned.get("message"):
            self.add_error("message", _("“Another reason” tells them nothing: write a sentence, or do not write to them."))
        return cleaned


class Decline(ModerationView, ConfirmView):
    """One endorsement or several, named by the page before this one."""

    template_name = "endorsements/moderation/admin/decline.html"
    page_title = gettext_lazy("Decline")
    header_icon = "cross"
    button = gettext_lazy("Decline")
    is_destructive = True
    shows_email = True

    @cached_property
    def selection(self) -> dict[int, str]:
        return selected((self.request.POST if self.request.method == "POST" else self.request.GET).getlist("row"))

    @cached_property
    def found(self) -> tuple[list[Endorsement], list[Endorsement]]:
        """Those that are as they were shown, and those that are not."""
        return as_shown(self.selection)

    @property
    def rows(self) -> list[Endorsement]:
        return self.found[0]

    def is_possible(self) -> bool:
        return bool(self.rows)

    def tell_too_late(self) -> HttpResponseBase:
        messages.warning(self.request, last_changes(self.found[1]) if self.found[1] else _("Tick the endorsements first."))
        return redirect(self.back_url)

    def question(self) -> str:
        if len(self.rows) == 1:
            return _("Decline “%(name)s”?") % {"name": name_of(self.rows[0])}
        return _("Decline %(count)d endorsements?") % {"count": len(self.rows)}

    def consequences(self) -> Iterable[str]:
        yield _("A declined endorsement is in no list and no count. You can undo it; after 30 days its personal data are erased.")
        if not self.written_to:
            yield _("No email is sent: the address is not confirmed, or its owner wants no emails.")
        elif len(self.written_to) < len(self.rows):
            yield _("Those who have not confirmed their address, or want no emails, get none.")

    @cached_property
    def written_to(self) -> list[Endorsement]:
        """Nobody is emailed who never showed that the address is theirs, or who asked us not to write."""
        return emailable(self.rows)

    def make_form(self, data: Any) -> DeclineForm:
        """Empty when it is opened by a POST, from a page with ticks."""
        form = DeclineForm(data if self.request.POST.get("step") else None, initial={"tell": True})
        if not self.written_to:
            del form.fields["tell"], form.fields["message"]
        return form

    @property
    def email_first(self) -> bool:
        return bool(self.written_to)

    def email(self) -> EmailMultiAlternatives | None:
        """To the first of them."""
        if not self.answers["tell"]:
            return None
        first = self.written_to[0]
        first.decline_reason = self.answers["reason"]
        return emails.declined_preview(first, message=self.answers["message"])

    def recipients(self, email: EmailMultiAlternatives) -> str:
        if len(self.written_to) == 1:
            return super().recipients(email)
        return ngettext(
            "To %(address)s and %(others)d other, each about their own endorsement.",
            "To %(address)s and %(others)d others, each about their own endorsement.",
            len(self.written_to) - 1,
        ) % {"address": email.to[0], "others": len(self.written_to) - 1}

    def choices_made(self) -> list[tuple[str, str]]:
        return [(_("Reason"), str(DeclineReason(self.answers["reason"]).label))]

    def act(self) -> bool:
        answers = self.answers
        act_on_selected(
            self.request,
            "decline",
            self.selection,
            reason=DeclineReason(answers["reason"]),
            message=answers.get("message", ""),
            tell=bool(answers.get("tell")),
        )
        return True

    def succeed(self, result: bool) -> HttpResponseBase:
        return redirect(self.back_url)

    def hidden_fields(self) -> dict[str, str]:
        return {**super().hidden_fields(), "row": ",".join(map(key_of, self.rows))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, rows=self.rows, changed=self.found[1])
