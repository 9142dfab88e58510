"""The ways a state is written after a town: code, name, the abbreviations of before the ZIP code, its beginning."""

from typing import Final

from directory.geography.names import key, plain_words
from directory.geography.typos import one_letter_off
from directory.terminology.states import STATES

COUNTRY_NAMES: Final = frozenset({"us", "usa", "unitedstates", "unitedstatesofamerica", "america"})

_OLD_ABBREVIATIONS: Final = (
    "Ala AL|Ariz AZ|Ark AR|Calif CA|Cali CA|Colo CO|Conn CT|Del DE|Fla FL|Ill IL|Ind IN|Kan KS|Kans KS|Mass MA|Mich MI|"
    "Minn MN|Miss MS|Mont MT|Neb NE|Nebr NE|Nev NV|N Mex NM|N Dak ND|Okla OK|Ore OR|Oreg OR|Penn PA|Penna PA|S Dak SD|"
    "Tenn TN|Tex TX|Wash WA|W Va WV|WVa WV|Wis WI|Wisc WI|Wyo WY|Virgin Islands VI|USVI VI|US Virgin Islands VI|"
    "CNMI MP|Northern Marianas MP"
)


def _plain(text: str) -> str:
    """Not `key`: to that "MT" is a mount."""
    return "".join(plain_words(text))


def _names() -> dict[str, str]:
    names = {}
    for entry in _OLD_ABBREVIATIONS.split("|"):
        words, code = entry.rsplit(" ", 1)
        names[_plain(words)] = code
    for state in STATES:
        for name in (state.code, state.label):
            names |= dict.fromkeys((_plain(name), _plain(f"{name} State"), _plain(f"State of {name}")), state.code)
    return names


_CODES: Final = _names()


def state_code(text: str) -> str | None:
    """USPS code of a state by its code, name ("West Virginia", "Washington State") or old abbreviation ("Calif.")."""
    return _CODES.get(_plain(text)) or _CODES.get(key(text))


def states_beginning(text: str) -> frozenset[str]:
    """Codes of the states whose code or name begins so; all of them for nothing."""
    start = _plain(text)
    return frozenset(code for name, code in _CODES.items() if name.startswith(start))


def states_one_letter_off(text: str) -> frozenset[str]:
    """Codes of the states whose name is one letter away."""
    return frozenset(_CODES[name] for name in one_letter_off(_plain(text)) if name in _CODES)
