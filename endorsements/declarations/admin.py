"""Circulating, opening and closing a declaration, and publishing its changed text: each action a page of its own."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.absolute_urls import absolute
from core.admin.confirm import ConfirmView
from core.admin.views import Breadcrumb
from core.differences import differences
from endorsements.models import DeclarationPage, Endorsement, SignOn, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import BY_ITS_HOLDER, SignOnState, Source, State
from endorsements.text.canonical import canonical_text, digest
from endorsements.text.change_size import ChangeSize

from . import workflow
from .admin_status import may_move, moment, problems_before_publishing
from .workflow import latest_draft


class DeclarationAction(ConfirmView):
    """Only for those who both move sign-ons and publish this page. `object` is the sign-on."""

    header_icon = "clipboard-list"
    rests_on_text = False
    object: SignOn

    def get_object(self) -> SignOn:
        self.page = get_object_or_404(DeclarationPage, pk=self.kwargs["pk"])
        return sign_on_of(self.page)

    def user_has_permission(self, permission: str) -> bool:
        return may_move(self.request.user, self.page)

    def get_back_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=(self.page.pk,))

    def above(self) -> list[Breadcrumb]:
        return [(self.get_back_url(), self.page.get_admin_display_title())]

    @property
    def object_name(self) -> str:
        return str(self.page.title)

    @cached_property
    def draft(self) -> DeclarationPage:
        return latest_draft(self.object)

    @cached_property
    def sha256(self) -> str:
        return digest(canonical_text(self.draft))

    def fingerprint(self) -> str:
        return format_html('<span class="sign-on-hash">{} <code>{}</code></span>', _("Fingerprint (SHA-256):"), self.sha256)

    @property
    def shown(self) -> str:
        return f"{self.object.state}:{self.sha256}" if self.rests_on_text else str(self.object.state)

    def why_not(self) -> list[str]:
        if not self.rests_on_text:
            return []
        locked = self.page.permissions_for_user(self.request.user).page_locked()
        return [*([_("A colleague has locked the page: unlock it first.")] if locked else []), *problems_before_publishing(self.draft)]


class Open(DeclarationAction):
    """For the first time, after circulating, or again after closing."""

    template_name = "endorsements/declarations/admin/open.html"
    page_title = gettext_lazy("Open for endorsement")
    button = gettext_lazy("Open it now")
    success_message = gettext_lazy("“%(name)s” is public and open for endorsement.")
    rests_on_text = True
    states = (SignOnState.DRAFT, SignOnState.CIRCULATING, SignOnState.CLOSED)

    @property
    def is_again(self) -> bool:
        return bool(self.object.state == SignOnState.CLOSED)

    def why_not(self) -> list[str]:
        found = super().why_not()
        if self.draft.closes_at and self.draft.closes_at <= timezone.now():
            found = [*found, _("The closing time has passed. Choose a later one, save the draft, and come back.")]
        if self.has_other_text:
            found = [*found, _("The text differs from the one that was signed (%(version)s).") % {"version": self.object.version}]
        return found

    @cached_property
    def has_other_text(self) -> bool:
        """A text that somebody may have signed is changed as a correction or a new version, and not in passing."""
        return self.object.state != SignOnState.DRAFT and self.object.differs_from(self.draft)

    def question(self) -> str:
        question = _("Open “%(title)s” for endorsement again?") if self.is_again else _("Open “%(title)s” for endorsement?")
        return question % {"title": self.draft.title}

    def consequences(self) -> Iterable[str]:
        yield self._what_becomes_public()
        if not self.is_again:
            yield _(
                "Its text is frozen: everybody signs the same words. A slip can be corrected later, with the difference shown; another "
                "meaning makes a new version that earlier endorsers are asked to confirm."
            )
            yield self.fingerprint()
        yield from self._who_may_endorse()
        yield from self._times()
        if initial := self.draft.initial_signatories.count():
            yield ngettext(
                "One initial signatory is listed from the start.", "%(count)d initial signatories are listed from the start.", initial
            ) % {"count": initial}
        if self.object.state == SignOnState.CIRCULATING:
            yield _(
                "The embargo ends, and the secret link leads to the public page. Who signed through it is in the public list, or waits for "
                "you, as your rules say."
            )

    def _what_becomes_public(self) -> str:
        if not self.page.live:
            return _("The page becomes public at once, as you last saved it.")
        if self.page.has_unpublished_changes:
            return _("The page is public already; what you have changed and saved since becomes public with it.")
        return _("The page is public already, and stays as it is.")

    def _who_may_endorse(self) -> Iterable[str]:
        yield _("Who may endorse it: %(who)s.") % {"who": self.draft.get_who_display()}
        if self.draft.takes_organisations:
            rule = self.draft.get_organisation_rule_display()
            yield _("Organisations that have confirmed by e-mail: %(rule)s.") % {"rule": rule}
        if self.draft.takes_people:
            yield _("People who have confirmed by e-mail: %(rule)s.") % {"rule": self.draft.get_person_rule_display()}

    def _times(self) -> Iterable[str]:
        if self.draft.closes_at:
            yield _("Until when: %(closes)s. Then it closes by itself.") % {"closes": moment(self.draft.closes_at)}
        else:
            yield _("Until when: no closing time is set. It stays open until you close it.")
        if self.draft.opens_at and self.draft.opens_at > timezone.now():
            yield _("You planned it to open by itself on %(opens)s. It opens now instead.") % {"opens": moment(self.draft.opens_at)}

    def act(self) -> bool:
        return workflow.open_sign_on(self.object, by=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, page=self.page, has_other_text=self.has_other_text)


class Circulate(DeclarationAction):
    """Under embargo: a secret address for those who are asked to sign first. Its answer shows the address, this once."""

    template_name = "endorsements/declarations/admin/circulate.html"
    page_title = gettext_lazy("Circulate under embargo")
    rests_on_text = True
    states = (SignOnState.DRAFT, SignOnState.CIRCULATING)

    def why_not(self) -> list[str]:
        found = super().why_not()
        if self.page.live:
            found = [*found, _("The page is public: there is nothing to keep under embargo. Unpublish it first, or open it.")]
        if self.page.approved_schedule:
            found = [*found, _("The page is planned to be published by itself, which would end the embargo. Cancel that first.")]
        if self.is_again and self.object.differs_from(self.draft):
            found = [*found, _("Your draft has another text than the one that circulates. Publish the changed text first.")]
        return found

    @property
    def is_again(self) -> bool:
        return bool(self.object.state == SignOnState.CIRCULATING)

    def get_button(self) -> str:
        return _("Make a new secret link") if self.is_again else _("Circulate it now")

    def question(self) -> str:
        question = _("Make a new secret link to “%(title)s”?") if self.is_again else _("Circulate “%(title)s” under embargo?")
        return question % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        if self.is_again:
            yield _("You get a new secret address. The former one leads nowhere any more, for nobody.")
            yield _("Whoever has signed stays signed.")
        else:
            yield _(
                "You get a secret address. Whoever has it can read the text and endorse it; nobody else can. It is marked as under "
                "embargo, and search engines are told to leave it out."
            )
            yield _("There is no public page, no public list and no count until you open it.")
            yield _("The text is frozen as you last saved it: those who sign early sign these words.")
            yield self.fingerprint()
            yield _("The site does not send the address to anybody. You send it to whom you choose.")
        yield _("The address is shown once, on the next page. Have the mail ready that you want to put it into.")

    def act(self) -> str:
        return workflow.circulate(self.object, by=self.request.user, now=timezone.now())

    def succeed(self, result: str) -> HttpResponseBase:
        address = absolute(reverse("declaration_circulating", args=(result,)))
        return self.render_to_response(self.get_context_data(address=address, version=self.object.version))


class StopCirculating(DeclarationAction):
    page_title = gettext_lazy("Stop circulating")
    button = gettext_lazy("Stop circulating")
    success_message = gettext_lazy("“%(name)s” does not circulate any more: the secret link is worth nothing.")
    states = (SignOnState.CIRCULATING,)

    def question(self) -> str:
        return _("Stop circulating “%(title)s”?") % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        rows = Endorsement.objects.for_declaration(self.page).exclude(source=Source.INITIAL)
        confirmed, unconfirmed = rows.live().count(), rows.filter(state=State.PENDING).count()
        yield _("The secret link leads nowhere any more. Nobody can read the text or endorse it.")
        yield ngettext(
            "One endorsement that came in stays, and counts when you open the declaration or circulate it again.",
            "%(count)d endorsements that came in stay, and count when you open the declaration or circulate it again.",
            confirmed,
        ) % {"count": confirmed}
        if unconfirmed:
            yield ngettext(
                "One more has not pressed the button in the mail yet. The button does not work until you open or circulate again.",
                "%(count)d more have not pressed the button in their mail yet. The buttons do not work until you open or circulate again.",
                unconfirmed,
            ) % {"count": unconfirmed}
        yield _("You can change the text again. If the change is one of meaning, those who signed before are asked to confirm it.")

    def act(self) -> bool:
        return workflow.stop_circulating(self.object, by=self.request.user, now=timezone.now())


class Close(DeclarationAction):
    page_title = gettext_lazy("Close the sign-on")
    button = gettext_lazy("Close it now")
    success_message = gettext_lazy("“%(name)s” is closed: nobody can endorse it any more.")
    states = (SignOnState.OPEN,)

    def question(self) -> str:
        return _("Close “%(title)s”?") % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        rows = Endorsement.objects.for_declaration(self.page)
        listed, waiting = rows.listed().count(), rows.in_queue().count()
        yield _("Nobody can endorse it from now on. The page stays public, with all who stand behind it.")
        yield ngettext("One is listed now.", "%(count)d are listed now.", listed) % {"count": listed}
        if waiting:
            yield ngettext(
                "One waits for you, and can still be listed afterwards.",
                "%(count)d wait for you, and can still be listed afterwards.",
                waiting,
            ) % {"count": waiting}
        if unconfirmed := rows.filter(state=State.PENDING).count():
            yield self._grace(unconfirmed)
        if self.page.closes_at:
            yield _("By itself it would close on %(closes)s.") % {"closes": moment(self.page.closes_at)}
        yield _("You can open it again later, as long as it has not been delivered.")

    def _grace(self, unconfirmed: int) -> str:
        if self.page.grace_days:
            sentence = ngettext(
                "One has endorsed and not yet pressed the button in the mail: that works for %(days)d more days.",
                "%(count)d have endorsed and not yet pressed the button in their mail: that works for %(days)d more days.",
                unconfirmed,
            )
        else:
            sentence = ngettext(
                "One has endorsed and not yet pressed the button in the mail: it is too late for that then.",
                "%(count)d have endorsed and not yet pressed the button in their mail: it is too late for that then.",
                unconfirmed,
            )
        return sentence % {"count": unconfirmed, "days": self.page.grace_days}

    def act(self) -> bool:
        return workflow.close(self.object, by=self.request.user, now=timezone.now())


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

    is_same_meaning = forms.BooleanField(
        label=gettext_lazy("I have read the differences again: the meaning is the same"),
        required=False,
        help_text=gettext_lazy("Only needed for a correction. Best ask a colleague to read it too."),
    )

    def __init__(self, *args: Any, may_be_new: bool, is_large: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_new:
            self.fields["how"].choices = self.fields["how"].choices[:1]
        if not is_large:
            del self.fields["is_same_meaning"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "is_same_meaning" in self.fields and cleaned.get("how") == self.CORRECTION and not cleaned.get("is_same_meaning"):
            self.add_error(
                "is_same_meaning",
                _("This is more than a slip. Read the differences again and tick this, or choose a new version."),
            )
        return cleaned


class PublishText(DeclarationAction):
    """A text that people have signed has changed: shows how, and asks which of the two it is."""

    template_name = "endorsements/declarations/admin/publish_text.html"
    page_title = gettext_lazy("Publish the changed text")
    button = gettext_lazy("Publish it now")
    rests_on_text = True
    states = (SignOnState.CIRCULATING, SignOnState.OPEN, SignOnState.CLOSED, SignOnState.DELIVERED)

    def is_possible(self) -> bool:
        return super().is_possible() and self.object.differs_from(self.draft)

    def too_late(self) -> str:
        if super().is_possible():
            return _("There is nothing to publish: the saved draft has the text that is being signed.")
        return super().too_late()

    def question(self) -> str:
        return _("Publish the changed text of “%(title)s”?") % {"title": self.page.title}

    def make_form(self, data: Any) -> TextForm:
        return TextForm(data, may_be_new=not self.object.is_over, is_large=self.size.is_large)

    @cached_property
    def size(self) -> ChangeSize:
        return workflow.correction_size(self.object, self.draft)

    def act(self) -> TextVersion:
        return workflow.publish_text(
            self.object,
            is_new=self.answers["how"] == TextForm.NEW,
            note=self.answers["note"],
            is_same_meaning=bool(self.answers.get("is_same_meaning")),
            by=self.request.user,
            now=timezone.now(),
        )

    def get_success_message(self, result: TextVersion) -> str:
        return _("%(version)s of “%(title)s” is in force.") % {"version": result.label, "title": self.page.title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.object.version
        signed = Endorsement.objects.for_declaration(self.page).live()
        return super().get_context_data(
            **kwargs,
            version=version,
            sha256=self.sha256,
            changes=differences(version.text if version else "", canonical_text(self.draft)),
            size=self.size,
            signed=signed.count(),
            # As endorsements.deliveries.mailings writes: those who came by the site and can be reached.
            asked=signed.filter(source__in=BY_ITS_HOLDER).exclude(email="").count(),
        )


def urls() -> list[URLPattern]:
    """Opening and circulating, which email members and earlier signers, are in `endorsements.responses.admin_opening`."""
    views = {"stop_circulating": StopCirculating, "close": Close, "publish_text": PublishText}
    return [
        path(f"declarations/<int:pk>/{name.replace('_', '-')}/", view.as_view(), name=f"declaration_{name}") for name, view in views.items()
    ]
