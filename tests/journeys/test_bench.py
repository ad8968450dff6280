"""What `./run bench` writes: tables and a picture of what was found, beside what somebody wrote by hand."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.growth import Growth
from benchmarks.machine import described
from benchmarks.throughput import CODERED_UNCACHED, PAGES, PEERS, Rate

RATES = {name: Rate(1000.0, 1.0, 0.9, 1.1, 0.5) for name in PEERS} | {
    f"{kind}, {how}": Rate(900.0, ratio, 0.3, 0.95, 0.4) for kind in PAGES for how, ratio in (("cached", 0.92), ("uncached", 0.3))
}


def found(ratio: float = 3.0) -> report.Found:
    told = report.Found(described(), ("small", "large"), dict(RATES), ["no peer here"])
    told.readers = {
        "home": (Growth((10.0, 10 * ratio), (20.0, 21.0), 200), (5, 5)),
        "<listing>": (Growth((9.0, 9.0), (1.0, 1.0), 200), (5, 5)),
    }
    told.admin = {"queue": (Growth((100.0, 300.0), (20.0, 21.0), 200), (5, 5))}
    told.situations = {"Memory": {"MB after all pages of readers": 151.0}}
    return told


def test_what_was_reached_is_told_and_what_was_not() -> None:
    words = report.as_markdown(found())
    assert "| cached pages, the slowest: home | ≥ 0.9 of a bare answer | 0.92 | yes |" in words
    assert "1 of 2 over; the most: home 3.00 | **no** |" in words
    assert "| memory of a process after all pages of readers | ≤ 150 MB | 151 MB | **no** |" in words
    assert "Not measured: no peer here" in words
    assert CODERED_UNCACHED not in report.as_markdown(report.Found(described(), ("small", "large")))


def test_what_was_written_by_hand_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FILE", tmp_path / "RESULTS.md")
    monkeypatch.setattr(report, "PICTURE", tmp_path / "results.svg")
    monkeypatch.setattr(report, "ROOT", tmp_path)
    report.FILE.write_text("# Results\n\nBy hand, before.\n")
    report.write(found(), "first", "SQLite")
    report.FILE.write_text(f"{report.FILE.read_text()}\nBy hand, after.\n")
    report.write(found(), r"second \1", "SQLite")
    report.write(found(), "another", "PostgreSQL")
    text = report.FILE.read_text()
    assert "first" not in text
    assert [text.count(words) for words in ("By hand, before.", "By hand, after.", r"second \1", "another")] == [1, 1, 1, 1]
    picture = ET.parse(report.PICTURE).getroot()
    assert any("<listing>" in (element.text or "") for element in picture.iter())
