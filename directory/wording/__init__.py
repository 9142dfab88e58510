"""How things are said: sentences for distances, days, hours, waits, prices and phones, on pages and in letters."""
