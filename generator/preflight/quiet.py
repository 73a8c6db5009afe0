"""Silence for warnings of Python and its libraries about what a server made and not we."""

import contextlib
import threading
import warnings
from collections.abc import Iterator
from typing import Final

_ONE_AT_A_TIME: Final = threading.Lock()  # the filters of warnings are the whole program's, and endpoints are visited in threads


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No warning is shown or raised while this lasts."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
