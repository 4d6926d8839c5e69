"""One chat model behind one interface: any OpenAI-compatible endpoint, or the embedded one."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from agent import embedded, line, patience, tokens
from agent.settings import Settings
from prompts import Message
from speech.errors import ModelError

Product = TypeVar("Product")

ATTEMPTS = 3
PAUSES = (1.0, 4.0)  # seconds before the second and the third attempt, unless the endpoint asks for more
DEADLINE = 600.0  # seconds for one answer, its retries included


@dataclass(frozen=True)
class ModelProfile:
    """What a model needs, as data: the recipe has no branch for a model, only these figures.

    `prefill`: it goes on from a last assistant turn, so that code can set how a sentence begins.
    `points_per_call`: how many points it is given at once; a small model gets one, a large one all (0).
    `candidates`: answers to one prompt, decoded side by side, of which the best is kept.
    `before`: characters of the text before a part that its prompt shows; a small model takes them for its own and repeats them.
    `reads_requests`: it reads a request by schema well enough to add to what the rules read.
    `outlines`: how often it may word a set of headings anew while something is held against the set; the best of all is kept.
    `headroom`: tokens beside the answer that thinking may take.
    `stall`, `deadline`: seconds without a sign of life, and for one answer with all its attempts; `pauses`: seconds between
    these, () for the usual ones.
    """

    prefill: bool = False
    points_per_call: int = 0
    candidates: int = 1
    tries: int = 2
    outlines: int = 3
    reads_requests: bool = False
    before: int = 80
    temperature: float | None = None
    context: int = 32_768
    headroom: int = 2_000
    stall: float = 120.0
    deadline: float = DEADLINE
    pauses: tuple[float, ...] = ()


SMALL = ModelProfile(
    prefill=True,
    points_per_call=1,
    candidates=embedded.SLOTS,
    before=0,
    temperature=0.6,
    context=embedded.CONTEXT,
    headroom=0,
    stall=300.0,
)
LARGE = ModelProfile(reads_requests=True)


@dataclass(frozen=True)
class Answer:
    """`cut`: the model was stopped by the limit of tokens, so the end is not its own. `retries`: calls that failed before."""

    text: str
    cut: bool
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    retries: int = 0


class ChatModel(Protocol):
    """The seam where a model plugs in."""

    name: str
    profile: ModelProfile

    def ask(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
        stop: Sequence[str] = (),
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        """One answer. A last assistant message is gone on from, and not repeated in `text`. Raises ModelError."""

    def offer(
        self,
        messages: Sequence[Message],
        *,
        count: int,
        max_tokens: int,
        seed: int,
        stop: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
    ) -> list[Answer]:
        """`count` answers to one prompt, decoded side by side; the prompt's tokens stand in the first. Raises ModelError."""


def connect(settings: Settings) -> "EndpointModel":
    """The chat model that the settings name. Raises ModelError where there is none."""
    if settings.chat_provider == "local":
        path = embedded.model_file(settings.models, settings.gguf)
        endpoint = embedded.serve(path)
        return EndpointModel(path.stem, endpoint.base_url, endpoint.key, SMALL, tokens.gguf_counter(path))
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ModelError("JIANGGAO_CHAT=openai，但没有设置 OPENAI_API_KEY 或 OPENAI_BASE_URL", embedded.WAY_ON)
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return EndpointModel(settings.model, settings.openai_base_url, key, LARGE, tokens.openai_counter())


@dataclass
class EndpointModel:
    """ChatModel over HTTP. Retries stand here and nowhere else: three attempts within one deadline."""

    name: str
    base_url: str | None
    key: str = field(repr=False)
    profile: ModelProfile
    count: tokens.Counter

    def __post_init__(self) -> None:
        from langchain_openai import ChatOpenAI

        self._client = ChatOpenAI(
            model=self.name,
            base_url=self.base_url,
            api_key=lambda: self.key,
            temperature=self.profile.temperature,
            timeout=self._longest_silence,
            http_client=line.client(self._longest_silence, patience.bound),
            max_retries=0,
            use_responses_api=False,
            stream_usage=True,
        )

    def ask(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
        stop: Sequence[str] = (),
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        self._check_room(messages, max_tokens)
        options: dict[str, Any] = {"max_tokens": max_tokens + self.profile.headroom}
        if seed is not None:
            options["seed"] = seed
        if stop:
            options["stop"] = list(stop)
        if schema is not None:
            form = {"name": "answer", "schema": dict(schema), "strict": True}
            # past langchain's own parsing, which gives an error for an answer that the limit of tokens cut
            options["extra_body"] = {"response_format": {"type": "json_schema", "json_schema": form}}
        turns = [{"role": message.role, "content": message.content} for message in messages]

        def call(attempt: int) -> Answer:
            # the same seed would run into the same wall
            again = {"seed": (seed or 0) + 100 * attempt} if attempt else {}
            return replace(self._stream(turns, options | again, on_text), retries=attempt)

        return self._retried(call)

    def offer(
        self,
        messages: Sequence[Message],
        *,
        count: int,
        max_tokens: int,
        seed: int,
        stop: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
    ) -> list[Answer]:
        self._check_room(messages, max_tokens * count)
        turns: Any = [{"role": message.role, "content": message.content} for message in messages]

        def call(attempt: int) -> list[Answer]:
            # langchain reads one choice of a stream; its own client reads them all
            chunks = self._client.root_client.chat.completions.create(
                model=self.name,
                messages=turns,
                n=count,
                max_tokens=max_tokens + self.profile.headroom,
                seed=seed + 100_000 * attempt,
                stop=list(stop) or None,
                temperature=self.profile.temperature,
                stream=True,
                stream_options={"include_usage": True},
            )
            try:
                longest = patience.CHARACTERS_A_TOKEN * count * (max_tokens + self.profile.headroom)
                first, *rest = self._side_by_side(chunks, count, turns, longest, on_text)
                return [replace(first, retries=attempt), *rest]
            except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
                raise _Garbled from error

        return self._retried(call)

    def _side_by_side(
        self, chunks: Any, count: int, turns: Any, longest: int, on_text: Callable[[str], None] | None
    ) -> list[Answer]:
        """The answers of a stream with several choices, `longest` characters in all. One that the endpoint does not give is empty."""
        texts, ends, usage = [""] * count, [""] * count, None
        with chunks:
            for chunk in chunks:
                usage = chunk.usage or usage
                for choice in chunk.choices:
                    texts[choice.index] += choice.delta.content or ""
                    ends[choice.index] = choice.finish_reason or ends[choice.index]
                    if on_text:
                        on_text(choice.delta.content or "")
                if sum(map(len, texts)) > longest:
                    ends = [end or "length" for end in ends]
                    break
        if not any(ends):
            raise ConnectionError("空的回答")
        read = usage.prompt_tokens if usage else sum(self.count(turn["content"]) for turn in turns)
        cached = (usage and usage.prompt_tokens_details and usage.prompt_tokens_details.cached_tokens) or 0
        return [
            Answer(
                text=text,
                cut=end == "length",
                prompt_tokens=0 if n else read,
                cached_tokens=0 if n else cached,
                completion_tokens=self.count(text) + 1,  # its end is a token too; a server counts the first answer only
            )
            for n, (text, end) in enumerate(zip(texts, ends, strict=True))
        ]

    def _check_room(self, messages: Sequence[Message], max_tokens: int) -> None:
        needed = sum(self.count(message.content) + 8 for message in messages) + max_tokens
        if self.profile.headroom == 0 and needed > self.profile.context:
            raise ModelError(
                f"提示词与回答共约 {needed} 个 token，超过模型上限 {self.profile.context}", "请减少写作任务的要点或材料"
            )

    def _stream(self, turns: list[dict[str, str]], options: dict[str, Any], on_text: Callable[[str], None] | None) -> Answer:
        text, whole, cut = "", None, False
        with closing(self._chunks(turns, options)) as chunks:
            for chunk in chunks:
                text += chunk.text
                whole = chunk if whole is None else whole + chunk
                if on_text and chunk.text:
                    on_text(chunk.text)
                if cut := len(text) > patience.CHARACTERS_A_TOKEN * options["max_tokens"]:
                    break
        if whole is None:
            raise ConnectionError("空的回答")
        usage: Any = whole.usage_metadata or {}
        details = usage.get("input_token_details") or {}
        lead = turns[-1]["content"] if turns[-1]["role"] == "assistant" else ""
        return Answer(
            text=text.removeprefix(lead),
            cut=cut or whole.response_metadata.get("finish_reason") == "length",
            prompt_tokens=usage.get("input_tokens") or sum(self.count(turn["content"]) for turn in turns),
            cached_tokens=details.get("cache_read") or 0,
            completion_tokens=usage.get("output_tokens") or self.count(text),
        )

    def _chunks(self, turns: list[dict[str, str]], options: dict[str, Any]) -> Generator[Any, None, None]:
        try:
            if "extra_body" in options:  # a constrained answer is read whole: half of a JSON is of no use to anybody
                yield self._client.invoke(turns, **options)
            else:
                yield from self._client.stream(turns, **options)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise _Garbled from error

    def _retried(self, call: Callable[[int], Product]) -> Product:
        import openai

        deadline = time.monotonic() + self.profile.deadline
        for attempt in range(ATTEMPTS):
            try:
                with patience.until(deadline):
                    return call(attempt)
            except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
                raise ModelError(f"模型端点 {self._where} 拒绝了密钥", "请检查 OPENAI_API_KEY") from error
            except openai.NotFoundError as error:
                raise ModelError(
                    f"模型端点 {self._where} 上没有模型 {self.name} 或地址有误", "请检查 JIANGGAO_MODEL 与 OPENAI_BASE_URL"
                ) from error
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                raise ModelError(
                    f"模型端点 {self._where} 不接受请求：{' '.join(error.message.split())[:200]}", "请换用支持 JSON schema 的模型"
                ) from error
            except Exception as error:
                if isinstance(error, openai.APIStatusError) and not _passing(error):
                    raise ModelError(_plainly(error, self._where), "请检查 OPENAI_BASE_URL 与端点的日志") from error
                if not _passing(error):
                    raise
                pause = _pause(error, attempt, self.profile.pauses or PAUSES)
                if attempt == ATTEMPTS - 1 or time.monotonic() + pause > deadline:
                    raise ModelError(_plainly(error, self._where), _later(error)) from error
                line.pause(pause)
        raise AssertionError("unreachable")

    @property
    def _longest_silence(self) -> float:
        """Seconds without a byte after which a call fails."""
        return min(self.profile.stall, self.profile.deadline)

    @property
    def _where(self) -> str:
        return urlsplit(self.base_url or "https://api.openai.com").netloc


class _Garbled(Exception):
    """What came back is no chat completion."""


def _passing(error: Exception) -> bool:
    """Whether the same call may succeed later: the line, the load, or a broken stream."""
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code >= 500 or error.status_code in (408, 409, 429)
    return isinstance(error, openai.APIError | httpx2.HTTPError | ConnectionError | TimeoutError | _Garbled)


def _pause(error: Exception, attempt: int, pauses: Sequence[float]) -> float:
    """Seconds before the next attempt: ours, or what the endpoint asks for where that is more."""
    import openai

    asked = patience.asked_to_wait(error.response) if isinstance(error, openai.APIStatusError) else 0.0
    return max(asked, pauses[min(attempt, len(pauses) - 1)])


def _later(error: Exception) -> str:
    """What to do about an error that may pass."""
    import openai

    asked = patience.asked_to_wait(error.response) if isinstance(error, openai.APIStatusError) else 0.0
    when = "稍后" if asked < 1 else f"{round(asked)} 秒后" if asked < 120 else f"{round(asked / 60)} 分钟后"
    return f"已写好的部分都已保存，{when}可用 jianggao drafts resume 接着写"


def _plainly(error: Exception, where: str) -> str:
    import httpx2
    import openai

    if isinstance(error, openai.RateLimitError):
        return f"模型端点 {where} 限流，或额度已用完"
    if isinstance(error, openai.APITimeoutError | TimeoutError | httpx2.TimeoutException):
        return f"模型端点 {where} 迟迟没有回答"
    if isinstance(error, _Garbled):
        return f"模型端点 {where} 答非所问，不像 OpenAI 兼容接口"
    if isinstance(error, openai.APIStatusError):
        return f"模型端点 {where} 出错（{error.status_code}）"
    return f"连不上模型端点 {where}，或连接中断"
