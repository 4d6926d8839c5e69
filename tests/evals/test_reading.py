"""The bench of reading on the bundled samples: it counts what it says, and the reader does well on them."""

from evals import mask_labels
from evals.bench.reading import Measured, joined_set, kinds, measure, plain_set
from evals.corrupt import Corrupted, Planted
from evals.truth import Heading
from speech.masks import PlaceholderKind
from vectorstore.ingest import samples
from vectorstore.load import load
from vectorstore.noise import Reason

FILES = [path for path in sorted(samples().glob("*.txt")) if path.name[:2] in ("01", "06", "11", "14")]
BODY = "要坚持以人民为中心，把群众反映的每一件事办好，办不好的要说清原因，真正做到件件有着落、事事有回音。" * 3
TEXT = f"在全市推进会上的讲话\n同志们：\n今天开会。\n一、抓落实\n{BODY}\n客服微信：abc12345\n三、抓作风\n{BODY}\n同志们，让我们干起来！\n"


def test_hits_and_misses_are_counted() -> None:
    headings = (Heading(4, 1, "一、"), Heading(7, 1, "三、"))
    noise = (Planted(6, 0, 13, Reason.CONTACT, "客服微信：abc12345", whole=True),)
    into = Measured()
    measure("a", Corrupted(TEXT, headings, noise, slip=7), into)
    assert (into.numbers.hits, into.noise.hits, into.slips.hits, into.whole.hits, into.lost) == (1, 1, 1, 1, 0)
    assert into.body > 300
    measure("a", Corrupted(TEXT, (headings[0],), (), cut=True), into)
    assert (into.numbers.hits, into.cuts.hits, into.unslipped.hits) == (1, 0, 0)
    assert into.lost == len("客服微信：abc12345")


def test_the_samples_are_read_whole() -> None:
    clean = plain_set(FILES)
    assert clean.numbers.share == clean.joined.share == clean.whole.share == 1.0 and clean.lost == 0


def test_joined_samples_are_split() -> None:
    from evals.wording import Half

    assert joined_set(FILES, Half.DEVELOPMENT, range(1)).joined.missed == []


def test_nine_masks_in_ten_have_the_kind_that_was_labelled_by_hand() -> None:
    tally = kinds([samples()])
    assert tally.of > 300 and tally.share >= 0.9


def test_labels_stand_where_masks_stand() -> None:
    files = [load(path) for path in sorted(samples().glob("*.txt"))]
    assert all(isinstance(wanted, PlaceholderKind) and told is not None for _, _, wanted, told in mask_labels.compared(files))
