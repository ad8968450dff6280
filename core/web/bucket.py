"""Storage of uploads in a private S3 bucket; the site itself serves the public ones (`core.web.media`)."""

from typing import Any

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):
    """Private because public and private uploads are stored together: a public bucket would expose applicants' documents."""

    def url(self, name: str, *_args: Any, **_kwargs: Any) -> str:
        """The URL on the site, as for files on its disk."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"
