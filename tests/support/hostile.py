"""Texts that would do harm if they were taken for markup, scripts, styles or names; and a check that none did."""

from typing import Any

from playwright.sync_api import Frame, Locator, Request, expect
from support.chat_page import ChatPage
from support.own_server import THREAD, OwnServer

Json = dict[str, Any]

CANARY = "https://canary.test"  # nothing may be asked of it unless an image or a font is meant
HTML = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<svg onload=alert(1)></svg>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</textarea></title><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<form id=body name=body><input name=attributes></form>",
    "<a id=chat name=chat href=javascript:alert(1)>x</a>",
    f"<iframe srcdoc='<script>alert(1)</script>' src={CANARY}/frame></iframe>",
    f"<style>@import '{CANARY}/css'</style><link rel=stylesheet href={CANARY}/css>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
]
TEXTS = [
    *HTML,
    "&lt;img src=x onerror=alert(1)&gt;",
    "javascript:alert(1)",
    "java&#x73;cript:alert(1)",
    "${alert(1)}{{constructor.constructor('alert(1)')()}}",
    f"red;background:url({CANARY}/css)",
    "__proto__",
    "constructor",
    "lucide:constructor",
    "\u202egpj.exe\u202c \u2066\u200f\u200b\ufeff",
    "Dies" + "wort" * 100,
]
ALL = " ".join(TEXTS)
LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\u0001javascript:alert(1)",
    "java\tscript:alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:alert(1)",
    "file:///etc/passwd",
    "blob:https://canary.test/1",
    "//canary.test/relative",
    "/relative",
    "__proto__",
    "",
]
IMAGES = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    'data:image/png,x" onerror="alert(1)',
    'x" onerror="alert(1)',
    "file:///etc/passwd",
]  # fmt: skip
STYLES = [
    f"red;background:url({CANARY}/css)",
    f"url({CANARY}/css)",
    f"var(--none, url({CANARY}/css#p))",
    f"image-set('{CANARY}/css' 1x)",
    f"}} * {{ background: url({CANARY}/css) }}",
    f"8px url({CANARY}/css)",
    f"expression(alert(1)) url('{CANARY}/css')",
    f"red/**/;/**/background-image:url({CANARY}/css)",
    "constructor",
    "__proto__",
]

_LOOK = """() => {
  const own = "script[src$='/frame/main.js'], link[href^='http'], form.composer, form.structured-input, form.w-box, "
    + "form.w-card, .threads form";
  const kinds = "script, iframe, frame, object, embed, style, base, link, form, math, foreignObject, meta[http-equiv]";
  const links = /^(https?|mailto|tel|chatkit-link):/;
  const found = [...document.querySelectorAll(kinds)].filter((element) => !element.matches(own));
  for (const element of document.querySelectorAll("*")) {
    const names = element.getAttributeNames();
    const clobbers = names.includes("name") && !element.matches("input, textarea, meta");
    const named = element.id && !/^(suggestions|suggestion-\\d+|widget-\\d+)$/.test(element.id);
    const acts = names.some((name) => /^on|^srcdoc$|^formaction$|^action$/.test(name));
    const dead = element.hasAttribute("href") && element.localName === "a" && !links.test(element.href);
    const image = element.localName === "img" && element.hasAttribute("src");
    const odd = image && !/^(https?:|blob:|data:image.(png|jpeg|gif|webp|avif)[;,])/.test(element.src);
    if (clobbers || named || acts || dead || odd) found.push(element);
  }
  if (({}).polluted !== undefined || Object.keys(Object.prototype).length || Object.keys(Array.prototype).length)
    found.push({ outerHTML: "a polluted prototype" });
  return found.map(({ outerHTML }) => outerHTML.slice(0, 300));
}"""


class Watch:
    """Watches the chat while hostile texts are shown. `asked` are the requests to the canary, with their kinds."""

    def __init__(self, chat: ChatPage) -> None:
        self.chat = chat
        self.asked: list[str] = []
        chat.tab.listen("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.startswith(CANARY):
            self.asked.append(f"{request.resource_type} {request.url}")

    @property
    def frame(self) -> Frame:
        """The chat's document."""
        frame = self.chat.page.frame(name="chatkit")
        assert frame
        return frame

    def check(self, scene: str, *kinds: str) -> None:
        """Check that no text made an element, no script ran, and the canary was asked for these kinds alone."""
        made = self.frame.evaluate(_LOOK)
        assert made == [], f"{scene}: texts made {made}"
        asked = [asked for asked in self.asked if asked.split(" ")[0] not in kinds]
        assert asked == [], f"{scene}: the canary was asked for {asked}"
        assert self.chat.complaints == [], f"{scene}: the console says {self.chat.complaints}"


def show_thread(chat: ChatPage, own: OwnServer, name: str, items: list[Json], **facts: object) -> None:
    """Show another thread in the open page and wait until it is drawn; `name` is its id, and begins its items' ids."""
    named = [{**each, "id": f"{name}/{each['id']}"} for each in items]
    own.answers["threads.get_by_id"] = [{**THREAD, "id": name, **facts, "items": {"data": named, "has_more": False}}]
    chat.call("setThreadId", name)
    assert chat.wait_for("thread.load.end") == {"threadId": name}, f"{name} is the thread that was loaded"
    drawn = chat.log.locator(f'[data-item-id^="{name}/"]')
    expect(drawn, f"{name}: all items are drawn").to_have_count(len(items))
    expect(chat.log.locator("article"), f"{name}: no other items are left").to_have_count(len(items))


def says(found: Locator, *texts: str, message: str) -> None:
    """Expect elements with exactly these texts, character by character."""
    expect(found, message).to_have_count(len(texts))
    told = found.evaluate_all("(found) => found.map(({ textContent }) => textContent)")
    assert told == list(texts), f"{message}: {told}"


def has(found: Locator, name: str, *values: str, message: str) -> None:
    """Expect elements whose attribute has exactly these values."""
    expect(found, message).to_have_count(len(values))
    get = "(found, name) => found.map((element) => element.getAttribute(name))"
    told = found.evaluate_all(get, name)
    assert told == list(values), f"{message}: {told}"
