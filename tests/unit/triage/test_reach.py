"""How many messages a customer of WeChat can still be sent: never more than WeChat allows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.policy.wechat import Limit, Limits, WechatPolicy, wechat_of, wechat_policy
from triage.reach import Kind, Ledger, Window, calls_for, charged, left, opened, refunded, used_up

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
POLICY = wechat_policy()
OFFICIAL, KF = POLICY.official, POLICY.kf
HOUR = 3600


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def wrote(*times: float, policy: WechatPolicy = POLICY) -> Ledger:
    ledger = Ledger()
    for time in times:
        ledger = opened(ledger, "message", OFFICIAL, policy, at(time))
    return ledger


def tapped(ledger: Ledger, time: float) -> Ledger:
    return opened(ledger, "tap", OFFICIAL, POLICY, at(time))


def test_nobody_is_written_to_who_has_not_written() -> None:
    found = left(Ledger(), OFFICIAL, POLICY, START)
    assert (found.now, found.messages, found.until, found.window, found.open) == (
        *(0, 0, None, None, False),
    )


def test_who_wrote_gets_five_messages_within_two_days() -> None:
    found = left(wrote(0), OFFICIAL, POLICY, at(10))
    assert (found.now, found.messages, found.window) == (5, 5, "message")
    assert found.seconds(at(10)) == 48 * HOUR - POLICY.margin_seconds - 10


def test_the_window_closes_a_little_early() -> None:
    end = 48 * HOUR - POLICY.margin_seconds
    assert left(wrote(0), OFFICIAL, POLICY, at(end - 1)).now == 5
    closed = left(wrote(0), OFFICIAL, POLICY, at(end))
    assert (closed.now, closed.open) == (0, False)


def test_a_window_that_is_used_up_is_still_open() -> None:
    ledger = wrote(0)
    for _ in range(5):
        ledger = charged(ledger, "message")
    found = left(ledger, OFFICIAL, POLICY, at(1))
    assert (found.now, found.window, found.open) == (0, None, True)


def test_a_tap_gives_three_messages_for_a_minute_which_are_used_first() -> None:
    ledger = tapped(wrote(0), 100)
    found = left(ledger, OFFICIAL, POLICY, at(110))
    assert (found.now, found.window) == (8, "tap")
    assert found.messages == 5, "what can also wait"
    later = left(ledger, OFFICIAL, POLICY, at(160))
    assert (later.now, later.window) == (5, "message")


def test_the_long_window_is_used_first_when_it_closes_first() -> None:
    ledger = tapped(wrote(0), 48 * HOUR - 10)
    assert left(ledger, OFFICIAL, POLICY, at(48 * HOUR - 5)).window == "message"


def test_for_customer_service_accounts_a_tap_is_a_message() -> None:
    ledger = opened(Ledger(), "tap", KF, POLICY, START)
    assert ledger == Ledger(message=Window(START, 0))
    assert left(ledger, KF, POLICY, at(HOUR)).now == 5


def test_each_message_begins_the_count_anew_unless_the_policy_says_otherwise() -> None:
    strict = replace(POLICY, resets=False)
    ledger = charged(charged(wrote(0), "message"), "message")
    anew = opened(ledger, "message", OFFICIAL, POLICY, at(60))
    same = opened(ledger, "message", OFFICIAL, strict, at(60))
    ended = opened(ledger, "message", OFFICIAL, strict, at(48 * HOUR))
    assert [each.message.used for each in (anew, same, ended)] == [0, 2, 0]
    assert anew.message.opened_at == same.message.opened_at == at(60)


def test_what_is_told_late_changes_nothing_that_is_newer() -> None:
    ledger = charged(wrote(100), "message")
    assert opened(ledger, "message", OFFICIAL, POLICY, at(50)) == ledger


def test_what_was_surely_not_sent_is_given_back_but_not_to_a_newer_window() -> None:
    ledger = charged(wrote(0), "message")
    assert refunded(ledger, "message", at(5)).message.used == 0
    newer = charged(opened(ledger, "message", OFFICIAL, POLICY, at(10)), "message")
    assert refunded(newer, "message", at(5)) == newer


def test_what_was_sent_before_we_were_told_counts_in_the_new_window() -> None:
    ledger = charged(wrote(0), "message")
    newer = opened(ledger, "message", OFFICIAL, POLICY, at(10), sent_since=2)
    assert newer.message == Window(at(10), 2)


def test_nothing_is_left_once_wechat_says_that_it_was_too_many() -> None:
    ledger = used_up(tapped(wrote(0), 1), OFFICIAL)
    assert left(ledger, OFFICIAL, POLICY, at(2)).now == 0
    again = opened(ledger, "message", OFFICIAL, POLICY, at(3))
    assert left(again, OFFICIAL, POLICY, at(4)).now == 5


@pytest.mark.parametrize(
    ("calls", "answers", "usable"),
    [(5, 0, 5), (4, 0, 4), (3, 0, 0), (3, 1, 1), (3, 5, 3), (1, 0, 0), (1, 2, 1)],
)
def test_the_last_calls_are_kept_for_answers(calls: int, answers: int, usable: int) -> None:
    used = Window(at(0), POLICY.official.message.limit - calls)
    found = left(Ledger(message=used), POLICY.official, POLICY, at(10))
    assert calls_for(found, answers, replace(POLICY, kept_for_answers=3)) == usable


def test_a_greeting_may_use_up_the_short_window() -> None:
    found = left(Ledger(tap=Window(at(0), 2)), POLICY.official, POLICY, at(10))
    assert (found.window, calls_for(found, 0, POLICY)) == ("tap", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"longest_bytes": 100},
        {"margin_seconds": 200_000},
        {"official": {"message": {"limit": 0, "seconds": 60}, "tap": {"limit": 3, "seconds": 60}}},
    ],
)
def test_figures_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    raw = {
        "official": {"message": {"limit": 5, "seconds": 99}, "tap": {"limit": 3, "seconds": 60}},
        "kf": {"message": {"limit": 5, "seconds": 99}, "tap": {"limit": 0, "seconds": 0}},
        "resets": True,
        "kept_for_answers": 3,
        "margin_seconds": 2,
        "longest_bytes": 1800,
    }
    assert wechat_of(raw).longest_bytes == 1800
    with pytest.raises(ValueError, match=r"limit|bytes"):
        wechat_of({**raw, **changes})


SHORT = Limits(message=Limit(limit=3, seconds=40), tap=Limit(limit=2, seconds=9))


@dataclass
class SlowWechat:
    """Remembers every act and everything sent, and looks through all of it each time."""

    resets: bool
    acts: list[tuple[int, Kind]] = field(default_factory=list)
    sent: list[tuple[int, Kind]] = field(default_factory=list)

    def takes(self, now: int) -> bool:
        """Whether one more message is allowed at `now`; it is counted then."""
        open_windows = []
        for kind, limit in (("message", SHORT.message), ("tap", SHORT.tap)):
            began = self._began(kind, limit, now)
            if began is None:
                continue
            last = max(when for when, act in self.acts if act == kind)
            used = sum(1 for when, counted in self.sent if counted == kind and when >= began)
            if used < limit.limit:
                open_windows.append((last + limit.seconds, kind))
        if not open_windows:
            return False
        self.sent.append((now, min(open_windows)[1]))
        return True

    def _began(self, kind: Kind, limit: Limit, now: int) -> int | None:
        """When the window began in which `now` lies, None when it lies in none."""
        began: int | None = None
        last = -1
        for when in sorted(when for when, act in self.acts if act == kind):
            if self.resets or began is None or when - last >= limit.seconds:
                began = when
            last = when
        return began if began is not None and now < last + limit.seconds else None


ACTS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["message", "tap", "send", "send", "send"])),
    max_size=60,
)


def _play(acts: list[tuple[int, str]], resets: bool, wechat: SlowWechat) -> list[bool]:
    """Whether WeChat took each message that the ledger let through."""
    policy = replace(POLICY, resets=resets, margin_seconds=0)
    ledger, now, taken = Ledger(), 0, []
    for gap, act in acts:
        now += gap
        if act == "send":
            found = left(ledger, SHORT, policy, at(now))
            if found.window is None:
                assert found.now == 0
                continue
            ledger = charged(ledger, found.window)
            taken.append(wechat.takes(now))
        else:
            kind: Kind = "tap" if act == "tap" else "message"
            ledger = opened(ledger, kind, SHORT, policy, at(now))
            wechat.acts.append((now, kind))
            if resets:
                wechat.sent = [each for each in wechat.sent if each[1] != kind]
    return taken


@given(ACTS, st.booleans())
def test_never_more_is_sent_than_a_slow_wechat_allows(
    acts: list[tuple[int, str]], resets: bool
) -> None:
    wechat = SlowWechat(resets)
    assert all(_play(acts, resets, wechat))


@given(ACTS, st.booleans())
def test_all_that_a_slow_wechat_allows_can_be_sent(
    acts: list[tuple[int, str]], resets: bool
) -> None:
    wechat, mirror = SlowWechat(resets), Ledger()
    policy = replace(POLICY, resets=resets, margin_seconds=0)
    now = 0
    for gap, act in acts:
        now += gap
        if act == "send":
            found = left(mirror, SHORT, policy, at(now))
            assert (found.window is not None) == wechat.takes(now)
            if found.window is not None:
                mirror = charged(mirror, found.window)
        else:
            kind: Kind = "tap" if act == "tap" else "message"
            mirror = opened(mirror, kind, SHORT, policy, at(now))
            wechat.acts.append((now, kind))
            if resets:
                wechat.sent = [each for each in wechat.sent if each[1] != kind]


@given(ACTS)
def test_within_one_window_the_whole_count_never_passes_the_limits(
    acts: list[tuple[int, str]],
) -> None:
    """Whichever window WeChat counts in: between two acts of the customer no more than both hold."""
    policy = replace(POLICY, margin_seconds=0)
    ledger, now, since = Ledger(), 0, 0
    for gap, act in acts:
        now += gap
        if act == "send":
            found = left(ledger, SHORT, policy, at(now))
            if found.window is not None:
                ledger, since = charged(ledger, found.window), since + 1
            assert since <= SHORT.message.limit + SHORT.tap.limit
        else:
            ledger = opened(ledger, "tap" if act == "tap" else "message", SHORT, policy, at(now))
            since = 0
