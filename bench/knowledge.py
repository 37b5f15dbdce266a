"""How long does it take to take in many entries, and to find similar ones while somebody writes?

`python -m bench.knowledge [--url http://127.0.0.1:8000] [--rows 5000] [--questions 300] [--json]`
writes an XLSX file of `--rows` new entries (a standard question, a similar one and an answer each,
made of products, questions and places), has a running desk check it (dry run) and take it in, and
asks for the similar questions of `--questions` sentences, one after another. The account is `admin`
with the password in `FENZHEN_DEMO_PASSWORD`. The entries stay: use a desk that is not needed.

- dry run, import: from sending the file to the end of the job, as the page is told (every 0.5 s).
- steps: how many different states of progress were told meanwhile.
- similar: one request, p50 and p95 in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import httpx
from openpyxl import Workbook
from rich.console import Console
from rich.progress import Progress

from bench.signed_in import API, signed_in

_LOOK_SECONDS = 0.5
_HEADS = ("编号", "分类", "标准问题", "相似问题", "答案")
_THINGS = (
    *("空调", "冰箱", "洗衣机", "电饭煲", "扫地机器人", "热水器", "电视", "投影仪", "空气净化器"),
    *("加湿器", "微波炉", "烤箱", "豆浆机", "电磁炉", "油烟机", "洗碗机", "净水器", "吹风机"),
    *("电动牙刷", "剃须刀", "手机", "平板", "耳机", "充电宝", "路由器", "键盘", "显示器", "打印机"),
    *("婴儿车", "安全座椅", "床垫", "沙发", "台灯", "窗帘", "跑步机", "自行车", "帐篷", "行李箱"),
)
_DEEDS = (
    *("怎么清洗", "能不能上门安装", "保修多久", "坏了找谁修", "噪音太大怎么办", "可以以旧换新吗"),
    *("说明书丢了怎么办", "缺少配件怎么补", "能不能分期买", "有没有学生价", "多久能发货"),
    *("能送到楼上吗", "第一次用要注意什么", "耗电多少", "能不能退掉", "换一台要多久"),
)
_PLACES = (
    *("北京", "上海", "广州", "深圳", "成都", "杭州", "武汉", "西安", "南京", "重庆"),
    *("拉萨", "乌鲁木齐", "海口"),
)


@dataclass(frozen=True)
class Figures:
    """Seconds and milliseconds."""

    rows: int
    file_bytes: int
    dry_run_seconds: float
    import_seconds: float
    steps: int
    similar_p50_ms: float
    similar_p95_ms: float


def entries(count: int) -> Iterator[tuple[str, ...]]:
    """So many rows that no entry of the desk has; at most 38 × 16 × 13."""
    every = list(itertools.product(_THINGS, _DEEDS, _PLACES))
    random.Random(5).shuffle(every)
    for number, (thing, deed, place) in enumerate(every[:count]):
        yield (
            f"bench_{number:05d}",
            "商品咨询",
            f"我在{place}，{thing}{deed}",
            f"{place}这边{thing}{deed}呀",
            f"{place}的{thing}：请在商品页「服务」里查看，或告诉我们订单号，我们替您查。",
        )


def table(count: int) -> bytes:
    """An XLSX file of them."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("知识")
    sheet.append(_HEADS)
    for row in entries(count):
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


async def _taken_in(http: httpx.AsyncClient, content: bytes, *, dry_run: bool) -> tuple[float, int]:
    """Seconds, and how many states of progress were told; ends the run when it was refused."""
    began = time.monotonic()
    files = {"file": ("faq.xlsx", content)}
    data = {"dry_run": str(dry_run).lower()}
    begun = (await http.post(f"{API}/knowledge/import", files=files, data=data)).raise_for_status()
    path = f"{API}/knowledge/imports/{begun.json()['import_id']}"
    told: set[int] = set()
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("dry run" if dry_run else "import", total=None)
        while True:
            found = (await http.get(path)).raise_for_status().json()
            told.add(found["done"])
            progress.update(task, completed=found["done"], total=found["rows"] or None)
            if found["state"] in ("done", "failed"):
                break
            await asyncio.sleep(_LOOK_SECONDS)
    if found["state"] == "failed" or found["report"]["refused"]:
        sys.exit(f"refused: {json.dumps(found, ensure_ascii=False)[:2000]}")
    return time.monotonic() - began, len(told)


async def _similar(http: httpx.AsyncClient, count: int) -> list[float]:
    """Milliseconds of each request, ordered."""
    drawn, times = random.Random(6), []
    for _ in range(count):
        asked = f"{drawn.choice(_THINGS)}在{drawn.choice(_PLACES)}{drawn.choice(_DEEDS)}"
        began = time.monotonic()
        (await http.post(f"{API}/knowledge/similar", json={"text": asked})).raise_for_status()
        times.append((time.monotonic() - began) * 1000)
    return sorted(times)


async def _measure(url: str, rows: int, questions: int) -> Figures:
    content = table(rows)
    async with signed_in(url) as http:
        checked, _ = await _taken_in(http, content, dry_run=True)
        taken, steps = await _taken_in(http, content, dry_run=False)
        times = await _similar(http, questions)
    return Figures(
        rows=rows,
        file_bytes=len(content),
        dry_run_seconds=round(checked, 1),
        import_seconds=round(taken, 1),
        steps=steps,
        similar_p50_ms=round(times[len(times) // 2], 1),
        similar_p95_ms=round(times[len(times) * 95 // 100], 1),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.knowledge")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = asdict(asyncio.run(_measure(given.url, given.rows, given.questions)))
    if given.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
