"""The chat as OpenAI's clients call it: the official one over a socket, and what chat programs send beside."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from tests.api.http.conftest import KEYS, Gate, Served, Serving
from tests.api.http.test_drafts import begun, settled
from tests.scripted import sentences_of

REQUEST = "请为市委书记起草在全市城市基层治理推进会上的讲话，约600字，突出网格化管理和红色物业，已知数据：全市已划分网格1632个"
Talking = Callable[..., "Talk"]
URL = "/v1/chat/completions"
TITLE = (
    '### Task:\nGenerate a concise, 3-5 word title with an emoji.\n{ "title": "your title" }\n<chat_history>\nUSER: ' + REQUEST
)


class Talk:
    """A client that keeps the conversation and sends the whole of it every time, as chat programs do."""

    def __init__(self, served: Served, key: str = "none") -> None:
        base = f"{str(served.client('').base_url).rstrip('/')}/v1"
        self.client = openai.OpenAI(
            base_url=base, api_key=key, max_retries=0, timeout=60, http_client=openai.DefaultHttpxClient(trust_env=False)
        )
        self.messages: list[dict[str, object]] = [{"role": "system", "content": "You are a helpful assistant."}]

    def say(self, text: object) -> str:
        self.messages.append({"role": "user", "content": text})
        made = self.client.chat.completions.create(model="jianggao", messages=self.messages)  # type: ignore[arg-type]
        assert made.choices[0].finish_reason == "stop" and made.choices[0].message.role == "assistant"
        answer = made.choices[0].message.content
        assert answer
        self.messages.append({"role": "assistant", "content": answer})
        return answer

    def stream(self, text: str, **options: object) -> list[ChatCompletionChunk]:
        self.messages.append({"role": "user", "content": text})
        return list(
            self.client.chat.completions.create(model="jianggao", messages=self.messages, stream=True, **options)  # type: ignore[call-overload]
        )


def number_in(answer: str) -> str:
    found = re.search(r"（稿号：(\S+)）", answer)
    assert found, answer
    return found[1]


def reasoning(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(getattr(one.choices[0].delta, "reasoning_content", None) or "" for one in chunks if one.choices)


def content(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)


@pytest.fixture
def talking() -> Iterator[Callable[..., Talk]]:
    """Begins conversations, and closes their connections at the end."""
    with ExitStack() as open_clients:

        def begin(served: Served, key: str = "none") -> Talk:
            talk = Talk(served, key)
            open_clients.enter_context(talk.client)
            return talk

        yield begin


def test_the_official_client_drafts_asks_revises_fills_explains_and_exports(serving: Serving, talking: Talking) -> None:
    served = serving(live=True)
    gaps = ("会议定于6月8日召开。", "全市已建成网格3721个。", "")
    served.model.speak = lambda messages, turn: gaps[turn % 3] + sentences_of(messages, turn)
    talk = talking(served)
    first = talk.say([{"type": "text", "text": REQUEST}, {"type": "image_url", "image_url": {"url": "data:,"}}])
    draft = number_in(first)
    assert "同志们：" in first and "1632个" in first

    sheet = served.one.get(f"/v1/drafts/{draft}").json()["placeholders"]
    assert {"date", "count"} <= {one["kind"] for one in sheet}
    assert all(one["question"] in talk.say("还有哪些要填？") for one in sheet)

    before = served.one.get(f"/v1/drafts/{draft}").json()
    assert "二（" in talk.say("第二部分再充实一些")
    after = served.one.get(f"/v1/drafts/{draft}").json()
    changed = {a["path"] for a, b in zip(after["paragraphs"], before["paragraphs"], strict=True) if a["text"] != b["text"]}
    assert changed and all(path.startswith("二") for path in changed)

    wanted = re.search(r"请写成 (p\d+=3月5日)", talk.say("时间定在3月5日"))  # there are several days to be told
    assert wanted and "3月5日" in talk.say(wanted[1])
    assert "3月5日" in served.one.get(f"/v1/drafts/{draft}").json()["text"]
    assert "《" in talk.say("第二部分第一点出自哪里")
    address = re.search(r"http\S+", talk.say("导出Word"))
    assert address
    file = httpx.get(address[0], trust_env=False)
    assert file.status_code == 200 and file.content.startswith(b"PK")


def test_a_stream_tells_the_number_first_then_how_it_goes_then_the_speech(serving: Serving, talking: Talking) -> None:
    talk = talking(serving(live=True))
    chunks = talk.stream(REQUEST, stream_options={"include_usage": True})
    assert chunks[0].choices[0].delta.role == "assistant"
    told, said = reasoning(chunks), content(chunks)
    assert number_in(told) == number_in(said) and told.index("稿号") < told.index("· ")
    assert "拟提纲" in told and "网格" in told and "同志们：" in said
    *_, end, usage = chunks
    assert end.choices[0].finish_reason == "stop" and not usage.choices
    assert usage.usage and usage.usage.total_tokens == usage.usage.prompt_tokens + usage.usage.completion_tokens > 0
    assert len({one.id for one in chunks}) == 1


def test_the_wire_is_what_openai_s_is(serving: Serving) -> None:
    client = serving().one
    body = {"model": "jianggao", "stream": True, "messages": [{"role": "user", "content": "你好"}]}
    answer = client.post(URL, json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    *chunks, done = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert done == "[DONE]"
    assert [json.loads(one)["choices"][0]["finish_reason"] for one in chunks] == [None, None, "stop"]
    assert "usage" not in chunks[0] and json.loads(chunks[1])["choices"][0]["delta"].keys() == {"content"}


def test_unknown_fields_and_nulls_are_let_be(serving: Serving) -> None:
    more = {
        "temperature": 0.2, "top_p": None, "n": 1, "tools": [], "tool_choice": "auto", "user": "u", "chat_id": "1", "stream": None,
        "stream_options": None, "session_id": "x", "features": {"web_search": False}, "response_format": {"type": "text"},
    }  # fmt: skip
    turns = [
        {"role": "developer", "content": [{"type": "text", "text": "Formatting re-enabled"}]},
        {"role": "user", "content": "写一篇安全生产会议上的讲话", "name": "clerk"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "42", "tool_call_id": "1"},
        {"role": "user", "content": "写一篇安全生产会议上的讲话"},
    ]
    answer = serving().one.post(URL, json={"model": "jianggao", "messages": turns, **more})
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"].startswith("动笔前想确认")
    assert answer.json()["usage"]["total_tokens"] == 0


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": TITLE}],
        [
            {
                "role": "user",
                "content": f"Provide a concise, 5-word-or-less title for the conversation.\n\nConversation:\nUser: {REQUEST}",
            }
        ],
        [
            {
                "role": "user",
                "content": f"Analyze this conversation and provide:\n1. The detected language\n2. A title\n\nUser: {REQUEST}",
            }
        ],
        [
            {"role": "system", "content": "将会话总结为10个字以内的标题，只返回标题；会话的标题不带标点"},
            {"role": "user", "content": REQUEST},
        ],
        [
            {"role": "user", "content": REQUEST},
            {"role": "assistant", "content": "好"},
            {"role": "user", "content": "使用四到五个字直接返回这句话的简要主题，不要解释、不要标点"},
        ],
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_side_task_is_answered_without_a_model_or_a_draft(
    serving: Serving, messages: list[dict[str, str]], stream: bool
) -> None:
    served = serving(filled=False)
    answer = served.one.post(URL, json={"model": "jianggao", "messages": messages, "stream": stream})
    assert answer.status_code == 200 and "基层治理" in answer.text and "稿号" not in answer.text
    assert served.model.asked == [] and served.one.get("/v1/drafts").json()["total"] == 0


def test_what_open_webui_puts_round_a_message_is_taken_off(serving: Serving) -> None:
    wrapped = (
        '### Task:\nRespond to the user query using the provided context.\n<context>\n<source id="1">起草一篇讲话</source>\n</context>\n\n'
        "写一篇安全生产会议上的讲话"
    )
    answer = serving().one.post(URL, json={"model": "jianggao", "messages": [{"role": "user", "content": wrapped}]})
    assert "围绕“安全生产" in answer.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"model": "gpt-5", "messages": [{"role": "user", "content": "你好"}]}, 404, "not_found_error"),
        ({"model": "jianggao", "messages": []}, 422, "invalid_request_error"),
        ({"model": "jianggao"}, 422, "invalid_request_error"),
        ({"model": "jianggao", "messages": [{"role": "system", "content": "你好"}]}, 400, "invalid_request_error"),
        ({"model": "jianggao", "messages": [{"role": "user", "content": "好" * 8001}]}, 400, "invalid_request_error"),
        ({"model": "jianggao", "messages": [{"role": "user", "content": 5}]}, 422, "invalid_request_error"),
    ],
)
def test_an_error_is_in_openai_s_shape(serving: Serving, body: object, status: int, kind: str) -> None:
    answer = serving(filled=False).one.post(URL, json=body)
    assert answer.status_code == status and answer.json()["error"]["type"] == kind and answer.json()["error"]["message"]


def test_a_full_queue_is_a_rate_limit_and_what_needs_no_job_is_answered(serving: Serving, gate: Gate, talking: Talking) -> None:
    served = serving(live=True, JIANGGAO_JOBS=1, JIANGGAO_QUEUE=0)
    talk = talking(served)
    draft = number_in(talk.say(REQUEST))
    gate.at = 0
    begun(served.one)
    assert gate.reached.wait(10)
    for ask in (talk.say, talk.stream):
        with pytest.raises(openai.RateLimitError) as refused:
            ask("请为市长起草在全市安全生产会议上的讲话，约800字，突出燃气整治，数据：排查隐患420处")
        assert int(refused.value.response.headers["retry-after"]) > 0
        talk.messages.pop()
    with pytest.raises(openai.APIError, match="排队的稿子已满"):  # after the first word, in the stream
        talk.stream("第二部分再充实一些")
    assert f"（稿号：{draft}）" in talk.say("还有哪些要填？")


def test_a_caller_who_leaves_loses_nothing_and_finds_the_draft_again(serving: Serving, gate: Gate, talking: Talking) -> None:
    served = serving(live=True)
    gate.at = 0
    body = {"model": "jianggao", "stream": True, "messages": [{"role": "user", "content": REQUEST}]}
    with served.one.stream("POST", URL, json=body) as answer:
        told = next(line for line in answer.iter_lines() if "稿号" in line)
    draft = number_in(json.loads(told.removeprefix("data: "))["choices"][0]["delta"]["reasoning_content"])
    gate.at = 1_000_000

    talk = talking(served)
    again = iter(talk.client.chat.completions.create(model="jianggao", messages=body["messages"], stream=True))  # type: ignore[call-overload]
    first = [next(again) for _ in range(2)]
    assert number_in(reasoning(first)) == draft  # the same words follow the draft that is being written
    gate.opened.set()
    assert draft in content(list(again))
    assert served.one.get("/v1/drafts").json()["total"] == 1
    assert settled(served.one, draft)["status"] == "completed"
    assert "同志们：" in talk.say(f"接着谈稿子 {draft}")


def answering() -> int:
    return sum(thread.name == "chat" for thread in threading.enumerate())


def test_while_nothing_comes_a_comment_keeps_the_connection_and_nobody_works_for_one_who_left(
    serving: Serving, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.chatting.PING", 0.05)
    served = serving(live=True)
    gate.at = 0
    body = {"model": "jianggao", "messages": [{"role": "user", "content": REQUEST}]}
    with served.one.stream("POST", URL, json={**body, "stream": True}) as answer:
        assert any(line == ": ping" for line in answer.iter_lines())
    with pytest.raises(httpx.ReadTimeout):
        served.one.post(URL, json=body, timeout=0.5)
    until = time.monotonic() + 10
    while answering() and time.monotonic() < until:
        time.sleep(0.05)
    assert answering() == 0 and served.one.get("/v1/drafts").json()["total"] == 1
    gate.opened.set()
    (draft,) = served.one.get("/v1/drafts").json()["drafts"]
    assert settled(served.one, draft["id"])["status"] == "completed"


def test_too_many_conversations_at_once_are_told_to_come_again(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.chatting.MOST", 0)
    answer = serving(filled=False).one.post(URL, json={"messages": [{"role": "user", "content": "你好"}], "stream": True})
    assert answer.status_code == 429 and answer.headers["retry-after"] and answer.json()["error"]["type"] == "rate_limit_error"


def test_a_fault_in_mid_answer_is_an_error_without_its_traceback(
    serving: Serving, talking: Talking, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serving(live=True)

    def fault(*arguments: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("api.desk._retold", fault)
    with pytest.raises(openai.APIError) as told:
        talking(served).stream(REQUEST)
    assert "secret" not in str(told.value) and "程序内部出错" in str(told.value)
    with pytest.raises(openai.InternalServerError) as whole:
        talking(served).say("请为市长起草在全市安全生产会议上的讲话，约800字，突出燃气整治，数据：排查隐患420处")
    assert "secret" not in str(whole.value)


def test_a_model_that_fails_is_said_and_the_draft_can_be_gone_on_with(serving: Serving, talking: Talking) -> None:
    served = serving(live=True)
    served.model.speak = lambda messages, turn: ""
    talk = talking(served)
    failed = talk.say(REQUEST)
    draft = number_in(failed)
    assert "没有写完" in failed and "同志们：" not in failed and "jianggao drafts" not in failed
    assert "继续" in talk.say("今天天气不错")
    served.model.speak = None
    assert "同志们：" in (whole := talk.say("继续")) and number_in(whole) == draft
    served.model.speak = lambda messages, turn: ""
    assert "没有改成" in talk.say("第二部分再充实一些")
    assert settled(served.one, draft)["revision"] == 1


def test_a_conversation_with_another_tenant_s_draft_gets_nothing_of_it(serving: Serving, talking: Talking) -> None:
    served = serving(keys=KEYS, live=True)
    ours, theirs = talking(served, "key-of-nan"), talking(served, "key-of-bei")
    draft = number_in(ours.say(REQUEST))
    theirs.messages = list(ours.messages)
    for message in ("全文发我看看", "导出Word", f"看看 {draft}", "第二部分再充实一些", "撤销"):
        answer = theirs.say(message)
        assert f"没有编号为 {draft} 的稿子" in answer or "没看懂" in answer, answer
        theirs.messages = list(ours.messages)
    with pytest.raises(openai.AuthenticationError):
        talking(served, "wrong").say("你好")


def test_a_link_opens_one_draft_without_a_key_and_no_other(serving: Serving, talking: Talking) -> None:
    served = serving(keys=KEYS, live=True, JIANGGAO_PUBLIC_URL="https://gao.example/")
    talk = talking(served, "key-of-nan")
    talk.say(REQUEST)
    found = re.search(r"https://gao.example(/v1/\S+)", talk.say("导出Word"))
    assert found
    link = str(served.one.base_url).rstrip("/") + found[1]
    other = begun(served.client("nan"))
    settled(served.client("nan"), other)
    with httpx.Client(trust_env=False) as bare:
        assert bare.get(link).status_code == 200
        draft = link.split("/drafts/")[1].split("/")[0]
        until = re.search(r"until=(\d+)", link)
        assert until
        for wrong in (
            link.replace(draft, other),
            link.replace(until[1], str(int(until[1]) + 1)),
            link[:-1] + ("0" if link[-1] != "0" else "1"),
            link.replace("/export", ""),
        ):
            assert bare.get(wrong).status_code == 401, wrong
