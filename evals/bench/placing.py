"""How many facts go to the point that they belong to (evals/placing.yaml): by words alone, and with the embedded model's cosines."""

import random
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from agent.shares import placed
from vectorstore.embed import LocalEmbedder

CASES = Path(__file__).parents[1] / "placing.yaml"
ORDERS = 40  # shuffles of the facts: of equals the emptiest place gets one, so their order counts


def main() -> None:
    embedder, right, count = LocalEmbedder(), {"words": 0, "words and meaning": 0}, 0
    for number, case in enumerate(yaml.safe_load(CASES.read_text(encoding="utf-8"))):
        belongs = {fact: point for point, facts in case.items() for fact in facts}
        points, facts = list(case), list(belongs)
        vectors = embedder.passages(facts)
        cosines = {point: vectors @ embedder.query(point) for point in points}
        likeness = {point: dict(zip(facts, map(float, row), strict=True)) for point, row in cosines.items()}
        for order in range(ORDERS):
            random.Random(100 * number + order).shuffle(facts)
            count += len(facts)
            for name, known in (("words", {}), ("words and meaning", likeness)):
                shares = placed(facts, points, points, known)
                right[name] += sum(belongs[fact] == point for point, share in zip(points, shares, strict=True) for fact in share)
    table = Table("placed by", "right %")
    for name, hits in right.items():
        table.add_row(name, f"{100 * hits / count:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
