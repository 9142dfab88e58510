"""Forms: what people typed, checked once by pydantic, and given back with a sentence for each field that is wrong."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from litestar.datastructures import FormMultiDict
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticUndefined

from directory.wording.say import _

LONGEST = 20_000
"""Characters of one field that are looked at at all."""


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
    """Check what came in. Empty texts count as not given; a field that holds a list takes every value sent for it."""
    values: dict[str, Any] = _blank(form_class)
    given: dict[str, Any] = {}
    for name in form_class.model_fields:
        sent = [_tidy(v) for v in submitted.getall(name, []) if isinstance(v, str)]
        if isinstance(values[name], list):
            values[name] = given[name] = [v for v in sent if v.strip()]
        elif sent:
            values[name] = sent[-1]
            if sent[-1].strip():
                given[name] = sent[-1]
    return check(form_class, given, values)


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
    found: dict[str, str] = {}
    for error in problem.errors(include_url=False, include_input=False):
        name = str(error["loc"][0]) if error["loc"] else "form"
        found.setdefault(name, _sentence(form_class, name, dict(error)))
    order = [*form_class.model_fields, "form"]
    return dict(sorted(found.items(), key=lambda item: order.index(item[0])))


def _sentence(form_class: type[FormT], name: str, error: dict[str, Any]) -> str:
    kind, details = error["type"], error.get("ctx", {})
    if kind == "value_error":  # raised by a validator of ours: its text is the sentence
        return str(details["error"])
    if kind == "string_too_long":
        return _("Use {number} characters or fewer").format(number=details["max_length"])
    info = form_class.model_fields.get(name)
    extra = info.json_schema_extra if info is not None and isinstance(info.json_schema_extra, dict) else {}
    missing = extra.get("missing")
    return str(missing) if missing else _("Check this answer")
