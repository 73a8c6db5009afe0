"""Several jobs side by side, and no waiting for one that hangs."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def run_together(
    jobs: Sequence[Callable[[], T]], *, workers: int, patience_seconds: float, on_done: Callable[[int], None]
) -> tuple[T | None, ...]:
    """The results in the order of the jobs; None for one that is not done when patience ends: for this long none of them had ended.

    `on_done` is told how many jobs have ended. A job that raises makes this function raise. A job that hangs, in a look-up of the system or
    with a server that sends a byte now and then, is left behind: its thread does not keep the process alive.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    ended: SimpleQueue[int] = SimpleQueue()
    futures: list[Future[T]] = [Future() for _ in jobs]
    for index, future in enumerate(futures):
        future.add_done_callback(partial(_put, ended, index))
        waiting.put(index)
    for _ in range(min(workers, len(jobs))):
        Thread(target=_work, args=(jobs, futures, waiting), daemon=True).start()
    results: list[T | None] = [None] * len(jobs)
    for count in range(1, len(jobs) + 1):
        try:
            index = ended.get(timeout=patience_seconds)
        except Empty:
            break
        results[index] = futures[index].result()
        on_done(count)
    return tuple(results)


def _put(ended: "SimpleQueue[int]", index: int, _future: object) -> None:
    ended.put(index)


class _Told:
    """Hands what a job raises to whoever waits for its result."""

    def __init__(self, future: "Future[T]") -> None:
        self._future = future

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return True


def _work(jobs: Sequence[Callable[[], T]], futures: "Sequence[Future[T]]", waiting: "SimpleQueue[int]") -> None:
    """Do jobs until none is waiting."""
    while True:
        try:
            index = waiting.get_nowait()
        except Empty:
            return
        with _Told(futures[index]):
            futures[index].set_result(jobs[index]())
