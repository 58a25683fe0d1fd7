"""Whatever an app puts into the options, and finds for its user, is text."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage, Json
from support.hostile import ALL, CANARY, HTML, IMAGES, STYLES, TEXTS, Watch, has, says
from support.own_server import OwnServer

pytestmark = pytest.mark.browser

FIND = "entities: { onTagSearch: async () => FOUND }, commands: { enabled: true, onSearch: async () => FOUND }"


@pytest.fixture
def watch(chat: ChatPage) -> Watch:
    """One who looks on."""
    return Watch(chat)


def literal(value: object) -> str:
    """JSON as an expression of JavaScript in which `__proto__` is a key like any other."""
    return f"JSON.parse({json.dumps(json.dumps(value))})"


def show(chat: ChatPage, own: OwnServer, options: Json, further: str = "") -> None:
    """The chat with options of data, and further ones as they stand."""
    chat.open(f"{{ ...{literal(options)}, {further} }}", api=own.api)
    chat.wait_for("ready")


PLACES: dict[str, tuple[Callable[[str], Json], str]] = {
    "greeting": (lambda text: {"startScreen": {"greeting": text}}, ".start h2"),
    "title": (lambda text: {"header": {"title": {"text": text}}}, "h1"),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_option_is_text(chat: ChatPage, own: OwnServer, watch: Watch, place: str) -> None:
    make, where = PLACES[place]
    show(chat, own, make(ALL))
    says(chat.frame.locator(where), ALL)
    watch.check()


def test_prompts_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    show(chat, own, {"startScreen": {"prompts": [{"label": text, "prompt": text, "icon": text} for text in TEXTS]}})
    says(chat.frame.locator(".prompts button span"), *TEXTS)
    watch.check()


def test_a_disclaimer_has_no_markup(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    show(chat, own, {"disclaimer": {"text": f"[a](javascript:alert(1)) {HTML[0]} [b](data:text/html,x) {HTML[1]}"}})
    says(chat.frame.locator(".disclaimer p"), f"a {HTML[0]} b {HTML[1]}")
    expect(chat.frame.locator(".disclaimer [href]")).to_have_count(0)
    watch.check()


def test_placeholder_and_frame_title_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    show(chat, own, {"composer": {"placeholder": ALL}, "frameTitle": ALL})
    has(chat.field, "placeholder", ALL)
    has(chat.field, "aria-label", ALL)
    has(chat.page.locator("openai-chatkit iframe"), "title", ALL)
    assert chat.page.locator("body > *").count() == 1
    watch.check()


def test_tools_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    tools = [{"id": text, "label": text, "shortLabel": text, "icon": text} for text in TEXTS]
    pinned = [{"id": f"pinned {text}", "label": text, "icon": text, "pinned": True} for text in TEXTS]
    show(chat, own, {"composer": {"tools": [*tools, *pinned]}})
    has(chat.frame.locator(".tools > .icon-button"), "title", *TEXTS)
    chat.button("Tools").click()
    says(chat.frame.locator(".tools .menu span"), *TEXTS)
    chat.frame.locator(".tools .menu button").first.click()
    says(chat.frame.locator(".chosen span"), TEXTS[0])
    has(chat.frame.locator(".chosen"), "aria-label", f"Remove tool: {TEXTS[0]}")
    watch.check()


@pytest.mark.parametrize("name", ["__proto__", "constructor"])
def test_ids_of_tools_and_models_may_be_anything(chat: ChatPage, own: OwnServer, watch: Watch, name: str) -> None:
    own.plays()
    composer = {"tools": [{"id": name, "label": "A", "icon": "a"}], "models": [{"id": name, "label": "B"}]}
    show(chat, own, {"composer": composer})
    chat.call("setComposerValue", {"selectedToolId": name, "selectedModelId": name})
    chat.ask("Hi")
    assert chat.bodies("threads.create")[0]["input"]["inference_options"] == {
        "tool_choice": {"id": name},
        "model": name,
    }
    watch.check()


def test_models_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    models = [{"id": text, "label": text, "description": text} for text in TEXTS]
    show(chat, own, {"composer": {"models": models}})
    says(chat.frame.locator(".model"), TEXTS[0])
    chat.frame.locator(".model").click()
    says(chat.frame.locator(".menu small"), *TEXTS)
    watch.check()


def test_icons_of_the_header_are_names(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    left, right = (f"{{ icon: {literal(icon)}, onClick() {{}} }}" for icon in (ALL, "lucide:__proto__"))
    show(chat, own, {}, f"header: {{ leftAction: {left}, rightAction: {right} }}")
    has(chat.frame.locator(".header .left button"), "title", ALL.replace("-", " "))
    watch.check()


@pytest.mark.parametrize(("sign", "shown"), [("@", "title"), ("/", "label")])
def test_suggestions_are_text(chat: ChatPage, own: OwnServer, watch: Watch, sign: str, shown: str) -> None:
    found = [{"id": text, shown: text, "icon": text, "group": text} for text in TEXTS]
    show(chat, own, {}, FIND.replace("FOUND", literal(found)))
    chat.field.press_sequentially(sign)
    says(chat.frame.locator("[role=option] span"), *TEXTS)
    says(chat.frame.locator(".suggestions .group"), *TEXTS)
    watch.check()


@pytest.mark.parametrize("text", [TEXTS[0], "__proto__", "constructor"])
def test_a_mention_is_text(chat: ChatPage, own: OwnServer, watch: Watch, text: str) -> None:
    own.plays()
    entity = {"id": text, "title": text, "group": text, "icon": text, "data": {"__proto__": "x", "a": text}}
    show(chat, own, {}, FIND.replace("FOUND", literal([entity])))
    chat.field.press_sequentially("@")
    chat.frame.get_by_role("option").click()
    expect(chat.field).to_have_value(f"@{text} ")
    chat.field.press("Enter")
    chat.page.wait_for_function("events.some(([name]) => name === 'response.end')")
    (tag,) = chat.bodies("threads.create")[0]["input"]["content"]
    assert (tag["text"], tag["id"], tag["group"], tag["data"]["a"]) == (text, text, text, text)
    watch.check()


def test_what_the_page_puts_into_the_composer_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    files = [{"id": text, "type": "file", "name": text, "mime_type": text, "preview_url": text} for text in TEXTS]
    pictures = [{"id": text, "type": "image", "name": "p", "mime_type": "a/b", "preview_url": text} for text in IMAGES]
    show(chat, own, {})
    chat.call("setComposerValue", {"text": ALL, "reply": ALL, "attachments": [*files, *pictures]})
    expect(chat.field).to_have_value(ALL)
    says(chat.frame.locator(".quoted span"), ALL)
    says(chat.frame.locator(".attachment .name"), *TEXTS, *["p"] * len(IMAGES))
    expect(chat.frame.locator(".attachment img:not([src^='data:image/png,'])")).to_have_count(0)
    watch.check()


def test_the_name_of_a_file_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    name = "<img src=x onerror=alert(1)>\u202egpj.exe"
    show(chat, own, {"composer": {"attachments": {"enabled": True, "maxSize": 3}}})
    for size in (1, 9):  # one is taken, and one is told of as too large
        chat.frame.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}
        )
    says(chat.frame.locator(".attachment .name"), name)
    says(chat.frame.locator(".toast"), f"{name} is too large.")
    watch.check()


@pytest.mark.parametrize("key", ["__proto__", "constructor", "toString", "<img src=x onerror=alert(1)>"])
def test_an_option_that_is_unknown_is_named(chat: ChatPage, own: OwnServer, watch: Watch, key: str) -> None:
    chat.open(f"{{ ...{literal({key: {'polluted': 1}})} }}", api=own.api)
    assert f'Unrecognized key: "{key}"' in chat.wait_for("error")["error"]
    expect(chat.frame.get_by_role("alert")).to_contain_text(f'"{key}"')
    watch.check()


@pytest.mark.parametrize(
    "place", ["accent", "background", "foreground", "fontFamily", "fontFamilyMono", "src", "weight"]
)
def test_a_theme_is_no_style_sheet(chat: ChatPage, own: OwnServer, watch: Watch, place: str) -> None:
    show(chat, own, {})
    for number, value in enumerate([*STYLES, f'x"), url("{CANARY}/css']):
        color: Json = {
            "accent": {"primary": "red", "level": 2},
            "surface": {"background": "#fff", "foreground": "#000"},
        }
        font = {"family": "x", "src": "data:font/woff2,"}
        letters: Json = {}
        if place == "accent":
            color["accent"]["primary"] = value
        elif place in color["surface"]:
            color["surface"][place] = value
        elif place in {"src", "weight"}:
            letters = {"fontFamily": "x", "fontSources": [{**font, place: value if place == "weight" else f"/{value}"}]}
        else:
            letters = {place: value}
        options = {"theme": {"color": color, "typography": letters}, "startScreen": {"greeting": f"{number} 'x'"}}
        chat.page.evaluate("(options) => chat.setOptions({ ...window.options(), ...options })", options)
        expect(chat.frame.get_by_role("heading", name=f"{number} 'x'")).to_be_visible()
        assert watch.frame.evaluate("getComputedStyle(document.body).backgroundImage") == "none"
    assert chat.events("error") == []
    watch.check()
