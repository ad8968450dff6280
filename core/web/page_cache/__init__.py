"""The page cache: finished public pages, served before Django is entered (docs/decisions/0037).

`policy` says which responses are public, `version` what is true now, `watch` asks for it once a second, `store` holds pages in memory and
`copies` in files that outlive a process, `layer` puts them together in front of Django.
"""

from .changes import content_changed, content_purged
from .layer import PageCacheLayer
from .policy import PAGE_PARAMETERS, TRACKING, PublicPageMiddleware, is_anonymous, public_page
from .version import content_version, is_serving_public_page, page_changes_at

__all__ = [
    "PAGE_PARAMETERS",
    "TRACKING",
    "PageCacheLayer",
    "PublicPageMiddleware",
    "content_changed",
    "content_purged",
    "content_version",
    "is_anonymous",
    "is_serving_public_page",
    "page_changes_at",
    "public_page",
]
