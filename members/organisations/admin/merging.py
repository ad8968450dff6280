"""The same organisation stands here twice: which one stays? What moves is shown before it does."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.permissions import ModelPermissionPolicy

from core.admin.views import AdminView, Breadcrumb
from core.dates import site_today
from core.mail.addresses import readable_hosts
from core.search_text import query_words, search_text
from core.transitions import NotPossible
from members.identity.keys import sort_key, web_domain
from members.models import Contact, Membership, Organisation, ProfileChange, Seat
from members.organisations.workflow import merge, related_counts
from members.states import ChangeState

MOST = 20


class Merge(AdminView):
    """Choose the other one and which of the two stays, read what will happen, then do it."""

    permission_policy = ModelPermissionPolicy(Organisation)
    template_name = "members/organisations/admin/merge.html"
    page_title = gettext_lazy("Merge duplicates")
    header_icon = "copy"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(Organisation, pk=kwargs["pk"])

    @property
    def back_url(self) -> str:
        return reverse("wagtailsnippets_members_organisation:inspect", args=(self.object.pk,))

    def above(self) -> list[Breadcrumb]:
        return [(reverse("wagtailsnippets_members_organisation:list"), _("Organisations")), (self.back_url, self.object.name)]

    @cached_property
    def candidates(self) -> list[Organisation]:
        """Those that share a site or a name with it, or that the words typed are found in."""
        words = query_words(self.request.GET.get("q", ""))
        own, found = _marks(self.object), []
        for one in Organisation.objects.exclude(pk=self.object.pk).order_by("name"):
            text = search_text(one.name, one.acronym, one.aliases, readable_hosts(one.website), one.website)
            if (words and all(word in text for word in words)) or own & _marks(one):
                found.append(one)
        return found[:MOST]

    @cached_property
    def pair(self) -> tuple[Organisation, Organisation] | None:
        """The one that goes and the one that stays, as the form says."""
        other = Organisation.objects.filter(pk=_number(self.request.POST.get("other"))).exclude(pk=self.object.pk).first()
        if other is None:
            return None
        ways = {"this": (other, self.object), "other": (self.object, other)}
        return ways.get(self.request.POST.get("stays", ""))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.pair is None:
            messages.error(request, _("Choose the other one, and which of the two stays."))
            return redirect(request.get_full_path())
        if request.POST.get("step") == "do":
            return self._merge(*self.pair)
        return self.render_to_response(self.get_context_data(**_what_happens(*self.pair), stays_by=request.POST["stays"]))

    def _merge(self, goes: Organisation, stays: Organisation) -> HttpResponseBase:
        name = goes.name
        try:
            ends = {name: name in self.request.POST for name in ("ends_seats", "ends_links")}
            done = merge(goes, into=stays, by=self.request.user, **ends)
        except NotPossible as reason:
            messages.error(self.request, str(reason))
            return redirect(self.request.path)
        if done:
            messages.success(self.request, _("“%(name)s” is merged into “%(kept)s”.") % {"name": name, "kept": stays.name})
        else:
            messages.warning(self.request, _("Nothing was done: one of the two is not here any more."))
        return redirect("wagtailsnippets_members_organisation:inspect", stays.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ours = {"object": self.object, "candidates": self.candidates, "q": self.request.GET.get("q", ""), "back_url": self.back_url}
        return super().get_context_data(**{**ours, **kwargs})


def _number(text: Any) -> int:
    return int(text) if text and str(text).isascii() and str(text).isdecimal() and len(str(text)) < 18 else 0


def _marks(organisation: Organisation) -> set[str]:
    sites = {web_domain(site) for site in (organisation.website, *organisation.domains)}
    names = {sort_key(name) for name in (organisation.name, organisation.acronym, *organisation.other_names) if name}
    return {*(f"site:{site}" for site in sites if site), *(f"name:{name}" for name in names if name)}


def _what_happens(goes: Organisation, stays: Organisation) -> dict[str, Any]:
    keys = Contact.objects.filter(organisation=stays).values("address_key")
    twice = Contact.objects.filter(Q(organisation=goes) & Q(address_key__in=keys)).count()
    current = Membership.objects.on(site_today()).order_by()
    return {
        "goes": goes,
        "stays": stays,
        "moves": sorted(related_counts(goes).items()),
        "twice": twice,
        "seats": Seat.objects.on(site_today()).filter(organisation=goes).count(),
        "both_have_seats": all(Seat.objects.on(site_today()).filter(organisation=one).exists() for one in (goes, stays)),
        "contacts": Contact.objects.filter(organisation=goes).exists(),
        "both_belong": all(current.filter(organisation=one).exists() for one in (goes, stays)),
        "drops_change": ProfileChange.objects.filter(organisation=goes, state=ChangeState.PENDING).exists(),
    }


def urls() -> list[URLPattern]:
    return [path("organisations/<int:pk>/merge/", Merge.as_view(), name="organisation_merge")]
