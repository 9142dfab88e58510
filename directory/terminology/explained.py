"""Which page of ours explains a treatment or a condition: slugs of `seed/learn`, checked when the pages are loaded."""

from typing import Final

PAGE_OF_TREATMENT: Final = {
    "SPRAVATO": "spravato",
    "KET_IV": "ketamine",
    "KET_IM": "ketamine",
    "KET_SC": "ketamine",
    "KET_IN_COMPOUNDED": "home-and-compounded-ketamine",
    "KET_ORAL_SL_CLINIC": "home-and-compounded-ketamine",
    "KET_HOME": "home-and-compounded-ketamine",
}
PAGE_OF_CONDITION: Final = {
    "TRD": "depression",
    "MDD": "depression",
    "MDSI": "suicidal-thoughts",
    "BIPOLAR_DEP": "bipolar-depression",
    "PTSD": "ptsd",
    "GAD": "anxiety",
    "SAD": "anxiety",
    "OCD": "ocd",
    "CRPS": "crps",
    "CHRONIC_PAIN": "chronic-pain",
    "SUD": "alcohol-and-drug-use",
}


def treatment_href(code: str) -> str:
    """Where a treatment is explained; KeyError for an unknown code."""
    return f"/learn/{PAGE_OF_TREATMENT[code]}"
