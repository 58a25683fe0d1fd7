"""The composer: prompts, tools, models, what the page puts in, keys, and dictation."""

import json
import re

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage, Json
from support.open_chat import change, new_chat

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


def first_inputs(chat: ChatPage) -> list[Json]:
    """Return what the first message of each conversation carried."""
    return [sent["input"] for sent in chat.bodies("threads.create")]


def pick_tool(chat: ChatPage, label: str) -> None:
    """Choose from the tools menu."""
    chat.button("Tools").click()
    chat.frame.get_by_role("menuitemradio", name=label).click()


def test_a_prompt_is_sent_when_it_is_picked(chat: ChatPage) -> None:
    pieces: list[Json] = [
        {"type": "input_text", "text": "Who is "},
        {"type": "input_tag", "text": "Ada", "id": "u1", "group": "People", "data": {"mail": "a@b.c"}},
    ]
    bare: Json = {"type": "input_tag", "text": "Ada", "id": "u1"}
    prompts: list[Json] = [
        {"label": "Help", "prompt": "How do I begin?", "icon": "lifesaver"},
        {"label": "Ada", "prompt": pieces},
        {"label": "Bare", "prompt": [bare]},
    ]
    chat.open(f"{{ startScreen: {{ prompts: {json.dumps(prompts)} }} }}")
    chat.button("Help").click()
    expect(chat.items("assistant_message"), "A prompt may be text").to_contain_text("How do I begin?")
    assert first_inputs(chat)[0]["content"] == [{"type": "input_text", "text": "How do I begin?"}]
    expect(chat.button("Help"), "Prompts are hidden during a conversation").to_be_hidden()

    new_chat(chat)
    chat.button("Ada").click()
    expect(chat.items("user_message"), "A prompt may hold tags").to_contain_text("Who is Ada")
    (text, tag) = first_inputs(chat)[1]["content"]
    assert text == pieces[0]
    assert {**tag, "interactive": False} == {**pieces[1], "interactive": False}

    new_chat(chat)
    chat.button("Bare").click()
    expect(chat.items("assistant_message"), "A tag of a prompt may lack data").to_have_count(1)
    assert first_inputs(chat)[2]["content"][0]["data"] == {}, "Servers require a tag's data"

    new_chat(chat)
    chat.call("sendUserMessage", {"content": [bare]})
    expect(chat.items("assistant_message"), "A tag of the page may lack data").to_have_count(1)


def test_a_tool_is_chosen_for_one_message_unless_it_is_persistent(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    pick_tool(chat, "Search the web")
    expect(chat.button("Remove tool: Search the web")).to_have_text("Search")
    expect(chat.frame.get_by_placeholder("Search for ...")).to_be_visible()
    chat.ask("Hi")
    assert first_inputs(chat)[0]["inference_options"] == {"tool_choice": {"id": "search"}}
    expect(chat.button("Remove tool: Search the web"), "The tool was for one message").to_have_count(0)
    expect(chat.frame.get_by_placeholder("Message the AI")).to_be_visible()
    assert chat.events("tool.change") == [["tool.change", {"toolId": "search"}], ["tool.change", {"toolId": None}]]

    new_chat(chat)
    pick_tool(chat, "Draw")
    expect(chat.field, "The user goes on typing").to_be_focused()
    chat.ask("Hi")
    chat.ask("Again")
    again = chat.bodies("threads.add_user_message")[0]["input"]
    assert again["inference_options"] == {"tool_choice": {"id": "draw"}}, "A persistent tool stays"
    chat.button("Remove tool: Draw").click()
    chat.ask("Without")
    without = chat.bodies("threads.add_user_message")[1]["input"]
    assert without["inference_options"] == {}, "A persistent tool can be removed"

    new_chat(chat)
    pick_tool(chat, "Draw")
    chat.page.evaluate("chat.setOptions({ api: { getClientSecret } })")
    expect(chat.button("Remove tool: Draw"), "A tool that the options lose is deselected").to_have_count(0)
    chat.ask("Hi")
    assert first_inputs(chat)[2]["inference_options"] == {}, "A tool that the options lose is not sent"


def test_tools_have_a_menu_or_buttons_of_their_own(chat: ChatPage) -> None:
    chat.open(WITH_TOOLS)
    chat.button("Tools").click()
    menu = chat.frame.get_by_role("menu", name="Tools")
    choices = menu.get_by_role("menuitemradio")
    expect(choices, "The menu has the tools that are not pinned").to_have_text(["Search the web", "Draw"])
    chat.page.keyboard.press("Escape")
    expect(menu, "Escape closes the menu").to_be_hidden()
    chat.button("Pinned").click()
    expect(chat.button("Remove tool: Pinned"), "A pinned tool is chosen by its button").to_be_visible()
    expect(chat.button("Pinned"), "A pinned tool that is chosen has no button to choose it").to_have_count(0)
    chat.button("Remove tool: Pinned").click()

    chat.button("Tools").press("Enter")
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Enter")
    expect(chat.button("Remove tool: Draw"), "The menu can be used by keyboard").to_be_visible()


def test_a_message_is_for_the_model_that_is_chosen(chat: ChatPage) -> None:
    chat.open(WITH_MODELS)
    expect(chat.button("Choose model: Deep"), "The default model is chosen").to_be_visible()
    chat.ask("Hi")
    assert first_inputs(chat)[0]["inference_options"] == {"model": "deep"}, "The default model is sent"

    new_chat(chat)
    chat.button("Choose model: Deep").click()
    menu = chat.frame.get_by_role("menu", name="Models")
    expect(menu.get_by_role("menuitemradio", checked=True)).to_contain_text("Takes its time")
    expect(menu.get_by_role("menuitemradio", name="New")).to_be_disabled()
    menu.get_by_role("menuitemradio", name="Fast").click()
    expect(menu).to_be_hidden()
    chat.ask("Hi")
    assert first_inputs(chat)[1]["inference_options"] == {"model": "fast"}, "Another model can be chosen"
    expect(chat.button("Choose model: Fast"), "The model stays chosen").to_be_visible()

    change(chat, "{ composer: { models: [{ id: 'a', label: 'Old', disabled: true }, { id: 'b', label: 'New' }] } }")
    expect(chat.button("Choose model: New"), "A disabled model is never the default").to_be_visible()


def test_the_page_fills_the_composer_in(chat: ChatPage) -> None:
    chat.open(f"{{ composer: {{ tools: {TOOLS}, models: {MODELS} }} }}")
    chat.call("setComposerValue", {"text": "A draft", "selectedToolId": "search", "selectedModelId": "fast"})
    expect(chat.field).to_have_value("A draft")
    expect(chat.button("Remove tool: Search the web")).to_be_visible()
    expect(chat.button("Choose model: Fast")).to_be_visible()
    chat.call("setComposerValue", {"selectedToolId": None})
    expect(chat.button("Remove tool: Search the web")).to_have_count(0)
    expect(chat.field, "What is not named stays").to_have_value("A draft")
    assert chat.sent == [], "Nothing is sent"

    tag = {"type": "input_tag", "text": "Ada", "id": "u1", "group": "People", "data": {"a": "b"}, "interactive": True}
    chat.call("setComposerValue", {"content": [{"type": "input_text", "text": "Hi "}, tag]})
    expect(chat.field, "Content may hold tags").to_have_value("Hi @Ada")
    chat.field.press("End")
    chat.page.keyboard.type("!")
    chat.field.press("Enter")
    expect(chat.items("assistant_message")).to_have_count(1)
    texts = [{"type": "input_text", "text": "Hi "}, {"type": "input_text", "text": "!"}]
    assert first_inputs(chat)[0]["content"] == [texts[0], tag, texts[1]]


def test_the_page_quotes_in_the_composer(chat: ChatPage) -> None:
    chat.open()
    chat.call("setComposerValue", {"reply": "what you said", "text": "Why?"})
    expect(chat.frame.get_by_text("what you said")).to_be_visible()
    chat.field.press("Enter")
    expect(chat.items("user_message").locator("blockquote")).to_have_text("what you said")
    assert first_inputs(chat)[0]["quoted_text"] == "what you said", "A quotation goes with the message"
    expect(chat.button("Remove quote"), "A quotation is for one message").to_have_count(0)

    new_chat(chat)
    chat.call("setComposerValue", {"reply": "what you said"})
    chat.button("Remove quote").click()
    expect(chat.frame.get_by_text("what you said"), "A quotation can be removed").to_have_count(0)
    chat.ask("Why?")
    assert not first_inputs(chat)[1].get("quoted_text"), "A quotation that was removed is not sent"


def test_the_page_attaches_files(chat: ChatPage) -> None:
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
    expect(chat.items("user_message").last, "What the page has uploaded goes along").to_contain_text("a.pdf")
    assert chat.bodies("threads.add_user_message")[0]["input"]["attachments"] == [uploaded["id"]]

    new_chat(chat)
    change(chat, "{ composer: { attachments: { enabled: true } } }")
    file = "new File(['%PDF'], 'a.pdf', { type: 'application/pdf' })"
    chat.page.evaluate(f"chat.setComposerValue({{ files: [{file}] }})")
    expect(chat.button("Send message"), "Files of the page are uploaded").to_be_enabled()
    chat.field.press("Enter")
    expect(chat.items("user_message"), "Files of the page go with the message").to_contain_text("a.pdf")


def test_enter_sends_what_is_written_and_nothing_else(chat: ChatPage) -> None:
    chat.open()
    chat.field.fill("  ")
    expect(chat.button("Send message"), "Blanks can't be sent").to_be_disabled()
    chat.field.press("Enter")
    expect(chat.field, "Enter does not send blanks").to_have_value("  ")
    assert chat.sent == [], "Enter does not send blanks"

    chat.field.fill("にほん")
    press = "(field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))"
    chat.field.evaluate(press)
    expect(chat.field, "Enter that ends a composition does not send").to_have_value("にほん")
    expect(chat.items("user_message"), "Enter that ends a composition does not send").to_have_count(0)

    chat.field.fill("one")
    chat.field.press("Shift+Enter")
    chat.page.keyboard.type("two")
    chat.field.press("Enter")
    expect(chat.items("user_message")).to_have_count(1)
    (sent,) = first_inputs(chat)
    assert sent["content"] == [{"type": "input_text", "text": "one\ntwo"}], "Shift and Enter begin another line"


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

    chat.call("setComposerValue", {"text": "", "reply": "", "selectedToolId": None})
    chat.mock.faults.add("conversation", error=429, times=1)
    pick_tool(chat, "Search the web")
    chat.say("Hi")
    expect(chat.field).to_have_value("Hi")
    expect(chat.button("Remove tool: Search the web"), "The tool is given back too").to_be_visible()


def test_speech_is_written_down(chat: ChatPage) -> None:
    chat.open(script={"transcript": "what I said", "default": [{"message": "Hi"}]})
    expect(chat.button("Send message")).to_be_visible()
    expect(chat.button("Dictate"), "Dictation is off by default").to_have_count(0)

    change(chat, "{ composer: { dictation: { enabled: true } } }")
    chat.field.fill("I mean: ")
    chat.button("Dictate").click()
    dictate = chat.frame.get_by_role("button", name="Dictate", pressed=True)
    dictate.click()
    expect(chat.field).to_have_value("I mean: what I said")
    (asked,) = chat.bodies("input.transcribe")
    assert re.match("audio/", asked["mime_type"])
    expect(chat.button("Send message")).to_be_enabled()

    chat.frame.locator("body").evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new Error('none'); }; }"
    )
    chat.button("Dictate").click()
    expect(chat.frame.get_by_role("alert"), "There is no microphone").to_contain_text("The microphone")
