"""Importing signatories: choose the declaration, upload a list, see what it would do, import it, take it back."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
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
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.menu import menu_item_for
from core.admin.views import AdminView, Breadcrumb
from core.forms.cleaning import clean_line
from core.imports.admin import FILE_HELP, MAX_BYTES, PreviewView, UploadForm, rejected_file
from core.spreadsheets import Unsettled, as_download
from core.transitions import NotPossible
from endorsements.models import DeclarationPage, Endorsement, ImportedList, TextVersion
from endorsements.states import SignOnState, State
from members.states import OrganisationKind

from .reader import COLUMNS, HEADINGS, MAX_ROWS, CheckedList, open_list
from .workflow import import_list, read_stored_file, reason_not_to_import, still_as_imported, take_back

TITLE = gettext_lazy("Import signatories")
POLICY = ModelPermissionPolicy(Endorsement)


def import_button(page: Page, user: Any, *_args: object, **_kwargs: object) -> Iterator[Button]:
    """In the listing of pages and above the editor, for a declaration that takes lists."""
    if isinstance(page.specific_deferred, DeclarationPage) and POLICY.user_has_permission(user, "change"):
        yield Button(TITLE, reverse("signatory_import:upload", args=(page.pk,)), icon_name="upload", priority=60)


class ImportForm(UploadForm):
    provenance = ImportedList._meta.get_field("provenance").formfield()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = gettext_lazy("List")
        self.fields["file"].help_text = FILE_HELP % {"rows": f"{MAX_ROWS:,}", "size": MAX_BYTES >> 20}

    def read(self, raw: bytes, settled: Mapping[str, str]) -> object:
        return open_list(raw, settled)

    def clean_provenance(self) -> str:
        return clean_line(self.cleaned_data["provenance"])


class _Guarded(PermissionCheckedMixin):
    permission_policy = POLICY
    permission_required = "change"
    kwargs: dict[str, Any]

    @cached_property
    def imported(self) -> ImportedList:
        return get_object_or_404(ImportedList.objects.select_related("declaration__sign_on__version"), pk=self.kwargs["pk"])

    @cached_property
    def declaration(self) -> DeclarationPage:
        if "declaration" not in self.kwargs:
            return self.imported.declaration
        return get_object_or_404(DeclarationPage.objects.select_related("sign_on__version"), pk=self.kwargs["declaration"])


class _ImportView(_Guarded, AdminView):
    header_icon = "upload"
    page_title = TITLE

    def above(self) -> list[Breadcrumb]:
        way: list[Breadcrumb] = [(reverse("signatory_import:index"), TITLE)]
        if "pk" in self.kwargs:
            way.append((reverse("signatory_import:upload", args=(self.declaration.pk,)), truncatechars(self.declaration.title, 60)))
        return way

    def here(self) -> str | Promise:
        return truncatechars(self.imported.provenance if "pk" in self.kwargs else self.declaration.title, 60)


class Choose(_ImportView):
    """Of which declaration? Those that take lists, the newest first."""

    template_name = "endorsements/imports/admin/choose.html"

    def above(self) -> list[Breadcrumb]:
        return []

    def here(self) -> str | Promise:
        return TITLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        states = [state for state in SignOnState if state not in (SignOnState.DRAFT, SignOnState.DELIVERED)]
        found = DeclarationPage.objects.filter(sign_on__state__in=states).select_related("sign_on__version").order_by("-date", "-pk")
        return super().get_context_data(**kwargs, declarations=found)


class Upload(_ImportView):
    template_name = "endorsements/imports/admin/import.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ImportForm(request.POST, request.FILES)
        if reason_not_to_import(self.declaration.current_sign_on) or not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        imported = ImportedList.objects.create(
            declaration=self.declaration,
            provenance=form.cleaned_data["provenance"],
            file_name=form.cleaned_data["file"].name[-160:],
            content=form.cleaned_data["file"].raw,
            uploaded_by=request.user,
        )
        return redirect("signatory_import:list", imported.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lists = ImportedList.objects.filter(declaration=self.declaration).defer("content").select_related("uploaded_by")
        still = Count("endorsements", filter=Q(endorsements__state=State.LISTED))
        context = {
            "form": kwargs.get("form") or ImportForm(),
            "declaration": self.declaration,
            "reason": reason_not_to_import(self.declaration.current_sign_on),
            "lists": lists.annotate(still_listed=still).order_by("-uploaded_at")[:50],
            "columns": COLUMNS,
            "kinds": OrganisationKind.choices,
        }
        return super().get_context_data(**{**kwargs, **context})


class Preview(_ImportView, PreviewView):
    """What the list would do, or once it is imported, what it did."""

    template_name = "endorsements/imports/admin/preview.html"

    @property
    def upload(self) -> ImportedList:  # type: ignore[override]
        return self.imported

    def read(self) -> CheckedList:
        return read_stored_file(self.imported)

    def confirm(self) -> HttpResponseBase:
        others = {int(line) for line in self.request.POST.getlist("others") if line.isascii() and line.isdecimal() and len(line) < 9}
        try:
            if import_list(self.imported, by=self.request.user, now=timezone.now(), version=self.version_shown(), others=others):
                added = self.imported.added or 0
                message = ngettext("One signatory was added.", "%(count)d signatories were added.", added)
                messages.success(self.request, message % {"count": added})
            else:
                messages.info(self.request, _("This list was imported before. Nothing was changed."))
        except NotPossible as reason:
            messages.warning(self.request, str(reason))
        return redirect(self.request.path)

    def version_shown(self) -> TextVersion | None:
        """The text that was on the page where the button was pressed."""
        versions = TextVersion.objects.filter(declaration=self.declaration)
        return next((version for version in versions if str(version.pk) == self.request.POST.get("version")), None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs, imported=self.imported, declaration=self.declaration)
        if self.imported.done_at:
            listed = self.imported.endorsements.filter(state=State.LISTED).count()
            context |= {"still_listed": listed, "can_go": still_as_imported(self.imported).exists()}
        elif not context["reason"]:
            context["reason"] = reason_not_to_import(self.declaration.current_sign_on)
        return context


class Rejected(_Guarded, View):
    """The rows with problems, as a file to correct and to upload again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            reading = read_stored_file(self.imported)
        except (NotPossible, Unsettled) as reason:
            messages.warning(request, str(reason))
            return redirect("signatory_import:list", self.imported.pk)
        return rejected_file(self.imported, reading.rejected_headings(), reading.rejected_rows())


class TakeBack(_ImportView, ConfirmView):
    button = gettext_lazy("Take this import back")
    is_destructive = True

    def get_object(self) -> ImportedList:
        return self.imported

    def get_back_url(self) -> str:
        return reverse("signatory_import:list", args=(self.imported.pk,))

    @cached_property
    def count(self) -> int:
        return still_as_imported(self.imported).count()

    def is_possible(self) -> bool:
        return bool(self.count)

    def too_late(self) -> str:
        return _("Nobody of this import is listed any more. Nothing was changed.")

    def question(self) -> str:
        return _("Take back “%(list)s”?") % {"list": self.imported.provenance}

    def consequences(self) -> Iterable[str]:
        yield ngettext(
            "%(count)d signatory that came with this list is taken out from under “%(title)s”, without a trace in public.",
            "%(count)d signatories that came with this list are taken out from under “%(title)s”, without a trace in public.",
            self.count,
        ) % {"count": self.count, "title": self.declaration.title}
        yield _("After 30 days they are erased. The list can be uploaded again.")

    def act(self) -> int:
        return take_back(self.imported, by=self.request.user, now=timezone.now())

    def get_success_message(self, result: int) -> str:
        message = ngettext("One signatory was taken out of the list.", "%(count)d signatories were taken out of the list.", result)
        return message % {"count": result}


class Template(_Guarded, View):
    """An empty list with all headings."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
        return as_download(_("signatories"), format, HEADINGS.values(), [])


class Imports(ViewSet):
    name = "signatory_import"
    url_prefix = "signatory-import"
    icon = "upload"
    menu_label = TITLE
    menu_item_class = menu_item_for("endorsements.change_endorsement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Choose.as_view(), name="index"),
            path("template.csv", Template.as_view(), {"format": "csv"}, name="template"),
            path("template.xlsx", Template.as_view(), {"format": "xlsx"}, name="template_xlsx"),
            path("<int:declaration>/", Upload.as_view(), name="upload"),
            path("list/<int:pk>/", Preview.as_view(), name="list"),
            path("list/<int:pk>/problems/", Rejected.as_view(), name="rejected"),
            path("list/<int:pk>/take-back/", TakeBack.as_view(), name="take_back"),
        ]
