from .media import SiteDocument, SiteImage, SiteRendition
from .page import PageWithUrls, SitePage
from .site import Announcement, Navigation, SiteIdentity

__all__ = ["Announcement", "Navigation", "PageWithUrls", "SiteDocument", "SiteIdentity", "SiteImage", "SitePage", "SiteRendition"]
