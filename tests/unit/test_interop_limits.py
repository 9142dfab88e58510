"""Buckets of the JSON API: exact for one network, small in memory, and without an address in them."""

from directory.interop.limits import Limits


def allowed(limits: Limits, network: str, *, at: float, of: int) -> int:
    return sum(not limits.wait_s("read", network, at=at) for _each in range(of))


def test_a_bucket_is_emptied_at_once_and_fills_evenly() -> None:
    limits = Limits(60)
    assert allowed(limits, "192.0.2.1", at=100.0, of=100) == 60
    assert limits.wait_s("read", "192.0.2.1", at=100.0) == 1
    assert allowed(limits, "192.0.2.1", at=110.0, of=100) == 10
    assert allowed(limits, "192.0.2.1", at=1_000.0, of=100) == 60


def test_whoever_waits_as_long_as_told_is_let_in() -> None:
    limits, at = Limits(7), 0.0
    for _each in range(50):
        seconds = limits.wait_s("read", "192.0.2.1", at=at)
        at += seconds
        assert not seconds or not limits.wait_s("read", "192.0.2.1", at=at)


def test_networks_and_kinds_do_not_share_a_bucket() -> None:
    limits = Limits(1)
    for what, network in [("read", "a"), ("typed", "a"), ("read", "b")]:
        assert not limits.wait_s(what, network, at=1.0)
        assert limits.wait_s(what, network, at=1.0) == 60


def test_memory_is_bounded_and_holds_no_address() -> None:
    limits = Limits(10, most=100)
    for number in range(1_000):
        assert not limits.wait_s("read", f"192.0.2.{number}", at=1.0)
    assert len(limits._full_at) <= 100
    assert b"192" not in b"".join(limits._full_at)
    for number in range(100):
        limits.wait_s("read", f"198.51.100.{number}", at=200.0 + number)
    assert len(limits._full_at) < 15, "full buckets are dropped"


def test_no_limit_is_no_limit() -> None:
    assert allowed(Limits(0), "192.0.2.1", at=1.0, of=5_000) == 5_000
