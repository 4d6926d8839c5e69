"""Runs with the scripted model: complete, resumable, the same byte for byte, and a target's failure told."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.models import Answer
from agent.settings import Settings
from evals.baselines import WRITERS
from evals.case import Case, Suite, chosen, load_cases
from evals.corpora import Corpus, corpora
from evals.evaluation import Asked, evaluate, targets_named
from evals.meter import Metered
from evals.outcome import read_report, to_json
from evals.run import Models, Plan, run, scripted
from evals.scripted import PairEmbedder, ScriptedModel
from evals.targets import Target, Task, Written
from prompts import Message
from speech.document import characters
from speech.errors import BriefError, FileRefused, ModelError

CASES = chosen(load_cases(), Suite.SMOKE, ["speech-safety-600", "trap-other-city"])


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Corpus]]:
    with corpora(CASES, PairEmbedder(), tmp_path_factory.mktemp("corpora")) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(JIANGGAO_HOME=str(tmp_path / "home"))  # type: ignore[call-arg]


def plan(*targets: Target, cases: Sequence[Case] = CASES, repeats: int = 1) -> Plan:
    return Plan(Suite.SMOKE, cases, targets, repeats=repeats)


def test_a_case_with_sources_of_its_own_has_them_beside_the_samples(ready: dict[str, Corpus]) -> None:
    plain, own = (ready[case.id] for case in CASES)
    assert set(plain.texts) < set(own.texts) and plain.hash != own.hash
    assert any("松鹤里" in text for text in own.texts) and own.search.search("老旧小区改造 改前问需", k=1)[0].passage.document


def test_every_target_writes_every_case(ready: dict[str, Corpus], settings: Settings, tmp_path: Path) -> None:
    report = run(plan(*WRITERS.values()), scripted(), ready, settings, tmp_path)
    assert [(one.case, one.target) for one in report.outcomes] == [(case.id, name) for case in CASES for name in WRITERS]
    assert not report.failed()
    for outcome in report.outcomes:
        assert characters(outcome.text) > 30 and outcome.usage.calls >= 1 and outcome.checks["content"].score is not None
    ours = report.of("pipeline")[0]
    assert ours.paragraphs and ours.measure("structure") == 100.0 and 540 <= characters(ours.text) <= 660
    assert report.of("single")[0].usage.calls == 1
    resent = {one.target: one.usage.prompt_tokens for one in report.outcomes if one.case == "speech-safety-600"}
    assert resent["stuffed"] > resent["single"]


@pytest.mark.parametrize("target", ["pipeline", "no-planning", "no-retrieval"])
def test_every_fact_is_told_once(target: str, ready: dict[str, Corpus], settings: Settings, tmp_path: Path) -> None:
    case = chosen(load_cases(), Suite.SMOKE, ["exchange-property-1500"])[0]
    corpora_of = {case.id: ready[CASES[0].id]}
    outcome = run(plan(WRITERS[target], cases=[case]), scripted(), corpora_of, settings, tmp_path).outcomes[0]
    assert [outcome.text.count(figure) for figure in ("42个", "91%")] == [1, 1] and 1350 <= characters(outcome.text) <= 1650


def test_the_same_seed_gives_the_same_report_byte_for_byte(ready: dict[str, Corpus], settings: Settings, tmp_path: Path) -> None:
    made = [to_json(run(plan(WRITERS["pipeline"]), scripted(), ready, settings, tmp_path / name)) for name in "ab"]
    assert made[0] == made[1]
    again = to_json(run(Plan(Suite.SMOKE, CASES, [WRITERS["pipeline"]], seed=1), scripted(), ready, settings, tmp_path))
    assert again != made[0]


def test_what_was_written_is_not_written_again(ready: dict[str, Corpus], settings: Settings, tmp_path: Path) -> None:
    asked: list[int] = []

    def make(seed: int) -> ScriptedModel:
        asked.append(seed)
        return ScriptedModel(first=seed)

    models = Models("counted", make, clock=lambda: 0.0)
    first = run(plan(WRITERS["single"], repeats=2), models, ready, settings, tmp_path)
    assert sorted(asked) == [0, 0, 1, 1]
    assert run(plan(WRITERS["single"], repeats=2), models, ready, settings, tmp_path) == first
    assert len(asked) == 4
    run(plan(WRITERS["single"], repeats=3), models, ready, settings, tmp_path)
    assert sorted(asked)[4:] == [2, 2]


def test_a_draft_stopped_in_the_middle_is_gone_on_with(ready: dict[str, Corpus], settings: Settings, tmp_path: Path) -> None:
    class Failing(ScriptedModel):
        def ask(self, messages: Sequence[Message], **options: object) -> Answer:
            if "位置：结尾" in messages[-1].content + messages[-2].content:
                raise ModelError("断线了")
            return super().ask(messages, **options)  # type: ignore[arg-type]

    made: list[ScriptedModel] = [Failing(), ScriptedModel(first=50)]
    models = Models("breaks", lambda seed: made[0], clock=lambda: 0.0)
    cases = CASES[:1]
    assert run(plan(WRITERS["pipeline"], cases=cases), models, ready, settings, tmp_path).outcomes[0].error == "断线了"
    del made[0]
    assert run(plan(WRITERS["pipeline"], cases=cases), models, ready, settings, tmp_path).outcomes[0].error is None
    whole = ScriptedModel(first=50)
    run(plan(WRITERS["pipeline"], cases=cases), Models("whole", lambda seed: whole), ready, settings, tmp_path)
    assert len(made[0].asked) < len(whole.asked) / 2


def test_two_cases_that_ask_for_the_same_are_written_side_by_side(
    ready: dict[str, Corpus], settings: Settings, tmp_path: Path
) -> None:
    twins = [CASES[0], CASES[0].model_copy(update={"id": "twin"})]
    report = run(plan(WRITERS["pipeline"], cases=twins), scripted(), ready | {"twin": ready[CASES[0].id]}, settings, tmp_path)
    assert not report.failed() and report.outcomes[0].text == report.outcomes[1].text


@pytest.mark.parametrize(
    ("error", "told"), [(ModelError("没有模型"), "没有模型"), (ZeroDivisionError("零"), "程序内部出错（ZeroDivisionError：零）")]
)
def test_a_target_that_fails_is_told_and_the_others_go_on(
    error: Exception, told: str, ready: dict[str, Corpus], settings: Settings, tmp_path: Path
) -> None:
    def broken(task: Task) -> Written:
        raise error

    report = run(plan(Target("broken", broken), WRITERS["single"]), scripted(), ready, settings, tmp_path)
    assert [one.error for one in report.of("broken")] == [told, told]
    assert not any(one.error for one in report.of("single"))


def test_texts_in_a_folder_and_a_stored_run_are_scored(ready: dict[str, Corpus], settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "别人的").mkdir()
    (tmp_path / "别人的" / "speech-safety-600.txt").write_text(
        "在全县安全生产工作调度会上的讲话\n同志们：\n隐患要查。", encoding="utf-8"
    )
    folder = targets_named([f"texts={tmp_path / '别人的'}"])
    report = run(plan(*folder), scripted(), ready, settings, tmp_path)
    good, lacking = report.outcomes
    assert good.error is None and good.checks["content"].score == 50.0 and good.usage.calls == 0
    assert lacking.error and "没有 trap-other-city 的文稿" in lacking.error
    (tmp_path / "run.json").write_text(to_json(report), encoding="utf-8")
    assert read_report(tmp_path / "run.json") == report
    again = run(plan(*targets_named([f"recorded={tmp_path / 'run.json'}"])), scripted(), ready, settings, tmp_path)
    assert again.outcomes[0] == good and again.outcomes[1].error


def test_a_name_of_no_target_and_a_file_that_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="没有叫“bogus”的评测对象"):
        targets_named(["bogus"])
    with pytest.raises(BriefError, match="找不到文稿文件夹"):
        targets_named(["texts=/nowhere/at/all"])
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FileRefused, match=r"a\.json 不是评测结果"):
        read_report(tmp_path / "a.json")
    with pytest.raises(FileRefused, match="找不到评测结果"):
        read_report(tmp_path / "b.json")


def test_the_smoke_suite_passes_its_gates(settings: Settings) -> None:
    from evals.compare import shortfalls

    told: list[str] = []
    report = evaluate(Asked(), settings, lambda what, done, total: told.append(what))
    assert shortfalls(report) == [] and len(told) == len(report.outcomes) + 1


def test_the_meter_counts_every_answer_and_moves_the_seed() -> None:
    class Seeded(ScriptedModel):
        def ask(self, messages: Sequence[Message], **options: object) -> Answer:
            seeds.append(options["seed"])
            return super().ask(messages, **options)  # type: ignore[arg-type]

    seeds: list[object] = []
    times = iter((1.0, 3.5, 4.0, 4.25))
    meter = Metered(Seeded(), offset=1000, clock=lambda: next(times))
    meter.ask([Message("user", "四个汉字")], max_tokens=10)
    meter.offer([Message("user", "四个汉字")], count=3, max_tokens=10, seed=7)
    assert seeds == [1000, 1007] and meter.usage.calls == 2 and meter.usage.seconds == 2.75
    assert meter.usage.prompt_tokens == 16


def test_the_meter_counts_what_was_asked_again() -> None:
    meter = Metered(ScriptedModel(), clock=lambda: 0.0)
    meter.ask([Message("user", "四个汉字")], max_tokens=10)
    meter.offer([Message("user", "四个汉字（注意：不要重复）"), Message("assistant", "要")], count=2, max_tokens=10, seed=7)
    assert (meter.usage.calls, meter.usage.retries) == (2, 1)
