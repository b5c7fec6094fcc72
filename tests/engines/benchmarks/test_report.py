"""The page of figures: one section a benchmark, each replaced by its own run only."""

from pathlib import Path

from benchmarks import __main__ as program
from benchmarks.report import Section, Table, best_of, read, write


def section(title: str, figure: str) -> Section:
    return Section(title, "Ten cases.", (Table(("way", "cases/s"), (("plain", figure),), note="Best of 5."),))


def test_a_run_replaces_its_own_section_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    write("pipeline", section("Files", "1"), page)
    write("grouping", section("Grouping", "2"), page)
    before = read(page)
    write("grouping", section("Grouping", "3"), page)
    after = read(page)
    assert list(after) == ["grouping", "pipeline"]
    assert after["pipeline"] == before["pipeline"]
    assert "| plain | 2 |" in before["grouping"] and "| plain | 2 |" not in after["grouping"]
    assert "| plain | 3 |" in after["grouping"]
    assert page.read_text(encoding="utf-8").startswith("# Performance\n")


def test_a_section_says_how_to_run_it_again_and_on_what_it_was_run(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    write("grouping", section("Grouping", "2"), page)
    text = read(page)["grouping"]
    assert "`python -m benchmarks grouping`" in text
    assert all(word in text for word in ("commit ", "Python 3.", " cores", "load "))
    assert "| way | cases/s |\n| --- | ---: |\n" in text and "Best of 5." in text


def test_every_benchmark_of_the_folder_is_found() -> None:
    found = program.names()
    assert "journal_reads" in found
    assert not {"report", "servers", "__main__"} & set(found)


def test_the_best_of_several_runs_counts() -> None:
    runs: list[int] = []
    best = best_of(3, lambda: runs.append(sum(range(1_000))))
    assert len(runs) == 3 and best.cpu >= 0 and 0 < best.wall < 10
