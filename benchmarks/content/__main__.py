"""Make databases with the content of each size: `python -m benchmarks.content FOLDER [SIZE…]`."""

import sys
from pathlib import Path

from benchmarks.databases import make

if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve(), tuple(sys.argv[2:]) or ("small", "medium", "large"))
