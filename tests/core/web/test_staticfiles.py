"""Stylesheets as they are sent. That pages stay light is in test_page_weight.py, that production collects them in test_production.py."""

import re

import pytest

from core.web.staticfiles import flatten_and_minify
from tests.template_database import ROOT

STYLESHEETS = sorted(str(path.relative_to(ROOT / "static")) for path in (ROOT / "static").rglob("*.css"))


def read(name: str) -> str:
    return (ROOT / "static" / name).read_text()


def test_imports_are_put_in_place_inside_their_layer_and_beside_the_importing_file() -> None:
    files = {
        "css/site.css": """
            @layer base, parts;
            @import url("base.css") layer(base);
            @import url("parts/a.css") layer(parts);
            @import url("b.css");
        """,
        "css/base.css": "a { color: red; }",
        "css/parts/a.css": "/* a part */\nb {\n  color: blue;\n}\n",
        "css/b.css": "i { top: 0; }",
    }
    assert flatten_and_minify("css/site.css", files.__getitem__) == (
        "@layer base,parts;@layer base{a{color:red}}@layer parts{b{color:blue}}i{top:0}"
    )


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a { inline-size: calc(1px + 2 * var(--gap) - 3px); }", "a{inline-size:calc(1px + 2 * var(--gap) - 3px)}"),
        ("a { inline-size: min(100% - 2rem, 3px); }", "a{inline-size:min(100% - 2rem,3px)}"),
        ("a :hover { top: 0; }\n\na:hover { top: 0; }", "a :hover{top:0}a:hover{top:0}"),
        ("a :is(b, c) { top: 0; }", "a :is(b,c){top:0}"),
        ("a {\n  & .b { top: 0; }\n  &.b { top: 0; }\n}", "a{& .b{top:0}&.b{top:0}}"),
        ('a::after { content: " ( , ; ) /* x */"; }', 'a::after{content:" ( , ; ) /* x */"}'),
        ('a { background: url("a.svg") no-repeat; }', 'a{background:url("a.svg") no-repeat}'),
        ("@media (min-width: 1rem) and (max-width: 2rem) {\n  a { top: 0; }\n}", "@media (min-width:1rem) and (max-width:2rem){a{top:0}}"),
        ("@container box (width > 3rem) {\n  a { top: 0; }\n}", "@container box (width>3rem){a{top:0}}"),
        ("a { color: light-dark(#fff, color-mix(in srgb, red 10%, blue)); }", "a{color:light-dark(#fff,color-mix(in srgb,red 10%,blue))}"),
        ("a { font: 600 1rem/1.2 serif; grid-area: 1 / 2; }", "a{font:600 1rem/1.2 serif;grid-area:1 / 2}"),
    ],
)
def test_minifying_keeps_the_spaces_that_mean_something(written: str, sent: str) -> None:
    assert flatten_and_minify("a.css", {"a.css": written}.__getitem__) == sent


@pytest.mark.parametrize("name", STYLESHEETS)
def test_a_shipped_stylesheet_differs_from_its_source_in_spaces_and_comments_only(name: str) -> None:
    def bare(css: str) -> str:
        return re.sub(r"/\*.*?\*/|\s|;(?=\s*\})", "", css, flags=re.DOTALL).rstrip(";")

    source = read(name)
    if "@import" in source:
        pytest.skip("made of others, which are looked at one by one")
    assert bare(flatten_and_minify(name, read)) == bare(source)
    assert not re.search(r"url\([^)]*\s", source), "the minifier would drop a space from an address"
