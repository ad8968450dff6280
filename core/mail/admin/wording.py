"""The emails of the site in the admin, with invented names and without working links, and their wording, to be edited."""

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
from core.mail.forms import WordingForm
from core.mail.message import preview_of
from core.mail.queue import enqueue
from core.mail.templates import EmailTemplate, email_templates, find
from core.mail.wording import Passage, Wording, fill, save, stored
from core.models import MailText, OutgoingMail
from core.web.throttle import hit

TITLE = gettext_lazy("Mail texts")
MOST_TESTS = 10  # an hour, for each user


class EmailTemplateView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_policy = ModelPermissionPolicy(OutgoingMail)
    permission_required = "view"
    header_icon = "mail"


class EmailTemplateIndex(EmailTemplateView):
    """All email templates, each with the subject it will have."""

    template_name = "core/mail/admin/email_templates.html"
    page_title = TITLE

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edited = dict(MailText.objects.values_list("template", "wording"))

        def subject(one: EmailTemplate) -> Any:
            return one.compose(one.wording(edited.get(one.name, {}))).subject

        def status(one: EmailTemplate) -> Any:
            passages = edited.get(one.name)
            if not passages:
                return _("Original")
            return _("Please look") if one.outdated(passages) else _("Changed")

        columns = [
            TitleColumn(
                "title", label=_("Mail"), get_url=lambda one: reverse("email_templates:edit", args=(one.name,)), id_accessor="name"
            ),
            Column("subject", label=_("Subject"), accessor=subject),
            Column("status", label=_("Words"), accessor=status),
        ]
        found = email_templates()
        return super().get_context_data(**kwargs, table=Table(columns, found) if found else None)


class EditWording(EmailTemplateView):
    """One email, and the form to edit its wording. Only "Save" stores anything. Raises Http404 for an unknown template."""

    template_name = "core/mail/admin/wording.html"

    @cached_property
    def email_template(self) -> EmailTemplate:
        found = find(self.kwargs["name"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def row(self) -> MailText:
        return stored(self.email_template.name)

    @property
    def may_change(self) -> bool:
        return bool(self.request.user.has_perm("core.change_mailtext")) and bool(self.email_template.passages())

    def get_page_title(self) -> Any:
        return self.email_template.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("email_templates:index"), "label": TITLE}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": self.email_template.title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form(self.row.wording), self.row.wording)

    def form(self, edited: Mapping[str, str], *, data: Any = None, version: int | None = None) -> WordingForm:
        return WordingForm(data, self.email_template, edited, self.row.version if version is None else version)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_change:
            raise PermissionDenied
        form, action = self.form(self.row.wording, data=request.POST), request.POST.get("act")
        is_valid, version = form.is_valid(), form.cleaned_data.get("version", self.row.version)
        if action == "original":
            messages.info(request, _("These are the original words. Press Save to go back to them; until then nothing has changed."))
            return self.show(self.form({}, version=version), {})
        if not is_valid:
            places = ", ".join(str(form.fields[name].label) for name in form.errors)
            messages.error(request, _("Nothing was saved or sent. Please look at: %(places)s.") % {"places": places})
            return self.show(form, self.row.wording)
        edited = form.edited_passages()
        if action == "save":
            return self.save(edited, version)
        if action == "test":
            self.send_test(edited)
        else:
            to_mail = messages.button("#preview", _("Go to the mail"))
            messages.info(request, _("This is how the mail would be. Nothing is saved yet."), buttons=[to_mail])
        return self.show(form, edited)

    def save(self, edited: dict[str, str], version: int) -> HttpResponseBase:
        """Store what was edited, or show it again beside what a colleague saved meanwhile."""
        if save(self.email_template.name, edited, version=version, by=self.request.user):
            messages.success(self.request, _("Saved. Mails written from now on say so; those already on their way stay as they are."))
            return redirect(self.request.path)
        self.row = stored(self.email_template.name)
        last = next(iter(history(self.row)), {})
        details = {"who": last.get("who") or _("Somebody"), "when": ago(last["entry"].timestamp) if last else ""}
        messages.warning(
            self.request,
            _("Not saved: %(who)s changed this mail %(when)s. Your words are still here; Save now puts them in place of theirs.") % details,
        )
        data = self.request.POST.copy()
        data["version"] = str(self.row.version)
        return self.show(self.form(self.row.wording, data=data), edited, theirs=self.row.wording)

    def send_test(self, edited: dict[str, str]) -> None:
        """Send the email with its sample values to the user, not too often."""
        user: Any = self.request.user
        if over := hit("core.test_mail", str(user.pk), limit=MOST_TESTS, window=timedelta(hours=1)):
            details = {"limit": over.limit, "minutes": over.retry_after // 60 + 1}
            messages.error(self.request, _("You have had %(limit)d tests within the hour. Try again in %(minutes)d minutes.") % details)
            return
        mail = self.email_template.compose(self.email_template.wording(edited), to=user.email)
        mail.subject = _("Test: %(subject)s") % {"subject": mail.subject}
        enqueue(mail, key=f"test:{get_random_string(22)}", purpose="core.test")
        messages.success(
            self.request,
            _("A test is on its way to %(address)s, with invented names, and links that lead nowhere. Nothing is saved by it.")
            % {"address": user.email},
        )

    def show(self, form: WordingForm, edited: Mapping[str, str], *, theirs: Mapping[str, str] | None = None) -> HttpResponse:
        """The page, with the email as it would be with these passages, and what a colleague made of them."""
        outdated = self.email_template.outdated(edited)
        wording = self.email_template.wording({name: text for name, text in edited.items() if name not in outdated})
        mail, values = self.email_template.compose(wording), self.email_template.values()
        context = self.get_context_data(
            form=form,
            may_change=self.may_change,
            passages=[self.passage(form, one, wording, values, theirs) for one in form.passages],
            variables=[(one, values[one.name]) for one in self.email_template.variables],
            outdated=[(name, edited[name], why) for name, why in outdated.items()],
            mail=mail,
            preview=preview_of(mail),
            history=self.changes(form.passages),
        )
        return self.render_to_response(context)

    def changes(self, passages: list[Passage]) -> list[dict[str, Any]]:
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

    def passage(
        self, form: WordingForm, one: Passage, wording: Wording, values: Mapping[str, str], theirs: Mapping[str, str] | None
    ) -> dict[str, Any]:
        """A passage in the form: what changed, a colleague's version, and how an edited variant reads that the sample does not use."""
        field = form[one.name]
        typed = one.clean(str(field.value() or "")) or one.original
        other = theirs.get(one.name, one.original) if theirs is not None else typed
        return {
            "field": field,
            "changes": differences(one.original, typed),
            "theirs": other if other != typed else "",
            "reads": fill(wording.edited[one.name], values, html=True) if one.name in {*wording.edited} - wording.used else "",
        }
