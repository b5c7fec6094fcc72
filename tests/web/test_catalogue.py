"""Translations: parts merge and compile, no message lacks its Chinese, Django's own catalogue stays."""

from __future__ import annotations

from collections import defaultdict
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext

from alliance.lib import po
from tests.web.msgids import EOT, messages, of_module, of_template

PARTS = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "parts"
HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def part(folder: Path, name: str, body: str) -> Path:
    """A catalogue in a folder of its own."""
    path = folder / name
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def key(message: Message) -> str:
    """A message as `msgids` names it."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text if message.context is None else f"{message.context}{EOT}{text}"


def test_every_message_of_every_room_has_its_chinese() -> None:
    known = {key(one) for one in po.merge(PARTS.glob("*.po")).catalogue}
    missing: dict[str, list[str]] = defaultdict(list)
    for text, place in messages():
        # Django translates "yes", "name" and the like itself; what it does is asked of Django, not assumed.
        with translation.override("zh-hans"):
            if text not in known and gettext(text) == text:
                missing[place].append(text)
    assert not missing, "write these into locale/zh_Hans/parts/<room>.po:\n" + "\n".join(
        f"  {place}\n" + "\n".join(f"    {text!r}" for text in texts)
        for place, texts in sorted(missing.items())
    )


def test_the_parts_of_all_rooms_contradict_each_other_nowhere() -> None:
    assert po.merge(PARTS.glob("*.po")).faults == []


def test_messages_are_found_in_templates_calls_and_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.web.msgids.ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text(
        '{% translate "It\'s here" %}{% translate "open" context "door" %}{% firstof a _("Else") %}'
        "{% blocktranslate count n=x %}One{% plural %}{{ n }} many{% endblocktranslate %}"
    )
    module = tmp_path / "module.py"
    module.write_text(
        'x = _("Called")\nz = pgettext_lazy("door", "shut")\ny = ngettext("One thing", "%d", 2)\n'
        'class R:\n    reasons = {"a": "Refused."}\n'
    )
    assert {text for text, _ in of_template(page)} == {"It's here", "door\x04open", "One", "Else"}
    assert {text for text, _ in of_module(module)} == {"Called", "door\x04shut", "One thing", "Refused."}


def test_parts_merge_and_the_first_translation_stays(tmp_path: Path) -> None:
    part(tmp_path, "a.po", 'msgid "Month"\nmsgstr "月"\n\nmsgid "Same"\nmsgstr "同"\n')
    part(tmp_path, "b.po", 'msgid "Month"\nmsgstr "月份"\n\nmsgid "Same"\nmsgstr "同"\n')
    merged = po.merge(tmp_path.glob("*.po"))
    assert merged.catalogue.get("Month").string == "月"
    assert merged.faults == ["b.po: “Month” is “月份” here, “月” in an earlier part"]


def test_a_translation_with_other_places_is_left_out(tmp_path: Path) -> None:
    part(tmp_path, "a.po", 'msgid "%(n)s rows"\nmsgstr "%(count)s 行"\n')
    merged = po.merge(tmp_path.glob("*.po"))
    assert merged.catalogue.get("%(n)s rows") is None
    assert len(merged.faults) == 1


def test_a_damaged_part_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "bad.po").write_bytes(b'msgid "x"\nmsgstr "\xff\xfe"\n')
    with pytest.raises(po.CatalogueRefused, match=r"bad\.po"):
        po.merge(tmp_path.glob("*.po"))


def test_fuzzy_and_empty_entries_stay_out(tmp_path: Path) -> None:
    part(
        tmp_path,
        "a.po",
        '#, fuzzy\nmsgid "Guess"\nmsgstr "猜"\n\nmsgid "Empty"\nmsgstr ""\n\nmsgid "Good"\nmsgstr "好"\n',
    )
    assert [one.id for one in po.merge(tmp_path.glob("*.po")).catalogue if one.id] == ["Good"]


def test_the_compiled_file_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    part(tmp_path, "a.po", 'msgid "Month"\nmsgstr "月"\n')
    target = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    assert po.store(po.merge(tmp_path.glob("*.po")).catalogue, target)
    assert not po.store(po.merge(tmp_path.glob("*.po")).catalogue, target)
    assert read_mo(BytesIO(target.read_bytes())).get("Month").string == "月"
    assert [path.name for path in target.parent.iterdir()] == ["django.mo"]


def test_the_command_compiles_and_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    from alliance.management.commands.compilecatalogues import Command

    assert Command.needs_database is False
    call_command("compilecatalogues")
    assert capsys.readouterr().out.startswith("zh_Hans: ")


def test_ours_and_djangos_own_words_are_both_there() -> None:
    with translation.override("zh-hans"):
        assert gettext("not assessed") == "不评"
        assert (
            ngettext("One thing to do today", "%(n)s things to do today", 9) % {"n": 9} == "今天先办 9 件事"
        )
        assert gettext("Enter a valid value.") == "输入一个有效的值。"
    with translation.override("en"):
        assert gettext("not assessed") == "not assessed"
        assert gettext("Enter a valid value.") == "Enter a valid value."


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (forms.DecimalField(max_digits=4, decimal_places=2), "1.234"),
        (forms.DecimalField(max_digits=4), "12345"),
        (forms.DecimalField(max_digits=4, decimal_places=2), "123.4"),
        (forms.IntegerField(step_size=5), "3"),
        (forms.IntegerField(max_value=5), "6"),
        (forms.DateField(), "2026-02-30"),
        (forms.CharField(max_length=2), "三个字"),
        (forms.ChoiceField(choices=[("a", "a")]), "b"),
        (forms.CharField(), ""),
    ],
)
def test_what_djangos_own_fields_refuse_ends_as_our_sentences_do(field: forms.Field, typed: str) -> None:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        field.clean(typed)
    with translation.override("zh-hans"):
        assert all(said.endswith("。") for said in refused.value.messages)
