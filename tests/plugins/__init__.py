"""What makes the tests run, for pytest: databases, the order of tests, generated examples, what a run prints."""

import os

UNDER_CI = os.environ.get("CI", "").lower() in ("1", "true")
