"""Whatever a widget says is text, wherever it stands in it, and styles are no more than that."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.hostile import CANARY, HTML, IMAGES, STYLES, TEXTS, Watch, has, says, show_thread
from support.own_server import OwnServer, item

pytestmark = pytest.mark.browser

Make = Callable[[str], Json]

KINDS = ("bar", "line", "area")


@pytest.fixture
def watch(chat: ChatPage) -> Watch:
    """Watch the chat."""
    return Watch(chat)


def show(chat: ChatPage, own: OwnServer, name: str, *widgets: Json) -> None:
    """Show a thread of widgets in the open page."""
    items = [item("widget", f"{number}", widget=widget) for number, widget in enumerate(widgets)]
    show_thread(chat, own, name, items)
    expect(chat.items("widget"), f"{name}: each item is a widget").to_have_count(len(widgets))


def card(*children: Json, **facts: object) -> Json:
    """Make a card."""
    return {"type": "Card", "children": list(children), **facts}


def each(make: Make, texts: list[str]) -> Json:
    """Make a card with a child for each text."""
    return card(*[{"key": f"k{number}", **make(text)} for number, text in enumerate(texts)], size="full")


def part(kind: str, name: str, **facts: object) -> Make:
    """Make a component with a text as one of its properties."""
    return lambda text: {"type": kind, **facts, name: text}


def options(text: str) -> list[Json]:
    """Make options that are the text."""
    return [{"value": text, "label": text, "description": text}]


def row(text: str) -> Json:
    """Make a table with the text in a cell."""
    cell = {"type": "Table.Cell", "children": [{"type": "Text", "value": text}]}
    return {"type": "Table", "children": [{"type": "Table.Row", "children": [cell]}]}


def chart(text: str) -> Json:
    """Make a chart in which everything is named by the text."""
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


PAINTED = """(all) => all.map((element) => getComputedStyle(element))
  .filter((style) => /canary/.test(style.backgroundImage + style.fill + style.stroke + style.borderImageSource
    + style.backgroundColor + style.color + style.listStyleImage)).length"""


def within(chat: ChatPage, number: int, where: str) -> Locator:
    """Find elements in one of the widgets."""
    return chat.items("widget").nth(number).locator(where)


def test_text_in_a_widget_is_shown_as_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    show(chat, own, "texts", *[each(make, TEXTS) for make, _ in TEXT_PLACES.values()])
    for number, (kind, (_, where)) in enumerate(TEXT_PLACES.items()):
        says(within(chat, number, where), *TEXTS, message=f"{kind} is text")
    watch.check("texts")

    go = {"type": "go"}
    facts = [
        {"status": {"text": text, "icon": text, "favicon": text}, "confirm": {"label": text, "action": go}}
        for text in TEXTS
    ]
    show(chat, own, "around a card", *[card(**each) for each in facts])
    says(chat.log.locator(".w-status > span"), *TEXTS, message="A card's status is text")
    says(chat.log.locator(".w-card-footer .w-button:visible span"), *TEXTS, message="A card's button is text")
    watch.check("around a card")

    show(chat, own, "types", *[{"type": text, "children": []} for text in TEXTS])
    unsupported = [f"Unsupported widget: {text}" for text in TEXTS]
    says(chat.log.locator(".w-unsupported > p"), *unsupported, message="An unsupported type is text")
    watch.check("types")

    markdown = [f"A {text} b" for text in HTML]
    show(chat, own, "markdown", each(part("Markdown", "value"), markdown))
    says(chat.log.locator(".w-markdown p"), *markdown, message="Markup in markdown is text")
    watch.check("markdown")


def test_attributes_and_values_in_a_widget_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    show(chat, own, "attributes", *[each(make, TEXTS) for make, *_ in ATTRIBUTE_PLACES.values()])
    for number, (kind, (_, where, name)) in enumerate(ATTRIBUTE_PLACES.items()):
        has(within(chat, number, where), name, *TEXTS, message=f"The attribute {name} of {kind} is text")
    watch.check("attributes")

    editable = {"type": "Text", "value": "</textarea><b>", "editable": {"name": "__proto__"}}
    area = {"type": "Textarea", "name": "constructor", "defaultValue": "</textarea><b>"}
    show(chat, own, "fields", card(editable, area, {"type": "Input", "name": "i", "defaultValue": '"><b>'}))
    values = chat.log.get_by_role("textbox").evaluate_all("(all) => all.map(({ value }) => value)")
    assert values == ["</textarea><b>", "</textarea><b>", '"><b>'], "A field holds the text itself"
    watch.check("fields")

    icons = [card(status={"text": "A", "favicon": address}) for address in IMAGES]
    show(chat, own, "images", each(part("Image", "src", alt="A"), IMAGES), *icons)
    drawn = chat.log.locator("[src]:not([src^='data:image/png,'])")
    expect(drawn, "No harmful image is drawn").to_have_count(0)
    watch.check("images")


def test_a_hostile_style_in_a_widget_paints_no_image(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    for scheme in ("light", "dark"):
        chat.page.evaluate("(theme) => chat.setOptions({ ...options(), theme })", scheme)
        for kind, make in STYLED.items():
            styles = [(value, dict.fromkeys(["background", "padding", "size", "theme"], value)) for value in STYLES]
            show(chat, own, f"{scheme} {kind}", *[card(make(value), **facts) for value, facts in styles])
            expect(chat.frame.locator("html"), "The scheme is in force").to_have_attribute("data-scheme", scheme)
            painted = chat.log.locator(".widget *").evaluate_all(PAINTED)
            assert painted == 0, f"No style paints an image in {kind}, {scheme}"
            watch.check(f"{kind}, {scheme}")


def test_an_image_may_come_from_any_host(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    show(chat, own, "image", card({"type": "Image", "src": f"{CANARY}/image.png", "alt": "A"}))
    expect(chat.log.locator(".w-broken"), "An image that can't be loaded is broken").to_be_visible()
    assert watch.asked == [f"image {CANARY}/image.png"], "The image is asked for once"
    watch.check("an image of another host", "image")


def test_a_field_of_a_widget_may_have_any_name(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    names = ["submit", "elements", "__proto__", "__proto__.polluted", "constructor.prototype.polluted", "a.__proto__.b"]
    fields = [{"type": "Input", "name": name, "defaultValue": "x"} for name in names]
    go = {"type": "go", "handler": "client", "payload": {"constructor": {"own": 1}}}
    handler = "widgets: { onAction: async (action) => { window.action = JSON.stringify(action); } }"
    chat.open(f"{{ {handler} }}", api=own.api)
    show(chat, own, "form", card(*fields, asForm=True, confirm={"label": "Go", "action": go}))
    chat.button("Go").click()
    chat.page.wait_for_function("window.action")
    payload = {"submit": "x", "elements": "x", "a": {}, "constructor": {"prototype": {"polluted": "x"}, "own": 1}}
    assert chat.page.evaluate("JSON.parse(action).payload") == payload, "Each field is sent by its name"
    watch.check("names of fields")
