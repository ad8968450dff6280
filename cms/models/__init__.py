from .media import SiteDocument, SiteImage, SiteRendition
from .page import PageWithUrls, SitePage
from .search_entry import SearchEntry
from .site import Announcement, Navigation, SiteIdentity

__all__ = [
    "Announcement",
    "Navigation",
    "PageWithUrls",
    "SearchEntry",
    "SiteDocument",
    "SiteIdentity",
    "SiteImage",
    "SitePage",
    "SiteRendition",
]
