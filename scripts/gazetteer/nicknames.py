"""What people call places besides their names: common knowledge, kept short."""

_TEXT = """
Albuquerque, NM: ABQ
Atlanta, GA: ATL
Austin, TX: ATX
Charlotte, NC: CLT
Chicago, IL: Chi-town
Cincinnati, OH: Cincy
Hagåtña, GU: Agana
Indianapolis, IN: Indy
Jacksonville, FL: Jax
Kansas City, KS: KC, KCK
Kansas City, MO: KC, KCMO
Las Vegas, NV: Vegas
Lexington, KY: Lexington-Fayette
Los Angeles, CA: LA
Louisville, KY: Louisville-Jefferson County
Milwaukee, WI: MKE
Minneapolis, MN: Mpls, Twin Cities
Nashville, TN: Nashville-Davidson
New Orleans, LA: NOLA
New York, NY: NYC, New York City
Oklahoma City, OK: OKC
Philadelphia, PA: Philly, Phila
Portland, OR: PDX
Saint Paul, MN: Twin Cities
Salt Lake City, UT: SLC
San Francisco, CA: SF, San Fran, Frisco
St. Louis, MO: STL
St. Petersburg, FL: Saint Pete
Utqiagvik, AK: Barrow
Virginia Beach, VA: VA Beach
Washington, DC: Washington DC
"""
NICKNAMES: dict[tuple[str, str], tuple[str, ...]] = {}
for _line in _TEXT.strip().splitlines():
    _town, _names = _line.split(": ")
    _name, _state = _town.rsplit(", ", 1)
    NICKNAMES[_name, _state] = tuple(_names.split(", "))
