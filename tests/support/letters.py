"""A full referral as Dr Rivera fills it in, for what is made of it."""

from typing import Any

from tests.support.requests import CLINICIAN

FULL: dict[str, Any] = {
    **CLINICIAN,
    "scale": "none",
    "total": "",
    "role": "psychiatrist",
    "stays": "yes",
    "answer_by": "phone",
    "sender_fax": "+12075550178",
    "risk": "MODERATE",
    "risk_on": "2026-03-09",
    "safety_plan": "YES",
    "risk_note": "One attempt in 2019 by overdose, admitted for nine days; none since. Plan shared with her husband.",
    "diagnosis_2": "F4312",
    "episode_start": "2024-06",
    "question": (
        "She has not responded to two adequate trials in this episode and asks whether esketamine could help.\n"
        "Please evaluate her and, if you think it fits, begin the induction phase. I would like to keep prescribing"
        " venlafaxine and to see her every four weeks."
    ),
    "trials": [
        {
            "drug": "sertraline", "dose": "200", "start": "2024-07-01", "end": "2024-10-01", "weeks": 13,
            "outcome": "NO_RESPONSE", "adherence": "GOOD",
        },
        {
            "drug": "venlafaxine", "dose": "225", "start": "2024-11", "end": "now", "weeks": 70, "outcome": "PARTIAL",
            "adherence": "GOOD", "percent": "40",
        },
        {"drug": "aripiprazole", "dose": "5", "start": "2025-03", "end": "2025-06", "weeks": 13,
            "outcome": "INTOLERANT",},
    ],
    "medicines": "venlafaxine 225 mg in the morning; lisinopril 10 mg; levothyroxine 50 µg",
    "allergies": "none known",
    "cns_depressant": "NO",
    "psychostimulant": "NO",
    "maoi": "NO",
    "theophylline": "NO",
    "thyroid": "YES",
    "scales": [
        {"scale": "PHQ9", "total": "19", "on": "2026-03-09"},
        {"scale": "MADRS", "total": "31", "on": "2026-02-20", "by": "CLINICIAN"},
    ],
    "had_esketamine": "NO",
    "had_ketamine": "NO",
    "had_ect": "NO",
    "had_tms": "YES",
    "had_stimulation": "NO",
    "had_psychotherapy": "YES",
    "before_note": "TMS 2024, 30 sessions, partial response; CBT since January 2025",
    "bp_hazard": "NO",
    "cv_recent": "NO",
    "psychosis": "NO",
    "sud": "YES",
    "icp_iop": "NO",
    "cystitis": "NO",
    "cognitive": "NO",
    "resp": "NO",
    "nasal": "UNKNOWN",
    "bp": "128/82",
    "bp_on": "2026-03-09",
    "pregnant": "NO",
    "lactation": "NO",
    "hepatic": "NONE",
    "pa_status": "NOT_STARTED",
    "investigate": "yes",
    "member_id": "1EG4-TE5-MK73",
    "pdmp_on": "2026-03-09",
    "uds_on": "",
    "rems": "NO",
    "interpreter": True,
    "part2": "yes",
    "part2_consent": "yes",
}  # fmt: skip
"""Beside what an older form asked, which is emptied."""
