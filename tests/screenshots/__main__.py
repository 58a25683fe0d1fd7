"""Makes the pictures of the README: `make screenshots`."""

from pathlib import Path

from element.chat_page import ChatPage, chat_page, mock_and_browser
from playwright.sync_api import expect

from mock_server.documents import read_document

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


def take(page: ChatPage, name: str) -> None:
    """Take one picture, once everything is still."""
    page.page.mouse.move(0, 0)
    page.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def main() -> None:
    """Take all of them, in both schemes."""
    script = read_document(FOLDER / "travel.yaml")
    with mock_and_browser() as (mock, browser):
        for scheme, accent in (("light", "#0f766e"), ("dark", "#5eead4")):
            with chat_page(browser, mock, viewport=VIEW) as page:
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
