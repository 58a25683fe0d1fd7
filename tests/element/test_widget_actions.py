"""Widgets that a user acts on: what the host is told, and what is busy meanwhile."""

import pytest
from playwright.sync_api import expect
from support.widget_page import Json, WidgetPage, action, card, text

pytestmark = pytest.mark.browser


def _button(label: str = "Go", **properties: object) -> Json:
    return {"type": "Button", "label": label, "onClickAction": action(), **properties}


def _field(name: str = "a", **properties: object) -> Json:
    return {"type": "Input", "name": name, **properties}


def _form(*children: object, **properties: object) -> Json:
    return {"type": "Form", "children": list(children), "onSubmitAction": action("submit"), **properties}


def _submit(label: str = "Send", **properties: object) -> Json:
    return {"type": "Button", "label": label, "submit": True, **properties}


def _item(*children: object, **config: object) -> Json:
    return {"type": "ListViewItem", "children": list(children), "onClickAction": action("open", **config)}


def _list(*items: Json) -> Json:
    return {"type": "ListView", "children": list(items)}


def test_a_button_sends_its_action(widgets: WidgetPage) -> None:
    config = action(payload={"id": 1}, handler="client", streaming=False)
    widgets.show(card(_button(onClickAction=config))).get_by_role("button").click()
    assert widgets.calls() == [{"type": "go", "payload": {"id": 1}, "handler": "client", "streaming": False}]


def test_an_action_is_for_the_server_and_streams(widgets: WidgetPage) -> None:
    widgets.show(card(_button())).get_by_role("button").click()
    assert widgets.calls() == [{"type": "go", "handler": "server", "streaming": True}]


@pytest.mark.parametrize("config", [None, "go", [], {}, {"type": 3}, {"type": ""}])
def test_an_action_that_is_none_is_not_sent(widgets: WidgetPage, config: object) -> None:
    widgets.show(card(_button(onClickAction=config))).get_by_role("button").click()
    assert widgets.calls() == []
    assert widgets.complaints == []


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (_field(defaultValue="words"), "words"),
        (_field(inputType="number", defaultValue="2.5"), 2.5),
        (_field(inputType="number"), None),
        ({"type": "Textarea", "name": "a", "defaultValue": "two\nlines"}, "two\nlines"),
        (text("title", editable={"name": "a"}), "title"),
        ({"type": "Checkbox", "name": "a", "defaultChecked": True}, True),
        ({"type": "Checkbox", "name": "a"}, False),
        ({"type": "Select", "name": "a", "options": [{"value": "x", "label": "X"}], "defaultValue": "x"}, "x"),
        ({"type": "Select", "name": "a", "options": [{"value": "x", "label": "X"}]}, None),
        ({"type": "DatePicker", "name": "a", "defaultValue": "2026-05-01T23:00:00Z"}, "2026-05-01T00:00:00.000Z"),
        ({"type": "DatePicker", "name": "a"}, None),
        ({"type": "RadioGroup", "name": "a", "options": [{"value": "x", "label": "X"}], "defaultValue": "x"}, "x"),
    ],
)
def test_fields_join_the_payload_of_their_form(widgets: WidgetPage, control: Json, value: object) -> None:
    page = widgets.show(card(_form(control, _submit(), onSubmitAction=action("submit", payload={"id": 1}))))
    page.get_by_role("button", name="Send").click()
    assert widgets.payload() == {"id": 1, "a": value}


def test_dotted_names_nest(widgets: WidgetPage) -> None:
    fields = [_field("todo.title", defaultValue="x"), _field("todo.more.note", defaultValue="y")]
    page = widgets.show(card(_form(*fields, _submit(), onSubmitAction=action(payload={"todo": {"id": 1}}))))
    page.get_by_role("button").click()
    assert widgets.payload() == {"todo": {"id": 1, "title": "x", "more": {"note": "y"}}}


def test_a_field_that_clashes_with_the_payload_is_ignored_aloud(widgets: WidgetPage) -> None:
    page = widgets.show(
        card(_form(_field("id", defaultValue="x"), _submit(), onSubmitAction=action(payload={"id": 1})))
    )
    page.get_by_role("button").click()
    assert widgets.payload() == {"id": 1}
    assert "ignored" in widgets.complaints[0]


@pytest.mark.parametrize("name", ["__proto__.polluted", "constructor.prototype.polluted", "a..b"])
def test_no_name_reaches_beyond_the_payload(widgets: WidgetPage, name: str) -> None:
    widgets.show(card(_form(_field(name, defaultValue="x"), _submit()))).get_by_role("button").click()
    assert len(widgets.calls()) == 1
    assert widgets.page.evaluate("({}).polluted") is None


def test_every_action_within_a_form_has_its_values(widgets: WidgetPage) -> None:
    page = widgets.show(card(_form(_field(defaultValue="x"), _button())))
    page.get_by_role("button").click()
    assert widgets.payload() == {"a": "x"}


def test_a_disabled_field_has_no_say(widgets: WidgetPage) -> None:
    page = widgets.show(card(_form(_field(defaultValue="x", disabled=True), _field("b"), _submit())))
    page.get_by_role("button").click()
    assert widgets.payload() == {"b": ""}


def test_a_card_as_a_form_sends_its_fields(widgets: WidgetPage) -> None:
    confirm, cancel = {"label": "OK", "action": action("yes")}, {"label": "No", "action": action("no")}
    page = widgets.show(card(_field(defaultValue="x"), asForm=True, confirm=confirm, cancel=cancel))
    page.get_by_role("textbox").press("Enter")
    page.get_by_role("button", name="No").click()
    assert [(call["type"], call["payload"]) for call in widgets.calls()] == [("yes", {"a": "x"}), ("no", {"a": "x"})]


def test_the_buttons_of_a_card_come_and_go(widgets: WidgetPage) -> None:
    confirm, cancel = {"label": "OK", "action": action("yes")}, {"label": "No", "action": action("no")}
    page = widgets.show(card(confirm=confirm, cancel=cancel))
    widgets.update(card(cancel={**cancel, "label": "Never"}))
    expect(page.get_by_role("button")).to_have_text(["Never"])
    widgets.update(card(confirm=confirm, collapsed=True))
    expect(page.get_by_role("button")).to_have_text(["Details"])


def test_a_card_that_is_no_form_sends_none(widgets: WidgetPage) -> None:
    page = widgets.show(
        card(_field(defaultValue="x"), confirm={"label": "OK", "action": action("yes", payload={"b": 1})})
    )
    page.get_by_role("button", name="OK").click()
    assert widgets.payload() == {"b": 1}


@pytest.mark.parametrize(
    "control",
    [
        _field(required=True),
        _field(pattern="[0-9]+", defaultValue="x"),
        {"type": "Textarea", "name": "a", "pattern": "[0-9]+", "defaultValue": "x"},
        text("", editable={"name": "a", "required": True}),
        {"type": "Checkbox", "name": "a", "required": True},
        {"type": "RadioGroup", "name": "a", "required": True, "options": [{"value": "x", "label": "X"}]},
        _form(_field(required=True)),
    ],
)
def test_what_is_not_valid_is_not_sent(widgets: WidgetPage, control: Json) -> None:
    page = widgets.show(card(control, asForm=True, confirm={"label": "OK", "action": action("yes")}))
    page.get_by_role("button", name="OK").click()
    assert widgets.calls() == []
    assert widgets.page.evaluate("document.activeElement.matches(':invalid')")


def test_a_submit_button_may_have_an_action_of_its_own(widgets: WidgetPage) -> None:
    page = widgets.show(card(_form(_field(required=True), _submit(onClickAction=action("draft")))))
    page.get_by_role("button").click()
    assert widgets.calls() == []
    page.get_by_role("textbox").fill("x")
    page.get_by_role("button").click()
    assert [call["type"] for call in widgets.calls()] == ["draft"]


def test_a_change_sends_its_own_value(widgets: WidgetPage) -> None:
    options = [{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]
    change = {"onChangeAction": action("change")}
    page = widgets.show(card(
        {"type": "Select", "name": "select", "options": options, "clearable": True, "placeholder": "Pick", **change},
        {"type": "RadioGroup", "name": "radio", "options": options, **change},
        {"type": "Checkbox", "name": "check", "label": "Yes", **change},
        {"type": "DatePicker", "name": "date", "min": "2026-01-01T00:00:00", **change},
    ))  # fmt: skip
    page.get_by_role("combobox", name="Pick").select_option("Y")
    page.get_by_role("button", name="Clear Pick").click()
    page.get_by_role("radio", name="X").check()
    page.get_by_role("checkbox", name="Yes").check()
    page.locator("input[type=date]").fill("2026-05-01")
    assert [call["payload"] for call in widgets.calls()] == [
        {"select": "y"}, {"select": None}, {"radio": "x"}, {"check": True}, {"date": "2026-05-01T00:00:00.000Z"},
    ]  # fmt: skip


def test_a_choice_survives_updates(widgets: WidgetPage) -> None:
    select = {"type": "Select", "name": "a", "options": [{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]}
    radio = {**select, "type": "RadioGroup", "name": "b", "defaultValue": "x"}
    page = widgets.show(card(select, radio))
    page.get_by_role("combobox").select_option("y")
    page.get_by_role("radio", name="Y").check()
    widgets.update(card({**select, "disabled": True}, {**radio, "direction": "row"}, status={"text": "x"}))
    expect(page.get_by_role("combobox")).to_have_value("y")
    expect(page.get_by_role("combobox")).to_be_disabled()
    expect(page.get_by_role("radio", name="Y")).to_be_checked()
    expect(page.get_by_role("radio", name="Y")).to_be_focused()


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("behaviour", ["auto", "self"])
def test_a_button_is_busy_while_its_action_runs(widgets: WidgetPage, behaviour: str, failed: bool) -> None:
    widget = card(_button(onClickAction=action(loadingBehavior=behaviour)), _button("Other"))
    button = widgets.show(widget).get_by_role("button", name="Go")
    widgets.wait()
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(widgets.page.get_by_role("button", name="Other")).to_be_enabled()
    widgets.update(card({**widget["children"][0], "style": "primary"}, _button("Other")))
    expect(button).to_be_disabled()
    widgets.finish(failed=failed)
    expect(button).to_be_enabled()
    expect(button).to_be_focused()
    assert button.get_attribute("aria-busy") is None
    assert widgets.complaints == []


def _acts(kind: str) -> Json:
    return {
        "button": card(_button("OK", onClickAction=action(loadingBehavior="container"))),
        "confirm": card(confirm={"label": "OK", "action": action()}),
        "form": card(_form(_submit("OK"))),
        "item": _list(_item(text("OK"))),
    }[kind]


@pytest.mark.parametrize("kind", ["button", "confirm", "form", "item"])
def test_a_container_is_inert_while_an_action_runs(widgets: WidgetPage, kind: str) -> None:
    button = widgets.show(_acts(kind)).get_by_role("button", name="OK")
    widgets.wait()
    button.click()
    expect(widgets.page.locator("[inert][aria-busy=true]")).to_have_count(1)
    widgets.finish(failed=True)
    expect(widgets.page.locator("[inert], [aria-busy]")).to_have_count(0)
    expect(button).to_be_focused()


def test_nothing_is_busy_if_the_action_says_so(widgets: WidgetPage) -> None:
    page = widgets.show(card(_button(onClickAction=action(loadingBehavior="none"))))
    widgets.wait()
    page.get_by_role("button").click()
    page.get_by_role("button").click()
    assert len(widgets.calls()) == 2
    expect(widgets.page.locator("[inert], [aria-busy], :disabled")).to_have_count(0)


def test_a_control_stays_usable_while_its_change_is_sent(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Checkbox", "name": "a", "onChangeAction": action()}))
    widgets.wait()
    page.get_by_role("checkbox").check()
    expect(page.get_by_role("checkbox")).to_be_enabled()
    assert len(widgets.calls()) == 1


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_row_is_a_button(widgets: WidgetPage, key: str) -> None:
    page = widgets.show(_list(_item(text("Ada"), payload={"id": 1})))
    page.get_by_role("button", name="Ada").press(key)
    page.get_by_text("Ada").click()
    assert [call["payload"] for call in widgets.calls()] == [{"id": 1}, {"id": 1}]


def test_a_button_in_a_row_is_not_the_row(widgets: WidgetPage) -> None:
    page = widgets.show(_list(_item(text("Ada"), _button("Call"))))
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_role("button", name="Ada").press("Enter")
    assert [call["type"] for call in widgets.calls()] == ["go", "open"]


def test_a_row_without_an_action_is_no_button(widgets: WidgetPage) -> None:
    page = widgets.show(_list({"type": "ListViewItem", "children": [text("Ada")]}))
    expect(page.get_by_role("button", name="Ada")).to_have_count(0)


def test_a_field_may_take_the_focus_and_select_itself(widgets: WidgetPage) -> None:
    page = widgets.show(card(_field(defaultValue="words", autoFocus=True, autoSelect=True)))
    expect(page.get_by_role("textbox")).to_be_focused()
    widgets.page.wait_for_function("document.activeElement.selectionEnd === 5")


def test_a_textarea_grows_to_its_limit(widgets: WidgetPage) -> None:
    page = widgets.show(card({"type": "Textarea", "name": "a", "rows": 1, "maxRows": 4, "autoResize": True}))
    before = page.get_by_role("textbox").bounding_box()
    page.get_by_role("textbox").fill("\n" * 3)
    four = page.get_by_role("textbox").bounding_box()
    page.get_by_role("textbox").fill("\n" * 30)
    after = page.get_by_role("textbox").bounding_box()
    assert before
    assert four
    assert after
    assert before["height"] < four["height"]
    assert after["height"] - four["height"] < 10


def test_enter_in_an_editable_text_submits(widgets: WidgetPage) -> None:
    page = widgets.show(card(_form(text("Milk", editable={"name": "title"}), _submit())))
    page.get_by_role("textbox", name="title").fill("Tea")
    page.get_by_role("textbox", name="title").press("Enter")
    assert widgets.payload() == {"title": "Tea"}
