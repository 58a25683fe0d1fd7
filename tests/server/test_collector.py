"""The garbage collector of an emulator's process."""

import subprocess
import sys

PILE_UP = """
import gc
from mock_server.server import collector
collector.start()
before = gc.get_freeze_count()
pile = [[] for _ in range(2_000_000)]
gc.collect()
assert gc.get_freeze_count() - before > 1_000_000
circle = []
circle.append(circle)
del circle
assert gc.collect() == 1
del pile
assert gc.get_freeze_count() - before < 1000
"""


def test_what_has_piled_up_is_not_looked_at_again_and_is_freed_all_the_same() -> None:
    subprocess.run([sys.executable, "-c", PILE_UP], check=True, timeout=60)
