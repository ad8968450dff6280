"""An outbox worker in a process of its own, so that a test can kill it: `python -m tests.support.mail_worker '{"EMAIL_PORT": 2525}'`.

It works on the database of DATABASE_URL until nothing is due, and prints what became of the mails.
"""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import quote

from tests.template_database import ROOT

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def start(**settings: Any) -> subprocess.Popen[str]:
    """A worker on the test's own database with these settings."""
    from django.db import connection

    parameters = connection.settings_dict
    if connection.vendor == "sqlite":
        url = "sqlite:///" + quote(str(parameters["NAME"]))
    else:
        user, password = (quote(parameters[key], safe="") for key in ("USER", "PASSWORD"))
        url = f"postgres://{user}:{password}@{parameters['HOST']}:{parameters['PORT']}/{parameters['NAME']}"
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "hw4all.settings.test"}
    command = [
        sys.executable,
        "-m",
        "tests.support.mail_worker",
        json.dumps({"OUTBOX_TRANSPORT": SMTP, "EMAIL_HOST": "127.0.0.1", **settings}),
    ]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def main() -> None:
    import django
    from django.conf import settings

    django.setup()
    for name, value in json.loads(sys.argv[1]).items():
        setattr(settings, name, value)
    from core.mail.delivery import deliver

    print(json.dumps(deliver(seconds=20)))


if __name__ == "__main__":
    main()
