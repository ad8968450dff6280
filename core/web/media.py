"""Public uploads, served by the site itself where no proxy does: from its disk or from a private bucket."""

import posixpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.static import serve

from .page_cache import public_page

# A stored file never changes, because a new file gets a new name; a deleted one may stay in caches for a week.
CACHE_SECONDS = 7 * 24 * 3600
# Documents may be private, so they have a URL that checks permissions (wagtail.documents). Files of an application are private.
PRIVATE_FOLDERS = ("documents/", "private/")
MAX_NAME_BYTES = 1024  # in a bucket: Amazon S3, "Naming objects"


@public_page
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file, with public caching for a week. 404 for a private file, a folder or an impossible name."""
    response: HttpResponseBase
    # A backslash counts as a slash, and nothing is above the root, as in a bucket.
    path = posixpath.normpath("/" + path.replace("\\", "/")).lstrip("/")
    if not path or path.lower().startswith(PRIVATE_FOLDERS) or len(path.encode()) > MAX_NAME_BYTES:
        raise Http404
    try:
        if isinstance(default_storage, FileSystemStorage):
            response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
        else:
            response = FileResponse(default_storage.open(path), filename=posixpath.basename(path))
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # a name too long for the file system, or out of its folder
        raise Http404 from error
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return response
