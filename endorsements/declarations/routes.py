"""The addresses under a declaration's own: the form, the list, the files, the versions. Each leads to a view of `endorsements.views`."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from wagtail.contrib.routable_page.models import RoutablePageMixin, path


def _public(route: str, name: str) -> Any:
    """A route that leads to the view of this name in `views.public`. That of a file may end with the slash that Wagtail's routing adds."""

    def view(self: Any, request: HttpRequest, **given: Any) -> HttpResponseBase:
        from .views import public

        return getattr(public, name)(request, self, **given)

    return path(route, name=name)(view if route.endswith("/") else path(f"{route}/")(view))


class PublicRoutes(RoutablePageMixin):
    """Mixed into DeclarationPage. A POST without a session changes nothing in anybody's name, so the form needs no cookie against
    forged requests (docs/decisions/0013)."""

    def serve(self, request: HttpRequest, view: Any = None, args: Any = None, kwargs: Any = None) -> HttpResponseBase:
        """An alias of a declaration leads to it: people put their names under a text in one place."""
        if self.alias_of_id and not getattr(request, "is_preview", False):
            own = self.get_url_parts(request)
            return redirect(f"{self.alias_of.get_url(request)}{request.path.removeprefix(own[2] if own else '')}")
        return super().serve(request, view, args, kwargs)

    def get_route_paths(self) -> list[str]:
        """Where redirects lead to when the address changes: whoever copied a badge, a file or the form's address keeps it."""
        parts = (
            "endorse/",
            "signatories/",
            "signatories/all/",
            "signatories.csv",
            "signatories.json",
            "count.json",
            "badge.svg",
            "snippet/",
        )
        texts = [f"versions/{number}.{correction}" for number, correction in self.versions.values_list("number", "correction")]
        return ["/", *(f"/{part}" for part in (*parts, "versions/", *(f"{text}{end}" for text in texts for end in ("/", ".txt"))))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        """As a post's, in each of its modes: a page with routes would be shown by its first route, whatever the mode."""
        return super(RoutablePageMixin, self).serve_preview(request, mode_name)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .public_status import standing

        return super().get_context(request, *args, **kwargs) | {"standing": standing(self) if self.pk else None}

    def describe(self, head: Any, context: Any) -> None:
        """What the head of the page says of the declaration, or of the part of it at the address."""
        from .head import describe_part, endorsing

        if part := context.get("part"):
            describe_part(head, self, part)
            return
        super().describe(head, context)
        if (told := context.get("standing")) and told.is_public:
            head.node |= endorsing(told)

    @path("")
    def text(self, request: HttpRequest) -> HttpResponseBase:
        return self.render(request)

    @path("endorse/", name="endorse")
    def endorse(self, request: HttpRequest) -> HttpResponseBase:
        from endorsements.signing.views.form import endorse

        return endorse(request, self)

    @path("endorse/check-mail/", name="check_mail")
    def check_mail(self, request: HttpRequest) -> HttpResponseBase:
        from endorsements.signing.views.form import check_mail

        return check_mail(request, self)

    @path("endorse/held/", name="held")
    def endorsement_held(self, request: HttpRequest) -> HttpResponseBase:
        from endorsements.signing.views.form import held

        return held(request, self)

    list_of_signatories = _public("signatories/", "signatories")
    page_of_all_signatories = _public("signatories/all/", "all_signatories")
    signatories_as_csv = _public("signatories.csv", "signatories_csv")
    signatories_as_json = _public("signatories.json", "signatories_json")
    count_as_json = _public("count.json", "count_json")
    count_as_badge = _public("badge.svg", "badge")
    snippet_to_copy = _public("snippet/", "snippet")
    list_of_versions = _public("versions/", "versions")
    page_of_version = _public("versions/<int:number>.<int:correction>/", "version")
    file_of_version = _public("versions/<int:number>.<int:correction>.txt", "version_text")
