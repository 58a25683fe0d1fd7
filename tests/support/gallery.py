"""Widgets of every kind, as they might be in a chat."""

from typing import Any

Json = dict[str, Any]

TONES = ("secondary", "success", "danger", "warning", "info", "discovery")
BUTTON_TONES = ("primary", *TONES, "caution")
PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFUlEQVR4nGNkYGD4z8DAwMTAwAAjAAoCAQEf0cYmAAAAAElFTkSuQmCC"
)


def _of(kind: str, *children: Json, **properties: object) -> Json:
    return {"type": kind, "children": list(children), **properties}


def _text(value: str, **properties: object) -> Json:
    return {"type": "Text", "value": value, "size": "sm", **properties}


def _go(name: str) -> Json:
    return {"type": name, "payload": {"id": 7}}


def _stop(time: str, place: str, align: str) -> Json:
    name = {"type": "Caption", "value": place}
    return _of("Col", {"type": "Title", "value": time, "size": "xl"}, name, align=align, gap=0)


FLIGHT = _of(
    "Card",
    _of(
        "Row",
        {"type": "Icon", "name": "lucide:plane", "size": "lg", "color": "secondary"},
        _text("Fjord Air 482", weight="semibold"),
        {"type": "Spacer"},
        {"type": "Badge", "label": "On time", "color": "success", "pill": True},
        gap=2,
    ),
    {"type": "Divider", "flush": True},
    _of(
        "Row",
        _stop("08:45", "Oslo", "start"),
        _of("Col", {"type": "Caption", "value": "2 h 10 min"}, {"type": "Divider", "size": 2}, flex=1, align="center"),
        _stop("10:55", "Paris", "end"),
        gap=4,
    ),
    _of("Row", _text("Gate B12", color="secondary"), {"type": "Spacer"}, _text("Seat 14A", color="secondary")),
    status={"text": "Booked just now", "icon": "check-circle"},
    confirm={"label": "Check in", "action": _go("check_in")},
    cancel={"label": "Change flight", "action": _go("change")},
)
FORM = _of(
    "Card",
    {"type": "Title", "value": "New task", "size": "md"},
    {
        "type": "Text",
        "value": "Water the plants",
        "weight": "semibold",
        "editable": {"name": "heading", "required": True},
    },
    {"type": "Label", "value": "Notes", "fieldName": "task.notes"},
    {"type": "Textarea", "name": "task.notes", "placeholder": "Anything to remember?", "rows": 2, "autoResize": True},
    _of(
        "Row",
        {
            "type": "Select",
            "name": "who",
            "placeholder": "Assign to",
            "clearable": True,
            "options": [
                {"value": "ada", "label": "Ada"},
                {"value": "alan", "label": "Alan", "description": "away"},
            ],
        },
        {"type": "DatePicker", "name": "due", "placeholder": "Due date", "clearable": True, "variant": "soft"},
        {"type": "Input", "name": "hours", "inputType": "number", "defaultValue": "3", "size": "md", "variant": "soft"},
        gap=2,
        wrap="wrap",
    ),
    {"type": "Checkbox", "name": "remind", "label": "Remind me the day before", "defaultChecked": True},
    {
        "type": "RadioGroup",
        "name": "size",
        "ariaLabel": "Size",
        "direction": "row",
        "defaultValue": "m",
        "options": [
            {"label": "Small", "value": "s"},
            {"label": "Medium", "value": "m"},
            {"label": "Large", "value": "l", "disabled": True},
        ],
    },
    asForm=True,
    confirm={"label": "Create task", "action": _go("create")},
    cancel={"label": "Discard", "action": _go("discard")},
)


def _person(name: str, role: str, tone: str) -> Json:
    badge = {"type": "Badge", "label": tone, "color": tone}
    words = _of("Col", _text(name, weight="medium"), {"type": "Caption", "value": role}, flex=1)
    icon = _of(
        "Box",
        {"type": "Icon", "name": "user", "color": "secondary"},
        background="surface-secondary",
        size=36,
        radius="full",
        align="center",
        justify="center",
    )
    return _of("ListViewItem", icon, words, badge, onClickAction=_go("open"))


LIST = _of(
    "ListView",
    _person("Ada Lovelace", "Analyst", "success"),
    _person("Alan Turing", "Cryptographer", "info"),
    _of(
        "ListViewItem",
        _text("With a button of its own"),
        {"type": "Spacer"},
        {"type": "Button", "label": "Call", "size": "sm", "iconStart": "phone", "onClickAction": _go("call")},
        onClickAction=_go("open"),
    ),
    _person("Grace Hopper", "Rear admiral", "discovery"),
    status={"text": "People nearby", "favicon": PICTURE, "frame": True},
    limit=3,
)


def _row(*cells: str, header: bool = False) -> Json:
    aligned = ("start", "start", "end")
    texts = [_of("Table.Cell", _text(cell), align=side) for cell, side in zip(cells, aligned, strict=True)]
    return _of("Table.Row", *texts, header=header)


TABLE = _of(
    "Card",
    {"type": "Title", "value": "Invoices", "size": "sm"},
    _of(
        "Table",
        _row("Number", "Customer", "Amount", header=True),
        _row("1041", "Sunrise Bakery", "€1,240.00"),
        _row("1042", "Harbour Books", "€86.50"),
    ),
)
MONTHS = [("Jan", 12, 8, 3), ("Feb", 19, 11, 5), ("Mar", 9, 14, 4), ("Apr", 24, 10, 9), ("May", 28, 17, 12)]
DATA = [{"month": month, "sales": sales, "costs": costs, "tax": tax} for month, sales, costs, tax in MONTHS]
SERIES = [{"type": "bar", "dataKey": key, "label": key.title()} for key in ("sales", "costs")]


def chart(**properties: object) -> Json:
    """A chart of five months."""
    return {"type": "Chart", "data": DATA, "series": SERIES, "xAxis": "month", "showYAxis": True, **properties}


CHARTS = _of(
    "Card",
    {"type": "Title", "value": "Sales and costs", "size": "sm"},
    chart(),
    chart(
        series=[{**one, "stack": "all"} for one in SERIES] + [{"type": "line", "dataKey": "tax", "label": "Tax"}],
        height=160,
    ),
    chart(series=[{"type": "area", "dataKey": "sales", "label": "Sales", "color": "purple", "curveType": "natural"}]),
)
BADGES = _of(
    "Card",
    *(
        _of(
            "Row",
            *(
                {
                    "type": "Badge",
                    "label": tone,
                    "color": tone,
                    "variant": variant,
                    "size": size,
                    "pill": variant == "soft",
                }
                for tone in TONES
            ),
            gap=2,
            wrap="wrap",
        )
        for variant, size in (("solid", "sm"), ("soft", "md"), ("outline", "lg"))
    ),
    size="full",
)
BUTTONS = _of(
    "Card",
    *(
        _of(
            "Row",
            *(
                {"type": "Button", "label": tone, "color": tone, "variant": variant, "onClickAction": _go(tone)}
                for tone in BUTTON_TONES
            ),
            gap=2,
            wrap="wrap",
        )
        for variant in ("solid", "soft", "outline", "ghost")
    ),
    _of(
        "Row",
        *(
            {"type": "Button", "label": size, "size": size, "style": "primary", "iconStart": "sparkle", "pill": True}
            for size in ("3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl")
        ),
        {"type": "Button", "iconStart": "settings-slider", "uniform": True},
        gap=2,
        wrap="wrap",
    ),
    size="full",
)
WORDS = _of(
    "Basic",
    {"type": "Title", "value": "Words", "size": "2xl"},
    {"type": "Markdown", "value": "Some **bold** words, `code` and [a link](https://example.com).\n\n- one\n- two"},
    *(
        _text(f"Text in {color}", color=color)
        for color in ("prose", "primary", "emphasis", "secondary", "tertiary", "success", "warning", "danger")
    ),
    {"type": "Transition", "children": {"type": "Caption", "value": "A caption"}},
    _of(
        "Form",
        {"type": "Input", "name": "email", "inputType": "email", "placeholder": "Email", "pill": True},
        {"type": "Button", "label": "Join", "submit": True, "style": "primary"},
        direction="row",
        gap=2,
    ),
    {"type": "Image", "src": PICTURE, "alt": "A square", "size": 64, "radius": "xl", "frame": True},
    _of("Carousel", _text("Within what is not known")),
    gap=2,
)
GALLERY = [FLIGHT, FORM, LIST, TABLE, CHARTS, BADGES, BUTTONS, WORDS]
