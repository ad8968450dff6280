"""Moving a sign-on: each verb is a page that says what will happen, with one button. Nothing happens by opening it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.absolute_urls import absolute
from core.differences import differences
from core.transitions import NotPossible, Refused
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.states import BY_ITS_HOLDER, SignOnState, Source, State
from endorsements.text.canonical import canonical_text, digest

from . import workflow
from .admin_status import may_move, moment, problems_before_publishing
from .workflow import latest_draft


class SignOnVerb(WagtailAdminTemplateMixin, TemplateView):
    """Asks once, then does. Only for those who both move sign-ons and publish this page.

    The form carries what was on the screen (the state, and the text where it matters). If a colleague was faster, nothing is done, and
    the page is shown as things stand now.
    """

    header_icon = "clipboard-list"
    button: str | Promise = ""
    done: str | Promise = ""
    needs_text = False
    comes_from: tuple[SignOnState, ...] = ()

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page = get_object_or_404(DeclarationPage, pk=kwargs["pk"])
        self.sign_on: SignOn = sign_on_of(self.page)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_move(request.user, self.page):
            raise PermissionDenied
        if self.sign_on.state not in self.comes_from:
            messages.warning(request, self.too_late())
            return redirect(self.editor)
        return super().dispatch(request, *args, **kwargs)

    def words_on_button(self) -> str | Promise:
        return self.button

    @property
    def editor(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=(self.page.pk,))

    @cached_property
    def draft(self) -> DeclarationPage:
        return latest_draft(self.sign_on)

    @cached_property
    def new_text(self) -> str:
        return canonical_text(self.draft)

    @property
    def seen(self) -> str:
        """What the decision rests on."""
        return f"{self.sign_on.state}:{digest(self.new_text)}" if self.needs_text else str(self.sign_on.state)

    @cached_property
    def hindrances(self) -> list[str]:
        """Why the button is not there, in sentences."""
        if not self.needs_text:
            return []
        locked = self.page.permissions_for_user(self.request.user).page_locked()
        return [*([_("A colleague has locked the page: unlock it first.")] if locked else []), *problems_before_publishing(self.draft)]

    def too_late(self) -> str:
        return _("Nothing was done: “%(title)s” is in another state by now (%(state)s).") % {
            "title": self.page.title,
            "state": self.sign_on.get_state_display(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("seen") != self.seen:
            messages.warning(
                request, _("Nothing was done: a colleague changed something while you were reading. This is how it stands now.")
            )
            return redirect(request.path)
        if self.hindrances:
            return redirect(request.path)
        try:
            return self.act()
        except Refused:
            self.sign_on = sign_on_of(self.page)
            messages.warning(request, self.too_late())
        except NotPossible as reason:
            messages.error(request, str(reason))
        return redirect(self.editor)

    def act(self) -> HttpResponseBase:
        """Do it and say so. Raises Refused or NotPossible."""
        self.move()
        messages.success(self.request, self.done % {"title": self.page.title})
        return redirect(self.editor)

    def move(self) -> Any:
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title()}
        return [*super().get_breadcrumbs_items(), {"url": self.editor, "label": self.page.get_admin_display_title()}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            page=self.page,
            sign_on=self.sign_on,
            button=self.words_on_button(),
            seen=self.seen,
            hindrances=self.hindrances,
            back=self.editor,
        )


class Open(SignOnVerb):
    """For the first time, after circulating, or again after closing."""

    template_name = "endorsements/declarations/admin/open.html"
    page_title = gettext_lazy("Open for endorsement")
    button = gettext_lazy("Open it now")
    done = gettext_lazy("“%(title)s” is public and open for endorsement.")
    needs_text = True
    comes_from = (SignOnState.DRAFT, SignOnState.CIRCULATING, SignOnState.CLOSED)

    @cached_property
    def hindrances(self) -> list[str]:
        found = super().hindrances
        if self.draft.closes_at and self.draft.closes_at <= timezone.now():
            found = [*found, _("The closing time has passed. Choose a later one, save the draft, and come back.")]
        if self.has_other_text:
            found = [*found, _("The text differs from the one that was signed (%(version)s).") % {"version": self.sign_on.version}]
        return found

    @cached_property
    def has_other_text(self) -> bool:
        """A text that somebody may have signed is changed as a correction or a new version, and not in passing."""
        return self.sign_on.state != SignOnState.DRAFT and self.sign_on.differs_from(self.draft)

    def move(self) -> None:
        workflow.open_sign_on(self.sign_on, by=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            draft=self.draft,
            sha256=digest(self.new_text),
            closes=moment(self.draft.closes_at) if self.draft.closes_at else "",
            initial=self.draft.initial_signatories.count(),
            has_other_text=self.has_other_text,
            publishes_changes=self.page.live and self.page.has_unpublished_changes,
            again=self.sign_on.state == SignOnState.CLOSED,
            earlier_than=moment(self.draft.opens_at) if self.draft.opens_at and self.draft.opens_at > timezone.now() else "",
        )


class Circulate(SignOnVerb):
    """Under embargo: a secret address for those who are asked to sign first. Its answer shows the address, this once."""

    template_name = "endorsements/declarations/admin/circulate.html"
    page_title = gettext_lazy("Circulate under embargo")
    needs_text = True
    comes_from = (SignOnState.DRAFT, SignOnState.CIRCULATING)

    @cached_property
    def hindrances(self) -> list[str]:
        found = super().hindrances
        if self.page.live:
            found = [*found, _("The page is public: there is nothing to keep under embargo. Unpublish it first, or open it.")]
        if self.page.approved_schedule:
            found = [*found, _("The page is planned to be published by itself, which would end the embargo. Cancel that first.")]
        if self.is_again and self.sign_on.differs_from(self.draft):
            found = [*found, _("Your draft has another text than the one that circulates. Publish the changed text first.")]
        return found

    @property
    def is_again(self) -> bool:
        return bool(self.sign_on.state == SignOnState.CIRCULATING)

    def words_on_button(self) -> str:
        return _("Make a new secret link") if self.is_again else _("Circulate it now")

    def act(self) -> HttpResponseBase:
        token = workflow.circulate(self.sign_on, by=self.request.user, now=timezone.now())
        return self.render_to_response(
            self.get_context_data(address=absolute(reverse("declaration_circulating", args=(token,))), version=self.sign_on.version)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, is_again=self.is_again, sha256=digest(self.new_text))


class StopCirculating(SignOnVerb):
    template_name = "endorsements/declarations/admin/stop_circulating.html"
    page_title = gettext_lazy("Stop circulating")
    button = gettext_lazy("Stop circulating")
    done = gettext_lazy("“%(title)s” does not circulate any more: the secret link is worth nothing.")
    comes_from = (SignOnState.CIRCULATING,)

    def move(self) -> None:
        workflow.stop_circulating(self.sign_on, by=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = Endorsement.objects.for_declaration(self.page).exclude(source=Source.INITIAL)
        return super().get_context_data(
            **kwargs, confirmed=standing.live().count(), unconfirmed=standing.filter(state=State.PENDING).count()
        )


class Close(SignOnVerb):
    template_name = "endorsements/declarations/admin/close.html"
    page_title = gettext_lazy("Close the sign-on")
    button = gettext_lazy("Close it now")
    done = gettext_lazy("“%(title)s” is closed: nobody can endorse it any more.")
    comes_from = (SignOnState.OPEN,)

    def move(self) -> None:
        workflow.close(self.sign_on, by=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Endorsement.objects.for_declaration(self.page)
        return super().get_context_data(
            **kwargs,
            listed=rows.listed().count(),
            waiting=rows.in_queue().count(),
            unconfirmed=rows.filter(state=State.PENDING).count(),
            closes=moment(self.page.closes_at) if self.page.closes_at else "",
        )


class TextForm(forms.Form):
    """How a changed text becomes public."""

    CORRECTION, NEW = "correction", "new"
    how = forms.ChoiceField(
        label=gettext_lazy("What is the change?"),
        choices=[
            (CORRECTION, gettext_lazy("A slip was corrected: the meaning is the same")),
            (NEW, gettext_lazy("The meaning changed: this is a new version")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What changed, for readers"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence, shown beside the differences: for example “The number of countries was wrong.”"),
    )

    def __init__(self, *args: Any, may_be_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_new:
            self.fields["how"].choices = self.fields["how"].choices[:1]


class PublishText(SignOnVerb):
    """A text that people have signed has changed: shows how, and asks which of the two it is."""

    template_name = "endorsements/declarations/admin/publish_text.html"
    page_title = gettext_lazy("Publish the changed text")
    button = gettext_lazy("Publish it now")
    needs_text = True
    comes_from = (SignOnState.CIRCULATING, SignOnState.OPEN, SignOnState.CLOSED, SignOnState.DELIVERED)

    @cached_property
    def form(self) -> TextForm:
        return TextForm(self.request.POST or None, may_be_new=not self.sign_on.is_over)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if may_move(request.user, self.page) and self.sign_on.is_frozen and not self.sign_on.differs_from(self.draft):
            messages.info(request, _("There is nothing to publish: the saved draft has the text that is being signed."))
            return redirect(self.editor)
        return super().dispatch(request, *args, **kwargs)

    def act(self) -> HttpResponseBase:
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        is_new = self.form.cleaned_data["how"] == TextForm.NEW
        note = self.form.cleaned_data["note"]
        version = workflow.publish_text(self.sign_on, is_new=is_new, note=note, by=self.request.user, now=timezone.now())
        messages.success(self.request, _("%(version)s of “%(title)s” is in force.") % {"version": version.label, "title": self.page.title})
        return redirect(self.editor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.sign_on.version
        signed = Endorsement.objects.for_declaration(self.page).live()
        return super().get_context_data(
            **kwargs,
            form=self.form,
            version=version,
            sha256=digest(self.new_text),
            changes=differences(version.text if version else "", self.new_text),
            signed=signed.count(),
            # As endorsements.mailings writes: those who came by the site and can be reached.
            asked=signed.filter(source__in=BY_ITS_HOLDER).exclude(email="").count(),
            is_public=self.sign_on.has_public_list,
        )


def urls() -> list[URLPattern]:
    views = {"open": Open, "circulate": Circulate, "stop_circulating": StopCirculating, "close": Close, "publish_text": PublishText}
    return [
        path(f"declarations/<int:pk>/{name.replace('_', '-')}/", view.as_view(), name=f"declaration_{name}") for name, view in views.items()
    ]
