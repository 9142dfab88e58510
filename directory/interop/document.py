"""The OpenAPI 3.1 document of the JSON API, made from the same value sets that the API checks against."""

from functools import cache
from typing import Any

from directory.interop.explanations import PATH
from directory.search.choices import GROUPS
from directory.search.query import RADII, WHOLE_STATE
from directory.search.ranking import Order

Schema = dict[str, Any]
_LIMIT = (
    " Each network may ask {n} times a minute, all at once or spread; suggestions of places are counted apart. "
    "To keep a copy, ask again with If-None-Match, and take the list of clinics from the sitemap."
)


@cache
def document(base_url: str, *, per_minute: int = 0) -> Schema:
    """The document for a service at `base_url`. One network may ask `per_minute` times, 0: as often as it likes."""
    paths = {
        "/api/v1/search": {"get": _search()},
        PATH: {"get": _explain()},
        "/api/v1/places": {"get": _places()},
        "/api/v1/clinics/{slug}": {"get": _clinic()},
    }
    if per_minute:
        for path in paths.values():
            path["get"]["responses"]["429"] = _too_often()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lanternway directory API",
            "version": "1",
            "summary": "Supervised ketamine and Spravato treatment near a place, with the proof of each fact.",
            "description": "Public facts only, free, without a key. Order is never for sale: every result says why it "
            "stands where it stands. Listing is not an endorsement. Nothing about who asks is written down. "
            "Codes are the same in every language; words beside them are English under every address."
            + (_LIMIT.format(n=per_minute) if per_minute else ""),
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _parameter(name: str, schema: Schema, words: str, *, required: bool = False, where: str = "query") -> Schema:
    return {"name": name, "in": where, "required": required, "description": words, "schema": schema}


def _answer(schema: str, words: str) -> Schema:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _problem(words: str) -> Schema:
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": words, "content": {"application/problem+json": shape}}


def _too_often() -> Schema:
    return {
        **_problem("This network asked too often. Ask again after the seconds that the header Retry-After gives."),
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}},
    }


def _search_parameters() -> list[Schema]:
    near = "A ZIP code, a town, “town, ST” or a state."
    radius = {"type": "string", "enum": [*map(str, RADII), WHOLE_STATE], "default": "25"}
    filters = [
        {
            **_parameter(
                group.name,
                {"type": "array", "items": {"type": "string", "enum": _codes(group.name, group.choices)}},
                f"{group.label}: any of these. Different filters must all hold, on one treatment.",
            ),
            "style": "form",
            "explode": True,
        }
        for group in GROUPS
    ]
    return [
        _parameter("near", {"type": "string", "maxLength": 100, "examples": ["10001"]}, near, required=True),
        _parameter("radius", radius, "Miles, or the whole state of the place."),
        *filters,
        _parameter("order", {"type": "string", "enum": [o.value for o in Order], "default": "distance"}, "Order."),
        _parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Page of 20, from 1."),
    ]


def _search_responses(schema: str, words: str) -> Schema:
    return {
        "200": _answer(schema, words),
        "404": _problem("There is no such page of results."),
        "422": _problem("The place has several meanings or is not known, or a setting is none of ours."),
    }


def _search() -> Schema:
    return {
        "operationId": "search",
        "summary": "Clinics near a place",
        "parameters": _search_parameters(),
        "responses": _search_responses("SearchAnswer", "Clinics, nearest first unless another order was asked for."),
    }


def _explain() -> Schema:
    return {
        "operationId": "explainOrder",
        "summary": "Why the results of a search stand in their order",
        "parameters": _search_parameters(),
        "responses": _search_responses(
            "Explanation",
            "The same page of results, put in order from the keys given here and nothing else: sort by each key in "
            "turn, unknown ones last, and you get the same list. Payment plays no part.",
        ),
    }


def _codes(name: str, choices: Any) -> list[str]:
    codes = [choice.code for choice in choices]
    return ["1", *codes] if name == "accepting" else codes


def _places() -> Schema:
    typed = _parameter("q", {"type": "string", "maxLength": 100, "examples": ["springf"]}, "What was typed so far.")
    return {
        "operationId": "suggestPlaces",
        "summary": "What the beginning of a place's name may become",
        "parameters": [typed],
        "responses": {"200": _answer("PlacesAnswer", "At most eight places, the most populous first.")},
    }


def _clinic() -> Schema:
    slug = _parameter("slug", {"type": "string"}, "From a search result.", required=True, where="path")
    return {
        "operationId": "getClinic",
        "summary": "One clinic with its treatments and the proof of each group of facts",
        "parameters": [slug],
        "responses": {
            "200": _answer("Clinic", "The clinic."),
            "404": _problem("There is no public clinic with this slug."),
        },
    }


def _object(**properties: Any) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Schema | str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{items}"} if isinstance(items, str) else items}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_WHOLE: Schema = {"type": ["integer", "null"]}
TEXTS: Schema = {"type": "array", "items": TEXT}


def _schemas() -> dict[str, Schema]:
    treatment_codes = next(group for group in GROUPS if group.name == "treatment").choices
    treatment = {"type": "string", "enum": [choice.code for choice in treatment_codes]}
    counts = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": WHOLE}}
    problem = _object(type=TEXT, title=TEXT, status=WHOLE, detail=TEXT)
    problem["properties"] |= {"candidates": _list("Place"), "errors": _list(_object(name=TEXT, detail=TEXT))}
    problem["properties"]["reason"] = TEXT
    return {
        "Place": _object(
            label=TEXT,
            kind={"type": "string", "enum": ["zip", "city", "state"]},
            near=TEXT,
            latitude=NUMBER,
            longitude=NUMBER,
        ),
        "PlacesAnswer": _object(candidates=_list("Place")),
        "Result": _object(
            slug=TEXT,
            name=TEXT,
            city=TEXT,
            state=TEXT,
            latitude=NUMBER,
            longitude=NUMBER,
            treatments=_list(treatment),
            accepting_patients=MAYBE_TEXT,
            confirmed_at=DAY,
            in_doubt=_list(_object(treatment=treatment, payer=MAYBE_TEXT)),
            answers=_answers_schema(),
            distance_m=WHOLE,
            why=TEXT,
        ),
        "SearchAnswer": _object(
            place={"$ref": "#/components/schemas/Place"},
            total=WHOLE,
            results=_list("Result"),
            facets=counts,
            next=MAYBE_TEXT,
            beyond=_list("Result"),
        ),
        "Explanation": _explanation_schema(),
        "Clinic": _clinic_schema(treatment),
        "Problem": problem,
    }


def _answers_schema() -> Schema:
    """How requests were answered; null below five requests in 90 days."""
    figures = _object(
        asked=WHOLE,
        acknowledged=MAYBE_WHOLE,
        decided=WHOLE,
        median_hours={"type": ["number", "null"]},
        last_answer_on=DAY,
    )
    return {"anyOf": [figures, {"type": "null"}]}


def _explanation_schema() -> Schema:
    key = _object(
        name=TEXT,
        direction={"type": "string", "enum": ["ascending", "descending"]},
        unknown={"type": "string", "enum": ["last"]},
        meaning=TEXT,
    )
    values = _object(distance_m=NUMBER, slug=TEXT)
    values["properties"] |= {"intake_days": MAYBE_WHOLE, "confirmed_at": DAY}
    inputs = _object(latitude=NUMBER, longitude=NUMBER)
    inputs["properties"] |= {"next_intake_on": DAY, "wait_days": MAYBE_WHOLE, "confirmed_at": DAY}
    row = _object(rank=WHOLE, slug=TEXT, keys=values, inputs=inputs, why=TEXT, published=TEXT)
    schema = _object(
        place={"$ref": "#/components/schemas/Place"},
        radius_miles=MAYBE_WHOLE,
        today={"type": "string", "format": "date"},
        order={"type": "string", "enum": [order.value for order in Order]},
        rule=TEXT,
        keys=_list(key),
        filters={"type": "object", "additionalProperties": TEXTS},
        filters_say=TEXT,
        payment=TEXT,
        total=WHOLE,
        results=_list(row),
        next=MAYBE_TEXT,
        beyond_keys=_list(key),
        beyond=_list(row),
    )
    schema["required"].append("from")
    schema["properties"]["from"] = _object(latitude=NUMBER, longitude=NUMBER)
    return schema


def _clinic_schema(treatment: Schema) -> Schema:
    price = _object(lowest=WHOLE, highest=WHOLE, currency=TEXT, per=TEXT, as_of=DAY)
    line = _object(
        treatment=treatment,
        label=TEXT,
        status=TEXT,
        status_label=TEXT,
        required_sentences=TEXTS,
        conditions=_list(_object(condition=TEXT, evidence=TEXT)),
        in_doubt=YES_NO,
        payers=TEXTS,
        payers_in_doubt=TEXTS,
        minimum_age=WHOLE,
        psychotherapy_paired=YES_NO,
        referral_required=YES_NO,
        observation_minutes=MAYBE_WHOLE,
        next_intake_on=DAY,
        price={"anyOf": [price, {"type": "null"}]},
    )
    rems = _object(setting=TEXT, certified=YES_NO, method=MAYBE_TEXT, verified_on=DAY)
    proof = _object(
        freshness=TEXT, method=MAYBE_TEXT, at={"type": ["string", "null"], "format": "date-time"}, words=TEXT
    )
    return _object(
        slug=TEXT,
        name=TEXT,
        organization=TEXT,
        description=TEXT,
        address=_object(street=TEXT, city=TEXT, state=TEXT, zip=TEXT),
        latitude=NUMBER,
        longitude=NUMBER,
        time_zone=TEXT,
        phone=MAYBE_TEXT,
        website=MAYBE_TEXT,
        accepting_patients=MAYBE_TEXT,
        wait_days=MAYBE_WHOLE,
        takes_requests=YES_NO,
        languages=TEXTS,
        interpreter=TEXT,
        accessibility=TEXTS,
        ride_home_required=YES_NO,
        treatments=_list(line),
        rems={"anyOf": [rems, {"type": "null"}]},
        hours=_list(_object(weekday=WHOLE, opens=MAYBE_TEXT, closes=MAYBE_TEXT)),
        confirmed_at=DAY,
        notice=MAYBE_TEXT,
        answers=_answers_schema(),
        proofs={"type": "object", "additionalProperties": proof},
    )
