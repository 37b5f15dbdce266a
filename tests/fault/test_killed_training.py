"""A training that is killed at any moment leaves a whole model behind."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from classifier.store import load_model, save_model

pytestmark = pytest.mark.fault

SAVE_FOR_EVER = """
import sys
from pathlib import Path
import numpy as np
from classifier.store import save_model
number = 0
while True:
    number += 1
    state = {"number": number, "weights": np.full(200_000, float(number))}
    save_model(Path(sys.argv[1]), state, {"kind": "triage", "number": number})
    print(number, flush=True)
"""


def test_a_model_is_whole_whenever_its_training_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    save_model(folder, {"number": 0, "weights": np.zeros(3)}, {"kind": "triage"})
    moments = random.Random(7)
    saved = 0
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOR_EVER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()  # it is at work
        time.sleep(moments.random() * 0.2)  # any moment: that is what is tested
        process.kill()
        saved += 1 + len(process.stdout.read().splitlines())
        process.wait()
        process.stdout.close()
        state = load_model(folder)
        number = state["number"]
        assert isinstance(number, int)
        assert number >= 1
        assert set(np.asarray(state["weights"])) == {float(number)}
    assert saved >= 6
