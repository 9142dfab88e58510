"""The claims lint refuses every promise on the list, as whole words, and lets honest sentences stand."""

import pytest

from directory.wording.claims import find_claims

REFUSED = [
    "We guarantee relief.",
    "Relief guaranteed",
    "It can cure depression",
    "It cures depression",
    "It cured my patients",
    "a miracle",
    "A breakthrough in care",
    "a game changer",
    "a game-changer",
    "life saving care",
    "life-saving care",
    "100% of patients",
    "100 % of patients",
    "risk free",
    "risk-free",
    "no side effects",
    "completely safe",
    "nonaddictive",
    "non-addictive",
    "instant relief",
    "instantly better",
    "works fast",
    "works immediately",
    "95% success",
    "the best clinic in town",
    "the best treatment there is",
    "#1 in Ohio",
    "FDA-approved ketamine",
    "an FDA approved treatment",
    "Ketamine is FDA-approved for depression.",
    "Spravato is FDA-approved.",
    "Spravato is FDA-approved for anxiety.",
    "Spravato and ketamine are FDA-approved for treatment-resistant depression.",
    "Spravato treats TRD. Everything we give is FDA-approved.",
    "Spravato is FDA-approved for major depressive disorder.",
    "it prevents suicide",
    "to prevent suicide",
    "replaces hospitalization",
    "replaces hospital care",
    "can replace ECT",
    "it rewires the brain",
    "rewire your brain",
    "HIPAA compliant",
    "HIPAA-certified",
    "IV esketamine",
    "IV Spravato",
    "at-home ketamine",
    "at home ketamine",
]
DISGUISED = [
    "We gu\u0430rantee relief",
    "\u0421ure for depression",
    "c\u03bfmpletely safe",
    "g&#117;arantee",
    "guar&shy;antee",
    "gua\u034frantee",
    "gua\ufe0frantee",
    "gua\u2061rantee",
    "gu\u0335arantee",
    "\U0001d420\U0001d42e\U0001d41a\U0001d42b\U0001d41a\U0001d427\U0001d42d\U0001d41e\U0001d41e",
    "works <b>fast</b>",
    "_cure_",
    "No side\neffects",
    "risk \u2013 free",
    "FDA\napproved ketamine",
    "Spravato is for treatment-resistant depression.\nOur FDA-approved lozenge",
    "F.D.A. approved ketamine",
    "I.V. Spravato",
    "sin efectos\nsecundarios",
    "gar\u0430ntizado",
]
"""What a reader sees is a claim, however it is typed."""
SAID_OTHERWISE = [
    "Ketamine is approved by the FDA for depression.",
    "The FDA has approved our lozenges.",
    "FDA-cleared",
    "with FDA approval",
    "Spravato is FDA-approved for treatment-resistant depression, anxiety and PTSD.",
    "100 percent effective",
    "without any side effects",
    "It saves lives.",
    "lifesaving care",
    "The best ketamine clinic",
    "the number one clinic",
    "intravenous esketamine",
    "esketamine infusions",
    "ketamine in the comfort of your own home",
    "replaces electroconvulsive therapy",
    "preventing suicide",
    "éxito del 95 %",
    "cien por ciento eficaz",
    "evita suicidios",
    "ketamina en su hogar",
    "ketamina autorizada por la FDA",
]
REFUSED_IN_SPANISH = [
    "Le garantizamos alivio.",
    "Alivio garantizado",
    "con garantía de resultados",
    "Es una cura",
    "cura la depresión",
    "puede curar la ansiedad",
    "personas curadas",
    "un milagro",
    "una medicina milagrosa",
    "un tratamiento revolucionario",
    "que salva vidas",
    "100 % de los pacientes",
    "95% de éxito",
    "95 por ciento de éxito",
    "sin riesgo",
    "sin ningún riesgo",
    "no tiene riesgos",
    "sin efectos secundarios",
    "totalmente seguro",
    "no es adictiva",
    "no crea dependencia",
    "alivio instantáneo",
    "alivio inmediato",
    "funciona rápido",
    "actúa de inmediato",
    "la mejor clínica de Fresno",
    "el mejor tratamiento",
    "somos la número 1 en Texas",
    "somos los n.º 1",
    "previene el suicidio",
    "para prevenir el suicidio",
    "reemplaza la hospitalización",
    "puede sustituir al hospital",
    "reemplaza la ECT",
    "reconecta su cerebro",
    "cumple con HIPAA",
    "certificado por HIPAA",
    "esketamina intravenosa",
    "Spravato por la vena",
    "ketamina en casa",
    "ketamina para tomar en casa",
    "ketamina a domicilio",
    "ketamina aprobada por la FDA",
    "La FDA aprobó la ketamina para la depresión.",
    "un tratamiento FDA-aprobado",
    "con la aprobación de la FDA",
    "Spravato está aprobado por la FDA.",
    "Spravato está aprobado por la FDA para la ansiedad.",
    "Spravato y la ketamina están aprobados por la FDA para la depresión resistente al tratamiento.",
    "Spravato está aprobado por la FDA para el trastorno depresivo mayor.",
]


@pytest.mark.parametrize("text", [*REFUSED, *REFUSED_IN_SPANISH, *DISGUISED, *SAID_OTHERWISE])
def test_a_promise_is_found_with_a_reason_in_words(text: str) -> None:
    found = find_claims(text)
    assert found, text
    assert all(claim.why.endswith(".") for claim in found)


@pytest.mark.parametrize("text", [*REFUSED, *REFUSED_IN_SPANISH])
def test_neither_capitals_nor_typography_hide_a_promise(text: str) -> None:
    assert find_claims(text.upper())
    assert find_claims(text.replace("-", "\u2011").replace(" ", "\u00a0"))
    assert find_claims(text[:2] + "\u200b" + text[2:])


@pytest.mark.parametrize(
    "text",
    [
        "A secure entrance and a quiet waiting room.",
        "We take secured messages and manicured lawns for granted.",
        "An obscure street; ask us for directions.",
        "The instance and the instantiation of a plan.",
        "Suite #12, door #100",
        "200 Main St., Suite #1",
        "Known risk factors; no risk factors are ignored.",
        "Esketamine is not given into a vein. We see you at home by video first.",
        "Спасибо. Мы говорим по-русски.",
        "Ελληνικά και English",
        "1100% is not a number we use.",
        "Our best hours are mornings.",
        "The best clinical hours are mornings.",
        "We work fast at the front desk.",
        "We do not replace your therapist.",
        "Spravato is FDA-approved for adults with treatment-resistant depression.",
        "Spravato (esketamine) is FDA-approved for TRD, alone or with an oral antidepressant.",
        "Spravato is FDA-approved for adults with MDD with acute suicidal thoughts, with an oral antidepressant.",
        "For major depressive disorder with suicidality, Spravato is FDA approved.",
        "Una entrada segura, en una calle oscura. Le procuramos una sala tranquila.",
        "Manejamos el dolor con curaciones y curitas; la curadora del museo vive al lado.",
        "Milagros Pérez, enfermera especializada",
        "Nuestro mejor horario es la mañana. Un mejor sueño ayuda.",
        "Llame al instituto. Con instancias claras.",
        "Suite n.º 12, puerta número 100",
        "Prevención del suicidio: llame al 988.",
        "Cada tratamiento tiene riesgos y efectos secundarios.",
        "No reemplazamos a su terapeuta.",
        "Spravato está aprobado por la FDA para adultos con depresión resistente al tratamiento.",
        "Spravato está aprobado por la FDA para adultos con depresión mayor con pensamientos suicidas agudos.",
        "Most people do not get better at once. We tell you what we know and what we do not.",
        "",
    ],
)
def test_an_honest_sentence_stands(text: str) -> None:
    assert find_claims(text) == []


@pytest.mark.parametrize("text", REFUSED_IN_SPANISH)
def test_a_promise_is_found_without_its_accents_and_told_as_it_was_typed(text: str) -> None:
    bare = text.translate(str.maketrans("áéíóúÁÉÍÓÚ", "aeiouAEIOU"))
    assert find_claims(bare)
    assert find_claims("El alivio es INSTANTÁNEO aquí.")[0].words == "instantáneo"


def test_each_sentence_answers_for_itself() -> None:
    found = find_claims("Spravato is FDA-approved for TRD. So is our FDA-approved lozenge! We guarantee it.")
    assert [claim.words for claim in found] == ["guarantee", "fda-approved"]
