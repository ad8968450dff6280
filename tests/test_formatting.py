"""The check of how stylesheets and templates are laid out."""

import pytest

from tests import formatting

LONG = "a" * 121


@pytest.mark.parametrize(
    "css",
    [
        "a,\nb {\n  color: red;\n  --x: a, b;\n}\n",
        "a:is(b, c):not(d, :is(e, f)) {\n  background:\n    url(a.svg),\n    rgb(0 0 0 / 50%);\n}\n",
        "@layer a, b;\n\n@media print, screen {\n  a {\n    content: '; } {';\n  }\n}\n",
        "/* a; b { c; d, e {\n\n */\na {\n  color: red; /* why */\n}\n",
    ],
)
def test_well_laid_out_css(css: str) -> None:
    assert list(formatting.css(css)) == []


@pytest.mark.parametrize(
    ("css", "line"),
    [
        ("a { color: red; }", 1),
        ("a {\n  color: red; top: 0;\n}", 2),
        ("a {\n  color: red; }", 2),
        ("a, b {\n  top: 0;\n}", 1),
        ("/* a\n */\na, b,\nc {\n  top: 0;\n}", 3),
        (f"a {{\n  --x: {LONG};\n}}", 2),
    ],
)
def test_badly_laid_out_css(css: str, line: int) -> None:
    assert [number for number, _ in formatting.css(css)] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "a" * 120,
        f'  {{% translate "{LONG}" %}}',
        f'  <div class="a {{% if b %}}{LONG}{{% endif %}}" id="{{{{ c }}}}">',
        f'  style="{LONG}"',
        f'  href="{{% url "a" {LONG} %}}?b={{{{ c|default:"d" }}}}"',
        f"  {{{{ {LONG} }}}}",
    ],
)
def test_a_line_of_a_template_may_be_long_when_it_is_one_tag(line: str) -> None:
    assert list(formatting.template(f"<p>\n{line}\n</p>")) == []


@pytest.mark.parametrize(
    "line",
    [
        LONG,
        f"<p>{LONG}</p>",
        f'<p id="{LONG}">a',
        f'{{% if a %}}{{% translate "{LONG}" %}}{{% endif %}}',
        f'href="a" title="{LONG}"',
        f"{{{{ a }}}} {{{{ {LONG} }}}}",
    ],
)
def test_other_lines_of_a_template_are_short(line: str) -> None:
    assert [number for number, _ in formatting.template(f"<p>\n{line}\n</p>")] == [2]
