"""Whatever an app puts into the options, and finds for its user, is text."""

import json

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage, Json
from support.hostile import ALL, CANARY, HTML, IMAGES, STYLES, TEXTS, Watch, has, says
from support.open_chat import new_chat
from support.own_server import OwnServer

pytestmark = pytest.mark.browser

FIND = "entities: { onTagSearch: async () => FOUND }, commands: { enabled: true, onSearch: async () => FOUND }"


SIGNS = {"@": "title", "/": "label"}  # what begins a search, and which property of what is found is shown
UNKNOWN_KEYS = ["__proto__", "constructor", "toString", "<img src=x onerror=alert(1)>"]
THEME_PLACES = ["accent", "background", "foreground", "fontFamily", "fontFamilyMono", "src", "weight"]


@pytest.fixture
def watch(chat: ChatPage) -> Watch:
    """Watch the chat."""
    return Watch(chat)


def literal(value: object) -> str:
    """JSON as an expression of JavaScript in which `__proto__` is a key like any other."""
    return f"JSON.parse({json.dumps(json.dumps(value))})"


def show(chat: ChatPage, own: OwnServer, options: Json, further: str = "") -> None:
    """Replace the options of the open chat: by data, and further ones as they stand."""
    chat.page.evaluate(f"chat.setOptions({{ api: {own.api}, ...{literal(options)}, {further} }})")
    chat.call("hideHistory")  # answered only when the options are in force


def test_words_on_the_page_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(f"{{ ...{literal({'composer': {'placeholder': ALL}, 'frameTitle': ALL})} }}", api=own.api)
    chat.wait_for("ready")
    has(chat.field, "placeholder", ALL, message="The placeholder is text")
    has(chat.field, "aria-label", ALL, message="The name of the field is text")
    has(chat.page.locator("openai-chatkit iframe"), "title", ALL, message="The title of the frame is text")
    assert chat.page.locator("body > *").count() == 1, "The title of the frame adds nothing to the page"
    watch.check("placeholder and title of the frame")

    show(chat, own, {"startScreen": {"greeting": ALL}})
    says(chat.frame.locator(".start h2"), ALL, message="The greeting is text")
    watch.check("greeting")

    show(chat, own, {"header": {"title": {"text": ALL}}})
    says(chat.frame.locator("h1"), ALL, message="The title is text")
    watch.check("title")

    show(chat, own, {"startScreen": {"prompts": [{"label": text, "prompt": text, "icon": text} for text in TEXTS]}})
    says(chat.frame.locator(".prompts button span"), *TEXTS, message="A prompt is text")
    watch.check("prompts")

    show(chat, own, {"disclaimer": {"text": f"[a](javascript:alert(1)) {HTML[0]} [b](data:text/html,x) {HTML[1]}"}})
    says(chat.frame.locator(".disclaimer p"), f"a {HTML[0]} b {HTML[1]}", message="Markup in the disclaimer is text")
    expect(chat.frame.locator(".disclaimer [href]"), "A script in the disclaimer is not linked").to_have_count(0)
    watch.check("disclaimer")

    left, right = (f"{{ icon: {literal(icon)}, onClick() {{}} }}" for icon in (ALL, "lucide:__proto__"))
    show(chat, own, {}, f"header: {{ leftAction: {left}, rightAction: {right} }}")
    title = ALL.replace("-", " ")
    has(chat.frame.locator(".header .left button"), "title", title, message="The name of an icon is text")
    watch.check("icons of the header")


def test_tools_and_models_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    tools = [{"id": text, "label": text, "shortLabel": text, "icon": text} for text in TEXTS]
    pinned = [{"id": f"pinned {text}", "label": text, "icon": text, "pinned": True} for text in TEXTS]
    chat.open(api=own.api)
    show(chat, own, {"composer": {"tools": [*tools, *pinned]}})
    has(chat.frame.locator(".tools > .icon-button"), "title", *TEXTS, message="A button of a tool is named by text")
    chat.button("Tools").click()
    says(chat.frame.locator(".tools .menu span"), *TEXTS, message="A tool in the menu is text")
    chat.frame.locator(".tools .menu button").first.click()
    chosen = chat.frame.locator(".chosen")
    says(chosen.locator("span"), TEXTS[0], message="The chosen tool is text")
    has(chosen, "aria-label", f"Remove tool: {TEXTS[0]}", message="The button of the chosen tool is named by text")
    watch.check("tools")

    models = [{"id": text, "label": text, "description": text} for text in TEXTS]
    show(chat, own, {"composer": {"models": models}})
    says(chat.frame.locator(".model"), TEXTS[0], message="The chosen model is text")
    chat.frame.locator(".model").click()
    says(chat.frame.locator(".menu small"), *TEXTS, message="A model's description in the menu is text")
    watch.check("models")


def test_tools_and_models_may_have_any_id(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    for name in ("__proto__", "constructor"):
        new_chat(chat)
        own.plays()
        composer = {"tools": [{"id": name, "label": "A", "icon": "a"}], "models": [{"id": name, "label": "B"}]}
        show(chat, own, {"composer": composer})
        chat.call("setComposerValue", {"selectedToolId": name, "selectedModelId": name})
        chat.ask("Hi")
        sent = chat.bodies("threads.create")[-1]["input"]["inference_options"]
        assert sent == {"tool_choice": {"id": name}, "model": name}, f"The id {name!r} is sent as it is"
        watch.check(name)
    assert len(chat.bodies("threads.create")) == 2, "Each message was sent"


def test_suggestions_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    suggestions = chat.frame.locator(".suggestions")
    for sign, shown in SIGNS.items():
        found = [{"id": text, shown: text, "icon": text, "group": text} for text in TEXTS]
        show(chat, own, {}, FIND.replace("FOUND", literal(found)))
        chat.field.fill("")
        expect(suggestions, f"Nothing is suggested before {sign}").to_be_hidden()
        chat.field.press_sequentially(sign)
        expect(suggestions, f"Something is suggested after {sign}").to_be_visible()
        says(chat.frame.locator("[role=option] span"), *TEXTS, message=f"A suggestion after {sign} is text")
        says(suggestions.locator(".group"), *TEXTS, message=f"A group of suggestions after {sign} is text")
        watch.check(f"suggestions after {sign}")


def test_a_mention_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    for text in (TEXTS[0], "__proto__", "constructor"):
        new_chat(chat)
        own.plays()
        entity = {"id": text, "title": text, "group": text, "icon": text, "data": {"__proto__": "x", "a": text}}
        show(chat, own, {}, FIND.replace("FOUND", literal([entity])))
        chat.field.press_sequentially("@")
        chat.frame.get_by_role("option").click()
        expect(chat.field, "A mention in the field is text").to_have_value(f"@{text} ")
        chat.field.press("Enter")
        chat.wait_for("response.end")
        (tag,) = chat.bodies("threads.create")[-1]["input"]["content"]
        told = (tag["text"], tag["id"], tag["group"], tag["data"]["a"])
        assert told == (text, text, text, text), f"The mention {text!r} is sent as it is"
        watch.check(f"mention: {text}")
    assert len(chat.bodies("threads.create")) == 3, "Each message was sent once"


def test_what_is_put_into_the_composer_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    files = [{"id": text, "type": "file", "name": text, "mime_type": text, "preview_url": text} for text in TEXTS]
    pictures = [{"id": text, "type": "image", "name": "p", "mime_type": "a/b", "preview_url": text} for text in IMAGES]
    names = chat.frame.locator(".attachment .name")
    chat.open(api=own.api)
    chat.call("setComposerValue", {"text": ALL, "reply": ALL, "attachments": [*files, *pictures]})
    expect(chat.field, "What the page writes is text").to_have_value(ALL)
    says(chat.frame.locator(".quoted span"), ALL, message="What the page quotes is text")
    says(names, *TEXTS, *["p"] * len(IMAGES), message="The name of an attachment is text")
    drawn = chat.frame.locator(".attachment img:not([src^='data:image/png,'])")
    expect(drawn, "No harmful image is drawn").to_have_count(0)
    watch.check("what the page puts into the composer")

    name = "<img src=x onerror=alert(1)>\u202egpj.exe"
    chat.call("setComposerValue", {"text": "", "reply": "", "attachments": []})
    show(chat, own, {"composer": {"attachments": {"enabled": True, "maxSize": 3}}})
    for size in (1, 9):  # one is taken, and one is refused as too large
        chat.frame.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}
        )
    says(names, name, message="The name of a file is text")
    says(chat.frame.locator(".toast"), f"{name} is too large.", message="The name of a refused file is text")
    watch.check("files")


def test_the_name_of_an_unknown_option_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    refused = "(number) => events.filter(([name]) => name === 'error').length === number"
    for number, key in enumerate(UNKNOWN_KEYS, start=1):
        options = f"...{literal({key: {'polluted': 1}})}"
        if number == 1:
            chat.open(f"{{ {options} }}", api=own.api)
        else:
            chat.page.evaluate(f"chat.setOptions({{ api: {own.api}, {options} }})")
        chat.page.wait_for_function(refused, arg=number)
        told = chat.wait_for("error")["error"]
        assert f'Unrecognized key: "{key}"' in told, f"The page is told of the option {key!r}"
        expect(chat.frame.get_by_role("alert"), f"The option {key!r} is named").to_contain_text(f'"{key}"')
        watch.check(f"option {key}")


def themed(place: str, value: str) -> Json:
    """Make a theme that has the value in a place."""
    color: Json = {"accent": {"primary": "red", "level": 2}, "surface": {"background": "#fff", "foreground": "#000"}}
    if place in color["surface"]:
        color["surface"][place] = value
    elif place == "accent":
        color["accent"]["primary"] = value
    letters: Json = {}
    if place in {"src", "weight"}:
        font = {"family": "x", "src": "data:font/woff2,", place: value if place == "weight" else f"/{value}"}
        letters = {"fontFamily": "x", "fontSources": [font]}
    elif place.startswith("font"):
        letters = {place: value}
    return {"color": color, "typography": letters}


def test_a_theme_is_no_style_sheet(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    for place in THEME_PLACES:
        for number, value in enumerate([*STYLES, f'x"), url("{CANARY}/css']):
            greeting = f"{place} {number}"
            show(chat, own, {"theme": themed(place, value), "startScreen": {"greeting": greeting}})
            heading = chat.frame.get_by_role("heading", name=greeting, exact=True)
            expect(heading, f"The options with the {place} {value!r} are taken").to_be_visible()
            image = watch.frame.evaluate("getComputedStyle(document.body).backgroundImage")
            assert image == "none", f"The {place} {value!r} makes no background"
        assert chat.events("error") == [], f"Every {place} is taken without an error"
        watch.check(place)
