"""Links to pages within rich text, without a query for each text."""

from django.utils.html import escape
from wagtail import hooks
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from .public_pages import addresses


class RememberedPageLinkHandler(PageLinkHandler):
    """Wagtail's handler looks the pages up; here their addresses are known. A link to a page that is not published leads nowhere."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        known = addresses()
        found = (known.get(int(attrs["id"])) if attrs.get("id", "").isdecimal() else None for attrs in attrs_list)
        return [f'<a href="{escape(address)}">' if address else "<a>" for address in found]


@hooks.register("register_rich_text_features", order=100)
def use_remembered_addresses(features: FeatureRegistry) -> None:
    features.register_link_type(RememberedPageLinkHandler)
