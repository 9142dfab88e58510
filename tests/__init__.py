"""The tests, sorted by promise: unit, property, web, browser, contract, house, bench."""
