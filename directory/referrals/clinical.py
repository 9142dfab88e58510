"""A clinician's clinical answers in words: sections, one line a medicine or scale, and flags. Told, never judged.

Answers that an older form asked differently (a number of failed trials, one scale) are told as they were given.
"""

from itertools import chain
from typing import Any

from directory.referrals.telling import Answers, Flag, Row, Section
from directory.terminology import antidepressants, icd10, screening
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.terminology.screening import Weight
from directory.wording import say
from directory.wording.say import _, joined, ngettext

TRIALS = (("0", _("None")), ("1", _("One")), ("2", _("Two")), ("3", _("Three or more")))
YES_NO_UNKNOWN = (("NO", _("No"), _("n")), ("YES", _("Yes"), _("y")), ("UNKNOWN", _("Not known"), _("u")))
"""(code, label, key that chooses it)"""
OR_NOT_APPLICABLE = (*YES_NO_UNKNOWN, ("NA", _("Does not apply"), _("a")))
OUTCOMES = (
    ("NO_RESPONSE", _("No response (better by 25% or less)")),
    ("PARTIAL", _("Partial response")),
    ("INTOLERANT", _("Not tolerated")),
    ("RELAPSE", _("Response, then relapse")),
    ("TOO_EARLY", _("Too early to say")),
)
ADHERENCE = (("GOOD", _("As prescribed")), ("POOR", _("Irregularly")), ("UNKNOWN", _("Not known")))
RATED_BY = (("CLINICIAN", _("A clinician")), ("PATIENT", _("The patient")))
SAFETY_PLAN = (("YES", _("Yes")), ("NO", _("No")), ("UNKNOWN", _("Not known")))
HEPATIC = (
    ("NONE", _("None")),
    ("MILD", _("Mild")),
    ("MODERATE", _("Moderate")),
    ("SEVERE", _("Severe (Child-Pugh C)")),
    ("UNKNOWN", _("Not known")),
)
PAGES = {
    Weight.CONTRAINDICATION: "screen",
    Weight.PRECAUTION: "precautions",
    Weight.INTERACTION: "medicines",
    Weight.BEFORE: "before",
}
HIGH_BP = (140, 90)
"""From here on Spravato's label asks to weigh a delay (mmHg)."""
YOUNG_UNTIL = 24
"""Antidepressants carry a warning on suicidality up to this age."""


def sections(a: Answers) -> list[Section]:
    """What was said of illness and treatment; a part that an older form did not ask is left out."""
    found = [
        Section(title=_("Diagnosis and safety"), rows=_diagnosis(a)),
        Section(title=_("Medicines tried"), rows=tuple(_trials(a))),
        Section(title=_("Medicines now"), rows=tuple(_medicines(a))),
        Section(title=_("Interacting medicines"), rows=_screened(a, Weight.INTERACTION)),
        Section(title=_("Scales"), rows=tuple(_scales(a))),
        Section(title=_("Other treatment, now or before"), rows=_screened(a, Weight.BEFORE, also="before_note")),
        Section(title=_("Contraindications"), rows=_screened(a, Weight.CONTRAINDICATION)),
        Section(title=_("Precautions"), rows=_screened(a, Weight.PRECAUTION)),
        Section(title=_("Body"), rows=tuple(_body(a))),
    ]
    return [part for part in found if part.rows]


def flags(a: Answers, *, age: int | None) -> list[Flag]:
    """What the receiving clinician should weigh, most serious first. None of it says that somebody is not eligible."""
    found = [*_risk_flags(a), *_screen_flags(a), *_body_flags(a), *_age_flags(age), *_history_flags(a)]
    return sorted(found, key=lambda flag: ("stop", "act", "good", "quiet").index(flag.tone))


def trial_words(trial: Answers, episode: str = "") -> str:
    """One medicine in a line: "sertraline (SSRI), up to 200 mg a day, March 2024 to now (13 weeks): No response".

    `episode` is when this one began, as ISO 8601 as exact as it is known.
    """
    known = antidepressants.find(str(trial.get("drug", "")))
    words = f"{trial.get('drug', '')} ({known.drug_class.label})" if known else str(trial.get("drug", ""))
    if trial.get("dose"):
        words += _(", up to {dose} mg a day").format(dose=trial["dose"])
    words += _when(trial)
    outcome = dict(OUTCOMES).get(str(trial.get("outcome")), "")
    taken = dict(ADHERENCE).get(str(trial.get("adherence")), "")
    words += f": {outcome}" if outcome else ""
    words += _("; better by {percent} %").format(percent=trial["percent"]) if trial.get("percent") else ""
    words += _("; taken: {how}").format(how=taken[0].lower() + taken[1:]) if taken else ""
    words += {"YES": _("; adequate dose"), "NO": _("; dose not adequate")}.get(str(trial.get("adequate")), "")
    words += _("; stopped: {why}").format(why=trial["stopped"]) if trial.get("stopped") else ""
    was = in_episode(trial, episode)
    return words if was is None else words + (_("; in this episode") if was else _("; before this episode"))


def in_episode(trial: Answers, began: str) -> bool | None:
    """Whether a medicine was taken in the episode that `began` then, as said, or as its dates tell; None: not known."""
    said = str(trial.get("in_episode") or "")
    if said or not began:
        return {"YES": True, "NO": False}.get(said)
    start, end = str(trial.get("start") or ""), str(trial.get("end") or "")
    if end == "now" or (start and _since(start, began)):
        return True
    return _since(end, began) if end and not end.endswith(" weeks") else None


def _since(day: str, began: str) -> bool | None:
    """Whether one partial date is not before another; None when both are known by the same year only."""
    exact = min(len(day), len(began))
    if day[:exact] == began[:exact]:
        return True if exact > len("2026") else None
    return day[:exact] > began[:exact]


def scale_words(code: str, total: str, on: str, by: str = "") -> str:
    """One scale in a line, with its band where there is one."""
    row = SCALES.find(code)
    if row is None or not total.isdigit() or not row.accepts(int(total)):
        return ""
    band = row.band(int(total))
    words = f"{row.label}: {total}" + (f" ({band[1]})" if band else "")
    words = _("{score}, on {day}").format(score=words, day=say.partial_day(on)) if on else words
    who = rater_words(by)
    return _("{score}; rated by: {who}").format(score=words, who=who) if who else words


def rater_words(code: str) -> str:
    """Who rated a scale, as it stands inside a sentence; empty where that was not said."""
    label = dict(RATED_BY).get(code)
    said = _(label) if label else ""
    return said[:1].lower() + said[1:]


def scales_of(a: Answers) -> list[Answers]:
    """All scales as rows, also the one that an older form asked."""
    rows = list(a.get("scales") or ())
    if a.get("scale", "none") != "none" and a.get("total"):
        rows.append({"scale": a["scale"], "total": a["total"], "on": str(a.get("scored") or "")})
    return rows


def _when(trial: Answers) -> str:
    start, end, weeks = str(trial.get("start") or ""), str(trial.get("end") or ""), trial.get("weeks")
    words = ""
    if start and end and not end.endswith(" weeks"):
        last = _("now") if end == "now" else say.partial_day(end)
        words = _(", {first} to {last}").format(first=say.partial_day(start), last=last)
    elif start:
        words = _(", from {first}").format(first=say.partial_day(start))
    elif end == "now":
        words = _(", still taken")
    elif end and not end.endswith(" weeks"):
        words = _(", until {last}").format(last=say.partial_day(end))
    if isinstance(weeks, int):
        words += " (" + ngettext("{n} week", "{n} weeks", weeks).format(n=weeks) + ")"
    return words


def _diagnosis(a: Answers) -> tuple[Row, ...]:
    codes = [str(a.get(name, "")) for name in ("diagnosis", "diagnosis_2", "diagnosis_3")]
    found = [row for code in codes if code and (row := icd10.find(code))]
    named = "; ".join(f"{row.display} {row.label}" for row in found)
    rows = [Row(label=_("Diagnosis (ICD-10-CM)"), value=named, step="diagnosis")]
    if "episode_start" in a:
        began = say.partial_day(str(a["episode_start"]))
        rows.append(Row(label=_("This episode began"), value=began, step="diagnosis"))
    rows.append(Row(label=_("Suicide risk (C-SSRS)"), value=_risk(a), step="risk"))
    if a.get("safety_plan"):
        rows.append(Row(label=_("Safety plan"), value=dict(SAFETY_PLAN).get(a["safety_plan"], ""), step="risk"))
    if a.get("risk_note"):
        rows.append(Row(label=_("Attempts, admissions, plan"), value=str(a["risk_note"]), step="risk"))
    return tuple(rows)


def _risk(a: Answers) -> str:
    row = SUICIDE_RISK_LEVELS.find(str(a.get("risk", "")))
    words = row.label if row else ""
    on = str(a.get("risk_on") or "")
    return _("{level}, on {day}").format(level=words, day=say.partial_day(on)) if words and on else words


def _trials(a: Answers) -> list[Row]:
    episode = str(a.get("episode_start") or "")
    rows = [
        Row(label=_("Medicine {n}").format(n=number), value=trial_words(trial, episode), step="trials")
        for number, trial in enumerate(a.get("trials") or (), start=1)
    ]
    if a.get("no_trials"):
        rows.append(Row(label=_("Antidepressants"), value=_("None tried"), step="trials"))
    if "failed_trials" in a:
        failed = dict(TRIALS).get(str(a["failed_trials"]), "")
        rows.append(Row(label=_("Antidepressant trials that failed"), value=failed, step="trials"))
    return rows


def _medicines(a: Answers) -> list[Row]:
    if "medicines" not in a:
        return []
    return [
        Row(label=_("All medicines"), value=str(a["medicines"]), step="medicines"),
        Row(label=_("Allergies"), value=str(a.get("allergies", "")), step="medicines"),
    ]


def _scales(a: Answers) -> list[Row]:
    rows = [
        Row(
            label=_("Scale"),
            value=scale_words(str(r.get("scale")), str(r.get("total")), str(r.get("on")), str(r.get("by"))),
            step="scales",
        )
        for r in scales_of(a)
    ]
    return rows or [Row(label=_("Scale"), value=_("None given"), step="scales")]


def _screened(a: Answers, weight: Weight, *, also: str = "") -> tuple[Row, ...]:
    """A row an answer with all that was answered so, a line each: what was said yes to stands first."""
    rows = []
    for answer, label in (("YES", _("Yes")), ("UNKNOWN", _("Not known")), ("NO", _("No"))):
        said = [question.label for question in screening.of(weight) if a.get(question.code) == answer]
        if said:
            rows.append(Row(label=label, value=joined("\n", said), step=PAGES[weight]))
    if weight is Weight.BEFORE and (therapy := _therapy(a)):
        rows.append(Row(label=_("Psychotherapy"), value=therapy, step=PAGES[weight]))
    if a.get(also):
        rows.append(Row(label=_("Dates and results"), value=str(a[also]), step=PAGES[weight]))
    return tuple(rows)


def _therapy(a: Answers) -> str:
    count = str(a.get("therapy_sessions") or "")
    sessions = ngettext("{n} session", "{n} sessions", int(count)).format(n=count) if count.isdigit() else ""
    return ", ".join(filter(None, (str(a.get("therapy") or ""), sessions, str(a.get("therapy_when") or ""))))


def _body(a: Answers) -> list[Row]:
    words = {code: label for code, label, _key in OR_NOT_APPLICABLE}
    rows = []
    if "bp" in a:
        rows.append(Row(label=_("Blood pressure"), value=_bp_words(a), step="body"))
    if "pregnant" in a:
        pregnant = words.get(str(a["pregnant"]), "")
        rows.append(Row(label=_("Pregnant, planning to be, or without contraception"), value=pregnant, step="body"))
        rows.append(Row(label=_("Breastfeeding"), value=words.get(str(a.get("lactation")), ""), step="body"))
    if "hepatic" in a:
        rows.append(Row(label=_("Liver disease"), value=dict(HEPATIC).get(str(a["hepatic"]), ""), step="body"))
    return rows


def _bp_words(a: Answers) -> str:
    on = str(a.get("bp_on") or "")
    words = _("{bp} mmHg").format(bp=a["bp"]) if a.get("bp") else ""
    return _("{bp}, on {day}").format(bp=words, day=say.partial_day(on)) if words and on else words


def _risk_flags(a: Answers) -> list[Flag]:
    tones = {"MODERATE": "stop", "HIGH": "stop", "NOT_DONE": "act"}
    risk = str(a.get("risk", ""))
    found = [Flag(text=_("C-SSRS: {level}").format(level=_risk(a)), tone=tones.get(risk, "quiet"))]
    if a.get("safety_plan") in {"NO", "UNKNOWN"}:
        found.append(Flag(text=_("No safety plan known"), tone="stop" if risk == "MODERATE" else "act"))
    return found


def _screen_flags(a: Answers) -> list[Flag]:
    contra = screening.of(Weight.CONTRAINDICATION)
    found = [Flag(text=_("{what}: yes").format(what=q.label), tone="stop") for q in contra if a.get(q.code) == "YES"]
    found += [Flag(text=_("{what}: not known").format(what=q.label)) for q in contra if a.get(q.code) == "UNKNOWN"]
    asked = [q for q in contra if q.code in a]
    if asked and all(a[q.code] == "NO" for q in asked):
        words = ngettext("The {n} contraindication answered no", "All {n} contraindications answered no", len(asked))
        found.append(Flag(text=words.format(n=len(asked)), tone="good"))
    others = chain(screening.of(Weight.PRECAUTION), screening.of(Weight.INTERACTION))
    found += [Flag(text=_("{what}: yes").format(what=q.label)) for q in others if a.get(q.code) == "YES"]
    unsure = [q for w in (Weight.PRECAUTION, Weight.INTERACTION) for q in screening.of(w) if a.get(q.code) == "UNKNOWN"]
    if unsure:
        words = ngettext("{n} precaution not known", "{n} precautions not known", len(unsure))
        found.append(Flag(text=words.format(n=len(unsure))))
    return found


def _body_flags(a: Answers) -> list[Flag]:
    found = []
    upper, lower = _bp(a)
    if upper >= HIGH_BP[0] or lower >= HIGH_BP[1]:
        found.append(Flag(text=_("Blood pressure {bp}: at or above 140/90").format(bp=a["bp"]), tone="stop"))
    if "bp" in a and not a["bp"]:
        found.append(Flag(text=_("No blood pressure given")))
    if a.get("pregnant") == "YES":
        found.append(Flag(text=_("Pregnant, or may become so: not recommended"), tone="stop"))
    if a.get("pregnant") == "UNKNOWN":
        found.append(Flag(text=_("Pregnancy: not known")))
    if a.get("lactation") == "YES":
        found.append(Flag(text=_("Breastfeeding: not recommended"), tone="stop"))
    if a.get("hepatic") in {"MODERATE", "SEVERE"}:
        label = dict(HEPATIC)[a["hepatic"]]
        found.append(Flag(text=_("Liver disease: {level}").format(level=label.lower()), tone="stop"))
    return found


def _bp(a: Answers) -> tuple[int, int]:
    parts = str(a.get("bp") or "").split("/")
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(p.isdigit() for p in parts) else (0, 0)


def _age_flags(age: int | None) -> list[Flag]:
    return (
        [Flag(text=_("Aged {age}: antidepressant warning up to 24").format(age=age))]
        if age and age <= YOUNG_UNTIL
        else []
    )


def _history_flags(a: Answers) -> list[Flag]:
    found = []
    trials: list[Any] = list(a.get("trials") or ())
    if trials:
        words = ngettext("{n} medicine tried: see below", "{n} medicines tried: see below", len(trials))
        found.append(Flag(text=words.format(n=len(trials)), tone="quiet"))
    for question in screening.of(Weight.BEFORE):
        if a.get(question.code) == "YES" and question.code != "had_psychotherapy":
            found.append(Flag(text=_("Had before: {what}").format(what=question.label), tone="quiet"))
    return found
