"""The claims lint: words that no clinic's text may hold here, each with the reason; and the house's own few exceptions.

Bases: FTC Health Products Compliance Guidance (December 2022), 16 CFR 465, and the FDA's advertising letters. Whole
words in English and Spanish, any case; "approved by the FDA" stands only in a sentence on Spravato's indications.
"""

import csv
import html
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
    (r"\bguarant(?:ee[ds]?|eeing|y)\b", _PROMISE),
    (r"\bcur(?:e[ds]?|ing|able|ative)\b", _PROMISE),
    (r"\bmirac(?:les?|ulous(?:ly)?)\b", _PROMISE),
    (r"\bbreakthroughs?\b", _PROMISE),
    (r"\bgame[- ]?chang(?:ers?|ing)\b", _PROMISE),
    (r"\blife[- ]?saving\b|\bsav(?:e[ds]?|ing) (?:\w+ )?lives\b", _PROMISE),
    (r"(?<![\w.])100 ?(?:%|percent\b|per cent\b)|\b(?:one|a) hundred percent\b", _PROMISE),
    (r"\brisk[- ]?free\b|\b(?:no|zero|without(?: any)?) risks?\b(?! factor)", _SAFETY),
    (r"\b(?:no|zero|without(?: any)?) side[- ]effects?\b|\bside[- ]effects?[- ]free\b", _SAFETY),
    (r"\b(?:completely|totally|entirely|perfectly) safe\b", _SAFETY),
    (r"\bnon[- ]?addictive\b|\bnot addictive\b", _SAFETY),
    (r"\binstant(?:ly)?\b", _SPEED),
    (r"\bworks (?:fast|immediately|right away|at once|(?:with)?in minutes)\b", _SPEED),
    (r"\b\d+ ?(?:%|percent) success\b", _PROMISE),
    (r"\bbest (?:(?:es)?ketamine |spravato |infusion |pain |depression |medical )?(?:clinics?|treatments?)\b", _RANK),
    (r"(?<!\w)(?<!suite )(?<!ste )(?<!ste\. )(?<!unit )(?<!apt )(?<!room )(?<!floor )# ?1(?!\d)", _RANK),
    (r"\b(?:number|no\.?) ?(?:one|1) (?:clinic|treatment|provider|choice)s?\b", _RANK),
    (r"\bprevent(?:s|ed|ing)? suicides?\b", _REPLACES),
    (r"\breplac(?:e[ds]?|ing) (?:an? |the )?(?:hospital(?!['’]s)\w*|ect|electroconvulsive)\b", _REPLACES),
    (r"\bre-?wir(?:e[ds]?|ing) (?:(?:the|your|our) )?brains?\b", _PROOF),
    (r"\bhipaa[- ](?:compliant|certified|compliance)\b", _SEAL),
    (r"\b(?:iv|intravenous)[- ]\(?(?:esketamine|spravato)\b", _PRODUCT),
    (r"\b(?:esketamine|spravato) (?:iv|infusions?|drips?)\b", _PRODUCT),
    (r"\bat[- ]?home (?:iv |oral |nasal |sublingual )?(?:es)?ketamine\b", _HOME),
    (r"\b(?:es)?ketamine (?:for use )?(?:at|in|from) (?:the comfort of )?(?:your )?(?:own )?home\b", _HOME),
)
# The same in Spanish, without accents: they are often left out, and text is compared without them.
_CLAIMS_IN_SPANISH: tuple[tuple[str, str], ...] = (
    (r"\bgaranti[zc]\w+\b", _PROMISE),
    (r"\bgarantias? de (?:resultados?|exito|mejoria|alivio)\b", _PROMISE),
    (r"\bcur(?:a[ns]?|ar|arse|ar(?:lo|la|le)s?|ara[ns]?|aremos|ad[oa]s?|amos|o)\b", _PROMISE),
    (r"\bmilagro\b|\bmilagros[oa]s?\b|\bhace(?:n|mos|r)? milagros\b", _PROMISE),
    (r"\brevolucionari[oa]s?\b", _PROMISE),
    (r"\bsalva(?:n|r|mos)? (?:(?:la|su|tu)s? )?vidas?\b", _PROMISE),
    (r"\b\d+ ?(?:%|por ciento) de exito\b|\bexito del? \d+ ?(?:%|por ciento)", _PROMISE),
    (r"\b(?:100|cien) por ciento\b", _PROMISE),
    (r"\bsin (?:ningun )?riesgos?\b|\blibres? de riesgos?\b", _SAFETY),
    (r"\bno (?:tienen?|hay|presentan?|implican?) (?:ningun )?riesgos?\b", _SAFETY),
    (r"\b(?:sin|no (?:tienen?|causan?|producen?)) (?:ningun )?efectos? secundarios?\b", _SAFETY),
    (r"\b(?:totalmente|completamente|100 ?%) segur[oa]s?\b", _SAFETY),
    (r"\bno (?:es |son )?adictiv[oa]s?\b|\bno (?:causa|crea|produce)n? (?:adiccion|dependencia)\b", _SAFETY),
    (r"\binstantane(?:[oa]s?|amente)\b|\bal instante\b", _SPEED),
    (r"\b(?:alivio|efecto|resultado|mejoria)s? inmediat[oa]s?\b", _SPEED),
    (r"\b(?:funciona|actua)n? (?:rapid[oa]s?|rapidamente|de inmediato|inmediatamente)\b", _SPEED),
    (r"\bmejor(?:es)? (?:clinica|centro|tratamiento)s?\b", _RANK),
    (r"\b(?:el|la|los|las) (?:numero|n\.?o\.?) ?(?:1(?!\d)|uno\b)", _RANK),
    (r"\b(?:prev(?:iene|eni)|prevenga|evit[ae]|impid[ae]|impedi)[nr]? (?:(?:el|los) )?suicidios?\b", _REPLACES),
    (r"\b(?:reempla(?:za|ce)|sustitu(?:ye|ya|i))[nr]? (?:a )?(?:[ae]l |la )?(?:hospital\w*|ect|tec)\b", _REPLACES),
    (r"\bre(?:conecta|cablea|programa|configura|inicia|construye|construi)[nr]? (?:el|su|tu) cerebro\b", _PROOF),
    (r"\bre(?:conecta|programa|configura|inicia)[nr]? (?:su|tu) mente\b", _PROOF),
    (r"\bcumpl(?:e|en|imos) (?:con )?(?:la )?(?:ley )?hipaa\b|\bcertificad[oa]s? (?:por |en |de )?hipaa\b", _SEAL),
    (r"\b(?:esketamina|spravato) (?:iv|intravenos[oa]|(?:por|en) (?:la )?(?:vena|via intravenosa))\b", _PRODUCT),
    (r"\bketamina (?:a domicilio|(?:para (?:usar|tomar) )?en (?:(?:la|su|tu) )?casa|en (?:el|su|tu) hogar)\b", _HOME),
)
_COMPILED = tuple((re.compile(pattern), why) for pattern, why in (*_CLAIMS, *_CLAIMS_IN_SPANISH))

_FDA_APPROVED = re.compile(
    r"\bfda[- ](?:approved|cleared|aprobad[oa]s?)\b|\b(?:approved|cleared) by the (?:us )?fda\b"
    r"|\bthe fda (?:has )?approve[ds]\b|\bfda approval\b"
    r"|\b(?:aprob|autoriz)ad[oa]s? por (?:la )?fda\b|\baprobacion de la fda\b"
    r"|\bla fda (?:ha |haya )?aprob(?:o|ado)\b|\bla fda aprueba\b"
)
_NOT_AN_APPROVED_USE = re.compile(
    r"\bketamin[ea]\b|\banxi(?:ety|ous)\b|\bptsd\b|\bocd\b|\bpain\b|\bbipolar\b|\baddiction\b"
    r"|\bansiedad\b|\btept\b|\btoc\b|\bdolor\b|\badiccion\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")
# Letters of other alphabets that look like ours, each above the one it is taken for.
_LOOK_ALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d\u04cf\u04bb"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131\u0251\u0261",
    "ABEKMHOPCTXSIJaeopcyxsijdqwlhABEZHIKMNOPTYXaeikvoptuxiag",
)
_SPELLINGS = (
    (re.compile(r"\bf\. ?d\. ?a\b\.?"), "fda"),
    (re.compile(r"\bi\. ?v\b\.?"), "iv"),
    (re.compile(r" - ?|(?<=\w)- "), "-"),
    (re.compile(r"(?<![a-z0-9])_+|_+(?![a-z0-9])"), " "),
)
_TAG = re.compile(r"</?[a-z][^<>\n]{0,80}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim that was found: the words as they were typed, and why they may not stand."""

    words: str
    why: str


def _plain(text: str) -> str:
    """What a reader sees, in small letters: nothing invisible, no look-alikes, no markup, single spaces."""
    text = _TAG.sub(" ", html.unescape(html.unescape(text)))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(filter(_is_seen, text))).translate(_LOOK_ALIKES).translate(_DASHES)
        text = "".join(character for character in text if unicodedata.category(character) != "Mn")
    text = "\n".join(" ".join(line.split()) for line in text.casefold().splitlines())
    for pattern, plainly in _SPELLINGS:
        text = pattern.sub(plainly, text)
    return text


def _is_seen(character: str) -> bool:
    # Besides control of format: fillers, joiners and selectors of variants, which no category tells apart.
    return unicodedata.category(character) != "Cf" and not re.match(
        "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]", character
    )


def _bare(text: str) -> str:
    """The text without accents, as long as it was: a place in it is the same place in the text."""
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


def _names_an_approved_use(sentence: str) -> bool:
    if not re.search(r"\bspravato\b", sentence) or _NOT_AN_APPROVED_USE.search(sentence):
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
        for match in pattern.finditer(bare.replace("\n", " "))
    ]
    # A page may show a line break as a space: an approval must be true of its line, and of the lines as one.
    sentences = dict.fromkeys((*_SENTENCE_END.split(bare), *_SENTENCE_END.split(bare.replace("\n", " "))))
    for sentence in sentences:
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
