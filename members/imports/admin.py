"""Importing members in the admin: the template, the upload, the preview with its choices, the import, and what follows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import truncatechars
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.menu import menu_item_for
from core.admin.views import AdminView, Breadcrumb
from core.imports.admin import FILE_HELP, MAX_BYTES, QUESTIONS, SHOWN, PreviewView, UploadForm, rejected_file
from core.spreadsheets import Unsettled, as_download
from core.transitions import NotPossible
from members.models import ImportedMembers, Organisation

from .columns import COLUMNS, CONTACT, MEMBERSHIP, ORGANISATION, SEAT
from .display import Line, counts_of, in_words, lines
from .plan import CATEGORY, Outcome, Plan, Status
from .reader import MAX_ROWS, open_members
from .workflow import (
    REJECTED,
    can_be_taken_back,
    choose,
    contacts_to_welcome,
    forget_choices,
    import_members,
    read_stored_table,
    rejected_table,
    take_back,
    welcome,
)

TITLE = gettext_lazy("Import members")
POLICY = ModelPermissionPolicy(Organisation)
GROUPS = (
    (gettext_lazy("Organisation"), ORGANISATION),
    (gettext_lazy("Membership"), MEMBERSHIP),
    (gettext_lazy("Contact"), CONTACT),
    (gettext_lazy("Seat on the steering committee"), SEAT),
)


class ImportForm(UploadForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = FILE_HELP % {"rows": f"{MAX_ROWS:,}", "size": MAX_BYTES >> 20}

    def read(self, raw: bytes, settled: Mapping[str, str]) -> object:
        return open_members(raw, settled)


class _Guarded(PermissionCheckedMixin):
    permission_policy = POLICY
    permission_required = "add"
    kwargs: dict[str, Any]

    @cached_property
    def upload(self) -> ImportedMembers:
        return get_object_or_404(ImportedMembers, pk=self.kwargs["pk"])


class _ImportView(_Guarded, AdminView):
    header_icon = "upload"
    page_title = TITLE

    def above(self) -> list[Breadcrumb]:
        return [(reverse("member_import:index"), TITLE)] if "pk" in self.kwargs else []

    def here(self) -> str | Promise:
        return truncatechars(self.upload.file_name, 60) if "pk" in self.kwargs else TITLE


class Upload(_ImportView):
    template_name = "members/imports/admin/upload.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        file = form.cleaned_data["file"]
        upload = ImportedMembers.objects.create(file_name=file.name[-160:], content=file.raw, uploaded_by=request.user)
        return redirect("member_import:table", upload.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        uploads = ImportedMembers.objects.defer("content", "written", "choices").select_related("uploaded_by").order_by("-uploaded_at")
        uploads_in_words = [(upload, in_words(upload.counts or {})) for upload in uploads[:30]]
        return super().get_context_data(**{"form": ImportForm(), "groups": GROUPS, "uploads": uploads_in_words, **kwargs})


class Preview(_ImportView, PreviewView):
    """What the table would do; once it is imported, what it did."""

    template_name = "members/imports/admin/preview.html"
    questions = {**QUESTIONS, CATEGORY: gettext_lazy("What are they?")}

    def read(self) -> Plan | None:
        return None if self.upload.done_at else read_stored_table(self.upload)

    def confirm(self) -> HttpResponseBase:
        if "start_again" in self.request.POST:
            forget_choices(self.upload)
            return redirect(self.request.path)
        if choose(self.upload, self._choices()) or "choose" in self.request.POST:
            if "choose" not in self.request.POST:
                messages.info(self.request, _("Your choices are saved. Check what the import will do now, then import."))
            return redirect(self.request.path)
        try:
            if import_members(self.upload, by=self.request.user, now=timezone.now(), shown=self.request.POST.get("shown", "")):
                what = ", ".join(in_words(self.upload.counts or {}))
                messages.success(self.request, _("Imported: %(what)s. No email was sent.") % {"what": what})
            else:
                messages.info(self.request, _("This file was imported before. Nothing was changed."))
        except NotPossible as reason:
            messages.warning(self.request, str(reason))
        return redirect(self.request.path)

    def _choices(self) -> dict[str, str]:
        """By line: the choice for an organisation in doubt, or that a changed one is left as it is."""
        post = self.request.POST
        choices = {name.removeprefix("row-"): value[:40] for name, value in post.items() if name.startswith("row-")}
        for line in post.getlist("changed"):
            choices[line] = "skip" if line in post.getlist("leave") else ""
        return {line: choice for line, choice in choices.items() if line.isascii() and line.isdecimal() and len(line) < 9}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        plan: Plan | None = context["reading"]
        if self.upload.done_at:
            context |= {
                "done": in_words(self.upload.counts or {}),
                "rejected": (self.upload.counts or {}).get(REJECTED, 0) if self.upload.content else 0,
                "can_go": can_be_taken_back(self.upload),
                "to_welcome": contacts_to_welcome(self.upload).count(),
            }
        if plan:
            counts = {status.value: len(plan.with_status(status)) for status in Status}
            in_doubt = sorted((one for one in plan.outcomes if one.candidates), key=lambda one: one.status != Status.DOUBTFUL)
            left = [one for one in plan.with_status(Status.SKIPPED) if not one.candidates]
            context |= {
                "in_doubt": [(one, self.upload.chosen.get(str(one.group.line), "")) for one in in_doubt[:SHOWN]],
                "new": _shown(plan.with_status(Status.NEW)),
                "changed": _shown(plan.with_status(Status.CHANGED)),
                "left": _shown(left),
                "unchanged": plan.with_status(Status.UNCHANGED)[:SHOWN],
                "counts": counts,
                "what": in_words(counts_of(plan)),
                "ignored": _ignored(plan),
            }
        return context


def _shown(outcomes: list[Outcome]) -> list[tuple[Outcome, list[Line]]]:
    return [(outcome, lines(outcome)) for outcome in outcomes[:SHOWN]]


def _ignored(plan: Plan) -> list[str]:
    used = set(plan.table.columns.values())
    return [heading for heading in plan.table.table.headings if heading not in used and heading != "problem"]


class Rejected(_Guarded, View):
    """The rows with problems, as a file to correct and to upload again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return rejected_file(self.upload, *rejected_table(self.upload))
        except (NotPossible, Unsettled) as reason:
            messages.warning(request, str(reason))
            return redirect("member_import:table", self.upload.pk)


class TakeBack(_ImportView, ConfirmView):
    button = gettext_lazy("Take this import back")
    is_destructive = True

    def get_object(self) -> ImportedMembers:
        return self.upload

    def get_back_url(self) -> str:
        return reverse("member_import:table", args=(self.upload.pk,))

    def is_possible(self) -> bool:
        return can_be_taken_back(self.upload)

    def too_late(self) -> str:
        return _("This import cannot be taken back any more. Nothing was changed.")

    def question(self) -> str:
        return _("Take back “%(file)s”?") % {"file": self.upload.file_name}

    def consequences(self) -> Iterable[str]:
        yield _("What it added is deleted, and what it changed is as before: %(what)s.") % {
            "what": ", ".join(in_words(self.upload.counts or {}))
        }
        yield _("What somebody has changed since stays, and so does an organisation that has applied, endorsed or voted since.")

    def act(self) -> Any:
        return take_back(self.upload, by=self.request.user, now=timezone.now())

    def get_success_message(self, result: Any) -> str:
        done = ngettext("%(count)d row was undone.", "%(count)d rows were undone.", result["undone"]) % {"count": result["undone"]}
        if not result["stay"]:
            return done
        return done + " " + ngettext("%(count)d stays.", "%(count)d stay.", result["stay"]) % {"count": result["stay"]}


class Welcome(_ImportView, ConfirmView):
    button = gettext_lazy("Email them")

    def get_object(self) -> ImportedMembers:
        return self.upload

    def get_back_url(self) -> str:
        return reverse("member_import:table", args=(self.upload.pk,))

    @cached_property
    def count(self) -> int:
        return contacts_to_welcome(self.upload).count()

    def is_possible(self) -> bool:
        return bool(self.count)

    def too_late(self) -> str:
        return _("There is nobody left to email. Nothing was done.")

    def question(self) -> str:
        return _("Email the contacts of “%(file)s”?") % {"file": self.upload.file_name}

    def consequences(self) -> Iterable[str]:
        text = ngettext("%(count)d contact gets an email.", "%(count)d contacts get an email each.", self.count)
        yield text % {"count": self.count}
        yield _("It says that they are a contact of their organisation, how to open its profile, and what to do if it is not them.")

    def act(self) -> int:
        return welcome(self.upload, by=self.request.user, now=timezone.now())

    def get_success_message(self, result: int) -> str:
        return ngettext("%(count)d contact is emailed.", "%(count)d contacts are emailed.", result) % {"count": result}


class Template(_Guarded, View):
    """A table with all headings and an example; the workbook also says what each column may hold."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
        example = [column.example for column in COLUMNS]
        return as_download(_("members"), format, [column.heading for column in COLUMNS], [example], _allowed_values())


def _allowed_values() -> Any:
    rows = []
    for title, columns in GROUPS:
        for column in columns:
            words = ", ".join(f"{value} ({label})" if label else value for value, label in column.allowed)
            rows.append([str(title), column.heading, str(column.meaning), words])
    return _("What the columns hold"), [_("Part"), _("Column"), _("Meaning"), _("Allowed values")], rows


class Imports(ViewSet):
    name = "member_import"
    url_prefix = "member-import"
    icon = "upload"
    menu_label = gettext_lazy("Import")
    menu_item_class = menu_item_for("members.add_organisation")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Upload.as_view(), name="index"),
            path("template.csv", Template.as_view(), {"format": "csv"}, name="template"),
            path("template.xlsx", Template.as_view(), {"format": "xlsx"}, name="template_xlsx"),
            path("<int:pk>/", Preview.as_view(), name="table"),
            path("<int:pk>/problems/", Rejected.as_view(), name="rejected"),
            path("<int:pk>/take-back/", TakeBack.as_view(), name="take_back"),
            path("<int:pk>/welcome/", Welcome.as_view(), name="welcome"),
        ]
