from __future__ import annotations

import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.replay.figures import Played, Summary, as_data, failed, lost, percentile, times_of
from cli.replay.report import print_report
from cli.replay.visitor import Turn


def turn(accepted: float | None = None, answered: float | None = None, outcome: str = "") -> Turn:
    return Turn("x", sent=10.0, accepted=accepted, answered=answered, outcome=outcome or None)


@pytest.mark.parametrize(
    ("percent", "value"), [(1, 1), (50, 50), (95, 95), (99, 99), (100, 100), (0, 1)]
)
def test_percentiles_are_by_nearest_rank(percent: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile([], 50) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_was_measured_and_enough_do_not_exceed_it(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert found is not None
    assert sum(value <= found for value in values) * 100 >= percent * len(values)


def test_times_count_from_sending_and_from_acceptance() -> None:
    played = Played(turns=[turn(10.5, 12.5), turn(11.0)])
    assert played.accept == times_of([0.5, 1.0])
    assert played.answer.longest == 2.0


def test_an_answer_seen_before_its_acceptance_took_no_time() -> None:
    assert turn(accepted=11.0, answered=10.9).answer_seconds == 0.0


def test_summaries_of_many_conversations_add_up() -> None:
    one = Summary(2, {"faq": 2}, {"order": 1}, {"P4": 2}, lost=1)
    two = Summary(3, {"faq": 1, "handoff": 2}, {"refund": 3}, {"P1": 3}, answered_twice=1)
    assert one.plus(two) == Summary(
        5, {"faq": 3, "handoff": 2}, {"order": 1, "refund": 3}, {"P4": 2, "P1": 3}, 1, 1
    )


def test_a_message_the_desk_does_not_know_of_is_lost() -> None:
    played = Played(turns=[turn(), turn(), turn()])
    assert lost(played, Summary(turns=3)) == 0
    assert lost(played, Summary(turns=2)) == 1
    assert lost(played, Summary(turns=3, lost=1)) == 1


@pytest.mark.parametrize(
    ("played", "summary", "bad"),
    [
        (Played(turns=[turn()]), Summary(turns=1), False),
        (Played(turns=[turn()]), None, False),
        (Played(errors=Counter({"timeout": 1})), Summary(), True),
        (Played(errors=Counter({"timeout": 1})), None, True),
        (Played(), Summary(lost=1), True),
        (Played(), Summary(answered_twice=1), True),
    ],
)
def test_a_replay_fails_by_errors_losses_and_doubled_answers(
    played: Played, summary: Summary | None, bad: bool
) -> None:
    assert failed(played, summary) is bad


def test_data_holds_everything_with_times_in_milliseconds() -> None:
    played = Played(1, [turn(10.0105, 10.25, "faq")], Counter(timeout=1), ["c"], 1.5)
    assert as_data(played, None) == {
        "sessions": 1,
        "turns": 2,
        "seconds": 1.5,
        "outcomes": {"faq": 1},
        "categories": {},
        "priorities": {},
        "lost": None,
        "answered_twice": None,
        "accept_ms": {"p50": 10.5, "p95": 10.5, "p99": 10.5, "longest": 10.5},
        "answer_ms": {"p50": 239.5, "p95": 239.5, "p99": 239.5, "longest": 239.5},
        "errors": 1,
        "error_reasons": {"timeout": 1},
    }


def printed(played: Played, summary: Summary | None) -> str:
    file = io.StringIO()
    print_report(Console(file=file, width=140), played, summary)
    return file.getvalue()


def test_the_report_names_every_outcome_that_is_asked_for_even_when_there_is_none() -> None:
    report = printed(Played(1, [turn(11, 12)]), Summary(1, {"small_talk": 1}))
    for label in ("FAQ 解答", "您是不是想问", "工单", "转人工", "没听懂", "寒暄", "错误"):
        assert label in report
    assert "业务外" not in report


def test_the_report_shows_labels_by_name_and_what_it_does_not_know_by_key() -> None:
    report = printed(
        Played(1, [turn(11, 12)]),
        Summary(3, {"new_outcome": 3}, {"refund": 2, "own_category": 1}, {"P2": 1, "P1": 2}),
    )
    for part in ("退款退货 refund", "own_category", "new_outcome", "66.7%"):
        assert part in report
    assert report.index("P1") < report.index("P2")


def test_a_report_without_anything_measured_is_still_a_report() -> None:
    assert "–" in printed(Played(), None)
