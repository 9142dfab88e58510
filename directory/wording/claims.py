"""The claims lint: words that no clinic's text may hold here, each with the reason; and the house's own few exceptions.

Bases: FTC Health Products Compliance Guidance (December 2022), 16 CFR 465, and the FDA's advertising letters. Whole
words in English and Spanish, any case; "approved by the FDA" stands only in a sentence on Spravato's indications.
"""

import csv
import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from functools import cache, lru_cache

from directory.terminology.reference import REFERENCE_FOLDER
from directory.wording.say import _

_PROMISE = _("No treatment works for everyone, so a listing may not promise a result.")
_SPEED = _("A listing may not promise how fast a treatment works.")
_SAFETY = _("Every treatment listed here has risks, so a listing may not say that it has none.")
_RANK = _("A listing may not say that a clinic or treatment is better than others.")
_PROOF = _("No evidence in people supports this, so a listing may not say it.")
_REPLACES = _("No treatment listed here prevents suicide or replaces hospital care or ECT.")
_SEAL = _("No one certifies this, so a listing may not claim it.")
_PRODUCT = _(
    "Esketamine exists only as Spravato nasal spray. What is given into a vein is ketamine, a different product."
)
_HOME = _("This directory lists only treatment that is given and watched over in the clinic.")
_APPROVED = _(
    "Only Spravato is FDA-approved, and only for treatment-resistant depression and for major depression with acute "
    "suicidal thoughts. Name both in one sentence, or leave the approval out: the page itself says what is approved."
)

# In the order in which they are reported. Whole words: a number or sign at an edge has no \b of its own.
_CLAIMS: tuple[tuple[str, str], ...] = (
    (r"\bguarantee(?:d|s|ing)?\b", _PROMISE),
    (r"\bcure(?:s|d)?\b", _PROMISE),
    (r"\bmiracles?\b", _PROMISE),
    (r"\bbreakthroughs?\b", _PROMISE),
    (r"\bgame[- ]changers?\b", _PROMISE),
    (r"\blife[- ]saving\b", _PROMISE),
    (r"(?<![\w.])100 ?%", _PROMISE),
    (r"\brisk[- ]free\b", _SAFETY),
    (r"\bno side[- ]effects\b", _SAFETY),
    (r"\bcompletely safe\b", _SAFETY),
    (r"\bnon[- ]?addictive\b", _SAFETY),
    (r"\binstant(?:ly)?\b", _SPEED),
    (r"\bworks (?:fast|immediately)\b", _SPEED),
    (r"\b\d+ ?% success\b", _PROMISE),
    (r"\bbest (?:clinics?|treatments?)\b", _RANK),
    (r"(?<!\w)# ?1(?!\d)", _RANK),
    (r"\bprevents? suicide\b", _REPLACES),
    (r"\breplaces? (?:hospital\w*|ect)\b", _REPLACES),
    (r"\brewires? (?:the|your) brain\b", _PROOF),
    (r"\bhipaa[- ](?:compliant|certified)\b", _SEAL),
    (r"\biv (?:esketamine|spravato)\b", _PRODUCT),
    (r"\bat[- ]home ketamine\b", _HOME),
)
# The same in Spanish, without accents: they are often left out, and text is compared without them.
_CLAIMS_IN_SPANISH: tuple[tuple[str, str], ...] = (
    (r"\bgaranti[zc]\w+\b", _PROMISE),
    (r"\bgarantias? de (?:resultados?|exito|mejoria|alivio)\b", _PROMISE),
    (r"\bcur(?:a[ns]?|ar|arse|ar(?:lo|la|le)s?|aran?|ad[oa]s?|amos|o)\b", _PROMISE),
    (r"\bmilagro\b|\bmilagros[oa]s?\b|\bhace(?:n|mos|r)? milagros\b", _PROMISE),
    (r"\brevolucionari[oa]s?\b", _PROMISE),
    (r"\bsalva(?:n|r|mos)? (?:(?:la|su|tu)s? )?vidas?\b", _PROMISE),
    (r"\b\d+ ?(?:%|por ciento) de exito\b", _PROMISE),
    (r"\bsin (?:ningun )?riesgos?\b|\blibres? de riesgos?\b", _SAFETY),
    (r"\bno (?:tienen?|hay|presentan?|implican?) (?:ningun )?riesgos?\b", _SAFETY),
    (r"\b(?:sin|no (?:tienen?|causan?|producen?)) (?:ningun )?efectos? secundarios?\b", _SAFETY),
    (r"\b(?:totalmente|completamente|100 ?%) segur[oa]s?\b", _SAFETY),
    (r"\bno (?:es |son )?adictiv[oa]s?\b|\bno (?:causa|crea|produce)n? (?:adiccion|dependencia)\b", _SAFETY),
    (r"\binstantane(?:[oa]s?|amente)\b|\bal instante\b", _SPEED),
    (r"\b(?:alivio|efecto|resultado|mejoria)s? inmediat[oa]s?\b", _SPEED),
    (r"\b(?:funciona|actua)n? (?:rapid[oa]s?|rapidamente|de inmediato|inmediatamente)\b", _SPEED),
    (r"\bmejor(?:es)? (?:clinica|tratamiento)s?\b", _RANK),
    (r"\b(?:el|la|los|las) (?:numero|n\.?o\.?) ?(?:1(?!\d)|uno\b)", _RANK),
    (r"\b(?:prev(?:iene|eni)|prevenga|evit[ae]|impid[ae]|impedi)[nr]? (?:el|los) suicidios?\b", _REPLACES),
    (r"\b(?:reempla(?:za|ce)|sustitu(?:ye|ya|i))[nr]? (?:a )?(?:[ae]l |la )?(?:hospital\w*|ect|tec)\b", _REPLACES),
    (r"\bre(?:conecta|cablea|programa|configura|inicia|construye|construi)[nr]? (?:el|su|tu) cerebro\b", _PROOF),
    (r"\bcumpl(?:e|en|imos) (?:con )?(?:la )?(?:ley )?hipaa\b|\bcertificad[oa]s? (?:por |en |de )?hipaa\b", _SEAL),
    (r"\b(?:esketamina|spravato) (?:iv|intravenos[oa]|(?:por|en) (?:la )?(?:vena|via intravenosa))\b", _PRODUCT),
    (r"\bketamina (?:a domicilio|(?:para (?:usar|tomar) )?en (?:(?:la|su|tu) )?casa)\b", _HOME),
)
_COMPILED = tuple((re.compile(pattern), why) for pattern, why in (*_CLAIMS, *_CLAIMS_IN_SPANISH))

_FDA_APPROVED = re.compile(
    r"\bfda[- ](?:approved|aprobad[oa]s?)\b|\baprobad[oa]s? por (?:la )?fda\b|\baprobacion de la fda\b"
    r"|\bla fda (?:ha |haya )?aprob(?:o|ado)\b|\bla fda aprueba\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim that was found: the words as they were typed, and why they may not stand."""

    words: str
    why: str


def _plain(text: str) -> str:
    """What a reader sees, in small letters: no look-alike dashes, no invisible characters, single spaces."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_DASHES)
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).casefold()


def _bare(text: str) -> str:
    """The text without accents, as long as it was: a place in it is the same place in the text."""
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


def _names_an_approved_use(sentence: str) -> bool:
    if not re.search(r"\bspravato\b", sentence) or re.search(r"\bketamin[ea]\b", sentence):
        return False
    resistant = re.search(r"\btrd\b|\btreatment[- ]resistant depression\b|\bdepresion resistente\b", sentence)
    major = re.search(r"\bmdd\b|\bmajor depress\w+\b|\bdepresion mayor\b|\btrastorno depresivo mayor\b", sentence)
    return bool(resistant or (major and re.search(r"\bsuicid", sentence)))


def find_claims(text: str) -> list[Claim]:
    """Every claim in a clinic's text that may not be published, in the order of the list; empty when it may stand."""
    return list(_claims(text))


@lru_cache(maxsize=4096)
def _claims(text: str) -> tuple[Claim, ...]:
    # The gate asks again after every change of a listing, and its words rarely change.
    plain = _plain(text)
    bare = _bare(plain)
    found = [
        Claim(words=plain[slice(*match.span())], why=why)
        for pattern, why in _COMPILED
        for match in pattern.finditer(bare)
    ]
    for sentence in _SENTENCE_END.split(bare):
        match = _FDA_APPROVED.search(sentence)
        if match and not _names_an_approved_use(sentence):
            found.append(Claim(words=match.group(), why=_APPROVED))
    return tuple(found)


def find_house_claims(text: str, *, allowed: Container[str] | None = None) -> list[Claim]:
    """Every claim in a text of ours. A sentence that stands, word for word, among the allowed ones may hold any.

    `allowed` are sentences as `in_one_form` gives them; without it, those of `seed/reference/allowed_sentences.csv`.
    """
    permitted = allowed_sentences() if allowed is None else allowed
    sentences = (sentence.strip() for sentence in _SENTENCE_END.split(_plain(text)))
    return [claim for said in sentences if said not in permitted for claim in find_claims(said)]


def in_one_form(sentence: str) -> str:
    """A sentence as it is compared: capitals, dashes and spaces make no difference."""
    return _plain(sentence).strip()


@cache
def allowed_sentences() -> frozenset[str]:
    """The sentences of ours that may hold a word of the list, because they deny, warn or state the label."""
    with (REFERENCE_FOLDER / "allowed_sentences.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(in_one_form(row["sentence"]) for row in csv.DictReader(file))
