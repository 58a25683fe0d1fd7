"""Widgets as a picture: every component, whatever is in it, in both schemes."""

import json

import pytest
from playwright.sync_api import expect
from support.axe import violations
from support.gallery import FORM, GALLERY, PICTURE, chart
from support.widget_page import Json, WidgetPage, card, text

pytestmark = pytest.mark.browser

SCRIPT = "<img src=x onerror=alert(1)>"
JUNK: list[object] = [None, 7, -1, True, "", SCRIPT, [], [None, 3, "x"], {}, {"type": "x"}, {"light": 3}]
TYPES = """
Card ListView ListViewItem Basic Box Row Col Form Spacer Divider Transition Text Title Caption Markdown Badge Label Icon
Image Button Input Textarea Select DatePicker Checkbox RadioGroup Table Table.Row Table.Cell Chart
"""
PROPERTIES = """
children value label name size color background border padding margin gap align justify wrap flex width radius status
limit theme confirm cancel collapsed asForm options defaultValue defaultChecked min max placeholder pattern editable
maxLines minLines truncate data series xAxis colSpan src alt fit position iconStart iconEnd style variant onClickAction
onSubmitAction onChangeAction fieldName ariaLabel inputType rows maxRows key id aspectRatio
"""


def _all(value: object) -> Json:
    return dict.fromkeys(PROPERTIES.split(), value)


@pytest.mark.exhaustive
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_them(widgets: WidgetPage, scheme: str) -> None:
    widgets.page.emulate_media(reduced_motion="reduce")
    widgets.page.set_viewport_size({"width": 760, "height": 4400})  # only what is in view is checked for contrast
    widgets.page.evaluate("(scheme) => { document.documentElement.dataset.scheme = scheme; }", scheme)
    widgets.show(*GALLERY)
    assert violations(widgets.page, least=None, rules=["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]) == []
    other = "dark" if scheme == "light" else "light"
    widgets.show(*({**one, "theme": other} for one in GALLERY))
    assert violations(widgets.page, least=None, rules=["wcag2aa"]) == []
    widgets.page.evaluate("document.documentElement.dataset.scheme = 'light'")
    widgets.page.set_viewport_size({"width": 720, "height": 900})


def test_they_fit_a_narrow_page(widgets: WidgetPage) -> None:
    widgets.page.set_viewport_size({"width": 320, "height": 700})
    widgets.show(*GALLERY)
    assert widgets.page.evaluate("document.documentElement.scrollWidth") == 320
    widgets.page.set_viewport_size({"width": 720, "height": 900})


@pytest.mark.parametrize("kind", TYPES.split())
def test_nonsense_is_no_error(widgets: WidgetPage, kind: str) -> None:
    for junk in JUNK:
        widgets.show({"type": kind, **_all(junk)}, card({"type": kind}))
        widgets.update({"type": kind, **_all([junk])})
    assert [line for line in widgets.complaints if "pattern" not in line] == []


@pytest.mark.parametrize("kind", TYPES.split())
def test_markup_stays_text(widgets: WidgetPage, kind: str) -> None:
    values: Json = _all(SCRIPT) | {
        "children": [text(SCRIPT)], "options": [{"value": SCRIPT, "label": SCRIPT}], "status": {"text": SCRIPT},
        "data": [{"a": SCRIPT}], "xAxis": "a", "series": [{"type": "bar", "dataKey": "a", "label": SCRIPT}],
        "confirm": {"label": SCRIPT, "action": {"type": SCRIPT}},
    }  # fmt: skip
    page = widgets.show({"type": kind, **values})
    assert page.locator("[onerror]").count() == 0
    assert page.locator("img[src='x']").count() == 0
    assert widgets.page.evaluate("document.querySelectorAll('main [style*=url]').length") == 0


@pytest.mark.parametrize(
    "widget", [None, 3, "words", [], {}, {"type": None}, {"type": "__proto__"}, {"type": "constructor"}]
)
def test_a_widget_that_is_none_is_no_error(widgets: WidgetPage, widget: object) -> None:
    widgets.show(widget)
    assert widgets.complaints == []


def test_the_unknown_is_named_and_shows_its_children(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Carousel", "children": [text("Within")]}))
    expect(page.get_by_text("Unsupported widget: Carousel")).to_be_visible()
    expect(page.get_by_text("Within", exact=True)).to_be_visible()


def test_any_component_can_be_the_root(widgets: WidgetPage) -> None:
    page = widgets.show({"type": "Row", "children": [text("Alone")]})
    expect(page.get_by_text("Alone")).to_be_visible()


def test_too_deep_a_nest_is_cut_off(widgets: WidgetPage) -> None:
    nest = text("bottom")
    for _ in range(400):
        nest = {"type": "Box", "children": [nest]}
    widgets.page.evaluate("(json) => show(JSON.parse(json))", json.dumps(nest))
    assert widgets.complaints == []


@pytest.mark.parametrize(
    ("properties", "name", "value"),
    [
        ({"gap": 2}, "gap", "8px"),
        ({"gap": "10px"}, "gap", "10px"),
        ({"padding": 3}, "padding", "12px"),
        ({"padding": "1px 2px"}, "padding", "1px 2px"),
        ({"padding": {"x": 1, "top": 2}}, "padding", "8px 4px 0px"),
        ({"margin": {"y": 1}}, "margin", "4px 0px"),
        ({"width": 80, "minHeight": "3rem"}, "width", "80px"),
        ({"size": 50}, "height", "50px"),
        ({"radius": "lg"}, "border-radius", "10px"),
        ({"border": 2}, "border-top-width", "2px"),
        ({"border": {"size": 1, "style": "dashed", "color": "#f00"}}, "border-left", "1px dashed rgb(255, 0, 0)"),
        ({"border": {"y": {"size": 3}}}, "border-width", "3px 0px"),
        ({"align": "end"}, "align-items", "flex-end"),
        ({"justify": "between"}, "justify-content", "space-between"),
        ({"wrap": "wrap"}, "flex-wrap", "wrap"),
        ({"flex": 1}, "flex-grow", "1"),
        ({"aspectRatio": 2}, "aspect-ratio", "2 / 1"),
        ({"background": "rebeccapurple"}, "background-color", "rgb(102, 51, 153)"),
        ({"background": "url(/x.png)"}, "background-image", "none"),
        ({"background": {"light": "#fff", "dark": "#000"}}, "background-color", "rgb(255, 255, 255)"),
        ({"width": "expression(1)"}, "background-color", "rgba(0, 0, 0, 0)"),
    ],
)
def test_boxes_have_styles(widgets: WidgetPage, properties: Json, name: str, value: str) -> None:
    widgets.show({"type": "Box", "children": [text("x")], **properties})
    assert widgets.style(".w-box", name) == value


@pytest.mark.parametrize("color", ["secondary", "success", "blue-500", "#123456", {"light": "red", "dark": "blue"}])
def test_colours_are_understood(widgets: WidgetPage, color: object) -> None:
    widgets.show(text("x"))
    usual = widgets.style(".w-text", "color")
    widgets.update(text("x", color=color))
    assert widgets.style(".w-text", "color") != usual


def test_a_colour_that_is_none_is_left_out(widgets: WidgetPage) -> None:
    widgets.show(text("x"))
    usual = widgets.style(".w-text", "color")
    widgets.update(text("x", color="mauve-ish"))
    assert widgets.style(".w-text", "color") == usual


def test_half_a_pair_of_colours_does_for_both(widgets: WidgetPage) -> None:
    widgets.show(text("x", color={"light": "#ff0000", "dark": "mauve-ish"}))
    assert widgets.style(".w-text", "color") == "rgb(255, 0, 0)"


def test_a_pair_of_colours_follows_the_theme_of_the_card(widgets: WidgetPage) -> None:
    widgets.show(card(text("x", color={"light": "#ff0000", "dark": "#00ff00"}), theme="dark"))
    assert widgets.style(".w-text", "color") == "rgb(0, 255, 0)"


def test_a_long_list_waits_behind_show_more(widgets: WidgetPage) -> None:
    rows = [{"type": "ListViewItem", "children": [text(f"Row {number}")]} for number in range(8)]
    for limit, shown in ((3, 3), ("auto", 5), (None, 8)):
        page = widgets.show({"type": "ListView", "children": rows, "limit": limit})
        expect(page.get_by_role("listitem")).to_have_count(shown)
    page = widgets.show({"type": "ListView", "children": rows, "limit": 3})
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("listitem")).to_have_count(8)
    widgets.update({"type": "ListView", "children": [*rows, rows[0]], "limit": 3})
    expect(page.get_by_role("listitem")).to_have_count(9)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_a_card_that_is_collapsed_can_be_opened(widgets: WidgetPage) -> None:
    page = widgets.show(card(text("Body"), collapsed=True, status={"text": "Done", "icon": "check"}))
    expect(page.get_by_text("Done")).to_be_visible()
    expect(page.get_by_text("Body")).to_be_hidden()
    page.get_by_role("button", name="Details", expanded=False).click()
    expect(page.get_by_text("Body")).to_be_visible()


@pytest.mark.parametrize(
    "src", ["javascript:alert(1)", "data:image/svg+xml,<svg onload=alert(1)>", "file:///etc", None]
)
def test_an_image_that_could_do_harm_is_dropped(widgets: WidgetPage, src: object) -> None:
    page = widgets.show(card({"type": "Image", "src": src, "alt": "A cat"}))
    assert page.get_by_role("img", name="A cat").get_attribute("src") is None


def test_an_image_without_a_description_is_decoration(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Image", "src": PICTURE}))
    assert page.locator("img").get_attribute("alt") == ""


def test_text_is_cut_to_its_lines(widgets: WidgetPage) -> None:
    page = widgets.show(card(text("long " * 200, maxLines=2), text("x", minLines=4), text("word " * 99, truncate=True)))
    heights = [page.locator("p").nth(place).bounding_box() for place in range(3)]
    assert [round(box["height"] / 24) for box in heights if box] == [2, 4, 1]


def test_markdown_is_drawn(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Markdown", "value": "**bold** [bad](javascript:alert(1))"}))
    expect(page.locator("strong")).to_have_text("bold")
    assert page.locator("a[href^=javascript]").count() == 0


def test_tables_have_headers_and_spans(widgets: WidgetPage) -> None:
    def row(*cells: Json, header: bool = False) -> Json:
        return {"type": "Table.Row", "header": header, "children": list(cells)}

    def cell(words: str, **properties: object) -> Json:
        return {"type": "Table.Cell", "children": [text(words)], **properties}

    body = row(cell("Both", colSpan=2))
    page = widgets.show(card({"type": "Table", "children": [row(cell("A"), cell("B"), header=True), body]}))
    expect(page.get_by_role("columnheader")).to_have_text(["A", "B"])
    assert page.get_by_role("cell").get_attribute("colspan") == "2"


def test_charts_are_pictures_and_tables(widgets: WidgetPage) -> None:
    page = widgets.show(card(chart()))
    expect(page.get_by_role("img", name="Bar chart: Sales, Costs by month")).to_be_visible()
    expect(page.locator("rect")).to_have_count(10)
    expect(page.locator("rect title").first).to_have_text("Jan: Sales 12")
    expect(page.get_by_role("row", name="Apr 24 10")).to_have_count(1)
    expect(page.get_by_role("listitem")).to_have_text(["Sales", "Costs"])


def test_charts_stack_rename_and_hide(widgets: WidgetPage) -> None:
    series = [
        {"type": "area", "dataKey": key, "label": key, "stack": "s", "curveType": "step"} for key in ("sales", "tax")
    ]
    axis = {"dataKey": "month", "labels": {"Jan": "January"}}
    page = widgets.show(card(chart(series=series, xAxis=axis, showLegend=False, showTooltip=False)))
    expect(page.locator("svg text", has_text="January")).to_have_count(1)
    expect(page.locator("svg title")).to_have_count(0)
    expect(page.get_by_role("listitem")).to_have_count(0)
    widgets.update(card(chart(series=series, xAxis={**axis, "hide": True}, showYAxis=False)))
    expect(page.locator("svg text")).to_have_count(0)


def test_charts_bear_numbers_that_are_none(widgets: WidgetPage) -> None:
    data = [{"month": "Jan", "sales": "many"}, {"month": None, "sales": -4}, {"sales": None}]
    widgets.show(card(chart(data=data)), card(chart(data=[])), card(chart(series=[], xAxis=None)))
    assert widgets.complaints == []
    assert "NaN" not in widgets.page.locator("main").inner_html()


def test_every_control_has_a_name(widgets: WidgetPage) -> None:
    page = widgets.show(FORM)
    expect(page.get_by_role("textbox", name="Notes")).to_be_visible()
    expect(page.get_by_role("combobox", name="Assign to")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Size")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="hours")).to_be_visible()
    page.get_by_text("Notes").click()
    expect(page.get_by_role("textbox", name="Notes")).to_be_focused()


def test_an_icon_names_a_button_without_words(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Button", "iconStart": "settings-slider"}))
    expect(page.get_by_role("button", name="settings slider")).to_be_visible()


def test_streaming_touches_one_text_node(widgets: WidgetPage) -> None:
    widgets.show(card(text("On", streaming=True), text("Other")))
    widgets.page.evaluate("""() => {
      window.seen = new Set();
      const all = { subtree: true, childList: true, attributes: true, characterData: true };
      const note = (changes) => changes.forEach(({ type, target }) => seen.add(`${type} ${target.data}`));
      new MutationObserver(note).observe(document.querySelector("main"), all);
    }""")
    widgets.update(card(text("On and on", streaming=True), text("Other")))
    assert widgets.page.evaluate("[...seen]") == ["characterData On and on"]


def test_what_a_user_wrote_survives_updates(widgets: WidgetPage) -> None:
    field = {"type": "Input", "name": "a", "defaultValue": "first"}
    page = widgets.show(card(text("1"), field))
    box = page.get_by_role("textbox")
    box.fill("mine")
    box.evaluate("(input) => input.setSelectionRange(1, 2)")
    widgets.update(card(text("12"), text("new"), {**field, "defaultValue": "second"}, status={"text": "Busy"}))
    expect(box).to_have_value("mine")
    expect(box).to_be_focused()
    assert box.evaluate("(input) => [input.selectionStart, input.selectionEnd]") == [1, 2]


def test_an_untouched_field_follows_its_default(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Input", "name": "a", "defaultValue": "first"}))
    widgets.update(card({"type": "Input", "name": "a", "defaultValue": "second"}))
    expect(page.get_by_role("textbox")).to_have_value("second")


def test_children_with_keys_are_moved_not_redrawn(widgets: WidgetPage) -> None:
    page = widgets.show(card(*(text(key, key=key) for key in "abc")))
    page.get_by_text("c", exact=True).evaluate("(node) => { node.mark = 1; }")
    widgets.update(card(text("c!", key="c"), text("a", key="a")))
    expect(page.locator("p")).to_have_text(["c!", "a"])
    assert page.get_by_text("c!").evaluate("(node) => node.mark") == 1
