"""Pictures of what was measured: `python -m bench.plots [--triage T.json] [--faq F.json] …`.

The inputs are what `fenzhen bench triage|faq|intents --json --details` printed, so that no model
is needed. Writes `docs/images/bench-*.png`. Needs matplotlib (development tools only) and a Noto
CJK font (`apt-get install fonts-noto-cjk`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifier.evaluate import reliability
from classifier.labels import LABELS
from cli.bench.figures import Guess, confusion, precision_by_coverage
from cli.bench.parsing import FALLBACK

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Serif CJK SC")
RELIABILITY = ("category", "impact", "urgency")
_LIGHT_ABOVE = 0.5


class PlotError(Exception):
    """A picture cannot be made; the message says what is missing."""


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The single results in a bench's JSON. Raises `PlotError`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlotError(f"{path}: {error}") from error
    lines = content.get("lines") if isinstance(content, dict) else None
    if not lines:
        raise PlotError(f"{path}: no single results; run the bench with --json --details")
    return list(lines)


def labelled(lines: Sequence[dict[str, Any]], target: str) -> list[Guess]:
    """Predictions of one triage label, where people gave one."""
    seen = [line[target] for line in lines if line[target]["truth"] is not None]
    return [Guess(item["truth"], item["said"], item["confidence"]) for item in seen]


def asked(lines: Sequence[dict[str, Any]]) -> list[Guess]:
    """Best entries or intents; a foreign message has no right entry, 「没听懂」 is least sure."""
    return [
        Guess(
            line["truth"] or "(none)",
            line["said"],
            0.0 if line["said"] == FALLBACK else line["confidence"],
        )
        for line in lines
    ]


def chinese_font() -> str:
    """An installed font with Chinese characters. Raises `PlotError`."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    for name in FONTS:
        if name in installed:
            return name
    raise PlotError(
        "no Noto CJK font is installed (apt-get install fonts-noto-cjk); "
        "if it was installed just now, delete ~/.cache/matplotlib"
    )


def draw_confusion(guesses: Sequence[Guess], path: Path) -> None:
    """True category by said category, each row summing to 1."""
    import matplotlib.pyplot as plt

    used = {guess.truth for guess in guesses} | {guess.said for guess in guesses}
    known = LABELS["category"]
    labels = [key for key in known if key in used] + sorted(used - known.keys())
    names = [known[key].zh if key in known else key for key in labels]
    cells = confusion(guesses, labels)
    figure, axes = plt.subplots(figsize=(8, 7))
    axes.imshow(cells, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), names)
    axes.set_xlabel("判为 said")
    axes.set_ylabel("实为 true")
    for row, shares in enumerate(cells):
        for column, value in enumerate(shares):
            if value >= 0.005:
                colour = "white" if value > _LIGHT_ABOVE else "black"
                axes.text(
                    column, row, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=8
                )
    axes.set_title(f"类别混淆（{len(guesses)} 条，按行归一） category, rows sum to 1")
    _save(figure, path)


def draw_reliability(title: str, guesses: Sequence[Guess], path: Path) -> None:
    """Share of right predictions by confidence; on the diagonal the confidence is honest."""
    import matplotlib.pyplot as plt

    bins = reliability([guess.right for guess in guesses], [guess.confidence for guess in guesses])
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=(5, 5.5), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    upper.plot((0, 1), (0, 1), color="grey", linestyle="--", linewidth=1)
    upper.plot([b.confidence for b in bins], [b.accuracy for b in bins], marker="o")
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="实际正确率 right", title=title)
    lower.bar([b.low for b in bins], [b.count for b in bins], width=0.1, align="edge")
    lower.set(xlabel="置信度 confidence", ylabel="条数 lines")
    _save(figure, path)


def draw_curves(curves: dict[str, Sequence[Guess]], path: Path) -> None:
    """Precision of the surest part, by how large that part is."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4.5), layout="constrained")
    for name, guesses in curves.items():
        points = precision_by_coverage(
            [guess.right for guess in guesses], [guess.confidence for guess in guesses]
        )
        axes.plot([p.coverage for p in points], [p.precision for p in points], label=name)
    axes.set(xlim=(0, 1), ylim=(0.5, 1.005), xlabel="覆盖率 coverage", ylabel="准确率 precision")
    axes.grid(alpha=0.3)
    axes.legend()
    axes.set_title("准确率与覆盖率 precision by coverage")
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    import matplotlib.pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)


def draw(
    out: Path, triage: Path | None = None, faq: Path | None = None, intents: Path | None = None
) -> list[Path]:
    """All pictures the given files allow. Raises `PlotError`."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["font.family"] = chinese_font()
    mpl.rcParams["axes.unicode_minus"] = False
    made: list[Path] = []
    curves: dict[str, Sequence[Guess]] = {}
    if triage is not None:
        lines = lines_of(triage)
        made.append(out / "bench-confusion-category.png")
        draw_confusion(labelled(lines, "category"), made[-1])
        for target in RELIABILITY:
            made.append(out / f"bench-reliability-{target}.png")
            draw_reliability(f"校准 reliability: {target}", labelled(lines, target), made[-1])
    if faq is not None:
        curves["知识库 FAQ"] = asked(lines_of(faq))
        made.append(out / "bench-reliability-faq.png")
        draw_reliability("校准 reliability: FAQ", curves["知识库 FAQ"], made[-1])
    if intents is not None:
        curves["意图 intents"] = asked(lines_of(intents))
    if curves:
        made.append(out / "bench-precision-coverage.png")
        draw_curves(curves, made[-1])
    return made


def main() -> int:
    """Draw; 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name in ("triage", "faq", "intents"):
        parser.add_argument(f"--{name}", type=Path, metavar="JSON")
    parser.add_argument("--out", type=Path, default=IMAGES, metavar="DIR")
    chosen = parser.parse_args()
    try:
        made = draw(chosen.out, chosen.triage, chosen.faq, chosen.intents)
    except ImportError as error:
        sys.stderr.write(f"{error}: run make setup with the development tools (make check)\n")
        return 1
    except PlotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in made:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
