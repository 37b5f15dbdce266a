"""Files of entries: written, read again, and what is wrong with them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from api.i18n import LANGUAGES, texts
from api.knowledge.content import EntryButton, EntryContent, changes
from api.knowledge.transfer import reading
from api.knowledge.transfer.checking import State, near_ones, plan_of, questions_of
from api.knowledge.transfer.columns import cells_of
from api.knowledge.transfer.reading import read_file
from api.knowledge.transfer.shapes import Format, Problem, Report, Table
from api.knowledge.transfer.writing import ENDINGS, example_row, written
from classifier.labels import label_name
from classifier.likeness import vectors_of

OWNER = UUID("01234567-89ab-7cde-8f01-23456789abcd")
KINDS: tuple[Format, ...] = ("xlsx", "csv", "yaml")
FULL = EntryContent(
    category="refund",
    question="多久能退到账",
    questions=["退款几天到", "-5 天了还没退", "=1+1 是多少", "'单引号开头", "钱呢\u3000什么时候退"],
    answer="**1–3 天**到账。\n- 微信：当天\n- 银行卡：3 天\n\n见[说明](https://shop.test/a)",
    buttons=[
        EntryButton(title="查进度|现在", text="我要查退款进度"),
        EntryButton(title="\\", text="x"),
    ],
    variants={"wechat": "=回复「退款」查询"},
    task="cancel_order",
    valid_from=datetime(2026, 11, 1, 1, 2, 3, 4, tzinfo=UTC),
    valid_to=datetime(2027, 1, 1, tzinfo=UTC),
    owner_id=OWNER,
    review_on=date(2026, 12, 1),
)
HEAD = "分类,标准问题,答案"


def codes(table: Table) -> list[tuple[int, str | None, str]]:
    return [(each.row, each.column, each.code) for each in table.problems]


def found(text: str | bytes, name: str = "faq.csv") -> list[tuple[int, str | None, str]]:
    content = text.encode() if isinstance(text, str) else text
    plan = plan_of(read_file(name, content), State({}, {}))
    return [(each.row, each.column, each.code) for each in plan.problems]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def again(kind: Format, entries: dict[str, EntryContent]) -> list[EntryContent]:
    """What is read of a file that was written."""
    rows = [cells_of(key, each, {OWNER: "lin"}) for key, each in entries.items()]
    table = read_file("a" + ENDINGS[kind], written(rows, kind))
    plan = plan_of(table, State({}, {"lin": OWNER}))
    assert plan.problems == []
    return [step.after for step in plan.steps]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_comes_in_again_unchanged(kind: Format) -> None:
    off = FULL.model_copy(update={"question": "停用的", "questions": [], "active": False})
    entries = {"refund_time": FULL, "off": off}
    assert [
        changes(*pair) for pair in zip(again(kind, entries), entries.values(), strict=True)
    ] == [[], []]
    rows = [cells_of(key, each, {OWNER: "lin"}) for key, each in entries.items()]
    state = State(entries, {"lin": OWNER})
    plan = plan_of(read_file("a" + ENDINGS[kind], written(rows, kind)), state)
    assert (plan.unchanged, plan.steps, plan.problems) == (2, [], [])


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=4),
    st.text(min_size=1, max_size=80),
)
def test_any_text_survives_the_way_out_and_in(
    kind: Format, wordings: list[str], answer: str
) -> None:
    try:
        content = EntryContent(
            category="order", question=wordings[0], questions=wordings[1:], answer=answer
        )
    except ValueError:
        return
    (back,) = again(kind, {"k": content})
    assert changes(content, back) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_has_names_in_place_of_keys_and_they_are_read_again(language: str) -> None:
    titles = {
        name.removeprefix("intent."): title
        for name, title in texts(language).items()
        if name.startswith("intent.")
    }
    for task, title in titles.items():
        content = FULL.model_copy(update={"task": task})
        file = written([cells_of("k", content, {OWNER: "lin"})], "csv", language)
        assert title in file.decode("utf-8-sig")
        (step,) = plan_of(read_file("a.csv", file), State({}, {"lin": OWNER})).steps
        assert changes(content, step.after) == []
    assert label_name("category", "refund", language) in file.decode("utf-8-sig")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_can_be_taken_in_as_it_is(kind: Format, language: str) -> None:
    file = written([example_row(language)], kind, language)
    plan = plan_of(read_file("a" + ENDINGS[kind], file), State({}, {}))
    assert ([each.row for each in plan.steps], plan.problems) == ([2 if kind != "yaml" else 1], [])


def test_heads_of_earlier_files_are_still_read() -> None:
    file = f"{HEAD},公众号答案,任务\nrefund,能退吗,能,可以,cancel_order\n"
    (step,) = plan_of(read_file("a.csv", file.encode()), State({}, {})).steps
    assert (step.after.variants, step.after.task) == ({"wechat": "可以"}, "cancel_order")


def test_a_cell_that_a_spreadsheet_would_reckon_is_written_as_text() -> None:
    rows = [cells_of("k", FULL.model_copy(update={"question": "=HYPERLINK(1)"}), {})]
    assert ",'=HYPERLINK(1)," in written(rows, "csv").decode("utf-8-sig")
    book = load_workbook(io.BytesIO(written(rows, "xlsx")))
    assert "f" not in {cell.data_type for row in book.worksheets[0] for cell in row}


def test_wordings_beyond_one_cell_go_on_in_the_next_column() -> None:
    many = FULL.model_copy(update={"questions": [f"{n:03}" + "问" * 190 for n in range(400)]})
    for kind in KINDS:
        (back,) = again(kind, {"k": many})
        assert back.questions == many.questions
    cells = load_workbook(io.BytesIO(written([cells_of("k", many, {})], "xlsx"))).worksheets[0]
    assert max(len(str(cell.value or "")) for row in cells for cell in row) < 32_767


def test_a_file_in_another_encoding_is_refused_with_its_line() -> None:
    text = f"{HEAD}\nrefund,ok,ok\nrefund,能退吗,能\n"
    assert found(text.encode("gb18030")) == [(1, None, "encoding")]
    assert found(f"{HEAD}\nrefund,能退吗,".encode() + "能".encode("gbk")) == [(2, None, "encoding")]
    assert found(text.encode("utf-16")) == [(1, None, "encoding")]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("分类,答案\nrefund,能\n", [(1, "question", "missing_column")]),
        ("分类,标准问题,答案,答案\n", [(1, "answer", "duplicate_column")]),
        (f"{HEAD}\n", [(0, None, "no_rows")]),
        ("", [(1, n, "missing_column") for n in ("category", "question", "answer")]),
        (f"{HEAD}\nrefund,=1+1,能\n", [(2, "question", "formula")]),
        (f"{HEAD}\nrefund,,能\n", [(2, "question", "empty")]),
        (f"{HEAD}\nrefund,能退吗,  \n", [(2, "answer", "empty")]),
        (f"{HEAD}\nrefund,{'长' * 201},能\n", [(2, "question", "too_long")]),
        (f"{HEAD}\n退货,能退吗,能\n", [(2, "category", "unknown_category")]),
        (f"{HEAD}\nrefund,能退吗,能,但是\n", [(2, None, "too_many_cells")]),
        (f'{HEAD}\nrefund,"能退吗,能\n', [(2, None, "broken_csv")]),
        (f"{HEAD},启用\nrefund,能退吗,能,也许\n", [(2, "active", "bad_value")]),
        (f"{HEAD},失效时间\nrefund,能退吗,能,明天\n", [(2, "valid_to", "bad_date")]),
        (f"{HEAD},任务\nrefund,能退吗,能,fly\n", [(2, "task", "unknown_task")]),
        (f"{HEAD},负责人\nrefund,能退吗,能,lin\n", [(2, "owner", "unknown_owner")]),
        (f"{HEAD},编号\nrefund,能退吗,能,退款\n", [(2, "key", "bad_key")]),
        (f"{HEAD}\nrefund,能退吗,能\n\nrefund,能退吗？,可以\n", [(4, None, "duplicate_row")]),
        (
            f"{HEAD},相似问题\nrefund,能退吗,能,还能退么\nrefund,几天退,三天,还能退么？\n",
            [(3, "questions", "conflict_in_file")],
        ),
    ],
)
def test_a_bad_row_is_named(text: str, problems: list[tuple[int, str | None, str]]) -> None:
    assert found(text) == problems


def test_a_picture_of_another_desk_is_a_warning() -> None:
    lost, known = uuid4(), uuid4()
    answer = f"见图：![门](attachment:{lost})![窗](attachment:{known})"
    table = read_file("a.csv", f"{HEAD}\nrefund,能退吗,{answer}\n".encode())
    (problem,) = plan_of(table, State({}, {}, pictures=frozenset({known}))).problems
    assert (problem.row, problem.code, problem.level) == (2, "unknown_picture", "warning")
    assert problem.values == {"value": str(lost)}
    kept = FULL.model_copy(update={"question": "能退吗", "answer": answer})
    assert plan_of(table, State({"refund_time": kept}, {})).problems == []


def test_a_question_of_another_entry_is_a_conflict_that_names_it() -> None:
    state = State({"refund_time": FULL}, {})
    text = f"{HEAD}\norder,怎么下单,点购买\norder,退款几天到？,三天\n"
    (problem,) = plan_of(read_file("a.csv", text.encode()), state).problems
    assert (problem.row, problem.code) == (3, "conflict")
    assert problem.values == {"text": "退款几天到？", "entry": "多久能退到账"}


def test_a_row_without_a_key_is_the_entry_with_its_question_and_keeps_what_it_does_not_say() -> (
    None
):
    text = f"{HEAD}\n退款退货,多久能退到账？,五天\n"
    plan = plan_of(read_file("a.csv", text.encode()), State({"refund_time": FULL}, {}))
    (step,) = plan.steps
    assert (step.key, plan.problems) == ("refund_time", [])
    assert {each.field for each in changes(FULL, step.after)} == {"question", "answer"}


def test_nearly_the_same_question_is_a_warning() -> None:
    state = State({"refund_time": FULL}, {})
    text = f"{HEAD}\norder,多久能退到帐呢,三天\nproduct,这件衣服会掉色吗,不会\n"
    plan = plan_of(read_file("a.csv", text.encode()), state)
    _, every = questions_of(plan, state)
    vectors = dict(zip(every, vectors_of(every), strict=True))
    (problem,) = near_ones(plan, state, vectors)
    assert (problem.row, problem.level, problem.values["entry"]) == (2, "warning", "多久能退到账")


def test_cells_of_a_workbook_are_read_as_they_are_shown() -> None:
    head = ["分类", "标准问题", "答案", "复核日期", "启用", "生效时间"]
    row = [
        "refund",
        12306,
        7.0,
        date(2026, 12, 1),
        True,
        datetime.fromisoformat("2026-12-01T09:00"),
    ]
    (read,) = read_file("a.xlsx", workbook(head, row)).rows
    assert (read.cells["question"], read.cells["answer"]) == ("12306", "7")
    (step,) = plan_of(read_file("a.xlsx", workbook(head, row)), State({}, {})).steps
    assert step.after.review_on == date(2026, 12, 1)
    assert step.after.valid_from == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_a_formula_in_a_workbook_is_refused() -> None:
    content = workbook(["分类", "标准问题", "答案"], ["refund", "能退吗", '=HYPERLINK("x")'])
    assert found(content, "a.xlsx") == [(2, "answer", "formula")]


def test_a_workbook_that_unpacks_to_far_too_much_is_not_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(3):
            book.writestr(f"xl/worksheets/sheet{number}.xml", b" " * 40_000_000)
    assert len(packed.getvalue()) < 200_000
    assert codes(read_file("a.xlsx", packed.getvalue())) == [(0, None, "too_large_unpacked")]


@pytest.mark.parametrize("content", [b"PK\x03\x04nonsense", b"", workbook(["分类"])[:900]])
def test_a_broken_workbook_is_said_to_be_broken(content: bytes) -> None:
    assert codes(read_file("a.xlsx", content)) == [(0, None, "broken_xlsx")]


def test_too_many_rows_and_too_large_files_are_refused() -> None:
    rows = "refund,能退吗,能\n" * 20_001
    assert codes(read_file("a.csv", f"{HEAD}\n{rows}".encode())) == [(0, None, "too_many_rows")]
    assert codes(read_file("a.csv", b"x" * 10_485_761)) == [(0, None, "too_large")]
    assert codes(read_file("a.exe", b"x")) == [(0, None, "unknown_format")]


def test_a_file_of_rasa_without_our_metadata_is_understood() -> None:
    text = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - 你好
- intent: faq/refund_when
  examples: |
    - 几天退
    - 多久退钱
responses:
  utter_faq/refund_when:
  - text: 三天
"""
    plan = plan_of(read_file("nlu.yml", text.encode()), State({}, {}))
    (step,) = plan.steps
    assert (step.key, step.after.category) == ("refund_when", "refund")
    assert (step.after.question, step.after.questions) == ("几天退", ["多久退钱"])
    assert step.after.answer == "三天"
    assert [each.code for each in plan.problems] == ["guessed_category"]
    assert not plan.refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "broken_yaml"),
        ("a: &a [1]\nb: *a\n", "yaml_too_deep"),
        ("[" * 5_000, "yaml_too_deep"),
        ("nlu: 3\n", "no_rows"),
        ("- 1\n", "no_rows"),
    ],
)
def test_yaml_that_is_no_training_data_does_no_harm(text: str, code: str) -> None:
    assert [each.code for each in read_file("a.yml", text.encode()).problems] == [code]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.yml", "a.xlsx"]))
def test_no_file_whatever_breaks_the_reader(content: bytes, name: str) -> None:
    plan = plan_of(read_file(name, content), State({}, {}))
    assert plan.problems or plan.steps


def test_of_many_problems_the_errors_are_listed_first() -> None:
    warnings = [Problem(row=n, code="near", level="warning") for n in range(1, 600)]
    report = Report.of([*warnings, Problem(row=700, code="empty")], rows=700)
    assert (report.problems[0].row, len(report.problems), report.more) == (700, 500, 100)
    assert report.refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_its_words(language: str) -> None:
    sources = Path(reading.__file__).parent.glob("*.py")
    said = "\n".join(path.read_text("utf-8") for path in sources)
    codes = set(
        re.findall(r'(?:code=|code(?:, values)? = |_refused\(|bad\([^,()]+, )"(\w+)"', said)
    )
    words = {name.removeprefix("import.") for name in texts(language) if name.startswith("import.")}
    assert codes | {"empty", "too_long", "bad_value"} == words
