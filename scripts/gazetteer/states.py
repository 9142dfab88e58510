"""State codes in the words of each source, and the counties that came after the county lines were drawn."""

import csv

from directory.terminology.reference import REFERENCE_FOLDER

with (REFERENCE_FOLDER / "states.csv").open(encoding="utf-8", newline="") as _table:
    FIPS = {row["code"]: row["fips"] for row in csv.DictReader(_table)}
STATE_OF = {number: code for code, number in FIPS.items()}
TERRITORIES = ("PR", "GU", "VI", "AS", "MP")
MILITARY_PREFIXES = ("09", "340", "962", "963", "964", "965", "966")
"""Sectional centres of the military post (USPS Publication 28): no place on the map, whatever a source says."""

CONNECTICUT = {
    "09110": "Capitol Planning Region",
    "09120": "Greater Bridgeport Planning Region",
    "09130": "Lower Connecticut River Valley Planning Region",
    "09140": "Naugatuck Valley Planning Region",
    "09150": "Northeastern Connecticut Planning Region",
    "09160": "Northwest Hills Planning Region",
    "09170": "South Central Connecticut Planning Region",
    "09180": "Southeastern Connecticut Planning Region",
    "09190": "Western Connecticut Planning Region",
}
"""Connecticut's counties since 2022 in the eyes of the Census Bureau; GeoNames codes its ZIPs by them."""

ALASKA = {"02063": "Chugach Census Area", "02066": "Copper River Census Area"}
"""What Valdez-Cordova (02261) became in 2019."""
