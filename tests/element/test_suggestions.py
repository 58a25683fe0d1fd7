"""What the composer offers while the user types: entities after "@", commands after "/"; and tags in messages."""

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.open_chat import change, new_chat

pytestmark = pytest.mark.browser

PEOPLE = """{
  asked: (window.asked = []), all: [
    { id: 'u1', title: 'Ada Lovelace', icon: 'profile', group: 'People', interactive: true, data: { mail: 'ada@a.b' } },
    { id: 'u2', title: 'Adam', group: 'People' },
    { id: 'd1', title: 'Adder notes', icon: 'document', group: 'Documents' },
  ],
}"""
SEARCH = f"""onTagSearch: async (query) => {{
  const people = (window.people ??= {PEOPLE});
  asked.push(query);
  return people.all.filter(({{ title }}) => title.toLowerCase().startsWith(query.toLowerCase()));
}}"""
ENTITIES = f"{{ entities: {{ {SEARCH}, showComposerMenu: true }} }}"
CLICK = "onClick: (entity) => { window.clicked = entity; }"
PREVIEW = """onRequestPreview: async (entity) => ({
  preview: { type: 'Basic', children: [{ type: 'Text', value: `About ${entity.title}: ${entity.data.mail}` }] },
})"""
COMMANDS = """{
  enabled: true,
  onSearch: async (query) => [
    { id: 'who', label: 'Insert a person', description: 'Somebody', icon: 'user', group: 'App' },
    { id: 'more', label: 'More', group: 'App' },
    { id: 'paint', label: 'Paint the page' },
  ].filter(({ label }) => label.toLowerCase().includes(query.toLowerCase())),
  onSelect: async ({ id }) => {
    (window.selected ??= []).push(id);
    if (id === 'who') return { type: 'entity', entity: { id: 'u1', title: 'Ada' } };
    const commands = [{ id: 'deep', label: 'Deeper' }, { id: 'who', label: 'Who' }];
    if (id === 'more') return { type: 'menu', commands };
  },
}"""
TOOLS = "composer: { attachments: { enabled: true }, tools: [{ id: 'draw', label: 'Draw', icon: 'images' }] }"


BUILT_IN = f"{{ {TOOLS}, commands: {{ enabled: true }} }}"
FAILING = """{ commands: {
  enabled: true,
  onSearch: async () => [{ id: 'x', label: 'Fail' }],
  onSelect: async () => { throw new Error('no such thing'); },
} }"""


def suggestions(chat: ChatPage) -> Locator:
    """Find the list."""
    return chat.frame.get_by_role("listbox", name="Suggestions")


def option(chat: ChatPage, name: str = "") -> Locator:
    """Find an option of the list, or all."""
    return suggestions(chat).get_by_role("option", name=name)


def write(chat: ChatPage, text: str) -> None:
    """Empty the composer, and type."""
    chat.field.fill("")
    expect(suggestions(chat), "There are no suggestions for nothing").to_be_hidden()
    chat.field.press_sequentially(text)


def tagged(chat: ChatPage, options: str) -> Locator:
    """Begin a conversation with these options by a message with a tag, which this finds."""
    new_chat(chat)
    change(chat, f"{{ entities: {{ {SEARCH}, {options} }} }}")
    write(chat, "@ada")
    option(chat, "Ada Lovelace").click()
    chat.field.press("Enter")
    expect(chat.items("assistant_message")).to_have_count(1)
    chat.settle()
    return chat.items("user_message").locator(".tag")


def test_entities_are_found_while_the_user_types(chat: ChatPage) -> None:
    chat.open(ENTITIES)
    write(chat, "Ask @ad")
    expect(option(chat)).to_have_text(["Ada Lovelace", "Adam", "Adder notes"])
    expect(suggestions(chat).locator(".group")).to_have_text(["People", "Documents"])
    assert chat.page.evaluate("asked.at(-1)") == "ad"
    chat.field.press_sequentially("d")
    expect(option(chat)).to_have_text(["Adder notes"])
    chat.field.press_sequentially("x")
    expect(suggestions(chat), "Nothing is found").to_be_hidden()

    asked = chat.page.evaluate("asked.length")
    write(chat, "mail a@b")
    expect(chat.field).to_have_value("mail a@b")
    expect(suggestions(chat), "An address is no mention").to_be_hidden()
    chat.call("setComposerValue", {})  # the page has heard of a search by now
    assert chat.page.evaluate("asked.length") == asked, "An address is not searched for"

    write(chat, "@ad")
    expect(suggestions(chat)).to_be_visible()
    press = "(field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))"
    chat.field.evaluate(press)
    expect(chat.field, "Enter that ends a composition picks nothing").to_have_value("@ad")
    expect(suggestions(chat), "The list stays while the user composes").to_be_visible()

    chat.field.press("Escape")
    expect(suggestions(chat), "Escape closes the list").to_be_hidden()
    expect(chat.field, "Escape keeps the text").to_have_value("@ad")
    chat.field.press("Enter")
    expect(chat.items("user_message"), "Enter sends the text when the list is closed").to_contain_text("@ad")


def test_an_entity_is_picked_by_keys_and_sent_as_a_tag(chat: ChatPage) -> None:
    chat.open(ENTITIES)
    write(chat, "Ask @ad")
    expect(option(chat, "Ada Lovelace")).to_have_attribute("aria-selected", "true")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"):
        chat.field.press(key)
    expect(option(chat, "Ada Lovelace")).to_have_attribute("aria-selected", "true")
    chat.field.press("Enter")
    expect(chat.field).to_have_value("Ask @Ada Lovelace ")
    chat.field.press_sequentially("now")
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_contain_text("Ask Ada Lovelace now")
    tag: Json = {"type": "input_tag", "text": "Ada Lovelace", "id": "u1", "group": "People"}
    assert chat.bodies("threads.create")[0]["input"]["content"] == [
        {"type": "input_text", "text": "Ask "},
        {**tag, "data": {"mail": "ada@a.b"}, "interactive": True},
        {"type": "input_text", "text": " now"},
    ]


def test_a_button_begins_a_mention(chat: ChatPage) -> None:
    chat.open(ENTITIES)
    chat.button("Mention").click()
    expect(chat.field).to_have_value("@")
    option(chat, "Adam").click()
    expect(chat.field).to_have_value("@Adam ")
    expect(chat.field).to_be_focused()

    write(chat, "Ask")
    chat.button("Mention").click()
    expect(suggestions(chat), "The button begins a mention after a word too").to_be_visible()

    change(chat, "{ entities: { showComposerMenu: true } }")
    expect(chat.button("Send message")).to_be_visible()
    expect(chat.button("Mention"), "The button needs a search").to_have_count(0)


def test_a_tag_in_a_message_can_be_clicked_if_the_app_listens(chat: ChatPage) -> None:
    chat.open()
    tagged(chat, CLICK).click()
    chat.page.wait_for_function("window.clicked")
    entity = {"id": "u1", "title": "Ada Lovelace", "group": "People", "data": {"mail": "ada@a.b"}, "interactive": True}
    assert chat.page.evaluate("JSON.parse(JSON.stringify(clicked))") == entity

    tag = tagged(chat, "showComposerMenu: false")
    expect(tag).to_have_text("Ada Lovelace")
    buttons = chat.items("user_message").get_by_role("button")
    expect(buttons, "A tag that the app does not listen to is no button").to_have_count(0)


def test_a_tag_may_have_a_preview(chat: ChatPage) -> None:
    chat.open()
    tag, tooltip = tagged(chat, PREVIEW), chat.frame.get_by_role("tooltip")
    tag.hover()
    expect(tooltip, "The preview is shown under the mouse").to_have_text("About Ada Lovelace: ada@a.b")
    box = tooltip.bounding_box()
    assert box is not None
    assert box["x"] >= 0, "The preview fits on the page"
    assert box["x"] + box["width"] <= 760, "The preview fits on the page"
    assert box["height"] > 20, "The preview fits on the page"
    chat.field.hover()
    expect(tooltip, "The preview goes with the mouse").to_have_count(0)

    tag.focus()
    expect(tooltip, "The preview is shown with the focus").to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(tooltip, "Escape closes the preview").to_have_count(0)

    tag = tagged(chat, "onRequestPreview: async () => { window.requested = true; return { preview: null }; }")
    tag.hover()
    chat.page.wait_for_function("window.requested")
    expect(tooltip, "There may be no preview").to_have_count(0)


def test_commands_are_offered_after_a_slash(chat: ChatPage) -> None:
    chat.open()
    write(chat, "/")
    expect(chat.field).to_have_value("/")
    expect(suggestions(chat), "Commands are off by default").to_be_hidden()

    change(chat, f"{{ {TOOLS}, commands: {COMMANDS} }}")
    write(chat, "/")
    labels = ["Attach files", "Draw", "Insert a personSomebody", "More", "Paint the page"]
    expect(option(chat)).to_have_text(labels)
    chat.field.press_sequentially("p")
    expect(option(chat)).to_have_text(["Insert a personSomebody", "Paint the page"])

    change(chat, BUILT_IN)
    write(chat, "/dr")
    expect(option(chat, "Draw")).to_be_visible()
    chat.field.press("Tab")
    expect(chat.button("Remove tool: Draw"), "A built-in command chooses a tool").to_be_visible()
    expect(chat.field).to_have_value("")
    write(chat, "/att")
    with chat.page.expect_file_chooser():
        option(chat, "Attach files").click()


def test_a_command_of_the_app_acts_inserts_or_leads_on(chat: ChatPage) -> None:
    chat.open(f"{{ commands: {COMMANDS} }}")
    write(chat, "/paint")
    option(chat, "Paint the page").click()
    chat.page.wait_for_function("window.selected?.length")
    assert chat.page.evaluate("selected.splice(0)") == ["paint"]
    expect(chat.field, "A command that only acts leaves nothing").to_have_value("")
    expect(suggestions(chat)).to_be_hidden()

    write(chat, "/ins")
    option(chat, "Insert a person").click()
    expect(chat.field, "A command may insert an entity").to_have_value("@Ada ")
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_have_count(1)
    tag = {"type": "input_tag", "text": "Ada", "id": "u1", "data": {}, "interactive": False}
    assert chat.bodies("threads.create")[0]["input"]["content"][0] == tag
    assert chat.page.evaluate("selected.splice(0)") == ["who"]
    chat.settle()

    write(chat, "/more")
    option(chat, "More").click()
    expect(option(chat), "A command may lead to another menu").to_have_text(["Deeper", "Who"])
    chat.field.press("ArrowDown")
    chat.field.press("Enter")
    expect(chat.field).to_have_value("@Ada ")
    assert chat.page.evaluate("selected") == ["more", "who"]

    change(chat, FAILING)
    write(chat, "/")
    option(chat, "Fail").click()
    assert chat.wait_for("error")["error"] == "no such thing", "The page is told what failed"
