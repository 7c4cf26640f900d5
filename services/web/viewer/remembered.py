"""The last answers, so that going back, or a second look, costs nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Remembered:
    """Answers of so much weight together, of which the one that was not asked for longest goes first.

    :param weigh: what an answer weighs; without it each weighs one.
    """

    def __init__(self, most: int, weigh: Callable[[Any], int] = lambda _: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, question: Hashable, answer: Callable[[], Any]) -> Any:
        """The answer to a question, found out if it is not known.

        Two who ask at the same time may both find it out.
        """
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                return self._answers[question]
        found = answer()
        with self._lock:
            self._keep(question, found)
        return found

    def _keep(self, question: Hashable, answer: Any) -> None:
        if question in self._answers:
            self._weight -= self._weigh(self._answers.pop(question))
        self._answers[question] = answer
        self._weight += self._weigh(answer)
        while self._weight > self._most:
            self._weight -= self._weigh(self._answers.popitem(last=False)[1])
