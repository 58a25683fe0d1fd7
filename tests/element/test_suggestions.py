"""What the composer offers while one types: entities after "@", commands after "/"; and tags in the conversation."""

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json

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


def suggestions(chat: ChatPage) -> Locator:
    """The list."""
    return chat.frame.get_by_role("listbox", name="Suggestions")


def option(chat: ChatPage, name: str) -> Locator:
    """One of the list."""
    return suggestions(chat).get_by_role("option", name=name)


def begin(chat: ChatPage, text: str, options: str) -> None:
    """Open, and type."""
    chat.open(options)
    chat.field.press_sequentially(text)


def tagged(chat: ChatPage, options: str) -> Locator:
    """A message with a tag; the tag in it."""
    begin(chat, "@ada l", f"{{ entities: {{ {SEARCH}, {options} }} }}")
    chat.field.fill("@ada")
    option(chat, "Ada Lovelace").click()
    chat.field.press("Enter")
    expect(chat.items("assistant_message")).to_have_count(1)
    return chat.items("user_message").locator(".tag")


def test_entities_are_found_while_one_types(chat: ChatPage) -> None:
    begin(chat, "Ask @ad", f"{{ entities: {{ {SEARCH} }} }}")
    expect(suggestions(chat).get_by_role("option")).to_have_text(["Ada Lovelace", "Adam", "Adder notes"])
    expect(suggestions(chat).locator(".group")).to_have_text(["People", "Documents"])
    assert chat.page.evaluate("asked.at(-1)") == "ad"
    chat.field.press_sequentially("d")
    expect(suggestions(chat).get_by_role("option")).to_have_text(["Adder notes"])
    chat.field.press_sequentially("x")
    expect(suggestions(chat)).to_be_hidden()


def test_an_address_is_no_mention(chat: ChatPage) -> None:
    begin(chat, "mail a@b", f"{{ entities: {{ {SEARCH} }} }}")
    expect(chat.field).to_have_value("mail a@b")
    expect(suggestions(chat)).to_be_hidden()


def test_an_entity_is_picked_by_keys_and_sent_as_a_tag(chat: ChatPage) -> None:
    begin(chat, "Ask @ad", f"{{ entities: {{ {SEARCH} }} }}")
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


def test_enter_that_ends_a_composition_picks_nothing(chat: ChatPage) -> None:
    begin(chat, "@ad", f"{{ entities: {{ {SEARCH} }} }}")
    expect(suggestions(chat)).to_be_visible()
    press = "(field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))"
    chat.field.evaluate(press)
    expect(chat.field).to_have_value("@ad")
    expect(suggestions(chat)).to_be_visible()


def test_escape_closes_the_list_and_keeps_the_text(chat: ChatPage) -> None:
    begin(chat, "@ad", f"{{ entities: {{ {SEARCH} }} }}")
    expect(suggestions(chat)).to_be_visible()
    chat.field.press("Escape")
    expect(suggestions(chat)).to_be_hidden()
    expect(chat.field).to_have_value("@ad")
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_contain_text("@ad")


def test_a_button_begins_a_mention(chat: ChatPage) -> None:
    chat.open(f"{{ entities: {{ {SEARCH}, showComposerMenu: true }} }}")
    chat.button("Mention").click()
    expect(chat.field).to_have_value("@")
    option(chat, "Adam").click()
    expect(chat.field).to_have_value("@Adam ")
    expect(chat.field).to_be_focused()


def test_the_button_begins_a_mention_behind_a_word_too(chat: ChatPage) -> None:
    begin(chat, "Ask", f"{{ entities: {{ {SEARCH}, showComposerMenu: true }} }}")
    chat.button("Mention").click()
    expect(suggestions(chat)).to_be_visible()


def test_the_button_needs_a_search(chat: ChatPage) -> None:
    chat.open("{ entities: { showComposerMenu: true } }")
    expect(chat.button("Send message")).to_be_visible()
    expect(chat.button("Mention")).to_have_count(0)


def test_a_tag_in_a_message_can_be_clicked(chat: ChatPage) -> None:
    tagged(chat, CLICK).click()
    chat.page.wait_for_function("window.clicked")
    entity = {"id": "u1", "title": "Ada Lovelace", "group": "People", "data": {"mail": "ada@a.b"}, "interactive": True}
    assert chat.page.evaluate("JSON.parse(JSON.stringify(clicked))") == entity


def test_a_tag_nobody_wants_to_hear_of_is_no_button(chat: ChatPage) -> None:
    tag = tagged(chat, "showComposerMenu: false")
    expect(tag).to_have_text("Ada Lovelace")
    expect(chat.items("user_message").get_by_role("button")).to_have_count(0)


def test_a_tag_has_a_preview_under_the_mouse(chat: ChatPage) -> None:
    tagged(chat, PREVIEW).hover()
    expect(chat.frame.get_by_role("tooltip")).to_have_text("About Ada Lovelace: ada@a.b")
    chat.field.hover()
    expect(chat.frame.get_by_role("tooltip")).to_have_count(0)


def test_a_tag_has_a_preview_when_it_has_the_focus(chat: ChatPage) -> None:
    tagged(chat, PREVIEW).focus()
    expect(chat.frame.get_by_role("tooltip")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.frame.get_by_role("tooltip")).to_have_count(0)


def test_a_preview_fits_on_the_page(chat: ChatPage) -> None:
    tagged(chat, PREVIEW).hover()
    box = chat.frame.get_by_role("tooltip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 760
    assert box["height"] > 20


def test_there_may_be_no_preview(chat: ChatPage) -> None:
    tag = tagged(chat, "onRequestPreview: async () => { window.requested = true; return { preview: null }; }")
    tag.hover()
    chat.page.wait_for_function("window.requested")
    expect(chat.frame.get_by_role("tooltip")).to_have_count(0)


def test_commands_are_offered_after_a_slash(chat: ChatPage) -> None:
    begin(chat, "/", f"{{ {TOOLS}, commands: {COMMANDS} }}")
    labels = ["Attach files", "Draw", "Insert a personSomebody", "More", "Paint the page"]
    expect(suggestions(chat).get_by_role("option")).to_have_text(labels)
    chat.field.press_sequentially("p")
    expect(suggestions(chat).get_by_role("option")).to_have_text(["Insert a personSomebody", "Paint the page"])


def test_commands_are_off_by_default(chat: ChatPage) -> None:
    begin(chat, "/", "{}")
    expect(chat.field).to_have_value("/")
    expect(suggestions(chat)).to_be_hidden()


def test_a_built_in_command_chooses_a_tool(chat: ChatPage) -> None:
    begin(chat, "/dr", f"{{ {TOOLS}, commands: {{ enabled: true }} }}")
    expect(option(chat, "Draw")).to_be_visible()
    chat.field.press("Tab")
    expect(chat.button("Remove tool: Draw")).to_be_visible()
    expect(chat.field).to_have_value("")


def test_a_built_in_command_attaches_files(chat: ChatPage) -> None:
    begin(chat, "/att", f"{{ {TOOLS}, commands: {{ enabled: true }} }}")
    with chat.page.expect_file_chooser():
        option(chat, "Attach files").click()


def test_a_command_that_does_something_leaves_nothing(chat: ChatPage) -> None:
    begin(chat, "/paint", f"{{ commands: {COMMANDS} }}")
    option(chat, "Paint the page").click()
    chat.page.wait_for_function("window.selected?.length")
    assert chat.page.evaluate("selected") == ["paint"]
    expect(chat.field).to_have_value("")
    expect(suggestions(chat)).to_be_hidden()


def test_a_command_may_insert_an_entity(chat: ChatPage) -> None:
    begin(chat, "/ins", f"{{ commands: {COMMANDS} }}")
    option(chat, "Insert a person").click()
    expect(chat.field).to_have_value("@Ada ")
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_have_count(1)
    tag = {"type": "input_tag", "text": "Ada", "id": "u1", "data": {}, "interactive": False}
    assert chat.bodies("threads.create")[0]["input"]["content"][0] == tag


def test_a_command_may_lead_to_another_menu(chat: ChatPage) -> None:
    begin(chat, "/more", f"{{ commands: {COMMANDS} }}")
    option(chat, "More").click()
    expect(suggestions(chat).get_by_role("option")).to_have_text(["Deeper", "Who"])
    chat.field.press("ArrowDown")
    chat.field.press("Enter")
    expect(chat.field).to_have_value("@Ada ")
    assert chat.page.evaluate("selected") == ["more", "who"]


def test_a_command_that_fails_is_told_of(chat: ChatPage) -> None:
    failing = "{ enabled: true, onSearch: async () => [{ id: 'x', label: 'Fail' }], "
    begin(chat, "/", f"{{ commands: {failing} onSelect: async () => {{ throw new Error('no such thing'); }} }} }}")
    option(chat, "Fail").click()
    assert chat.wait_for("error")["error"] == "no such thing"
