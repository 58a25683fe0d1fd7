"""How smoothly the element draws a long message, on a processor that is four times slower."""

import statistics
from itertools import pairwise

from support.browsers import chromium
from support.chat_page import chat_page
from support.tabs import Tabs

from mock_server.testing import ChatKitMock

DELTAS = 5000
SLOWER = 4
WORDS = "The quick brown fox jumps over the **lazy** dog and `runs` away from it all.".split()  # noqa: SIM905 - it is a text
WATCH = """() => {
  window.frames_seen = [];
  const note = (now) => { frames_seen.push(now); requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""


def chunks() -> list[str]:
    """A message with paragraphs, headings and lists, in small pieces."""
    made = [f"{WORDS[place % len(WORDS)]} " for place in range(DELTAS)]
    for place in range(59, DELTAS, 60):
        made[place] += "\n\n" if place % 400 else "\n\n## A heading\n\n- one\n- two\n\n"
    return made


def report() -> None:
    """Print frames per second, as the browser drew them while the message streamed."""
    script = {"stream": {"every": "2ms"}, "default": [{"message": {"chunks": chunks()}}]}
    with ChatKitMock() as mock, chromium() as browser, chat_page(Tabs(browser), mock) as page:
        page.open("{ thread: { autoScroll: true } }", script=script)
        page.wait_for("ready")
        page.page.set_default_timeout(120_000)
        page.context.new_cdp_session(page.page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        frame = page.page.frame(name="chatkit")
        assert frame is not None
        frame.evaluate(WATCH)
        page.say("Go")
        page.wait_for("response.end")
        seen = frame.evaluate("frames_seen")
        gaps = [later - earlier for earlier, later in pairwise(seen)]
        seconds = (seen[-1] - seen[0]) / 1000
        print(f"{DELTAS} deltas in {seconds:.1f} s at {SLOWER}x CPU throttling: {len(gaps) / seconds:.0f} frames/s,")
        print(f"median {statistics.median(gaps):.1f} ms, 99 % under {statistics.quantiles(gaps, n=100)[-1]:.1f} ms")
        print(f"seconds below 30 frames: {below(seen)} of {int(seconds)}")


def below(seen: list[float]) -> int:
    """In how many whole seconds fewer than 30 frames were drawn."""
    start = seen[0]
    counted = [0] * int((seen[-1] - start) / 1000)
    for moment in seen:
        second = int((moment - start) / 1000)
        if second < len(counted):
            counted[second] += 1
    return sum(count < 30 for count in counted)
