"""A task and the knowledge entries that explain it count together.

「订单不要了」 is the task `cancel_order` and the entry `faq/order_cancel` alike: a flat model parts
its probability between them, and a third label may win that is less probable than the two are
together. So what speaks for one member speaks for the family; which of them is meant is asked
afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Chances = NDArray[np.float64]
"""`(n, k)` probabilities, rows sum to 1."""

ASKED, TOLD = 3.0, 0.5
"""How many times as probable as its entries together a task must be, in a message that reads like a
question and in one that does not. A question taken for an order is not answered; an order taken for
a question costs a tap on the button below the answer, and is not acted on before a confirmation
anyway. Trial on cross-validated training lines: docs/models/understanding.md."""


class Families:
    """Knows which columns of a flat model belong together."""

    def __init__(self, labels: Sequence[str], tasks: Mapping[str, str]) -> None:
        """`labels` name the columns; `tasks` is the task of each entry that has one.

        Pairs with a label that was not learned are left out.
        """
        self._tasks = dict(tasks)
        column = {label: number for number, label in enumerate(labels)}
        entries: dict[int, list[int]] = {}
        for entry, task in tasks.items():
            if entry in column and task in column:
                entries.setdefault(column[task], []).append(column[entry])
        self._families = [(task, np.array(members)) for task, members in entries.items()]

    def same(self, label: str, other: str) -> bool:
        """Whether two labels are of one family."""
        return self._tasks.get(label, label) == self._tasks.get(other, other)

    def settle(self, chances: Chances, asks: Sequence[bool]) -> Chances:
        """Each family's probability given to its task or, in proportion, to its entries.

        `asks` tells of each row whether the message reads like a question. The other member gets
        0; rows sum to 1 as before.
        """
        settled, needed = chances.copy(), np.where(asks, ASKED, TOLD)
        for task, members in self._families:
            done, asked = chances[:, task], chances[:, members].sum(axis=1)
            is_task = done > needed * asked
            settled[:, task] = np.where(is_task, done + asked, 0.0)
            settled[:, members] *= np.where(is_task, 0.0, _grown(done, asked))[:, None]
        return settled

    def as_questions(self, chances: Chances) -> Chances:
        """`chances` if every message were a question: entries have all of their family's.

        What is suggested instead of a task that is not sure enough.
        """
        asked = chances.copy()
        for task, members in self._families:
            asked[:, members] *= _grown(chances[:, task], chances[:, members].sum(axis=1))[:, None]
            asked[:, task] = 0.0
        return asked


def _grown(more: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """The factor by which parts of `total` grow when they share `more` besides."""
    return (total + more) / np.maximum(total, np.finfo(np.float64).tiny)
