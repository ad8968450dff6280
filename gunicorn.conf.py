"""How gunicorn serves the site; `Dockerfile` and `./run site` both start from here. docs/operations.md explains the variables."""

import gc
import os
from pathlib import Path
from typing import Any

wsgi_app = "hw4all.wsgi:application"
bind = f"{os.environ.get('LISTEN', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104 — a container listens to its host
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # the most gunicorn allows; longer ones get its own 414

# A worker is replaced now and then, which bounds what a leak can cost; the jitter keeps workers from leaving together.
max_requests = 5000
max_requests_jitter = 1000

# The heartbeat is a file: on a slow disk it stalls the worker and looks like a hang.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# gunicorn 27 otherwise opens a socket through which it can be commanded.
control_socket_disable = True

# Whose word is taken on the visitor's address and scheme: the proxy in front, named by its addresses.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

accesslog = "-" if os.environ.get("ACCESS_LOG", "") in ("1", "true") else None
errorlog = "-"

# Loading the site makes many objects and drops few: without the collector it takes a fifth less time.
gc.disable()


def post_worker_init(_worker: Any) -> None:
    """What was loaded stays; the collector need never look at it again."""
    gc.freeze()
    gc.enable()
