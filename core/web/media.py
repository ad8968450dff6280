"""Uploaded pictures, served by the site itself where no proxy does it: from its disk, or from a bucket that only the site can read."""

import posixpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.static import serve

# A stored file never changes, another one gets another name; a deleted one may be forgotten after a week.
KEPT_SECONDS = 7 * 24 * 3600
# Documents may be private: they have an address of their own that asks first (wagtail.documents). What came with an application is.
GUARDED = ("documents/", "private/")
LONGEST_BYTES = 1024  # of a name in a bucket: Amazon S3, "Naming objects"


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file, cacheable by everybody for a week. 404 for what is guarded, a folder, or a name no file can have."""
    response: HttpResponseBase
    # As a bucket reads it: a backslash is a slash, and nothing lies above the root.
    path = posixpath.normpath("/" + path.replace("\\", "/")).lstrip("/")
    if not path or path.lower().startswith(GUARDED) or len(path.encode()) > LONGEST_BYTES:
        raise Http404
    try:
        if isinstance(default_storage, FileSystemStorage):
            response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
        else:
            response = FileResponse(default_storage.open(path), filename=posixpath.basename(path))
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # a name too long for the file system, or out of its folder
        raise Http404 from error
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
