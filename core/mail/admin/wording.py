"""The mails of the site in the admin, as they will be, with invented names and without working links; and their words, to be changed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, Table, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import ModelPermissionPolicy

from core.admin.audit import ago, history
from core.differences import differences
from core.mail.forms import WordsForm
from core.mail.message import preview_of
from core.mail.outbox import enqueue
from core.mail.templates import Letter, find, letters
from core.mail.wording import Passage, Wording, filled, keep, stored
from core.models import MailText, OutgoingMail
from core.web.throttle import hit

POLICY = ModelPermissionPolicy(OutgoingMail)
TITLE = gettext_lazy("Mail texts")
MOST_TESTS = 10  # an hour, for each user


class _MailTexts(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_policy = POLICY
    permission_required = "view"
    header_icon = "mail"


class MailTexts(_MailTexts):
    """All of them, each with the subject it will have."""

    template_name = "core/mail/admin/wordings.html"
    page_title = TITLE

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changed = dict(MailText.objects.values_list("letter", "words"))

        def subject(one: Letter) -> Any:
            return one.compose(one.wording(changed.get(one.name, {}))).subject

        def words(one: Letter) -> Any:
            mine = changed.get(one.name)
            if not mine:
                return _("Original")
            return _("Please look") if one.unfit(mine) else _("Changed")

        columns = [
            TitleColumn("title", label=_("Mail"), get_url=lambda one: reverse("letters:letter", args=(one.name,)), id_accessor="name"),
            Column("subject", label=_("Subject"), accessor=subject),
            Column("words", label=_("Words"), accessor=words),
        ]
        found = letters()
        return super().get_context_data(**kwargs, table=Table(columns, found) if found else None)


class WordsOfMail(_MailTexts):
    """One of them, and its words to be changed. Nothing is stored but by "Save". Raises Http404 for a name that none has."""

    template_name = "core/mail/admin/wording.html"

    @cached_property
    def letter(self) -> Letter:
        found = find(self.kwargs["name"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def row(self) -> MailText:
        return stored(self.letter.name)

    @property
    def may_change(self) -> bool:
        return bool(self.request.user.has_perm("core.change_mailtext")) and bool(self.letter.passages())

    def get_page_title(self) -> Any:
        return self.letter.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("letters:index"), "label": TITLE}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": self.letter.title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(WordsForm(None, self.letter, self.row.words, self.row.version), self.row.words)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_change:
            raise PermissionDenied
        form, act = WordsForm(request.POST, self.letter, self.row.words, self.row.version), request.POST.get("act")
        is_valid, seen = form.is_valid(), form.cleaned_data.get("seen", self.row.version)
        if act == "original":
            messages.info(request, _("These are the original words. Press Save to go back to them; until then nothing has changed."))
            return self.show(WordsForm(None, self.letter, {}, seen), {})
        if not is_valid:
            places = ", ".join(str(form.fields[name].label) for name in form.errors)
            messages.error(request, _("Nothing was saved or sent. Please look at: %(places)s.") % {"places": places})
            return self.show(form, self.row.words)
        words = form.changed_words()
        if act == "save":
            return self.save(words, seen)
        if act == "test":
            self.send_test(words)
        else:
            to_mail = messages.button("#preview", _("Go to the mail"))
            messages.info(request, _("This is how the mail would be. Nothing is saved yet."), buttons=[to_mail])
        return self.show(form, words)

    def save(self, words: dict[str, str], seen: int) -> HttpResponseBase:
        if keep(self.letter.name, words, seen=seen, by=self.request.user):
            messages.success(self.request, _("Saved. Mails written from now on say so; those already on their way stay as they are."))
            return redirect(self.request.path)
        self.row = stored(self.letter.name)
        last = next(iter(history(self.row)), {})
        told = {"who": last.get("who") or _("Somebody"), "when": ago(last["entry"].timestamp) if last else ""}
        messages.warning(
            self.request,
            _("Not saved: %(who)s changed this mail %(when)s. Your words are still here; Save now puts them in place of theirs.") % told,
        )
        again = self.request.POST.copy()
        again["seen"] = str(self.row.version)
        return self.show(WordsForm(again, self.letter, self.row.words, self.row.version), words, theirs=self.row.words)

    def send_test(self, words: dict[str, str]) -> None:
        user: Any = self.request.user
        if over := hit("core.test_mail", str(user.pk), limit=MOST_TESTS, window=timedelta(hours=1)):
            told = {"limit": over.limit, "minutes": over.retry_after // 60 + 1}
            messages.error(self.request, _("You have had %(limit)d tests within the hour. Try again in %(minutes)d minutes.") % told)
            return
        mail = self.letter.compose(self.letter.wording(words), to=user.email)
        mail.subject = _("Test: %(subject)s") % {"subject": mail.subject}
        enqueue(mail, key=f"test:{get_random_string(22)}", purpose="core.test")
        told = {"address": user.email}
        messages.success(
            self.request,
            _("A test is on its way to %(address)s, with invented names, and links that lead nowhere. Nothing is saved by it.") % told,
        )

    def show(self, form: WordsForm, words: Mapping[str, str], *, theirs: Mapping[str, str] | None = None) -> HttpResponse:
        """The page, with the mail as it would be with these words."""
        unfit = self.letter.unfit(words)
        wording = self.letter.wording({name: text for name, text in words.items() if name not in unfit})
        mail, values = self.letter.compose(wording), self.letter.values()
        parts = [self.part(form, one, wording, values, theirs) for one in form.passages]
        context = self.get_context_data(
            form=form,
            may_change=self.may_change,
            parts=parts,
            variables=[(one, values[one.name]) for one in self.letter.variables],
            unfit=[(name, words[name], told) for name, told in unfit.items()],
            mail=mail,
            preview=preview_of(mail),
            history=self.told(form.passages),
        )
        return self.render_to_response(context)

    def told(self, passages: list[Passage]) -> list[dict[str, Any]]:
        """Who changed what, the newest first."""
        lines = history(self.row) if self.row.pk else []
        for line in lines:
            before, after = line["entry"].data["before"], line["entry"].data["after"]
            line["changes"] = [
                (one.label, differences(before.get(one.name, one.original), after.get(one.name, one.original)))
                for one in passages
                if one.name in {*before, *after}
            ]
        return lines

    def part(
        self, form: WordsForm, one: Passage, wording: Wording, values: Mapping[str, str], theirs: Mapping[str, str] | None
    ) -> dict[str, Any]:
        """A passage in the form: what changed, what a colleague made of it, and how a change reads that the sample mail does not have."""
        field = form[one.name]
        typed = one.clean(str(field.value() or "")) or one.original
        other = theirs.get(one.name, one.original) if theirs is not None else typed
        return {
            "field": field,
            "changes": differences(one.original, typed),
            "theirs": other if other != typed else "",
            "reads": filled(wording.changed[one.name], values, html=True) if one.name in {*wording.changed} - wording.used else "",
        }
