"""The parts of `./run bench`, each once and short, on the smaller site: that they measure something, and that what they ask for works."""

import sys
from pathlib import Path

import pytest

from benchmarks import load, servers, situations, throughput

pytestmark = [pytest.mark.growth, pytest.mark.one_database]


@pytest.fixture(scope="module")
def production(environments: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The smaller site in production settings."""
    static = servers.collect_static(tmp_path_factory.mktemp("static"))
    small = environments[0]
    return servers.site_environment(Path(small["VAR_DIR"]), small["DATABASE_URL"], static)


def test_the_bare_answers_are_served(tmp_path: Path) -> None:
    for application in ("benchmarks.bare:application", "benchmarks.bare:django_application()"):
        with servers.bare(application) as server:
            found = load.run(server.port, "/", 0.2)
            assert found.requests > 10
            assert found.bytes > 12_000


def test_every_page_of_the_throughput_is_served(production: dict[str, str]) -> None:
    with servers.site(production) as server:
        for address in throughput.PAGES.values():
            assert load.run(server.port, address, 0, connections=1).status == 200


def test_people_sign_while_mail_works_and_while_it_hangs(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(situations, "PEOPLE", 1)
    assert len(situations.signing(production)) == 6


def test_publishing_files_memory_and_weight_are_measured(production: dict[str, str], tmp_path: Path) -> None:
    assert situations.after_publishing(production, tmp_path, 1)["home, 16 readers at once, renderings"] > 0
    assert len(situations.files(production)) == 4
    assert min(situations.weight(production).values()) > 5_000
    if sys.platform == "linux":
        assert situations.memory(production)["MB after all pages of readers"] > 50
