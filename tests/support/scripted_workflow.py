"""A workflow that uses every kind of step, and what it shows: `scripted_server` answers alike."""

from typing import Any

Json = dict[str, Any]

BUTTON = {"type": "Button", "label": "Go", "onClickAction": {"type": "press", "payload": {"n": 1}}}
CARD: Json = {"type": "Card", "children": [{"type": "Text", "id": "line", "value": "Hello"}, BUTTON]}
PRESSED: Json = {"type": "Card", "children": [{"type": "Text", "id": "line", "value": "Done"}]}
NEW_LINE: Json = {"type": "Text", "id": "line", "value": "Touched", "weight": "bold"}
TOUCHED: Json = {"type": "Card", "children": [NEW_LINE, BUTTON]}
EMPTY_LINE: Json = {"type": "Text", "id": "line", "value": "", "streaming": True}
WRITTEN = "On its way."
CHOICE: Json = {"type": "multiple_choice", "id": "when", "question": "When?", "options": [{"value": "Now"}]}
FREE: Json = {"type": "freeform", "id": "why", "question": "Why?", "description": "In short"}
TASK: Json = {"type": "custom", "title": "Look", "content": "Around"}

WORKFLOW: Json = {
    "turns": [
        {"when": {"text": "card"}, "reply": [{"widget": CARD}]},
        {
            "when": {"text": "writing"},
            "reply": [
                {"widget": {"type": "Card", "children": [EMPTY_LINE]}},
                {"update_widget": {"component_id": "line", "text": WRITTEN}},
            ],
        },
        {"when": {"action": "press"}, "reply": [{"update_widget": {"root": PRESSED}}, {"message": "Pressed it."}]},
        {
            "when": {"action": "touch"},
            "reply": [{"update_widget": {"component_id": "line", "component": NEW_LINE}}],
        },
        {"when": {"action": "ignore"}, "reply": []},
        {"when": {"text": "tool"}, "reply": [{"client_tool": {"name": "look_up", "arguments": {"what": "it"}}}]},
        {"when": {"tool": "look_up"}, "reply": [{"message": "The tool answered."}]},
        {"when": {"text": "questions"}, "reply": [{"structured_input": [CHOICE, FREE]}]},
        {"when": {"answers": {}}, "reply": [{"message": "Thank you."}]},
        {"when": {"text": "break"}, "reply": [{"error": {"allow_retry": True}}]},
        {
            "when": {"text": "excuse"},
            "reply": [{"message": "One moment."}, {"error": {"message": "Out of order.", "allow_retry": False}}],
        },
        {
            "when": {"text": "parade"},
            "reply": [
                {"progress": {"text": "Working", "icon": "search"}},
                {"effect": {"name": "ring", "data": {"times": 2}}},
                {"notice": {"level": "warning", "message": "Mind the step", "title": "Step"}},
                {"task": TASK},
                {"image": {"url": "https://example.com/a.png"}},
                {"workflow": {"tasks": [TASK], "title": "Looked", "icon": "check", "expanded": True}},
                {"end_of_turn": True},
            ],
        },
    ],
    "default": [{"message": "Here is a plain answer."}],
}
