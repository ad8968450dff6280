"""The site as gunicorn runs it, with a line in a file for every page that Django renders, each a little slower than usual."""

import os
import time
from pathlib import Path
from typing import Any

from hw4all.wsgi import application as layer

django = layer.application


def counted(environ: dict[str, Any], start_response: Any) -> Any:
    with Path(os.environ["RENDERED_LOG"]).open("a") as log:
        log.write(f"{environ['PATH_INFO']}\n")
    time.sleep(0.3)
    return django(environ, start_response)


layer.application = counted
application = layer
