from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cli.bench.nlu.load import unheard
from cli.bench.nlu.project import Examples, harmless, read_examples, safe_names, write_project
from cli.bench.nlu.systems import OURS, systems
from cli.errors import Refused


def test_a_cell_with_quotes_and_a_tab_is_one_text(tmp_path: Path) -> None:
    path = tmp_path / "dev.tsv"
    path.write_text('text\tintent\n"啥呀\t0"\tchat\n说"好"\tchat\n', encoding="utf-8")
    assert read_examples(path).texts[0] == "啥呀\t0"
    assert read_examples(path).intents == ("chat", "chat")


def test_the_label_column_is_the_other_one_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    path.write_text("domain\ttext\napp\t打开\n", encoding="utf-8")
    assert read_examples(path) == Examples(("打开",), ("app",))


@pytest.mark.parametrize("content", ["text\n打开\n", "text\tintent\n打开\t\n", ""])
def test_a_file_without_labels_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "d.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused):
        read_examples(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[图](x)", "[图] (x)"),
        ("/greet", "／greet"),
        ("两\n行\t字", "两 行 字"),
        ('[a]{"entity": "b"}', '[a] {"entity": "b"}'),
    ],
)
def test_nothing_in_a_text_means_something_to_rasa(text: str, line: str) -> None:
    assert harmless(text) == line


def test_intents_of_any_spelling_become_a_project(tmp_path: Path) -> None:
    intents = ("faq/a", "no", "退款: x", "a+b")
    names = safe_names(intents)
    assert len(set(names.values())) == 4
    examples = Examples(("甲", "- 乙", "#丙", "丁: 戊"), intents)
    write_project(tmp_path, systems()["diet"], examples, names)
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))
    assert sorted(domain["intents"]) == sorted(names.values())
    nlu = yaml.safe_load((tmp_path / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    told = {block["intent"]: [item["text"] for item in block["examples"]] for block in nlu}
    assert told[names["a+b"]] == ["丁: 戊"]


def test_ours_has_the_settings_of_the_desk_without_its_knowledge_base() -> None:
    ours = systems()["ours"].pipeline
    assert tuple(part["name"] for part in ours) == OURS
    assert all(
        Path(part[key]).is_absolute()
        for part, key in zip(ours, ("dictionary_path", "lexicon"), strict=True)
    )


def test_both_stock_systems_have_the_same_features() -> None:
    diet, logistic = systems()["diet"].pipeline, systems()["logistic"].pipeline
    assert diet[:-1] == logistic[:-1]
    assert diet[-1] == {"name": "DIETClassifier", "epochs": 100}


def test_a_load_never_repeats_a_text() -> None:
    assert len({unheard("退款", number) for number in range(20_000)}) == 20_000
