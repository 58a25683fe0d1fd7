"""Makes an environment with the lowest or the newest versions that pyproject.toml allows, and the tests' own tools.

python -m support.bounds lowest FOLDER
"""

import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
BESIDE_LOWEST = ["fastapi==0.115.6"]  # of the time of the lowest Starlette


def declared() -> list[Requirement]:
    """Return all dependencies, the optional ones too, except openai-chatkit: the tests need what its newest has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [needed for name, needed in project["optional-dependencies"].items() if name != "backend"]
    return [Requirement(each) for each in [*project["dependencies"], *(each for extra in extras for each in extra)]]


def lowest(wanted: Requirement) -> str:
    """Return what pip is asked for, to get the lowest version of a dependency."""
    (bound,) = (each.version for each in wanted.specifier if each.operator == ">=")
    return f"{wanted.name}=={bound}" + (f" ; {wanted.marker}" if wanted.marker else "")


def make(folder: Path, versions: list[str]) -> None:
    """Make the environment in a folder."""
    venv.create(folder, clear=True, symlinks=sys.platform != "win32")
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    (packages / "tests.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--upgrade"]
    subprocess.run([*install, *versions], check=True)


if __name__ == "__main__":
    which, target = sys.argv[1:]
    chosen = [lowest(each) if which == "lowest" else str(each) for each in declared()]
    make(Path(target), chosen + (BESIDE_LOWEST if which == "lowest" else []))
