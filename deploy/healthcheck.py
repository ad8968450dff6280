"""The image's health check: status 0 if the site answers /healthz with 200 within four seconds."""

import http.client
import os
import sys

site = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    site.request("GET", "/healthz", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")})
    status = site.getresponse().status
except OSError as error:
    sys.exit(f"no answer: {error}")
sys.exit(None if status == 200 else f"/healthz answered {status}")
