"""Deciding on one endorsement, or declining several: what is done leads back to where it was done, and says what came of it."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import ModelPermissionPolicy

from core.mail.message import preview_of
from core.transitions import Refused
from endorsements.models import BulkAct, Endorsement
from endorsements.moderation import emails
from endorsements.moderation import workflow as moderation
from endorsements.moderation.checks import checks_of, merge_order
from endorsements.states import NOT_ENDED, DeclineReason, State
from members.identity.folding import folded_words

from .selection import PORTION, as_seen, asked_for, called, mark, what_happened, what_happened_to, with_declarations


class ModerationPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of whoever decides on endorsements."""

    permission_policy = ModelPermissionPolicy(Endorsement)
    permission_required = "change"
    header_icon = "tasks"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("endorsement_queue:index"), "label": _("Endorsements waiting for you")}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": self.get_page_title()}]

    def way_back(self) -> str:
        """Where the person came from, if it is a page of ours; else the queue."""
        return str(get_valid_next_url_from_request(self.request) or reverse("endorsement_queue:index"))


def say_what_was_done(request: HttpRequest, act: BulkAct, words: str, changed: list[Endorsement]) -> None:
    """After an act on one or many: `words`, with the way to take it back; and what was left alone."""
    if act.items.exists():
        messages.success(
            request, words, buttons=[messages.button(reverse("endorsement_queue:act", args=(act.pk,)), _("Look again, or undo"))]
        )
    if changed:
        messages.warning(request, what_happened_to(changed))


class Decide(ModerationPage):
    """Approve, hold, release, or write a note, each by a POST from the page of the endorsement."""

    DONE = {
        "approve": gettext_lazy("“%(name)s” is in the list now."),
        "hold": gettext_lazy("“%(name)s” is held back until somebody releases it."),
        "release": gettext_lazy("The mail to confirm is on its way to “%(name)s”."),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("endorsements:inspect", self.kwargs["pk"])

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        endorsement = get_object_or_404(Endorsement, pk=pk)
        verb = request.POST.get("verb", "")
        if verb == "note":
            self._note(endorsement)
        elif verb in self.DONE:
            self._decide(endorsement, verb)
        return redirect(get_valid_next_url_from_request(request) or reverse("endorsements:inspect", args=(pk,)))

    def _note(self, endorsement: Endorsement) -> None:
        note = self.request.POST.get("note", "").replace("\x00", "").strip()
        if endorsement.state == State.ERASED:
            messages.warning(self.request, _("It has been erased: there is nobody to write a note about."))
        elif len(note) > 2000:
            messages.error(self.request, _("The note was not kept: it is longer than 2,000 characters."))
        elif self.request.POST.get("note_seen", "") != str(endorsement.note):
            messages.error(
                self.request,
                _("A colleague changed the note while you were writing. It stands below; yours was: %(note)s") % {"note": note},
            )
        else:
            moderation.write_note(endorsement, note=note, by=self.request.user)
            messages.success(self.request, _("The note is kept."))

    def _decide(self, endorsement: Endorsement, verb: str) -> None:
        with transaction.atomic():
            rows, _changed = as_seen(asked_for([f"{endorsement.pk}:{self.request.POST.get('seen', '')}"]), lock=True)
            done = _try(verb, rows[0], self.request.user) if rows else False
        if done:
            messages.success(self.request, self.DONE[verb] % {"name": called(endorsement)})
        else:
            endorsement.refresh_from_db()
            messages.warning(self.request, _("Nothing was done. %(told)s.") % {"told": what_happened(endorsement)})


def _try(verb: str, endorsement: Endorsement, by: Any) -> bool:
    try:
        return bool(getattr(moderation, verb)(endorsement, by=by, now=timezone.now()))
    except Refused:
        return False


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
        told: dict[str, Any] = super().clean() or {}
        if told.get("reason") == DeclineReason.OTHER and told.get("tell") and not told.get("message"):
            self.add_error("message", _("“Another reason” tells them nothing: write a sentence, or do not write to them."))
        return told


class Decline(ModerationPage):
    """Two steps: the reason, then the mail as it will be. Only the second changes anything."""

    template_name = "endorsements/moderation/admin/decline.html"
    page_title = gettext_lazy("Decline")
    header_icon = "cross"

    @cached_property
    def asked(self) -> dict[int, str]:
        """The endorsements named by the page before this one."""
        named = self.request.POST if self.request.method == "POST" else self.request.GET
        return dict(list(asked_for(named.getlist("row")).items())[:PORTION])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.user_has_permission("change"):
            self.rows, self.changed = as_seen(self.asked)
            if not self.rows:
                self._say_nothing_is_left()
                return redirect(self.way_back())
        return super().dispatch(request, *args, **kwargs)

    def _say_nothing_is_left(self) -> None:
        if self.changed:
            messages.warning(self.request, what_happened_to(self.changed))
        else:
            messages.warning(self.request, _("Tick the endorsements first."))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        step = request.POST.get("step", "")
        if not step:  # from a page with ticks
            return self.render_to_response(self.get_context_data())
        form = self.form(request.POST)
        if step == "reason" or not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        if step == "read":
            return self.render_to_response(self.get_context_data(form=form, **self.to_read(form)))
        self.decline(form)
        return redirect(self.way_back())

    def form(self, data: Any = None) -> DeclineForm:
        form = DeclineForm(data, initial={"tell": True})
        if not self.written_to:
            del form.fields["tell"], form.fields["message"]
        return form

    @cached_property
    def written_to(self) -> list[Endorsement]:
        """Nobody gets a mail who never showed that the address is theirs."""
        return [row for row in self.rows if row.confirmed_at and row.email]

    def to_read(self, form: DeclineForm) -> dict[str, Any]:
        """What will be done, with the mail to the first of them."""
        told = form.cleaned_data.get("tell") and self.written_to
        mail = None
        if told:
            first = self.written_to[0]
            first.decline_reason = form.cleaned_data["reason"]
            mail = emails.declined_preview(first, message=form.cleaned_data["message"])
        reason = DeclineReason(form.cleaned_data["reason"]).label
        return {"reading": True, "reason": reason, "mail": mail, "preview": preview_of(mail) if mail else None}

    def decline(self, form: DeclineForm) -> None:
        user, now, given = self.request.user, timezone.now(), form.cleaned_data

        def verb(endorsement: Endorsement) -> bool:
            return moderation.decline(
                endorsement,
                reason=DeclineReason(given["reason"]),
                by=user,
                now=now,
                message=given.get("message", ""),
                tell=bool(given.get("tell")),
            )

        with transaction.atomic():
            rows, changed = as_seen(self.asked, lock=True)
            act = moderation.apply_to_all(rows, verb, to=State.DECLINED, by=user, now=now)
        count = act.items.count()
        words = ngettext("%(count)d endorsement is declined.", "%(count)d endorsements are declined.", count) % {"count": count}
        say_what_was_done(self.request, act, words, changed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        named = ",".join(mark(row) for row in self.rows)
        more = {"rows": self.rows, "named": named, "changed": self.changed, "written_to": self.written_to, "next": self.way_back()}
        return super().get_context_data(**kwargs, **more)


class Merge(ModerationPage):
    """The same organisation or person stands there twice: which one stays?"""

    template_name = "endorsements/moderation/admin/merge.html"
    page_title = gettext_lazy("Merge duplicates")
    header_icon = "copy"
    MOST = 20

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(Endorsement.objects.select_related("organisation", "version"), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.user_has_permission("change") and self.object.state not in NOT_ENDED:
            messages.warning(request, _("Nothing was done. %(told)s.") % {"told": what_happened(self.object)})
            return redirect("endorsements:inspect", self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def choices(self) -> list[Endorsement]:
        """This one, those that evidence says may be the same, and those found by the words typed."""
        found = {row.pk: row for row in [self.object, *checks_of([self.object])[self.object.pk].possible_duplicates]}
        if words := self.request.GET.get("q", "").strip()[:100]:
            standing = Endorsement.objects.filter(declaration_id=self.object.declaration_id, kind=self.object.kind, state__in=NOT_ENDED)
            for word in folded_words(words).split():
                standing = standing.filter(folded__contains=word)
            found |= {row.pk: row for row in standing.order_by("sort_key", "pk")[: self.MOST]}
        rows = list(found.values())
        with_declarations(rows)
        return rows

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        same = dict(list(asked_for(request.POST.getlist("same")).items())[:PORTION])
        stays = asked_for([request.POST.get("stays", "")])
        wrong = self._wrong(stays, same)
        if wrong:
            messages.error(request, wrong)
            return redirect(request.get_full_path())
        (kept,) = stays
        with transaction.atomic():
            rows, changed = as_seen(stays | same, lock=True)
            act = None if changed else self._merge(next(row for row in rows if row.pk == kept), [row for row in rows if row.pk != kept])
        if act is None:
            messages.warning(request, what_happened_to(changed))
            return redirect(request.get_full_path())
        say_what_was_done(request, act, _("Merged: one of them stays."), [])
        return redirect("endorsements:inspect", kept)

    def _wrong(self, stays: dict[int, str], same: dict[int, str]) -> str:
        known = set(Endorsement.objects.filter(declaration_id=self.object.declaration_id, pk__in=stays | same).values_list("pk", flat=True))
        if len(stays) != 1 or not stays.keys() <= known:
            return _("Choose the one that stays.")
        if not same.keys() - stays.keys() or not same.keys() <= known:
            return _("Tick at least one other that is the same.")
        if not Endorsement.objects.live().filter(pk__in=stays).exists():
            return _("The one that stays must be confirmed by its holder: else none would stand.")
        return ""

    def _merge(self, kept: Endorsement, duplicates: list[Endorsement]) -> BulkAct:
        user, now = self.request.user, timezone.now()
        return moderation.apply_to_all(
            duplicates, lambda row: moderation.merge(row, into=kept, by=user, now=now), to=State.DECLINED, by=user, now=now
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = [row for row in self.choices if row.is_live]
        stays = min(live, key=merge_order, default=None)
        return super().get_context_data(**kwargs, object=self.object, choices=self.choices, stays=stays, q=self.request.GET.get("q", ""))
