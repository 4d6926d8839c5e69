"""A report as JUnit XML, which every CI reads: a suite a target, a test a text, and the gates as tests of their own."""

import re
from xml.etree import ElementTree as ET

from evals.compare import shortfalls
from evals.outcome import MEASURES, Outcome, Report
from speech.finding import Severity

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report, stored: Report | None = None) -> str:
    """XML text. A text that did not come is an error, a shortfall a failed gate; scores and errors found stand in the output of a test."""
    root = ET.Element("testsuites", name="jianggao")
    for target in report.targets:
        outcomes = report.of(target)
        suite = ET.SubElement(root, "testsuite", name=_plain(target), tests=str(len(outcomes)))
        suite.set("errors", str(sum(outcome.error is not None for outcome in outcomes)))
        suite.set("time", f"{sum(outcome.usage.seconds for outcome in outcomes):.2f}")
        for outcome in outcomes:
            _test(suite, outcome)
    lines = shortfalls(report, stored)
    gate = ET.SubElement(root, "testsuite", name="gates", tests="1", failures=str(bool(lines) + 0), errors="0")
    test = ET.SubElement(gate, "testcase", classname="gates", name="门槛与基线")
    if lines:
        ET.SubElement(test, "failure", message=_plain(lines[0])).text = _plain("\n".join(lines))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _test(suite: ET.Element, outcome: Outcome) -> None:
    name = f"{outcome.case}[{outcome.seed}]"
    test = ET.SubElement(suite, "testcase", classname=_plain(outcome.target), name=name, time=f"{outcome.usage.seconds:.2f}")
    if outcome.error:
        ET.SubElement(test, "error", message=_plain(outcome.error))
        return
    scores = ((measure, outcome.measure(measure)) for measure in MEASURES)
    lines = [f"{measure} {score:.1f}" for measure, score in scores if score is not None]
    found = (finding for check in outcome.checks.values() for finding in check.findings)
    lines += [f"{one.rule}：{one.message} {one.text}" for one in found if one.severity == Severity.ERROR]
    ET.SubElement(test, "system-out").text = _plain("\n".join(lines))


def _plain(text: str) -> str:
    """`text` without the characters that XML cannot hold."""
    return _NOT_XML.sub("�", text)
