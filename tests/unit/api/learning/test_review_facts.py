"""What is noticed of messages, what they may have meant, and which cluster is which: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from api.assistant import Guess, Ranked, Understanding
from api.learning.review.choices import Label, Names, choices_of
from api.learning.review.clusters import matched
from api.learning.review.facts import Around, Entry, Heard, Noticed, notice
from triage.policy.review import review_policy
from triage.worth import Facts

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = review_policy()


def nlu(intent: str, confidence: float = 0.9, **ranking: float) -> Understanding:
    return Understanding(
        intent=Guess(name=intent, confidence=confidence),
        faq_ranking=tuple(Ranked(key=key, score=score) for key, score in ranking.items()),
    )


def heard(
    outcome: str,
    understood: Understanding | None = None,
    *,
    minute: float = 0,
    answers: tuple[tuple[str, float], ...] = (),
    suggestions: tuple[str, ...] = (),
    category: tuple[str, float] | None = None,
) -> Heard:
    at = NOON + timedelta(minutes=minute)
    return Heard(uuid4(), at, outcome, understood, answers, suggestions, category)


def noticed(*talk: Heard, around: Around | None = None) -> list[Noticed]:
    found = notice(talk, around or Around(), POLICY)
    return [found[one.message_id] for one in talk]


def facts(*talk: Heard, around: Around | None = None) -> list[Facts]:
    return [each.facts for each in noticed(*talk, around=around)]


ANSWERED = heard("faq", nlu("faq", a=0.9), answers=(("a", 0.9),))
HANDED = heard("handoff", minute=5)


def test_an_answer_that_did_not_help_is_rejected_and_the_complaint_about_it_says_nothing() -> None:
    first, second = facts(ANSWERED, heard("suggestions", nlu("answer_not_helpful")))
    assert first.rejected
    assert second == Facts()


def test_suggestions_are_taken_or_refused() -> None:
    offered = heard("suggestions", nlu("faq", a=0.5, b=0.4), suggestions=("a", "b"))
    tapped = heard("faq", nlu("faq", b=1.0), answers=(("b", 1.0),))
    taken, after = noticed(offered, tapped)
    assert (taken.chosen, taken.facts.taken, taken.facts.confidence) == ("b", True, 0.5)
    assert after.facts == Facts(confidence=1.0)
    refused, _ = facts(offered, heard("fallback", nlu("none_of_these")))
    assert refused.refused
    assert refused.unknown
    assert not refused.taken


def test_another_question_with_the_same_answer_takes_no_suggestion() -> None:
    offered = heard("suggestions", nlu("faq", a=0.5, b=0.4), suggestions=("a", "b"))
    asked = heard("faq", nlu("faq", b=0.9), answers=(("b", 0.9),))
    first, _ = noticed(offered, asked)
    assert (first.chosen, first.facts.taken) == (None, False)


def test_only_a_person_called_soon_has_to_do_with_an_answer() -> None:
    thanked = heard("small_talk", nlu("thank"), minute=1)
    assert [each.handed_off for each in facts(ANSWERED, thanked, HANDED)] == [True, False, False]
    late = heard("handoff", minute=POLICY.handoff_minutes + 1)
    assert not facts(ANSWERED, late)[0].handed_off
    older, newer, _ = facts(ANSWERED, heard("fallback", nlu("nlu_fallback"), minute=2), HANDED)
    assert (older.handed_off, newer.handed_off) == (False, True), "the last one counts"


def test_what_a_person_answered_says_nothing_of_the_bot() -> None:
    assert facts(heard("delivered", nlu("faq", a=0.1)), HANDED) == [Facts(), Facts()]


def test_a_value_that_was_asked_for_may_be_any_words() -> None:
    (told,) = facts(heard("task", nlu("inform", 0.1)))
    assert told.confidence is None


def test_bot_and_classifier_differ_when_both_are_sure() -> None:
    around = Around({"a": Entry("运费谁出", "logistics")})
    for category, differ in ((("refund", 0.9), True), (("refund", 0.6), False)):
        one = heard("faq", nlu("faq", a=0.9), answers=(("a", 0.9),), category=category)
        assert facts(one, around=around)[0].models_differ is differ
    agreeing = heard("faq", nlu("faq", a=0.9), answers=(("a", 0.9),), category=("logistics", 0.9))
    assert not facts(agreeing, around=around)[0].models_differ


def test_corrections_and_the_release_on_trial_bring_any_message() -> None:
    one = heard("delivered")
    around = Around({}, {one.message_id}, {one.message_id})
    assert facts(one, around=around) == [Facts(corrected=True, releases_differ=True)]


NAMES = Names(
    {"a": "运费谁出", "b": "多久到"},
    {"track_order": "查物流", "ask_human": "要求人工"},
    {"human": "要求人工", "out_of_scope": "与服务无关"},
)


def labels(
    read: Understanding | None,
    answers: list[tuple[str, float]],
    chosen: str | None,
    *,
    person_wanted: bool = False,
) -> list[Label]:
    found = choices_of(read, answers, chosen, NAMES, person_wanted=person_wanted)
    return [choice.label for choice in found]


def test_choices_begin_with_the_guess_and_name_each_likely_label_once() -> None:
    read = Understanding(
        intent=Guess(name="track_order", confidence=0.5),
        intent_ranking=(
            Guess(name="track_order", confidence=0.5),
            Guess(name="ask_human", confidence=0.3),
            Guess(name="nlu_fallback", confidence=0.2),
            Guess(name="no_longer_there", confidence=0.2),
            Guess(name="out_of_scope", confidence=0.004),
        ),
        faq_ranking=(Ranked(key="a", score=0.4), Ranked(key="gone", score=0.35)),
    )
    track, a, human = Label("intent", "track_order"), Label("faq", "a"), Label("human")
    assert labels(read, [], None) == [track, a, human]
    assert labels(read, [("a", 0.9)], None) == [a, track, human]
    assert labels(read, [("a", 0.9)], "b") == [Label("faq", "b"), a, track, human]
    assert labels(None, [], None, person_wanted=True) == [human]
    assert labels(None, [], None) == []


SETS = st.lists(st.frozensets(st.integers(0, 12), min_size=3), max_size=5)


@given(SETS, SETS)
def test_clusters_keep_their_ids_by_what_they_share(
    found: list[frozenset[int]], before: list[frozenset[int]]
) -> None:
    new = [{UUID(int=each) for each in members} for members in found]
    known = {uuid4(): {UUID(int=each) for each in members} for members in before}
    same = matched(new, known)
    assert len(same) == len(new)
    chosen = [each for each in same if each is not None]
    assert len(set(chosen)) == len(chosen)
    for members, cluster_id in zip(new, same, strict=True):
        if cluster_id is not None:
            assert 2 * len(members & known[cluster_id]) >= min(len(members), len(known[cluster_id]))


def test_the_same_clusters_are_matched_whatever_their_order() -> None:
    one, other = uuid4(), uuid4()
    a, b = {UUID(int=each) for each in (1, 2, 3)}, {UUID(int=each) for each in (4, 5, 6)}
    assert matched([b, a | {UUID(int=7)}], {one: a, other: b}) == [other, one]
    assert matched([a], {}) == [None]
