"""Links to pages in rich text, without a query for each text."""

from django.utils.html import escape
from wagtail import hooks
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from .public_pages import urls_of


class LivePageLinkHandler(PageLinkHandler):
    """Wagtail's handler without loading the pages. A link to a page that is not published has no `href`."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        ids = [int(attrs["id"]) if attrs.get("id", "").isdecimal() else None for attrs in attrs_list]
        urls = urls_of(ids)
        found = (urls.get(pk) if pk else None for pk in ids)
        return [f'<a href="{escape(url)}">' if url else "<a>" for url in found]


@hooks.register("register_rich_text_features", order=100)
def link_to_live_pages(features: FeatureRegistry) -> None:
    features.register_link_type(LivePageLinkHandler)
