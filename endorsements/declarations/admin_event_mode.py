"""Event mode of a declaration: opening it until a time, and ending it early."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminDateTimeInput

from cms.dashboard import Shortcut
from endorsements.models import EventWindow
from endorsements.signing import event_mode
from endorsements.signing.limits import FROM_NETWORK
from endorsements.states import TAKING_ENDORSEMENTS

from .admin import DeclarationAction
from .admin_status import event_mode_sentence, moment

USUAL = 200


class EventForm(forms.Form):
    """Until when, and how many."""

    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Date and time, at most seven days from now. It ends then without you."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("Endorsements an hour from one network"),
        initial=USUAL,
        validators=[MinValueValidator(FROM_NETWORK.most + 1), MaxValueValidator(event_mode.MOST)],
        help_text=gettext_lazy("About as many as there are people at the event."),
    )

    def clean_ends_at(self) -> datetime:
        ends_at: datetime = self.cleaned_data["ends_at"]
        if ends_at <= timezone.now():
            raise ValidationError(_("Choose a time in the future."))
        if ends_at > timezone.now() + event_mode.LONGEST:
            raise ValidationError(_("Choose a time within the next seven days."))
        return ends_at


class _EventMode(DeclarationAction):
    states = TAKING_ENDORSEMENTS

    @cached_property
    def window(self) -> EventWindow | None:
        return event_mode.running_window(self.page, timezone.now())

    @property
    def shown(self) -> str:
        return f"{self.object.state}:{self.window.pk if self.window else ''}"


class OpenEventMode(_EventMode):
    """A window in which one network may send more."""

    page_title = gettext_lazy("Event mode")
    button = gettext_lazy("Start event mode")
    form_class = EventForm

    def question(self) -> str:
        return _("Take more endorsements of “%(title)s” from one network?") % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        yield ngettext(
            "Usually %(most)d endorsement an hour from one network is taken at once; further ones wait for you.",
            "Usually %(most)d endorsements an hour from one network are taken at once; further ones wait for you.",
            FROM_NETWORK.most,
        ) % {"most": FROM_NETWORK.most}
        yield _("Event mode is for a hall or an office whose people share one network. It counts for every network, for this text only.")
        yield _("Each endorsement still has to be confirmed by email, and your rules say what is listed at once.")
        yield _("What is held already stays held. Release it from the page of the declaration.")
        if self.window:
            yield _("It takes the place of the event mode that runs until %(moment)s.") % {"moment": moment(self.window.ends_at)}

    def act(self) -> EventWindow:
        return event_mode.open_window(self.page, **self.answers, by=self.request.user, now=timezone.now())

    def get_success_message(self, result: Any) -> str:
        return _("Event mode runs until %(moment)s.") % {"moment": moment(result.ends_at)}


class EndEventMode(_EventMode):
    """Back to the usual limit, before its time is over."""

    page_title = gettext_lazy("End event mode")
    button = gettext_lazy("End it now")
    success_message = gettext_lazy("Event mode has ended. The usual limit counts again.")

    def is_possible(self) -> bool:
        return super().is_possible() and self.window is not None

    def too_late(self) -> str:
        return _("Event mode is not running: its time is over, or a colleague has ended it.")

    def question(self) -> str:
        return _("End event mode of “%(title)s” now?") % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        yield event_mode_sentence(self.window) if self.window else ""

    def act(self) -> bool:
        return event_mode.end_window(self.page, by=self.request.user, now=timezone.now())


def event_mode_runs(user: Any) -> Shortcut | None:
    """On the first page of the admin while it runs."""
    if not user.has_perm("endorsements.view_endorsement"):
        return None
    windows = list(EventWindow.objects.running(timezone.now()).select_related("declaration", "opened_by").order_by("ends_at")[:5])
    if not windows:
        return None
    return Shortcut(
        label=_("Event mode runs"),
        text=" ".join(f"{window.declaration.title}: {event_mode_sentence(window)}" for window in windows),
        url=reverse("wagtailadmin_pages:edit", args=(windows[0].declaration_id,)),
        icon="time",
        order=14,
    )


def urls() -> list[URLPattern]:
    return [
        path("declarations/<int:pk>/event-mode/", OpenEventMode.as_view(), name="declaration_event_mode"),
        path("declarations/<int:pk>/end-event-mode/", EndEventMode.as_view(), name="declaration_end_event_mode"),
    ]
