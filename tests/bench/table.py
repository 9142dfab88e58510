"""Figures, goals and baselines as one table."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of what was measured; `reached` is None where there is only a figure to know."""

    rows: list[tuple[str, str, str, str, bool | None]] = field(default_factory=list)

    def add(self, what: str, figure: str, goal: str = "", baseline: str = "", *, reached: bool | None = None) -> None:
        """One figure, printed at once so that a long run shows where it is."""
        self.rows.append((what, figure, goal, baseline, reached))
        mark = {True: "reached", False: "MISSED", None: ""}[reached]
        print(f"  {what}: {figure}  {goal and f'(goal {goal})'} {mark}", flush=True)

    def text(self) -> str:
        """The table in Markdown."""
        lines = ["| what | measured | goal | baseline of this run | |", "|---|---|---|---|---|"]
        for what, figure, goal, baseline, reached in self.rows:
            mark = {True: "reached", False: "**missed**", None: ""}[reached]
            lines.append(f"| {what} | {figure} | {goal} | {baseline} | {mark} |")
        return "\n".join(lines)

    @property
    def missed(self) -> int:
        """How many goals were not reached."""
        return sum(row[4] is False for row in self.rows)


def percentiles(milliseconds: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    ordered = sorted(milliseconds)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
