"""The labs that the kernel's tests have too."""

from tests.kernel.conftest import lab, small_lab, tools

__all__ = ["lab", "small_lab", "tools"]
