"""How hypothesis makes up examples here: without a deadline, and the same ones at every run under CI."""

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from tests.plugins import UNDER_CI
from tests.template_database import ROOT

set_hypothesis_home_dir(ROOT / "var" / "cache" / "hypothesis")
settings.register_profile("house", deadline=None, derandomize=UNDER_CI)
settings.load_profile("house")
