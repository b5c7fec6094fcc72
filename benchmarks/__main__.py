"""`python -m benchmarks [NAME ...]`: run all benchmarks or those named, write docs/performance.md."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import benchmarks
from benchmarks import report


def names() -> list[str]:
    """The modules of this folder that measure something, in order of name."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]
    return [name for name in found if hasattr(import_module(f"benchmarks.{name}"), "measure")]


def main(asked: list[str]) -> None:
    """One benchmark here; several each in a process of its own, so that none warms or burdens the next."""
    known = names()
    unknown = sorted(set(asked) - set(known))
    if unknown:
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}")
    if len(asked) == 1:
        section = import_module(f"benchmarks.{asked[0]}").measure()
        print(report.render(asked[0], section), flush=True)
        report.write(asked[0], section)
        return
    for name in asked or known:
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True, cwd=report.ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
