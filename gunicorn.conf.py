"""gunicorn settings, used by the Dockerfile and by `./run site`. `.env.example` explains the variables."""

import gc
import os
from pathlib import Path
from typing import Any

wsgi_app = "hw4all.wsgi:application"
bind = f"{os.environ.get('LISTEN', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "hw4all.worker.Worker"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # gunicorn's maximum; it rejects longer ones

# Workers are replaced now and then, which limits memory leaks. The jitter keeps them from restarting together.
max_requests = 5000
max_requests_jitter = 1000

# The heartbeat is a file. On a slow disk, writing it could block the worker long enough to look like a hang.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# Without this, gunicorn 27 opens a control socket that accepts commands.
control_socket_disable = True

# The proxies whose X-Forwarded headers are trusted.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
# Not even they say where the site is mounted: a proxy that passes a visitor's SCRIPT_NAME on would let it choose the path.
forwarder_headers = ""

accesslog = "-" if os.environ.get("ACCESS_LOG", "") in ("1", "true") else None
errorlog = "-"

# Loading the site creates many objects and frees few. Without garbage collection it takes a fifth less time.
gc.disable()


def post_worker_init(_worker: Any) -> None:
    """Exclude everything loaded so far from garbage collection, and turn it on."""
    gc.freeze()
    gc.enable()
