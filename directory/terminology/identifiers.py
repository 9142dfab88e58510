"""Formats and check digits of the field's identifiers. A passing check proves the typing, never the person.

NPI: CMS, Luhn over 80840 and the number. DEA: letter, letter or 9, seven digits with a checksum; private, never shown.
"""

import re

_NPI = re.compile(r"[12][0-9]{9}")
_DEA = re.compile(r"[A-Z][A-Z9]([0-9]{7})(?:-[A-Z0-9]+)?")
_NUCC = re.compile(r"[0-9]{3}[A-Z0-9]{6}X")
# The Luhn sum of the prefix 80840 that CMS puts before every NPI.
_NPI_PREFIX_SUM = 24


def npi_check_digit(first_nine: str) -> int:
    """The tenth digit of an NPI. Raises ValueError unless given nine digits."""
    if not re.fullmatch(r"[0-9]{9}", first_nine):
        raise ValueError("an NPI's check digit is computed from nine digits")
    total = _NPI_PREFIX_SUM
    for place, character in enumerate(reversed(first_nine)):
        digit = int(character)
        if place % 2 == 0:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return (10 - total % 10) % 10


def is_npi(text: str) -> bool:
    """Ten digits, the first 1 or 2, the last the check digit."""
    return bool(_NPI.fullmatch(text)) and npi_check_digit(text[:9]) == int(text[9])


def has_dea_format(text: str) -> bool:
    """The shape and the checksum of a DEA number, upper case; letter tables are not checked (sources disagree)."""
    match = _DEA.fullmatch(text)
    if not match:
        return False
    d1, d2, d3, d4, d5, d6, check = (int(character) for character in match.group(1))
    return (d1 + d3 + d5 + 2 * (d2 + d4 + d6)) % 10 == check


def is_nucc_code(text: str) -> bool:
    """The shape of a NUCC taxonomy code: ten characters, three digits first, X last."""
    return bool(_NUCC.fullmatch(text))
