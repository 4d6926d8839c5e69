"""Speeches of our own to read, and an embedder that needs no model."""

from evals.scripted import PairEmbedder
from speech.brief import Genre
from vectorstore.documents import SourceDocument
from vectorstore.passages import Passage, Role
from vectorstore.store import PassageStore

GRID = """在全市网格化管理工作推进会上的讲话

同志们：

这次会议的主要任务，是总结前一阶段网格化管理的做法，安排下一阶段的工作。刚才，三个街道介绍了经验，讲得都很实在。下面，我讲两点意见。

一、看清形势，把网格化管理摆到突出位置

网格是城市的末梢，也是服务的前沿。这几年各街道把人员、事项、资源放进网格，群众反映问题有了固定的人，解决问题有了固定的路。同时也要看到，有的网格员身兼数职，有的平台各建各的，数据不能互通，这些问题不解决，网格就会流于形式。

二、突出重点，把网格做实做细

（一）配强队伍。要按照便于管理、便于服务的原则合理划分网格，每个网格配备专职网格员，明确走访、登记、上报三项职责。要完善待遇保障，让网格员留得住、干得好。

（二）理顺流程。要建立发现、派单、处置、反馈的闭环，能在网格解决的不上交，需要部门解决的限时办结，群众不满意的重新办理，办理结果每月公开一次。

同志们，网格虽小，连着民心。让我们从一件件小事做起，把网格管理抓出成效！
"""

PROPERTY = """在红色物业建设现场会上的交流发言

各位领导、同志们：

近年来，我们街道坚持党建引领，把物业服务作为联系群众的窗口，小区面貌有了明显变化。现将有关情况汇报如下。

一、组织建在小区。街道党工委牵头成立物业行业党组织，推动业主委员会成员与社区工作者交叉任职，重要事项由社区、物业、业主三方共同商议，议定的事项张榜公布，接受居民监督，做到件件有着落。

二、服务沉到楼栋。物业企业设立党员先锋岗，公开服务事项和收费标准，楼栋长每周收集一次居民意见，电梯维修、车位划线、楼道照明这些小事当天回应，较大的事项在一周内答复，居民缴费的积极性明显提高。

以上汇报，不妥之处请批评指正。
"""


def passages_of(document: str, count: int, genre: Genre | None = Genre.SPEECH) -> list[Passage]:
    roles = (Role.OPENING, Role.LEAD, Role.MEASURE, Role.CLOSING)
    return [
        Passage(
            id=f"{document}-{at}",
            document=document,
            title="讲话",
            genre=genre,
            path="一",
            heading="",
            role=roles[at % 4],
            text=f"{document}第{at}段",
            position=at,
        )
        for at in range(count)
    ]


def document_of(identity: str, count: int = 0) -> SourceDocument:
    return SourceDocument(
        id=identity, name=f"{identity}.txt", sha256=identity * 4, title="讲话", genre=Genre.SPEECH, passages=count
    )


def add_document(store: PassageStore, embedder: PairEmbedder, identity: str, count: int = 6) -> list[Passage]:
    passages = passages_of(identity, count)
    store.add(document_of(identity, count), passages, embedder.passages([passage.text for passage in passages]))
    return passages
