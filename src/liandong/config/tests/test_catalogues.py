from pathlib import Path

import pytest

from liandong.config import catalogues

PYTHON = '''
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

LABEL = _("Need")
def words(n, variable):
    """_("not this") is only prose."""
    # Translators: a verb
    again = pgettext("verb", "Draw")
    return ngettext("%(n)s hour", "%(n)s hours", n), again, _(variable), _(
        "split "
        "text"
    )
'''
TEMPLATE = """{% load i18n %}
  <p title="it's">{% trans "Sign up" %}</p>
 {% blocktrans trimmed with name=person.name count n=3 %}
    {{ name }} has {{ n }} shift
  {% plural %}
    {{ name }} has {{ n }} shifts
 {% endblocktrans %}
{% button label=_("Save") %}{{ value|default:_("none") }}{% trans "Draw" context "noun" %}
"""


@pytest.fixture
def app(tmp_path, monkeypatch) -> Path:
    app = tmp_path / "shop"
    (app / "templates" / "shop").mkdir(parents=True)
    (app / "tests").mkdir()
    (app / "__init__.py").touch()
    (app / "models.py").write_text(PYTHON)
    (app / "templates" / "shop" / "page.html").write_text(TEMPLATE)
    (app / "tests" / "test_x.py").write_text('_("only in a test")')
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    return app


def translate(app: Path, *pairs: tuple[str, str]) -> None:
    file = catalogues.po_file(app)
    text = file.read_text()
    for msgid, translation in pairs:
        before, after = text.split(f"{msgid}\n", 1)
        text = f"{before}{msgid}\n" + after.replace('""', f'"{translation}"', 1)
    file.write_text(text)


ALL = [
    ('msgid "Need"', "需求"),
    ('msgid "Sign up"', "报名"),
    ('msgid "Save"', "保存"),
    ('msgid "none"', "无"),
    ('msgid "split text"', "拆开的文字"),
    ('msgid_plural "%(n)s hours"', "%(n)s小时"),
    ('msgid_plural "%(name)s has %(n)s shifts"', "%(name)s有%(n)s个班次"),
    ('msgctxt "verb"\nmsgid "Draw"', "抽签"),
    ('msgctxt "noun"\nmsgid "Draw"', "抽签结果"),
]


def test_texts_of_python_and_templates_are_found_once_each(app):
    found = {(identity, context) for identity, context, _ in catalogues.extracted(app)}
    assert found == {
        ("Need", None),
        ("split text", None),
        (("%(n)s hour", "%(n)s hours"), None),
        ("Draw", "verb"),
        ("Sign up", None),
        (("%(name)s has %(n)s shift", "%(name)s has %(n)s shifts"), None),
        ("Save", None),
        ("none", None),
        ("Draw", "noun"),
    }


def test_an_update_keeps_translations_and_drops_what_is_gone(app):
    catalogues.update()
    translate(app, *ALL)
    assert list(catalogues.found_problems()) == []
    before = catalogues.po_file(app).read_text()
    catalogues.update()
    assert catalogues.po_file(app).read_text() == before
    assert "models.py" not in before
    (app / "models.py").write_text("")
    assert list(catalogues.found_problems()) == ["shop: the catalogue is not up to date; run `make messages`"]
    catalogues.update()
    assert 'msgid "Need"' not in catalogues.po_file(app).read_text()
    assert 'msgstr "报名"' in catalogues.po_file(app).read_text()


def test_the_compiled_catalogue_speaks(app):
    import gettext

    catalogues.update()
    translate(app, *ALL)
    catalogues.compile_all()
    with catalogues.po_file(app).with_suffix(".mo").open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)
    assert spoken.gettext("Sign up") == "报名"
    assert spoken.ngettext("%(n)s hour", "%(n)s hours", 1) == "%(n)s小时"
    assert spoken.pgettext("noun", "Draw") == "抽签结果"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('_("新")', "shop: '新': source texts are English"),
        ('_("Fresh")', "shop: 'Fresh': not translated"),
    ],
)
def test_what_is_wrong_is_listed(app, line, problem):
    catalogues.update()
    translate(app, *ALL)
    (app / "views.py").write_text(line)
    catalogues.update()
    assert problem in list(catalogues.found_problems())


def test_a_lost_placeholder_is_listed(app):
    catalogues.update()
    translate(app, *[pair if "name" not in pair[0] else (pair[0], "%(n)s个班次") for pair in ALL])
    assert [problem for problem in catalogues.found_problems() if "placeholders differ" in problem] != []


def test_one_text_has_one_translation_in_all_apps(app):
    other = app.parent / "stall"
    other.mkdir()
    (other / "__init__.py").touch()
    (other / "models.py").write_text('_("Need")')
    catalogues.update()
    translate(app, *ALL)
    translate(other, ('msgid "Need"', "需要"))
    assert [problem for problem in catalogues.found_problems() if "one text, one translation" in problem] != []
