"""Style sheets, scripts and images are named by what is in them and refer to each other by those names."""

import gzip
import re
from pathlib import Path

import pytest

from directory.web.assets import Assets, collected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder of assets that refer to each other."""
    for name, text in {
        "css/layers.css": "@layer base, components;",
        "css/base.css": '@layer base { p { background: url("../images/dot.svg"); } } /* gone */',
        "css/components/chip.css": "@layer components {\n  .chip { color : red ; }\n}",
        "css/pages/map.css": "main > p { clip: url( '../../images/dot.svg' ) }",
        "js/map.js": 'import { dot } from "./dot.js";\nconst later = () => import("./dot.js");',
        "js/dot.js": "export const dot = 1;",
        "images/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def body(assets: Assets, name: str) -> str:
    asset = assets.find(assets.url(name))
    assert asset is not None
    return asset.body.decode()


def test_the_site_style_sheet_begins_with_the_order_of_the_layers_and_holds_every_part(folder: Path) -> None:
    text = body(Assets(folder), "css/site.css")
    assert text.startswith("@layer base,components;")
    assert ".chip{color : red}" in text
    assert "gone" not in text
    assert "main>p" not in text


def test_references_are_rewritten_to_hashed_names(folder: Path) -> None:
    assets = Assets(folder)
    assert f'url("{assets.url("images/dot.svg")}")' in body(assets, "css/site.css")
    assert f'url("{assets.url("images/dot.svg")}")' in body(assets, "css/pages/map.css")
    assert body(assets, "js/map.js").count(f'"{assets.url("js/dot.js")}"') == 2


def test_a_change_in_a_file_renames_it_and_all_that_refer_to_it(folder: Path) -> None:
    before = Assets(folder)
    (folder / "js/dot.js").write_text("export const dot = 2;")
    after = Assets(folder)
    assert before.url("js/dot.js") != after.url("js/dot.js")
    assert before.url("js/map.js") != after.url("js/map.js")
    assert before.url("css/site.css") == after.url("css/site.css")


def test_files_that_refer_to_each_other_in_a_circle_are_refused(folder: Path) -> None:
    (folder / "js/dot.js").write_text('import "./map.js";')
    with pytest.raises(ValueError, match=r"circle: js/dot.js → js/map.js → js/dot.js"):
        Assets(folder)


def test_an_unknown_name_is_an_error_and_an_unknown_address_is_nothing(folder: Path) -> None:
    assets = Assets(folder)
    with pytest.raises(KeyError):
        assets.url("css/typo.css")
    assert assets.find("/assets/css/site.css") is None


def test_the_gzipped_form_is_the_same_file() -> None:
    for name in ("css/site.css", "js/page.js"):
        asset = collected().find(collected().url(name))
        assert asset is not None
        assert asset.gzipped is not None
        assert gzip.decompress(asset.gzipped) == asset.body


def test_all_style_sheets_of_the_site_are_at_most_14_kilobytes_compressed() -> None:
    asset = collected().find(collected().url("css/site.css"))
    assert asset is not None
    assert asset.gzipped is not None
    assert len(asset.gzipped) <= 14_000


def test_the_style_sheet_keeps_its_brackets_and_leaves_no_rule_outside_a_layer() -> None:
    text = body(collected(), "css/site.css")
    assert text.count("{") == text.count("}")
    outside, depth = [], 0
    for part in re.split(r"([{}])", text):
        if part == "{":
            depth += 1
        elif part == "}":
            depth -= 1
        elif depth == 0 and part.strip():
            outside.append(part.strip())
    assert all(re.fullmatch(r"(@layer [a-z, ]+;\s*)?@layer [a-z]+", rule) for rule in outside), outside


def test_scripts_lose_lines_of_comment_and_nothing_else(folder: Path) -> None:
    lines = ["/* What", "   it does. */", 'const a = "http://x"; // why', "  // gone", "  let b = 1;"]
    (folder / "js/dot.js").write_text("\n".join(lines))
    assert body(Assets(folder), "js/dot.js") == 'const a = "http://x"; // why\nlet b = 1;'
