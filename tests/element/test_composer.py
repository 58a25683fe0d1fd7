"""The composer: prompts, tools, models, what the page puts in, keys, and dictation."""

import json
import re

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage, Json

pytestmark = pytest.mark.browser

TOOLS = """[
  { id: 'search', label: 'Search the web', shortLabel: 'Search', icon: 'globe', placeholderOverride: 'Search for ...' },
  { id: 'draw', label: 'Draw', icon: 'images', persistent: true },
  { id: 'pin', label: 'Pinned', icon: 'star', pinned: true },
]"""
MODELS = """[
  { id: 'fast', label: 'Fast' },
  { id: 'deep', label: 'Deep', description: 'Takes its time', default: true },
  { id: 'new', label: 'New', disabled: true },
]"""
WITH_TOOLS = f"{{ composer: {{ tools: {TOOLS} }} }}"
WITH_MODELS = f"{{ composer: {{ models: {MODELS} }} }}"


def first_input(chat: ChatPage) -> Json:
    """What the first message carried."""
    found: Json = chat.bodies("threads.create")[0]["input"]
    return found


def pick_tool(chat: ChatPage, label: str) -> None:
    """Choose from the tools menu."""
    chat.button("Tools").click()
    chat.frame.get_by_role("menuitemradio", name=label).click()


def test_a_prompt_is_sent_when_it_is_picked(chat: ChatPage) -> None:
    chat.open("{ startScreen: { prompts: [{ label: 'Help', prompt: 'How do I begin?', icon: 'lifesaver' }] } }")
    chat.button("Help").click()
    expect(chat.items("assistant_message")).to_contain_text("How do I begin?")
    assert first_input(chat)["content"] == [{"type": "input_text", "text": "How do I begin?"}]
    expect(chat.button("Help")).to_be_hidden()


def test_a_prompt_may_hold_tags(chat: ChatPage) -> None:
    pieces: list[Json] = [
        {"type": "input_text", "text": "Who is "},
        {"type": "input_tag", "text": "Ada", "id": "u1", "group": "People", "data": {"mail": "a@b.c"}},
    ]
    chat.open(f"{{ startScreen: {{ prompts: [{{ label: 'Ada', prompt: {json.dumps(pieces)} }}] }} }}")
    chat.button("Ada").click()
    expect(chat.items("user_message")).to_contain_text("Who is Ada")
    (text, tag) = first_input(chat)["content"]
    assert text == pieces[0]
    assert {**tag, "interactive": False} == {**pieces[1], "interactive": False}


def test_a_tag_without_data_is_sent_as_servers_want_it(chat: ChatPage) -> None:
    tag = "[{ type: 'input_tag', text: 'Ada', id: 'u1' }]"
    chat.open(f"{{ startScreen: {{ prompts: [{{ label: 'Ada', prompt: {tag} }}] }} }}")
    chat.button("Ada").click()
    expect(chat.items("assistant_message")).to_have_count(1)
    assert first_input(chat)["content"][0]["data"] == {}


def test_a_message_of_the_page_may_hold_a_tag_without_data(chat: ChatPage) -> None:
    chat.open()
    chat.call("sendUserMessage", {"content": [{"type": "input_tag", "text": "Ada", "id": "u1"}]})
    expect(chat.items("assistant_message")).to_have_count(1)


def test_a_tool_is_chosen_for_one_message(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    pick_tool(chat, "Search the web")
    expect(chat.button("Remove tool: Search the web")).to_have_text("Search")
    expect(chat.frame.get_by_placeholder("Search for ...")).to_be_visible()
    chat.ask("Hi")
    assert first_input(chat)["inference_options"] == {"tool_choice": {"id": "search"}}
    expect(chat.button("Remove tool: Search the web")).to_have_count(0)
    expect(chat.frame.get_by_placeholder("Message the AI")).to_be_visible()
    assert chat.events("tool.change") == [["tool.change", {"toolId": "search"}], ["tool.change", {"toolId": None}]]


def test_a_persistent_tool_stays(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    pick_tool(chat, "Draw")
    chat.ask("Hi")
    chat.ask("Again")
    assert chat.bodies("threads.add_user_message")[0]["input"]["inference_options"] == {"tool_choice": {"id": "draw"}}
    chat.button("Remove tool: Draw").click()
    chat.ask("Without")
    assert chat.bodies("threads.add_user_message")[1]["input"]["inference_options"] == {}


def test_a_pinned_tool_is_a_button_of_its_own(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    chat.button("Tools").click()
    expect(chat.frame.get_by_role("menu", name="Tools").get_by_role("menuitemradio")).to_have_text(
        ["Search the web", "Draw"]
    )
    chat.page.keyboard.press("Escape")
    expect(chat.frame.get_by_role("menu", name="Tools")).to_be_hidden()
    chat.button("Pinned").click()
    expect(chat.button("Remove tool: Pinned")).to_be_visible()
    expect(chat.button("Pinned")).to_have_count(0)


def test_the_tools_menu_is_for_the_keyboard_too(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    chat.button("Tools").press("Enter")
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Enter")
    expect(chat.button("Remove tool: Draw")).to_be_visible()


def test_one_goes_on_typing_after_choosing_a_tool(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    pick_tool(chat, "Draw")
    expect(chat.field).to_be_focused()


def test_a_tool_that_is_gone_is_deselected(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    pick_tool(chat, "Draw")
    chat.page.evaluate("chat.setOptions({ api: { getClientSecret } })")
    expect(chat.button("Remove tool: Draw")).to_have_count(0)
    chat.ask("Hi")
    assert first_input(chat)["inference_options"] == {}


def test_the_default_model_is_sent(chat: ChatPage) -> None:
    chat.open(WITH_MODELS)
    expect(chat.button("Choose model: Deep")).to_be_visible()
    chat.ask("Hi")
    assert first_input(chat)["inference_options"] == {"model": "deep"}


def test_another_model_can_be_chosen(chat: ChatPage) -> None:
    chat.open(WITH_MODELS)
    chat.button("Choose model: Deep").click()
    menu = chat.frame.get_by_role("menu", name="Models")
    expect(menu.get_by_role("menuitemradio", checked=True)).to_contain_text("Takes its time")
    expect(menu.get_by_role("menuitemradio", name="New")).to_be_disabled()
    menu.get_by_role("menuitemradio", name="Fast").click()
    expect(menu).to_be_hidden()
    chat.ask("Hi")
    assert first_input(chat)["inference_options"] == {"model": "fast"}
    expect(chat.button("Choose model: Fast")).to_be_visible()


def test_a_disabled_model_is_never_the_default(chat: ChatPage) -> None:
    chat.open("{ composer: { models: [{ id: 'a', label: 'Old', disabled: true }, { id: 'b', label: 'New' }] } }")
    expect(chat.button("Choose model: New")).to_be_visible()


def test_the_page_fills_the_composer_in(chat: ChatPage) -> None:
    chat.open(f"{{ composer: {{ tools: {TOOLS}, models: {MODELS} }} }}")
    chat.call("setComposerValue", {"text": "A draft", "selectedToolId": "search", "selectedModelId": "fast"})
    expect(chat.field).to_have_value("A draft")
    expect(chat.button("Remove tool: Search the web")).to_be_visible()
    expect(chat.button("Choose model: Fast")).to_be_visible()
    chat.call("setComposerValue", {"selectedToolId": None})
    expect(chat.button("Remove tool: Search the web")).to_have_count(0)
    expect(chat.field).to_have_value("A draft")
    assert chat.sent == []


def test_the_page_puts_content_with_tags_in(chat: ChatPage) -> None:
    chat.open()
    tag = {"type": "input_tag", "text": "Ada", "id": "u1", "group": "People", "data": {"a": "b"}, "interactive": True}
    chat.call("setComposerValue", {"content": [{"type": "input_text", "text": "Hi "}, tag]})
    expect(chat.field).to_have_value("Hi @Ada")
    chat.field.press("End")
    chat.page.keyboard.type("!")
    chat.field.press("Enter")
    expect(chat.items("assistant_message")).to_have_count(1)
    texts = [{"type": "input_text", "text": "Hi "}, {"type": "input_text", "text": "!"}]
    assert first_input(chat)["content"] == [texts[0], tag, texts[1]]


def test_a_quotation_goes_with_the_message(chat: ChatPage) -> None:
    chat.open()
    chat.call("setComposerValue", {"reply": "what you said", "text": "Why?"})
    expect(chat.frame.get_by_text("what you said")).to_be_visible()
    chat.field.press("Enter")
    expect(chat.items("user_message").locator("blockquote")).to_have_text("what you said")
    assert first_input(chat)["quoted_text"] == "what you said"
    expect(chat.button("Remove quotation")).to_have_count(0)


def test_a_quotation_can_be_removed(chat: ChatPage) -> None:
    chat.open()
    chat.call("setComposerValue", {"reply": "what you said"})
    chat.button("Remove quotation").click()
    expect(chat.frame.get_by_text("what you said")).to_have_count(0)
    chat.ask("Why?")
    assert not first_input(chat).get("quoted_text")


def test_attachments_of_the_page_go_with_the_message(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    form = "const form = new FormData(); form.append('file', new File(['%PDF'], 'a.pdf', { type: 'application/pdf' }));"
    script = (
        f"async (url) => {{ {form} const headers = {{ authorization: `Bearer ${{await getClientSecret(null)}}` }};"
        "return (await fetch(url, { method: 'POST', headers, body: form })).json(); }"
    )
    uploaded = chat.page.evaluate(script, f"{chat.mock.url}/v1/chatkit/files")
    chat.call("setComposerValue", {"attachments": [uploaded], "text": "Look"})
    expect(chat.frame.get_by_role("list", name="Attachments")).to_contain_text("a.pdf")
    chat.field.press("Enter")
    expect(chat.items("user_message").last).to_contain_text("a.pdf")
    assert chat.bodies("threads.add_user_message")[0]["input"]["attachments"] == [uploaded["id"]]


def test_files_of_the_page_are_uploaded(chat: ChatPage) -> None:
    chat.open("{ composer: { attachments: { enabled: true } } }")
    chat.wait_for("ready")
    file = "new File(['%PDF'], 'a.pdf', { type: 'application/pdf' })"
    chat.page.evaluate(f"chat.setComposerValue({{ files: [{file}] }})")
    expect(chat.button("Send message")).to_be_enabled()
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_contain_text("a.pdf")


def test_a_line_can_be_broken(chat: ChatPage) -> None:
    chat.open()
    chat.field.fill("one")
    chat.field.press("Shift+Enter")
    chat.page.keyboard.type("two")
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_have_count(1)
    assert first_input(chat)["content"] == [{"type": "input_text", "text": "one\ntwo"}]


def test_nothing_is_sent_for_blanks(chat: ChatPage) -> None:
    chat.open()
    chat.field.fill("  ")
    expect(chat.button("Send message")).to_be_disabled()
    chat.field.press("Enter")
    expect(chat.field).to_have_value("  ")
    assert chat.sent == []


def test_enter_that_ends_a_composition_does_not_send(chat: ChatPage) -> None:
    chat.open()
    chat.field.fill("にほん")
    press = "(field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))"
    chat.field.evaluate(press)
    expect(chat.field).to_have_value("にほん")
    expect(chat.items("user_message")).to_have_count(0)


def test_a_draft_is_given_back_when_it_is_refused(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    chat.mock.faults.add("conversation", error=429, times=1)
    chat.call("setComposerValue", {"text": "Precious words", "reply": "a quotation", "selectedToolId": "search"})
    chat.field.press("Enter")
    expect(chat.frame.get_by_role("alert")).to_contain_text("sent too many requests. Please try again later.")
    expect(chat.field).to_have_value("Precious words")
    expect(chat.frame.locator("form.composer").get_by_text("a quotation")).to_be_visible()
    expect(chat.items("user_message")).to_have_count(0)
    expect(chat.button("Send message")).to_be_enabled()


def test_the_tool_of_a_refused_message_is_given_back(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    chat.mock.faults.add("conversation", error=429, times=1)
    pick_tool(chat, "Search the web")
    chat.say("Hi")
    expect(chat.field).to_have_value("Hi")
    expect(chat.button("Remove tool: Search the web")).to_be_visible()


def test_speech_is_written_down(chat: ChatPage) -> None:
    script = {"transcript": "what I said", "default": [{"message": "Hi"}]}
    chat.open("{ composer: { dictation: { enabled: true } } }", script=script)
    chat.field.fill("I mean: ")
    chat.button("Dictate").click()
    dictate = chat.frame.get_by_role("button", name="Dictate", pressed=True)
    dictate.click()
    expect(chat.field).to_have_value("I mean: what I said")
    (asked,) = chat.bodies("input.transcribe")
    assert re.match("audio/", asked["mime_type"])
    expect(chat.button("Send message")).to_be_enabled()


def test_without_a_microphone_it_says_so(chat: ChatPage) -> None:
    chat.open("{ composer: { dictation: { enabled: true } } }")
    chat.frame.locator("body").evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new Error('none'); }; }"
    )
    chat.button("Dictate").click()
    expect(chat.frame.get_by_role("alert")).to_contain_text("The microphone")


def test_dictation_is_off_by_default(chat: ChatPage) -> None:
    chat.open()
    expect(chat.button("Send message")).to_be_visible()
    expect(chat.button("Dictate")).to_have_count(0)
