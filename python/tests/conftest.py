"""Files that the package for Node writes: it must be built."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints: see make.mjs."""
    folder = tmp_path_factory.mktemp("checkpoints")
    node = shutil.which("node")
    if node is None or not (ROOT / "dist").exists():
        pytest.skip("needs Node and a built clone: npm run build")
    subprocess.run([node, str(HERE / "make.mjs"), str(folder)], check=True, cwd=ROOT)
    return folder
