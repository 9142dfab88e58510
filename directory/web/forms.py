"""Forms: what people typed, checked once by pydantic, and given back with a sentence for each field that is wrong."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from litestar.datastructures import FormMultiDict
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticUndefined

from directory.wording.say import _

Sent = FormMultiDict
"""What came in, for modules that do not know the framework."""
LONGEST = 20_000
"""Characters of one field that are looked at at all."""
MOST_ROWS = 10
"""Rows of one list of forms that are looked at at all."""


class Form(BaseModel):
    """Base of all forms. Fields that it does not declare are ignored, so no one can set what was not asked."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


FormT = TypeVar("FormT", bound=Form)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled(Generic[FormT]):
    """A form as it came in: `values` as typed, `errors` by field in page order, and `form` when nothing is wrong."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    form: FormT | None = None


def question(*, missing: str, default: Any = PydanticUndefined, **more: Any) -> Any:
    """A field with the sentence for when it is empty: `name: str = question(missing=_("Enter your name"))`."""
    return Field(default=default, json_schema_extra={"missing": missing}, **more)


def empty(form_class: type[FormT], **values: Any) -> Filled[FormT]:
    """A form nobody has filled in yet; `values` are there to begin with."""
    return Filled(values=_blank(form_class) | values)


def fill(form_class: type[FormT], submitted: FormMultiDict) -> Filled[FormT]:
    """Check what came in. Empty texts count as not given; a field that holds a list takes every value sent for it.

    A field `list[SomeForm]` is read row by row from `field-1-name`, `field-2-name` …; a row left empty is no row, and
    an error in a row is named as its field is.
    """
    values: dict[str, Any] = _blank(form_class)
    given: dict[str, Any] = {}
    for name, info in form_class.model_fields.items():
        row_form = row_form_of(info.annotation)
        if row_form is not None:
            values[name] = _rows(name, row_form, submitted)
            given[name] = [{key: text for key, text in row.items() if text.strip()} for row in values[name]]
            continue
        sent = [_tidy(v) for v in submitted.getall(name, []) if isinstance(v, str)]
        if isinstance(values[name], list):
            values[name] = given[name] = [v for v in sent if v.strip()]
        elif sent:
            values[name] = sent[-1]
            if sent[-1].strip():
                given[name] = sent[-1]
    return check(form_class, given, values)


def row_form_of(annotation: Any) -> type[Form] | None:
    """The form of one row of a field that holds rows, or None for any other field."""
    inside: Any = next(iter(getattr(annotation, "__args__", ())), None)
    is_list = getattr(annotation, "__origin__", None) is list
    return inside if is_list and isinstance(inside, type) and issubclass(inside, Form) else None


def _rows(name: str, row_form: type[Form], submitted: FormMultiDict) -> list[dict[str, str]]:
    found = []
    for number in range(1, MOST_ROWS + 1):
        sent = {key: submitted.get(f"{name}-{number}-{key}", "") for key in row_form.model_fields}
        row = {key: _tidy(text) if isinstance(text, str) else "" for key, text in sent.items()}
        if any(text.strip() for text in row.values()):
            found.append(row)
    return found


def _tidy(text: str) -> str:
    """Lines end as ours do, and no zero byte: PostgreSQL keeps none, and nobody types one."""
    return text[:LONGEST].replace("\r\n", "\n").replace("\0", "")


def check(form_class: type[FormT], given: dict[str, Any], values: dict[str, Any]) -> Filled[FormT]:
    """Validate `given`; `values` is what the page shows again."""
    try:
        return Filled(values=values, form=form_class.model_validate(given))
    except ValidationError as problem:
        return Filled(values=values, errors=_sentences(form_class, problem))


def texts_of(submitted: FormMultiDict) -> dict[str, list[str]]:
    """Every text that came in, by name, for pages whose questions are not known beforehand."""
    found: dict[str, list[str]] = {}
    for name, value in submitted.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value[:LONGEST].replace("\r\n", "\n"))
    return found


def with_errors(filled: Filled[FormT], **errors: str) -> Filled[FormT]:
    """The same form with what a later check found."""
    return Filled(values=filled.values, errors=filled.errors | errors)


def _blank(form_class: type[FormT]) -> dict[str, Any]:
    def blank(annotation: Any) -> Any:
        return [] if getattr(annotation, "__origin__", None) in {list, tuple, set, frozenset} else ""

    return {name: blank(info.annotation) for name, info in form_class.model_fields.items()}


def _sentences(form_class: type[FormT], problem: ValidationError) -> dict[str, str]:
    found: dict[str, tuple[tuple[int, int, int], str]] = {}
    for error in problem.errors(include_url=False, include_input=False):
        name, place, asked_in = _place(form_class, error["loc"])
        key = str(error["loc"][-1]) if asked_in is not form_class else name
        found.setdefault(name, (place, _sentence(asked_in, key, dict(error))))
    return {name: words for name, (_place_, words) in sorted(found.items(), key=lambda item: item[1][0])}


def _place(form_class: type[Form], loc: tuple[int | str, ...]) -> tuple[str, tuple[int, int, int], type[Form]]:
    """The name under which a page shows an error, where on the page that is, and the form that asked."""
    order = [*form_class.model_fields, "form"]
    name = str(loc[0]) if loc else "form"
    row_form = row_form_of(form_class.model_fields[name].annotation) if name in form_class.model_fields else None
    if row_form is None or len(loc) < 3:
        return name, (order.index(name), 0, 0), form_class
    row, key = int(loc[1]), str(loc[2])
    return f"{name}-{row + 1}-{key}", (order.index(name), row, [*row_form.model_fields].index(key)), row_form


def _sentence(form_class: type[Form], name: str, error: dict[str, Any]) -> str:
    kind, details = error["type"], error.get("ctx", {})
    if kind == "value_error":  # raised by a validator of ours: its text is the sentence
        return str(details["error"])
    if kind == "string_too_long":
        return _("Use {number} characters or fewer").format(number=details["max_length"])
    info = form_class.model_fields.get(name)
    extra = info.json_schema_extra if info is not None and isinstance(info.json_schema_extra, dict) else {}
    missing = extra.get("missing")
    return str(missing) if missing else _("Check this answer")
