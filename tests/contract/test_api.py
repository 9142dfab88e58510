"""The JSON API keeps what its OpenAPI document promises, in every answer."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar
from litestar.testing import TestClient

from directory.interop.document import document
from directory.lib import clock
from directory.lib.db import Databases
from tests.support.clinics import AT
from tests.support.published import harbour

SLUG = "harbour-clinic-portland-me"


@pytest.fixture
def api(make_client: Callable[..., TestClient[Litestar]], databases: Databases, database_url: str) -> Any:
    with clock.standing_at(AT + dt.timedelta(hours=1)):
        harbour(databases)
        yield make_client(database_url=database_url)


def promised(path: str, status: int) -> Draft202012Validator:
    whole = document("http://lanternway.example")
    content = whole["paths"][path]["get"]["responses"][str(status)]["content"]
    schema = next(iter(content.values()))["schema"]
    return Draft202012Validator({**schema, "components": whole["components"]})


def asked(api: TestClient[Litestar], url: str, path: str, status: int) -> Any:
    answer = api.get(url)
    assert answer.status_code == status, answer.text
    promised(path, status).validate(answer.json())
    return answer.json()


def test_a_search_finds_the_clinic_and_says_why(api: TestClient[Litestar]) -> None:
    filters = "treatment=SPRAVATO&condition=TRD&accepting=1&language=es"
    url = f"/api/v1/search?near=04101&radius=25&{filters}&order=distance&page=1"
    found = asked(api, url, "/api/v1/search", 200)
    assert found["total"] == 1
    result = found["results"][0]
    assert result["slug"] == SLUG
    assert result["distance_m"] < 5_000
    assert result["why"].startswith("Number 1 by distance")
    assert found["next"] is None
    assert found["facets"]["treatment"]["SPRAVATO"] == 1


def test_every_promised_field_and_no_other_is_in_a_result(api: TestClient[Litestar]) -> None:
    result = asked(api, "/api/v1/search?near=04101", "/api/v1/search", 200)["results"][0]
    fields = "slug name city state latitude longitude distance_m treatments accepting_patients confirmed_at why"
    fields += " in_doubt answers"
    assert set(result) == set(fields.split())


def test_nothing_near_gives_what_is_nearest_beyond(api: TestClient[Litestar]) -> None:
    found = asked(api, "/api/v1/search?near=99723&radius=5", "/api/v1/search", 200)
    assert (found["total"], found["results"]) == (0, [])
    assert found["beyond"][0]["slug"] == SLUG


def test_what_lies_beyond_is_explained_by_the_distance_that_orders_it(api: TestClient[Litestar]) -> None:
    for order in ("intake", "confirmed"):
        url = f"/api/v1/search?near=99723&radius=5&order={order}"
        assert asked(api, url, "/api/v1/search", 200)["beyond"][0]["why"].startswith("Number 1 by distance")


def test_the_explanation_of_an_order_keeps_what_the_document_promises(api: TestClient[Litestar]) -> None:
    path = "/api/v1/search/explain"
    for order in ("distance", "intake", "confirmed"):
        told = asked(api, f"{path}?near=04101&order={order}", path, 200)
        assert [row["slug"] for row in told["results"]] == [SLUG]
        assert "Nobody can pay" in told["payment"]
    assert asked(api, f"{path}?near=99723&radius=5&order=intake", path, 200)["beyond"][0]["slug"] == SLUG
    asked(api, f"{path}?near=Springfield", path, 422)
    asked(api, f"{path}?near=04101&page=9", path, 404)


def test_an_ambiguous_place_is_422_with_candidates_by_population(api: TestClient[Litestar]) -> None:
    said = asked(api, "/api/v1/search?near=Springfield", "/api/v1/search", 422)
    assert [place["label"] for place in said["candidates"]][:2] == ["Springfield, MO", "Springfield, MA"]


@pytest.mark.parametrize("near", ["xyzzy", "APO AP 96350", "", "x" * 10_000, "\x00", "🏥", "%00%ff"])
def test_an_unusable_place_is_422_with_a_sentence(api: TestClient[Litestar], near: str) -> None:
    answer = api.get("/api/v1/search", params={"near": near})
    assert answer.status_code == 422
    promised("/api/v1/search", 422).validate(answer.json())
    assert answer.json()["detail"].endswith(".")


def test_a_setting_that_is_none_of_ours_is_named(api: TestClient[Litestar]) -> None:
    said = asked(api, "/api/v1/search?near=04101&treatment=KET_HOME&sort=price", "/api/v1/search", 422)
    assert [error["name"] for error in said["errors"]] == ["sort", "treatment"]


def test_a_page_that_is_not_there_is_404(api: TestClient[Litestar]) -> None:
    asked(api, "/api/v1/search?near=04101&page=9", "/api/v1/search", 404)


def test_places_are_suggested(api: TestClient[Litestar]) -> None:
    found = asked(api, "/api/v1/places?q=springf", "/api/v1/places", 200)
    assert found["candidates"][0]["label"] == "Springfield, MO"


def test_one_clinic_tells_its_facts_with_their_proofs(api: TestClient[Litestar]) -> None:
    clinic = asked(api, f"/api/v1/clinics/{SLUG}", "/api/v1/clinics/{slug}", 200)
    assert clinic["proofs"]["phone"]["method"] == "PHONE"
    line = clinic["treatments"][0]
    assert line["treatment"] == "SPRAVATO"
    assert any("has not been demonstrated" in sentence for sentence in line["required_sentences"])


def test_no_private_field_leaves_the_house(api: TestClient[Litestar]) -> None:
    text = api.get(f"/api/v1/clinics/{SLUG}").text
    keys = set(re.findall(r'"(\w+)":', text))
    assert not keys & {
        "npi",
        "dea",
        "dea_registered",
        "dea_attested",
        "ein_last4",
        "exclusion",
        "mailbox",
        "endpoint",
        "id",
    }
    assert "@" not in text
    assert not re.search(r"\b[12]\d{9}\b", text)  # an NPI


def test_an_unknown_clinic_is_404(api: TestClient[Litestar]) -> None:
    asked(api, "/api/v1/clinics/nowhere", "/api/v1/clinics/{slug}", 404)


def test_an_answer_that_has_not_changed_is_not_sent_again(api: TestClient[Litestar]) -> None:
    first = api.get("/api/v1/search?near=04101")
    again = api.get("/api/v1/search?near=04101", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_document_is_openapi_3_1_and_each_reference_leads_somewhere(api: TestClient[Litestar]) -> None:
    whole = api.get("/api/v1/openapi.json").json()
    assert whole["openapi"] == "3.1.0"

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [ref for value in node.values() for ref in references(value)]
        return [ref for value in node for ref in references(value)] if isinstance(node, list) else []

    for reference in references(whole):
        assert reference.removeprefix("#/components/schemas/") in whole["components"]["schemas"]


def test_the_document_is_readable_as_a_page(api: TestClient[Litestar]) -> None:
    page = api.get("/api/docs")
    assert page.status_code == 200
    assert "/api/v1/clinics/{slug}" in page.text
