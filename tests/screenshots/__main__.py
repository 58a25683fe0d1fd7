"""Takes the pictures of the README and the manual: `make screenshots`."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect
from support.browsers import chromium
from support.chat_page import ChatPage, chat_page
from support.dashboard_page import Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.documents.reading import read_document
from mock_server.testing import ChatKitMock

FOLDER = Path(__file__).parent
VIEW = {"width": 560, "height": 900}
OPTIONS = """{
  theme: { colorScheme: "%s", color: { accent: { primary: "%s", level: 1 } } },
  startScreen: {
    greeting: "Where to next?",
    prompts: [
      { label: "What's the weather like?", prompt: "weather", icon: "lucide:cloud-sun" },
      { label: "Show my flight", prompt: "flight", icon: "lucide:plane" },
      { label: "What did I spend?", prompt: "spend", icon: "chart" },
    ],
  },
  composer: {
    placeholder: "Ask about your trip",
    attachments: { enabled: true },
    tools: [{ id: "search", label: "Search the web", icon: "globe" }],
    models: [{ id: "fast", label: "Fast" }, { id: "deep", label: "Deep", default: true }],
  },
  threadItemActions: { feedback: true, retry: true },
  thread: { autoScroll: true },
  disclaimer: { text: "An emulator answers here: all of it is made up." },
}"""


WIDE = {"width": 1280, "height": 800}


def take(page: ChatPage | Dashboard, name: str) -> None:
    """Take one picture, once everything is still."""
    page.page.mouse.move(0, 0)
    page.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def main() -> None:
    """Take all of them, in both schemes."""
    take_element()
    take_dashboard()


def take_dashboard() -> None:
    """Take the dashboard's, with a chat that has just begun."""
    with ChatKitMock() as mock, chromium() as browser:
        for scheme in ("light", "dark"):
            options: dict[str, Any] = {"viewport": WIDE, "color_scheme": scheme, "device_scale_factor": 1}
            with dashboard_page(Tabs(browser), mock, **options) as dashboard:
                mock.reset()
                _chat(dashboard, scheme)
                dashboard.open("dashboard/requests")
                dashboard.row("/v1/chatkit/conversation").first.get_by_role("link").click()
                expect(dashboard.main.get_by_role("heading", name="Events")).to_be_visible()
                take(dashboard, f"request-{scheme}")
                _many_sessions(dashboard)
                dashboard.open("dashboard/time")
                expect(dashboard.main.get_by_role("img")).to_be_visible()
                take(dashboard, f"time-{scheme}")


def _chat(dashboard: Dashboard, scheme: str) -> None:
    dashboard.open("demo")
    chat = dashboard.page.frame_locator("openai-chatkit iframe")
    chat.get_by_role("button", name="Show me a flight").click()
    expect(chat.get_by_role("button", name="Good response")).to_be_visible()
    expect(dashboard.main.get_by_text("9 of 10 requests left")).to_be_visible()
    take(dashboard, f"demo-{scheme}")


def _many_sessions(dashboard: Dashboard) -> None:
    """Sessions of one to ten minutes, as an app with a few users begins them."""
    for number in range(40):
        dashboard.client.beta.chatkit.sessions.create(
            user=("ada", "grace", "alan", "edsger")[number % 4],
            workflow={"id": "wf_demo"},
            expires_after={"anchor": "created_at", "seconds": 60 + number * number % 23 * 22},
        )


def take_element() -> None:
    """Take the element's."""
    script = read_document(FOLDER / "travel.yaml").value
    with ChatKitMock() as mock, chromium() as browser:
        for scheme, accent in (("light", "#0f766e"), ("dark", "#5eead4")):
            with chat_page(Tabs(browser), mock, viewport=VIEW) as page:
                page.open(OPTIONS % (scheme, accent), script=script)
                expect(page.frame.get_by_role("heading", name="Where to next?")).to_be_visible()
                take(page, f"start-{scheme}")
                page.ask("weather")
                expect(page.button("Good response")).to_be_visible()
                take(page, f"answer-{scheme}")
                page.button("New chat").click()
                page.ask("flight")
                page.ask("spend")
                take(page, f"widgets-{scheme}")
                page.ask("questions")
                take(page, f"questions-{scheme}")


if __name__ == "__main__":
    main()
