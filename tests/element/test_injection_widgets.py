"""Whatever a widget says is text, wherever it stands in it, and styles are no more than that."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.hostile import CANARY, HTML, IMAGES, STYLES, TEXTS, Watch, has, says
from support.own_server import THREAD, OwnServer, item

pytestmark = pytest.mark.browser

Make = Callable[[str], Json]

KINDS = ("bar", "line", "area")


@pytest.fixture
def watch(chat: ChatPage) -> Watch:
    """One who looks on."""
    return Watch(chat)


def load(chat: ChatPage, own: OwnServer, *widgets: Json, options: str = "") -> None:
    """Show a thread of widgets."""
    items = [item("widget", f"it_{number}", widget=widget) for number, widget in enumerate(widgets)]
    own.answers["threads.get_by_id"] = [{**THREAD, "items": {"data": items, "has_more": False}}]
    chat.open(f"{{ initialThread: 'thr_1', {options} }}", api=own.api)
    chat.wait_for("thread.load.end")
    expect(chat.items("widget")).to_have_count(len(widgets))


def card(*children: Json, **facts: object) -> Json:
    """A card."""
    return {"type": "Card", "children": list(children), **facts}


def each(make: Make, texts: list[str]) -> Json:
    """A card with a child for each text."""
    return card(*[{"key": f"k{number}", **make(text)} for number, text in enumerate(texts)], size="full")


def part(kind: str, name: str, **facts: object) -> Make:
    """Makes a component with a text as one of its properties."""
    return lambda text: {"type": kind, **facts, name: text}


def options(text: str) -> list[Json]:
    """Options of which one is the text."""
    return [{"value": text, "label": text, "description": text}]


def row(text: str) -> Json:
    """A row of a table."""
    cell = {"type": "Table.Cell", "children": [{"type": "Text", "value": text}]}
    return {"type": "Table", "children": [{"type": "Table.Row", "children": [cell]}]}


def chart(text: str) -> Json:
    """A chart of which everything is named by the text."""
    series = [{"type": "bar", "dataKey": text, "label": text}, {"type": "line", "dataKey": "b", "stack": text}]
    return {"type": "Chart", "data": [{"a": text, text: 3, "b": 4}], "series": series, "xAxis": "a"}


TEXT_PLACES: dict[str, tuple[Make, str]] = {
    "Text": (part("Text", "value"), ".w-text"),
    "Title": (part("Title", "value"), ".w-title"),
    "Caption": (part("Caption", "value"), ".w-caption"),
    "Label": (lambda text: {"type": "Label", "value": text, "fieldName": text}, ".w-label"),
    "Badge": (part("Badge", "label"), ".w-badge"),
    "Button": (
        lambda text: {"type": "Button", "label": text, "iconStart": text, "iconEnd": text},
        "[class=w-card-body] .w-button span",
    ),
    "Checkbox": (part("Checkbox", "label"), ".w-option span"),
    "RadioGroup": (lambda text: {"type": "RadioGroup", "name": text, "options": options(text)}, ".w-option span"),
    "Table": (row, ".w-cell .w-text"),
    "Chart": (chart, ".w-legend li:first-child"),
    "Transition": (lambda text: {"type": "Transition", "children": {"type": "Text", "value": text}}, ".w-text"),
    "unknown": (lambda text: {"type": "Box", "children": [text]}, ".w-text"),
}
ATTRIBUTE_PLACES: dict[str, tuple[Make, str, str]] = {
    "Image": (lambda text: {"type": "Image", "src": "data:image/png,", "alt": text}, ".w-image", "alt"),
    "Input": (lambda text: {"type": "Input", "name": text, "placeholder": text}, ".w-field", "placeholder"),
    "Textarea": (lambda text: {"type": "Textarea", "name": text, "placeholder": text}, ".w-field", "placeholder"),
    "field": (lambda text: {"type": "Input", "name": text}, ".w-field", "data-field"),
    "pattern": (lambda text: {"type": "Input", "name": "n", "pattern": text}, ".w-field", "pattern"),
    "Select": (lambda text: {"type": "Select", "name": "n", "options": options(text)}, "option:last-child", "value"),
    "RadioGroup": (lambda text: {"type": "RadioGroup", "name": "n", "ariaLabel": text}, ".w-radios", "aria-label"),
    "Icon": (lambda text: {"type": "Icon", "name": text, "size": text}, ".w-icon", "data-size"),
}
STYLED: dict[str, Make] = {
    "colours": lambda value: {
        "type": "Box",
        "background": value,
        "border": {"size": 1, "color": value, "style": value},
        "children": [
            {"type": "Text", "value": "A", "color": value, "weight": value, "size": value, "textAlign": value},
            {"type": "Icon", "name": "star", "color": value},
            {"type": "Badge", "label": "A", "color": value, "variant": value},
            {"type": "Divider", "color": value, "size": value, "spacing": value},
            {"type": "Text", "value": "A", "color": {"light": value, "dark": value}},
        ],
    },
    "sizes": lambda value: {
        "type": "Box",
        **dict.fromkeys(["padding", "margin", "gap", "flex", "align", "justify", "wrap", "radius", "theme"], value),
        **dict.fromkeys(["width", "height", "minWidth", "maxHeight", "aspectRatio", "direction"], value),
        "border": {"top": {"size": value}, "x": value},
        "children": [{"type": "Spacer", "minSize": value}],
    },
    "edges": lambda value: {
        "type": "Box",
        "padding": {"x": value, "top": value},
        "margin": {"y": value, "left": value},
        "children": [{"type": "Image", "src": "data:image/png,", "position": value, "fit": value, "size": value}],
    },
    "charts": lambda value: {
        "type": "Chart",
        "height": value,
        "data": [{"a": 1, "x": "A"}, {"a": 2, "x": "B"}],
        "series": [{"type": kind, "dataKey": "a", "color": value, "curveType": value} for kind in KINDS],
        "xAxis": {"dataKey": "x"},
    },
}


def cards(chat: ChatPage, number: int, where: str) -> Locator:
    """What is found in one of the widgets."""
    return chat.items("widget").nth(number).locator(where)


def test_text_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, *[each(make, TEXTS) for make, _ in TEXT_PLACES.values()])
    for number, (_, where) in enumerate(TEXT_PLACES.values()):
        says(cards(chat, number, where), *TEXTS)
    watch.check()


def test_an_attribute_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, *[each(make, TEXTS) for make, *_ in ATTRIBUTE_PLACES.values()])
    for number, (_, where, name) in enumerate(ATTRIBUTE_PLACES.values()):
        has(cards(chat, number, where), name, *TEXTS)
    watch.check()


def test_what_stands_around_a_card_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    go = {"type": "go"}
    facts = [
        {"status": {"text": text, "icon": text, "favicon": text}, "confirm": {"label": text, "action": go}}
        for text in TEXTS
    ]
    load(chat, own, *[card(**each) for each in facts])
    says(chat.log.locator(".w-status > span"), *TEXTS)
    says(chat.log.locator(".w-card-footer .w-button:visible span"), *TEXTS)
    watch.check()


def test_a_type_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, *[{"type": text, "children": []} for text in TEXTS])
    says(chat.log.locator(".w-unsupported > p"), *[f"Unsupported widget: {text}" for text in TEXTS])
    watch.check()


def test_what_a_field_holds_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    editable = {"type": "Text", "value": "</textarea><b>", "editable": {"name": "__proto__"}}
    area = {"type": "Textarea", "name": "constructor", "defaultValue": "</textarea><b>"}
    load(chat, own, card(editable, area, {"type": "Input", "name": "i", "defaultValue": '"><b>'}))
    values = chat.log.get_by_role("textbox").evaluate_all("(all) => all.map(({ value }) => value)")
    assert values == ["</textarea><b>", "</textarea><b>", '"><b>']
    watch.check()


def test_markdown_has_no_markup(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, each(part("Markdown", "value"), [f"A {text} b" for text in HTML]))
    says(chat.log.locator(".w-markdown p"), *[f"A {text} b" for text in HTML])
    watch.check()


def test_an_image_that_could_do_harm_is_not_drawn(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    icons = [card(status={"text": "A", "favicon": address}) for address in IMAGES]
    load(chat, own, each(part("Image", "src", alt="A"), IMAGES), *icons)
    expect(chat.log.locator("[src]:not([src^='data:image/png,'])")).to_have_count(0)
    watch.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", STYLED)
def test_a_style_is_not_more_than_it_may_be(
    chat: ChatPage, own: OwnServer, watch: Watch, kind: str, scheme: str
) -> None:
    widgets = [card(STYLED[kind](value), background=value, padding=value, size=value, theme=value) for value in STYLES]
    load(chat, own, *widgets, options=f"theme: '{scheme}'")
    painted = """(all) => all.map((element) => getComputedStyle(element))
      .filter((style) => /canary/.test(style.backgroundImage + style.fill + style.stroke + style.borderImageSource
        + style.backgroundColor + style.color + style.listStyleImage)).length"""
    assert chat.log.locator(".widget *").evaluate_all(painted) == 0
    watch.check()


def test_an_image_may_be_asked_of_any_host(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, card({"type": "Image", "src": f"{CANARY}/image.png", "alt": "A"}))
    expect(chat.log.locator(".w-broken")).to_be_visible()
    assert watch.asked == [f"image {CANARY}/image.png"]
    watch.check("image")


def test_names_of_fields_may_be_anything(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    names = ["submit", "elements", "__proto__", "__proto__.polluted", "constructor.prototype.polluted", "a.__proto__.b"]
    fields = [{"type": "Input", "name": name, "defaultValue": "x"} for name in names]
    go = {"type": "go", "handler": "client", "payload": {"constructor": {"own": 1}}}
    said = "widgets: { onAction: async (action) => { window.action = JSON.stringify(action); } }"
    load(chat, own, card(*fields, asForm=True, confirm={"label": "Go", "action": go}), options=said)
    chat.button("Go").click()
    chat.page.wait_for_function("window.action")
    payload = {"submit": "x", "elements": "x", "a": {}, "constructor": {"prototype": {"polluted": "x"}, "own": 1}}
    assert chat.page.evaluate("JSON.parse(action).payload") == payload
    watch.check()
